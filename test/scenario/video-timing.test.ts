// What the bridge does to time: pictures and audio of one sender stay within 40 ms of each other, and after loss pictures are back within
// a second. Times are those of the media (timestamps, sender reports, pictures of the sender), never of the wall.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { instantOf } from "../support/phone/rtp.ts";
import { sines } from "../support/tones.ts";
import { type ColourName, fromYuv, nameOfColour, readMp4, VideoLine } from "../support/video/index.ts";
import { newExtension, useParley } from "./use-parley.ts";

const parley = useParley();

const allowedMs = 40;
/** In a row; a machine at full load delays one or the other now and then. */
const judged = 7;
/** Not a multiple of the canvas' period. */
const framesBetween = 31;
const flashFrames = 5;
const beep = sines([{ frequency: 1000, levelDbov: -10 }], 800, 0);
const loud = 2000;

/** When something begins that was not there before. */
class Onsets {
  readonly at: number[] = [];
  #before = true;

  take(isThere: boolean, at: number): void {
    if (isThere && !this.#before) this.at.push(at);
    this.#before = isThere;
  }
}

/** How much later than its flash each beep comes, beside what it was sent later. Beeps and flashes without the other are left out. */
function lags(heard: readonly number[], seen: readonly number[], sentLater: readonly number[]): number[] {
  const lateAt = (index: number) => sentLater[index] ?? 0;
  return heard.flatMap((at, index) => {
    const lag = seen.map((flash) => at - flash).find((each) => Math.abs(each) < 400);
    return lag === undefined ? [] : [lag - lateAt(index)];
  });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Some of them in a row are right. */
const areRight = (values: readonly number[]): boolean =>
  values.some(
    (_, at) => at + judged <= values.length && Math.abs(median(values.slice(at, at + judged))) < allowedMs,
  );

async function recordingOf(room: string) {
  const recording = await eventually(
    async () => (await parley().recordings(room)).find(({ ended_at }) => ended_at !== null),
    () => "complete recording",
  );
  const response = await parley().open(recording.file_url, AbortSignal.timeout(20_000));
  const folder = mkdtempSync(join(tmpdir(), "parley-sync-"));
  try {
    const path = join(folder, recording.file_name);
    writeFileSync(path, Buffer.from(await response.arrayBuffer()));
    return readMp4(path, [[0.5, 0.5]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("a flash and a beep", () => {
  it("that are sent together are seen and heard together, by a phone and in the recording", async () => {
    const extension = newExtension();
    const picture = { mode: "VIDEO", layout: "LAYOUT1", width: 320, height: 180, framerate: 15 } as const;
    const room = await parley().createRoom({
      ...{ extension_number: extension, enable_prompt: false },
      ...picture,
    });
    const camera = await VideoLine.open({ colour: "blue", framerate: 25 });
    const sender = await (await parley().phone("sender")).call(extension, { video: [camera] });
    await sender.answered();
    const screen = await VideoLine.open({ colour: "red", direction: "recvonly" });
    const viewer = await (await parley().phone("viewer")).call(extension, { video: [screen], rtcpMux: true });
    await viewer.answered();
    await screen.shows([[0.5, 0.5, "blue"]], 60_000);
    await parley().startRecording(room);

    const [heard, seen] = [new Onsets(), new Onsets()];
    viewer.media.ear.onAudio = (samples, timestamp) => {
      const first = samples.findIndex((sample) => Math.abs(sample) > loud);
      heard.take(first >= 0, timestamp + Math.max(0, first));
    };
    screen.onPicture = (shown, timestamp) => seen.take(shown.nameAt(0.5, 0.5) === "white", timestamp);
    const sentLater: number[] = [];
    let frames = 0;
    camera.paint = () => {
      const phase = frames++ % framesBetween;
      if (phase === framesBetween - flashFrames) {
        const flashAt = performance.now();
        sender.media.onPlay = () => void sentLater.push(performance.now() - flashAt);
        void sender.media.play(beep);
      }
      return phase >= framesBetween - flashFrames ? "white" : "blue";
    };
    const atPhone = (): number[] => {
      const [audio, video] = [viewer.media.senderReport, screen.feedback.senderReport];
      if (!audio || !video) return [];
      return lags(
        heard.at.map((timestamp) => instantOf(timestamp, audio, 8000)),
        seen.at.map((timestamp) => instantOf(timestamp, video, 90_000)),
        sentLater,
      );
    };
    await eventually(
      () => areRight(atPhone()) || undefined,
      () => `beeps with their flashes: ${JSON.stringify(atPhone())}`,
      { limitMs: 45_000 },
    );
    await parley().commandRoom(room, "stop_recording");

    const { heardMs, pictures } = await recordingOf(room);
    const inFile = heardMs.filter((at, index) => at - (heardMs[index - 1] ?? 0) > 100);
    const flashed = new Onsets();
    for (const { atMs, colours } of pictures)
      flashed.take(nameOfColour(fromYuv(colours[0]!)) === "white", atMs);
    const recorded = lags(inFile, flashed.at, sentLater);
    expect(areRight(recorded), JSON.stringify(recorded)).toBe(true);
  });
});

describe("a camera in whose way packets get lost, 5 % to the bridge and 5 % to the viewer", () => {
  const framerate = 15;
  const framesOfColour = 3;
  const after: readonly ColourName[] = ["orange", "olive", "cyan", "yellow", "magenta", "green", "white"];

  it.each(["H264", "VP8"] as const)("is seen again within a second of the loss ending: %s", async (codec) => {
    const extension = newExtension();
    const picture = { mode: "VIDEO", layout: "LAYOUT1", width: 320, height: 180, framerate: 15 } as const;
    await parley().createRoom({ extension_number: extension, enable_prompt: false, ...picture });
    const camera = await VideoLine.open({ colour: "blue", codecs: [codec], framerate });
    await (await (await parley().phone("sender")).call(extension, { video: [camera] })).answered();
    const screen = await VideoLine.open({ colour: "red", codecs: [codec], direction: "recvonly" });
    await (await (await parley().phone("viewer")).call(extension, { video: [screen] })).answered();
    await screen.shows([[0.5, 0.5, "blue"]], 60_000);

    let isLosing = true;
    let frames = 0;
    let shown: number | undefined;
    screen.onPicture = (seen) => {
      const at = after.indexOf(seen.nameAt(0.5, 0.5) ?? "red");
      if (at >= 0) shown ??= at * framesOfColour;
    };
    camera.lossPercent = { sent: 5, received: 0 };
    screen.lossPercent = { sent: 0, received: 5 };
    camera.paint = () => {
      // It ends while what was lost last is missing.
      if (camera.counts.lostOnPurpose >= 8 && screen.counts.lostOnPurpose >= 8) isLosing = false;
      if (isLosing) return "blue";
      camera.lossPercent = screen.lossPercent = { sent: 0, received: 0 };
      const colour = after[Math.min(after.length - 1, Math.floor(frames / framesOfColour))];
      frames += 1;
      return colour;
    };
    await eventually(
      () => shown,
      () => "picture of after the loss",
      { limitMs: 40_000 },
    );
    expect(shown! / framerate).toBeLessThan(1);
  });
});
