// A real worker process with a real video process behind it: cameras of one colour each are composed, and every viewer's own
// decoder says what it sees.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { delay, type LegId, type RecordingId, type RoomId, silentLogger, systemClock } from "#common";
import { type MediaWorker, type MediaWorkers, startMediaWorkers } from "#media/client";
import { eventually } from "../support/phone/index.ts";
import { otherSections } from "../support/phone/video-part.ts";
import { readMp4, VideoLine, type VideoLineOptions } from "../support/video/index.ts";

const room = "room" as RoomId;
const video = { width: 640, height: 360, framerate: 15, kbps: 800 };
const lines: VideoLine[] = [];
let directory: string;
let pool: MediaWorkers;
let worker: MediaWorker;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "parley-video-"));
  pool = await startMediaWorkers({
    clock: systemClock,
    log: silentLogger,
    workers: 1,
    rtp: { portMin: 23_200, portMax: 23_399 },
    runtimeDirectory: join(directory, "run"),
    promptsPath: join(directory, "no-prompts"),
    logLevel: "silent",
    // The writing thread takes its time to start on a busy machine.
    limits: { requestMs: 30_000 },
  });
  worker = pool.workers[0] as MediaWorker;
  await worker.request("room.open", { room, video });
});

afterEach(async () => {
  for (const line of lines.splice(0)) line.close();
  await pool.close();
  rmSync(directory, { recursive: true });
});

async function joinRoom(leg: string, options: VideoLineOptions): Promise<VideoLine> {
  const line = await VideoLine.open({ width: 320, height: 180, ...options });
  lines.push(line);
  const offer = ["v=0", "o=phone 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"];
  const { sdp } = await worker.request("leg.create", {
    leg: leg as LegId,
    offer: [...offer, "m=audio 9 RTP/AVP 0", ...line.offer(), ""].join("\r\n"),
    ...{ bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1", video },
  });
  line.connect(otherSections(sdp)[0]!);
  await worker.request("leg.join", { leg: leg as LegId, room });
  return line;
}

const cell = (leg: string) => ({ leg: leg as LegId, content: "main" as const, name: leg, muted: false });
const scene = (layout: 1 | 2 | 4, legs: readonly string[]) =>
  worker.request("room.scene", { room, layout, cells: legs.map(cell) });

describe("cameras in a room of a worker", () => {
  it("are seen side by side in both codecs, change places, and are written as a picture", async () => {
    const told: unknown[] = [];
    worker.notifications.on("leg.video", (data) => told.push(data));
    const red = await joinRoom("red", { colour: "red", codecs: ["H264"] });
    const blue = await joinRoom("blue", { colour: "blue", codecs: ["VP8"] });
    await scene(2, ["red", "blue"]);
    const left = [0.25, 0.5] as const;
    const right = [0.75, 0.5] as const;
    for (const line of [red, blue]) {
      const picture = await line.shows([
        [...left, "red"],
        [...right, "blue"],
      ]);
      expect([picture.width, picture.height]).toEqual([640, 360]);
    }
    expect([red.receivedCodec, blue.receivedCodec]).toEqual(["H264", "VP8"]);
    expect(told).toContainEqual(
      expect.objectContaining({ leg: "red", content: "main", sending: true, width: 320, height: 180 }),
    );

    await scene(2, ["blue", "red"]);
    await red.shows([
      [...left, "blue"],
      [...right, "red"],
    ]);
    const path = join(directory, "now.jpg");
    await worker.request("room.snapshot", { room, path });
    expect([...readFileSync(path).subarray(0, 2)]).toEqual([0xff, 0xd8]);

    const { video: stats } = await worker.request("leg.stats", { leg: "red" as LegId });
    expect(stats).toMatchObject({ codecIn: "H264", codecOut: "H264", width: 640, packetsIgnored: 0 });
    await worker.request("leg.close", { leg: "blue" as LegId });
    await scene(1, ["red"]);
    await red.shows([[0.5, 0.5, "red"]]);
    expect(existsSync(path)).toBe(true);
  });

  it("are seen again after a fifth of the packets were lost both ways", async () => {
    const red = await joinRoom("red", { colour: "red", codecs: ["VP8"], nack: true });
    const blue = await joinRoom("blue", { colour: "blue", codecs: ["H264"], nack: true });
    await scene(2, ["red", "blue"]);
    await red.shows([[0.75, 0.5, "blue"]]);
    for (const line of [red, blue]) line.lossPercent = { sent: 20, received: 20 };
    await eventually(
      () => (red.counts.lostOnPurpose > 10 && blue.counts.lostOnPurpose > 10) || undefined,
      () => "loss",
    );
    for (const line of [red, blue]) line.lossPercent = { sent: 0, received: 0 };
    red.colour = "green";
    await blue.shows([[0.25, 0.5, "green"]]);
    const { video: stats } = await worker.request("leg.stats", { leg: "red" as LegId });
    expect(stats!.packetsRepeated).toBeGreaterThan(0);
  });

  it("are recorded as they are seen, with both tracks", async () => {
    const ended = new Promise((resolve) => worker.notifications.on("recording.ended", resolve));
    const red = await joinRoom("red", { colour: "red", codecs: ["H264"] });
    await joinRoom("blue", { colour: "blue", codecs: ["VP8"] });
    await scene(2, ["red", "blue"]);
    const left = [0.25, 0.5] as const;
    const right = [0.75, 0.5] as const;
    const sides = (one: "red" | "blue", other: "red" | "blue") =>
      red.shows([
        [...left, one],
        [...right, other],
      ]);
    await sides("red", "blue");
    const recording = "recording" as RecordingId;
    const order = { path: join(directory, "file"), rate: 48_000, kbps: 64, separate: false } as const;
    await worker.request("recording.start", { room, recording, format: "mp4", ...order });
    await delay(systemClock, 1500);
    await scene(2, ["blue", "red"]);
    await sides("blue", "red");
    await delay(systemClock, 1500);
    await worker.request("recording.stop", { recording });
    expect(await ended).toMatchObject({ recording, reason: "finished" });

    const { tracks, pictures, audioEndMs, width, height } = readMp4(`${order.path}.mp4`, [left, right]);
    expect([...tracks].sort()).toEqual(["audio", "video"]);
    expect([width, height]).toEqual([640, 360]);
    const isRed = pictures.map(({ colours }) => colours.map(([, , v = 0]) => v > 180));
    expect(isRed[0]).toEqual([true, false]);
    expect(isRed.at(-1)).toEqual([false, true]);
    // Both end at the same time, give or take a picture.
    const last = pictures.at(-1)?.atMs ?? 0;
    expect(last).toBeGreaterThan(2500);
    expect(Math.abs(audioEndMs - last)).toBeLessThan(500);
  });
});
