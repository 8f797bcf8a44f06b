// linphone, a phone with other codecs and habits than baresip, in a room with a PIN.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { type Call, eventually } from "../support/phone/index.ts";
import type { Tone } from "../support/tones.ts";
import { colours, decodeJpeg, encodeJpeg, VideoLine } from "../support/video/index.ts";
import { answered, ended, SipCaller } from "./caller.ts";
import { lastlyHeard } from "./heard.ts";
import { Linphone, type LinphoneOptions, linphoneHasH264 } from "./linphone.ts";

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

async function start(options: Pick<LinphoneOptions, "camera"> = {}): Promise<Linphone> {
  const linphone = await Linphone.start(join(folder, crypto.randomUUID()), "linda", {
    voice: lindaTone,
    ...options,
  });
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

describe("linphone with a picture", () => {
  it.each([["VP8", "6311"] as const, ...(linphoneHasH264 ? [["H264", "6312"] as const] : [])])(
    "is seen and sees the room in %s",
    async (codec, extension) => {
      const room = await parley.createRoom({
        ...{ mode: "VIDEO", extension_number: extension, layout: "LAYOUT2" },
        ...{ width: 640, height: 360, framerate: 10, bitrate: 768 },
      });
      const linphone = await start({ camera: { jpeg: encodeJpeg(colours.magenta), codec } });
      await linphone.dial(`sip:${extension}@127.0.0.1:${parley.sip.port}`);
      await eventually(
        async () => (await parley.participant(room, "linda")).video.camera || undefined,
        () => "picture of linphone",
      );
      const camera = await VideoLine.open({ colour: "yellow", framerate: 10 });
      await (await (await parley.phone("yellow")).call(extension, { video: [camera] })).answered();
      await camera.shows([
        [0.25, 0.5, "magenta"],
        [0.75, 0.5, "yellow"],
      ]);
      let seen: unknown[] = [];
      await eventually(
        async () => {
          const picture = decodeJpeg(await linphone.shown());
          seen = [picture.nameAt(0.25, 0.5), picture.nameAt(0.75, 0.5)];
          return seen.join() === "magenta,yellow" || undefined;
        },
        () => `the room's picture at linphone: ${seen}`,
      );
      await measured(room, "linda", codec);
      await linphone.type("terminate");
      await parley.attendance(room, 1);
    },
  );

  /** Waits until the figures of its pictures name that codec both ways. */
  const measured = (room: string, name: string, codec: string) =>
    eventually(
      async () => {
        const { quality } = await parley.participant(room, name);
        const { received_codec, sent_codec } = quality?.video ?? {};
        return (received_codec === codec && sent_codec === codec) || undefined;
      },
      () => `figures of ${codec}`,
    );
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
