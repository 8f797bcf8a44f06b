// Two baresips, real phones, meet in a room with a PIN, and what one hears of the other is measured.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { fitTones, type Tone } from "../support/tones.ts";
import { Baresip, type BaresipOptions } from "./baresip.ts";
import { answered, ended, SipCaller } from "./caller.ts";
import { lastlyHeard } from "./heard.ts";

const daveTone: Tone = { frequency: 620, levelDbov: -20 };
const erinTone: Tone = { frequency: 1310, levelDbov: -20 };

let parley: ParleyProcess;
let folder: string;
const running: Baresip[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-baresip-"));
  parley = await ParleyProcess.start();
});
afterEach(async () => {
  for (const baresip of running.splice(0)) await baresip.stop();
});
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

async function start(name: string, voice: Tone, options: BaresipOptions = {}): Promise<Baresip> {
  const baresip = await Baresip.start(join(folder, name), name, voice, options);
  running.push(baresip);
  onTestFailed(() => {
    process.stderr.write(`${baresip.output.slice(-3000)}\n${parley.logs.slice(-40).join("\n")}\n`);
  });
  return baresip;
}

async function enter(name: string, voice: Tone, extension: string, pin: string): Promise<Baresip> {
  const baresip = await start(name, voice);
  await baresip.dial(`sip:${extension}@127.0.0.1:${parley.sip.port}`);
  await baresip.established();
  await baresip.type(`${pin}#`);
  return baresip;
}

describe("a baresip over TLS", () => {
  it("hears one over UDP, and is heard, and either side can end the call", async () => {
    const room = await parley.createRoom({ extension_number: "6211" });
    const dave = await start("dave-tls", daveTone);
    await dave.dial(`sip:6211@127.0.0.1:${parley.sipTls.port};transport=tls`);
    await dave.established();
    const erin = await start("erin-udp", erinTone);
    await erin.dial(`sip:6211@127.0.0.1:${parley.sip.port}`);
    await erin.established();
    await parley.attendance(room, 2);
    expect((await parley.participants(room)).map(({ transport }) => transport).sort()).toEqual([
      "TLS",
      "UDP",
    ]);
    await lastlyHeard(() => erin.heard(), daveTone);
    await lastlyHeard(() => dave.heard(), erinTone);

    const { id } = await parley.participant(room, "dave-tls");
    await parley.command(room, id, "destroy");
    await dave.closed();
  });
});

describe("two baresips", () => {
  it("type the PIN, hear each other cleanly, and one is told that it is thrown out", async () => {
    const room = await parley.createRoom({ extension_number: "6201", room_pin: "24680" });
    const dave = await enter("dave", daveTone, "6201", "24680");
    const erin = await enter("erin", erinTone, "6201", "24680");
    await parley.attendance(room, 2);

    const atErin = await lastlyHeard(() => erin.heard(), daveTone);
    const atDave = await lastlyHeard(() => dave.heard(), erinTone);

    expect(fitTones(atErin, [daveTone.frequency, erinTone.frequency]).levels[1]).toBeLessThan(-50);
    expect(fitTones(atDave, [daveTone.frequency, erinTone.frequency]).levels[0]).toBeLessThan(-50);

    await parley.command(room, (await parley.participant(room, "erin")).id, "destroy");
    await erin.closed();
    await dave.command("hangup");
    await parley.attendance(room, 0);
  });

  it("a baresip that mutes itself with *6 is not heard", async () => {
    const room = await parley.createRoom({ extension_number: "6202", room_pin: "24680" });
    const dave = await enter("dave2", daveTone, "6202", "24680");
    const phone = await parley.phone("alice");
    const alice = await (await phone.call("6202")).answered();
    await alice.type("24680#");
    await parley.attendance(room, 2);
    await alice.ear.hearsExactly([daveTone], []);

    await dave.type("*6");
    await eventually(
      async () => ((await parley.participant(room, "dave2")).muted ? true : undefined),
      () => "mute",
    );

    await alice.ear.hearsExactly([], [daveTone.frequency]);
  });
});

describe("a baresip", () => {
  it("over TCP holds the room and comes back", async () => {
    const room = await parley.createRoom({ extension_number: "6203" });
    const alice = await (await (await parley.phone("alice")).call("6203")).answered();
    const frank = await start("frank", daveTone);
    await frank.dial(`sip:6203@127.0.0.1:${parley.sip.port};transport=tcp`);
    await frank.established();
    await parley.attendance(room, 2);
    await alice.ear.hearsExactly([daveTone], []);

    await frank.command("hold");
    await alice.ear.hearsExactly([], [daveTone.frequency]);

    await frank.resume();
    await alice.ear.hearsExactly([daveTone], []);

    await parley.command(room, (await parley.participant(room, "frank")).id, "destroy");
    await frank.closed();
  });

  it.each(["srtp-mand", "srtp", "dtls_srtp"] as const)(
    "that encrypts (%s) and a phone that does not hear each other",
    async (mode) => {
      const extension = { "srtp-mand": "6221", srtp: "6222", dtls_srtp: "6223" }[mode];
      const room = await parley.createRoom({ extension_number: extension });
      const alice = await (await (await parley.phone("alice")).call(extension)).answered();
      alice.media.voice = [erinTone];
      const judy = await start(`judy-${mode}`, daveTone, { mediaEncryption: mode });
      await judy.dial(`sip:${extension}@127.0.0.1:${parley.sip.port}`);
      await judy.established();
      await parley.attendance(room, 2);

      await alice.ear.hearsExactly([daveTone], []);
      await lastlyHeard(() => judy.heard(), erinTone);

      const { media_encryption } = await parley.participant(room, `judy-${mode}`);
      expect(media_encryption).toMatch(/^A[A-Z0-9_]+$/);
      await judy.command("hangup");
      await parley.attendance(room, 1);
    },
  );

  it("gives up while it hears why it may not enter", async () => {
    const room = await parley.createRoom({ extension_number: "6204", enable_prompt: true });
    await parley.commandRoom(room, "lock");
    const grace = await start("grace", daveTone);
    await grace.dial(`sip:6204@127.0.0.1:${parley.sip.port}`);
    await grace.earlyMedia();
    await grace.command("hangup");
    await eventually(
      () => parley.logs.find((line) => line.includes('"call refused"') && line.includes('"status":487')),
      () => "cancelled call",
    );
  });

  it("is called, takes the call, and is hung up on", async () => {
    const caller = await SipCaller.start();
    try {
      const henry = await start("henry", daveTone);
      const session = await answered(caller.call(`sip:henry@127.0.0.1:${henry.port}`));
      await henry.established();
      await session.end({ status: 200, text: "Test over" });
      await henry.closed();
    } finally {
      await caller.close();
    }
  });

  it("is called over TCP and hangs up", async () => {
    const caller = await SipCaller.start();
    try {
      const ida = await start("ida", daveTone);
      const session = await answered(caller.call(`sip:ida@127.0.0.1:${ida.port};transport=tcp`));
      await ida.established();
      const end = ended(session);
      await ida.command("hangup");
      expect(await end).toMatchObject({ by: "remote" });
    } finally {
      await caller.close();
    }
  });
});
