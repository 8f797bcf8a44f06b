// linphone, a phone with other codecs and habits than baresip, in a room with a PIN.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { type Call, eventually } from "../support/phone/index.ts";
import type { Tone } from "../support/tones.ts";
import { answered, ended, SipCaller } from "./caller.ts";
import { lastlyHeard } from "./heard.ts";
import { Linphone } from "./linphone.ts";

const lindaTone: Tone = { frequency: 620, levelDbov: -20 };
const aliceTone: Tone = { frequency: 1310, levelDbov: -20 };

let parley: ParleyProcess;
let folder: string;
let linda: Linphone | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-linphone-"));
  parley = await ParleyProcess.start();
});
afterEach(async () => {
  await linda?.stop();
  linda = undefined;
  await parley.hangUpAll();
});
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<Linphone> {
  const linphone = await Linphone.start(join(folder, crypto.randomUUID()), "linda", lindaTone);
  linda = linphone;
  onTestFailed(() => {
    process.stderr.write(`${linphone.output.slice(-3000)}\n${parley.logs.slice(-40).join("\n")}\n`);
  });
  return linphone;
}

/** That many packets more. */
function spoken({ media }: Call, packets: number): Promise<unknown> {
  const until = media.counts.sent + packets;
  return eventually(
    () => (media.counts.sent >= until ? true : undefined),
    () => `${packets} packets`,
  );
}

describe.each([
  ["UDP", ""],
  ["TCP", ";transport=tcp"],
])("linphone over %s", (transport, parameter) => {
  it("types the PIN, hears and is heard, holds without a sound, and is told that it is thrown out", async () => {
    const extension = transport === "UDP" ? "6301" : "6302";
    const room = await parley.createRoom({ extension_number: extension, room_pin: "24680" });
    const alice = await (await (await parley.phone("alice")).call(extension)).answered();
    await alice.type("24680#");
    alice.media.voice = [aliceTone];
    await parley.attendance(room, 1);
    const linphone = await start();

    await linphone.dial(`sip:${extension}@127.0.0.1:${parley.sip.port}${parameter}`);
    await linphone.press("24680#");
    await parley.attendance(room, 2);

    await alice.ear.hearsExactly([lindaTone], []);

    await linphone.type("pause");
    await alice.ear.hearsExactly([], [lindaTone.frequency]);
    await linphone.type("resume");
    await alice.ear.hearsExactly([lindaTone], []);
    await spoken(alice, 250);

    await parley.command(room, (await parley.participant(room, "linda")).id, "destroy");
    await linphone.ended();
    await lastlyHeard(() => linphone.heard(), aliceTone);
    await parley.attendance(room, 1);
  });
});

describe("linphone is called", () => {
  let caller: SipCaller;
  beforeAll(async () => {
    caller = await SipCaller.start();
  });
  afterAll(() => caller.close());

  it("takes the call, and is hung up on", async () => {
    const linphone = await start();
    const call = caller.call(`sip:linda@127.0.0.1:${linphone.port}`);
    await linphone.answer();
    const session = await answered(call);
    await session.end({ status: 200, text: "Test over" });
    await linphone.ended();
  });

  it("over TCP, and hangs up", async () => {
    const linphone = await start();
    const call = caller.call(`sip:linda@127.0.0.1:${linphone.port};transport=tcp`);
    await linphone.answer();
    const end = ended(await answered(call));
    await linphone.type("terminate");
    expect(await end).toMatchObject({ by: "remote" });
  });
});
