// SIPp plays an H.264 stream and a voice of our making into a video room: everybody in the room sees and hears it, in both
// packetization modes (RFC 6184 §6.2, §6.3).
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { encodeG711, eventually } from "../support/phone/index.ts";
import { sines } from "../support/tones.ts";
import { decodeJpeg, VideoLine } from "../support/video/index.ts";
import { videoPcap } from "./rtp-pcap.ts";
import { sipp } from "./sipp.ts";

const tone = { frequency: 620, levelDbov: -20 };
/** Longer than anything here is waited for. */
const seconds = 60;
/** SIPp plays files through a raw socket. */
const isRoot = process.getuid?.() === 0;

let parley: ParleyProcess;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-sipp-video-"));
  await writeFile(join(folder, "tone.ulaw"), encodeG711("PCMU", sines([tone], 8000 * 20)));
  parley = await ParleyProcess.start();
});
afterEach(() => parley.hangUpAll());
afterAll(async () => {
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

describe.runIf(isRoot)("SIPp with a picture", () => {
  it.each([
    [0, "6401"],
    [1, "6402"],
  ] as const)("in packetization-mode %d is seen and heard", async (packetizationMode, extension) => {
    onTestFailed(() => {
      process.stderr.write(`${parley.logs.slice(-40).join("\n")}\n`);
    });
    const stream = { colour: "red", packetizationMode, payloadType: 97, seconds } as const;
    await writeFile(join(folder, "video.pcap"), videoPcap(stream));
    const room = await parley.createRoom({
      ...{ mode: "VIDEO", extension_number: extension, layout: "LAYOUT2" },
      ...{ width: 640, height: 360, framerate: 10, bitrate: 768 },
    });
    const keywords = { mode: String(packetizationMode) };
    const playing = sipp("video", { server: parley.sip, extension, folder, keywords, limitSeconds: seconds });
    // Who shows something first has the first cell.
    await eventually(
      async () => (await parley.participant(room, "SIPp")).video.camera || undefined,
      () => "picture of SIPp",
    );
    const camera = await VideoLine.open({ colour: "yellow", framerate: 10 });
    const phone = await parley.phone("yellow");
    const call = await (await phone.call(extension, { video: [camera] })).answered();

    await camera.shows([
      [0.25, 0.5, "red"],
      [0.75, 0.5, "yellow"],
    ]);
    await call.ear.hearsExactly([tone], []);
    const picture = decodeJpeg(await parley.snapshot(room));
    expect([picture.nameAt(0.25, 0.5), picture.nameAt(0.75, 0.5)]).toEqual(["red", "yellow"]);
    await parley.command(room, (await parley.participant(room, "SIPp")).id, "destroy");
    await playing;
  });
});
