// Real phones register with a bridge to which they are strangers, call a room with their password, and are called by it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import type { Tone } from "../support/tones.ts";
import { Baresip } from "./baresip.ts";
import { lastlyHeard } from "./heard.ts";
import { Linphone } from "./linphone.ts";

const daveTone: Tone = { frequency: 620, levelDbov: -20 };
const lindaTone: Tone = { frequency: 1310, levelDbov: -20 };
const password = "kestrel-orchard";

let parley: ParleyProcess;
let folder: string;
const running: { readonly output: string; stop(): Promise<void> }[] = [];

/** A bridge for the tests of one group. */
function useBridge(algorithms: string): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-registered-"));
    parley = await ParleyProcess.start({
      env: {
        SIP_TRUSTED_NETWORKS: "192.0.2.0/24",
        SIP_STRANGERS: "challenge",
        SIP_DIGEST_ALGORITHMS: algorithms,
      },
    });
    for (const [extension, display_name] of Object.entries({ 1001: "Dave", 1002: "Linda", 1003: "Erin" })) {
      const { status } = await parley.request("/api/accounts", {
        body: { extension, display_name, password },
      });
      expect(status).toBe(201);
    }
  });
  afterEach(async () => {
    for (const phone of running.splice(0)) await phone.stop();
  });
  afterAll(async () => {
    expect(await parley.stop()).toEqual({ code: 0, signal: null });
    await rm(folder, { recursive: true, force: true });
  });
}

function keep<Phone extends (typeof running)[number]>(phone: Phone): Phone {
  running.push(phone);
  onTestFailed(() => {
    process.stderr.write(`${phone.output.slice(-4000)}\n${parley.logs.slice(-40).join("\n")}\n`);
  });
  return phone;
}

async function registrations(extension: string, count: number): Promise<void> {
  const path = `/api/accounts?filter=extension eq '${extension}'`;
  await eventually(
    async () => {
      const { items } = (await parley.request(path)).body as { items: readonly { id: string }[] };
      const { body } = await parley.request(`/api/accounts/${items[0]!.id}`);
      const { registrations: found } = body as { registrations: readonly object[] };
      return found.length === count ? true : undefined;
    },
    () => `${count} registrations of ${extension}`,
    { limitMs: 30_000 },
  );
}

const invite = (room: string, number: string) =>
  parley.request(`/api/conference_rooms/${room}/participants/invite`, { body: { number } });

describe("with MD5 alone, baresip", () => {
  useBridge("MD5");

  it.each([
    ["UDP", "1001", false],
    ["TCP", "1003", true],
  ])("registers over %s, calls a room, and is called by it", async (transport, extension, tcp) => {
    const phone = keep(
      await Baresip.start(join(folder, transport), extension, daveTone, {
        account: { port: parley.sip.port, password, tcp },
      }),
    );
    await phone.registered();
    await registrations(extension, 1);
    const own = await parley.createRoom({ extension_number: tcp ? "6511" : "6501" });
    await phone.dial(tcp ? "6511" : "6501");
    await phone.established();
    await parley.attendance(own, 1);
    await phone.command("hangup");
    await parley.attendance(own, 0);

    const other = await parley.createRoom({ extension_number: tcp ? "6512" : "6502" });
    expect((await invite(other, extension)).status).toBe(200);
    await parley.attendance(other, 1);
  });

  it("hears linphone, which calls the room under its account's name", async () => {
    const login = { port: parley.sip.port, password };
    const baresip = keep(await Baresip.start(join(folder, "dave"), "1001", daveTone, { account: login }));
    const linphone = keep(
      await Linphone.start(join(folder, "linda"), "1002", { voice: lindaTone, account: login }),
    );
    await baresip.registered();
    await registrations("1002", 1);
    const room = await parley.createRoom({ extension_number: "6503" });
    await linphone.dial(`sip:6503@127.0.0.1:${parley.sip.port}`);
    await parley.attendance(room, 1);
    expect((await parley.participants(room)).map((one) => one.display_name)).toEqual(["Linda"]);

    expect((await invite(room, "1001")).status).toBe(200);
    await parley.attendance(room, 2);
    await lastlyHeard(() => baresip.heard(), lindaTone);
  });
});

describe("with SHA-256 before MD5, linphone", () => {
  useBridge("SHA-256,MD5");

  it("registers, and is called by a room", async () => {
    const login = { port: parley.sip.port, password };
    const linphone = keep(
      await Linphone.start(join(folder, "linda"), "1002", { voice: lindaTone, account: login }),
    );
    await registrations("1002", 1);
    const room = await parley.createRoom({ extension_number: "6504" });
    const asked = invite(room, "1002");
    await linphone.answer();
    expect((await asked).status).toBe(200);
    await parley.attendance(room, 1);
  });
});
