// A host calls a telephone into the room with the keys of a telephone: the far telephone's ringing is for the host alone,
// a callee who answers is in the room, and why none comes is said to the host.
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { type Call, eventually, Phone } from "../support/phone/index.ts";
import { hasVoice, hearsPrompt } from "../support/spoken.ts";
import { type Caller, caller, join, newExtension, tones } from "./use-parley.ts";

const ringing = 425;
const admin_pin = "13579";

let office: Phone;
let parley: ParleyProcess;
beforeAll(async () => {
  office = await Phone.open("office");
  const { address, port } = office.address;
  const trunk = {
    hosts: [`sip:${address}:${port};transport=udp`],
    keepalive_seconds: 0,
    dial_confirm: false,
  };
  const trunks = [
    { ...trunk, name: "carrier", dial_allow: ["0Z."] },
    { ...trunk, name: "office", dial_allow: ["2XX"], dial_by_hosts: true },
  ];
  parley = await ParleyProcess.start({ env: { TRUNKS: JSON.stringify(trunks) } });
});
afterEach(() => parley.hangUpAll());
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  office.close();
});

/** A room with a host and another participant. */
async function meeting(fields: { enable_prompt?: boolean; language?: string } = {}) {
  onTestFailed(() => {
    process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
  });
  const extension = newExtension();
  const room = await parley.createRoom({ extension_number: extension, admin_pin, ...fields });
  const bob = await join(parley, "bob", extension);
  await parley.attendance(room, 1);
  await bob.call.type(`*8${admin_pin}`);
  await eventually(
    async () => (await parley.participant(room, "bob")).chairman || undefined,
    () => "bob to be a host",
  );
  const carol = await join(parley, "carol", extension);
  await parley.attendance(room, 2);
  return { room, bob, carol };
}

/** The most that was heard of the ringing in the next `ms`. */
async function loudestRinging({ call }: Caller, ms: number): Promise<number> {
  let loudest = Number.NEGATIVE_INFINITY;
  for (let listened = 0; listened < ms; listened += 250) {
    loudest = Math.max(loudest, (await call.ear.hears([ringing], 250)).get(ringing)!);
  }
  return loudest;
}

const audible = -26;
const inaudible = -32;

const rejected = (call: Call) =>
  eventually(
    () => call.state === "rejected" || undefined,
    () => "a CANCEL",
  );

/** What events of this type say. */
async function told(type: "call.dialled" | "call.failed", room: string) {
  const { body } = await parley.request(`/api/events?types=${type}&room=${room}`);
  return (body as { items: { data: Record<string, unknown> }[] }).items.map(({ data }) => data);
}

describe("a host who dials with keys", () => {
  it("alone hears it ring, still hears the room, and then all hear who was called", async () => {
    const { room, bob, carol } = await meeting();
    await bob.call.type("*#205#");
    const call = await office.incoming();
    call.ring();
    // Ringing lasts a second and comes again after four.
    const [host, other] = await Promise.all([loudestRinging(bob, 7000), loudestRinging(carol, 7000)]);
    expect(host).toBeGreaterThan(audible);
    expect(other).toBeLessThan(inaudible);
    const { frequency, levelDbov } = tones.carol;
    await bob.call.ear.hearsExactly([{ frequency, levelDbov: levelDbov - 10 }], []);
    await carol.hears("bob");

    call.accept();
    const alice = caller("alice", call);
    await parley.attendance(room, 3);
    await Promise.all([
      bob.hears("alice", "carol"),
      carol.hears("alice", "bob"),
      alice.hears("bob", "carol"),
    ]);
    expect(await loudestRinging(bob, 5500)).toBeLessThan(inaudible);
    await call.hangUp();
    await parley.attendance(room, 2);
  });

  it.runIf(hasVoice("en"))("is told that it is busy, and no participant leaves the room", async () => {
    const { room, bob, carol } = await meeting({ enable_prompt: true, language: "en-US" });
    await bob.call.type("*#");
    await hearsPrompt(bob.call.ear, "en", "vm-enter-num-to-call");
    await bob.call.type("206#");
    const call = await office.incoming();
    call.ring();
    call.refuse(486, "Busy Here");
    await hearsPrompt(bob.call.ear, "en", "vm-isonphone");
    await parley.attendance(room, 2);
    await Promise.all([bob.hears("carol"), carol.hears("bob")]);
    const { id } = await parley.participant(room, "bob");
    const failed = { direction: "out", number: "206", status: 486, invited_by: id };
    expect(await told("call.failed", room)).toMatchObject([failed]);
  });

  it.runIf(hasVoice("en"))("is told that a number is not for hosts, and nothing is dialled", async () => {
    const { room, bob } = await meeting({ enable_prompt: true, language: "en-US" });
    await bob.call.type("*#");
    await bob.call.type("0301234#");
    await hearsPrompt(bob.call.ear, "en", "privacy-incorrect");
    await bob.call.type("#");
    await bob.hears("carol");
    expect(await told("call.dialled", room)).toEqual([]);
  });

  it("gives up what rings with a key", async () => {
    const { room, bob } = await meeting();
    await bob.call.type("*#207#");
    const call = await office.incoming();
    call.ring();
    expect(await loudestRinging(bob, 6000)).toBeGreaterThan(audible);
    await bob.call.type("#");
    await rejected(call);
    await bob.hears("carol");
    await parley.attendance(room, 2);
  });

  it("must be one: the same keys of another participant dial nothing", async () => {
    const { room, bob, carol } = await meeting();
    await carol.call.type("*#208#");
    await bob.call.type("*#209#");
    const call = await office.incoming();
    call.ring();
    expect((await told("call.dialled", room)).map(({ number }) => number)).toEqual(["209"]);
    await bob.call.hangUp();
    await rejected(call);
    await carol.hears();
  });
});
