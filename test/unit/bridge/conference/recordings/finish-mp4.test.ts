// The program that finishes an MP4 is a real process here; each test starts one.
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type MeetingId, type RecordingId, type RoomId, silentLogger } from "#common";
import { RecordingFiles, type StoredRecording } from "#conference/recordings";
import { FakeRecordingsRepository } from "#test/support";
import { Completion } from "../../../../../bridge/conference/recordings/completion.ts";
import { joinMp4 } from "../../../../../bridge/conference/recordings/finish-mp4.ts";
import { measure } from "../../../../../bridge/conference/recordings/measure.ts";
import { joinParts } from "../../../../../bridge/conference/recordings/parts.ts";
import { Mp4Encoding } from "../../../../../media/record/mp4.ts";
import {
  type Colour,
  colours,
  decodeJpeg,
  PictureEncoder,
  readMp4,
  TestCamera,
} from "../../../../support/video/index.ts";

const rate = 48_000;

interface Written {
  /** Its writer has finished it. */
  readonly whole: boolean;
  readonly pictures?: boolean;
  readonly rate?: number;
}

/** A fragmented file of three seconds. */
async function recorded({ whole, pictures = true, rate = 48_000 }: Written): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "parley-mp4-"));
  const path = join(folder, "room.mp4");
  const camera = new TestCamera({ codec: "H264", width: 320, height: 180, colour: [80, 90, 240] });
  const encoding = new Mp4Encoding({ path, rate, kbps: 64, pictures });
  onTestFinished(async () => {
    camera.close();
    await rm(folder, { recursive: true });
  });
  for (let position = 0; position < 150; position += 1) {
    encoding.encode(new Int16Array(rate / 50).fill(1000));
    if (pictures && position % 4 === 0) {
      encoding.picture({ ...camera.next(), atMs: position * 20, width: 320, height: 180 });
    }
  }
  if (whole) encoding.finish();
  const written = await readFile(path);
  encoding.free();
  await writeFile(path, whole ? written : written.subarray(0, -50));
  return path;
}

/** A recording whose pictures are of one colour after another, a second each, and its last look. */
async function completed(...seconds: readonly Colour[]) {
  const folder = await mkdtemp(join(tmpdir(), "parley-mp4-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = RecordingFiles.prepare(folder);
  const kept: StoredRecording = {
    ...{ id: "one" as RecordingId, room: "room" as RoomId, roomSubject: "", roomExtensionNumber: "8000" },
    ...{ meeting: "meeting" as MeetingId, state: "running", answeredAt: "2026-03-02T08:00:03.000Z" },
    ...{ endedAt: null, durationMs: 0, format: "mp4", path: "room", size: 0, sha256: null, tracks: [] },
    ...{ posterBytes: 0, read: false, warnedAt: null, warnedFor: null },
  };
  const size = { width: 160, height: 90 };
  const camera = new PictureEncoder({ codec: "H264", ...size, hasBlock: false });
  const encoding = new Mp4Encoding({ path: files.file(kept), rate, kbps: 64, pictures: true });
  for (const [second, colour] of seconds.entries()) {
    for (let tick = 0; tick < 50; tick += 1) {
      encoding.encode(new Int16Array(rate / 50));
      const atMs = second * 1000 + tick * 20;
      if (tick % 10 === 0) encoding.picture({ ...camera.encode(colour, tick === 0), atMs, ...size });
    }
  }
  encoding.finish();
  encoding.free();
  camera.free();
  const repository = new FakeRecordingsRepository();
  await repository.insert(kept);
  const done = await new Completion({ repository, files, log: silentLogger }).finish(kept, "finished");
  return { done, folder, poster: files.poster(kept) };
}

/** The boxes of a file, in their order (ISO/IEC 14496-12 §4.2). */
async function boxesOf(path: string): Promise<string[]> {
  const file = await readFile(path);
  const boxes: string[] = [];
  for (let at = 0; at + 8 <= file.length; ) {
    boxes.push(file.toString("latin1", at + 4, at + 8));
    at += Math.max(8, file.readUInt32BE(at));
  }
  return boxes;
}

describe("an MP4 that is no longer written", () => {
  it("gets its index in front and is measured", async () => {
    const path = await recorded({ whole: true });
    expect(await boxesOf(path)).toContain("moof");
    const measured = await measure(path, "mp4");

    const boxes = await boxesOf(path);
    expect(boxes).not.toContain("moof");
    expect(boxes.indexOf("moov")).toBeLessThan(boxes.indexOf("mdat"));
    expect(Math.abs((measured?.durationMs ?? 0) - 3000)).toBeLessThan(50);
    expect(measured?.size).toBe((await stat(path)).size);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(join(path, ".."))).toEqual(["room.mp4"]);
  });

  it("is mended when its writer was killed", async () => {
    const path = await recorded({ whole: false });
    const measured = await measure(path, "mp4");

    expect(measured?.durationMs).toBeGreaterThan(1000);
    expect(measured?.durationMs).toBeLessThan(3050);
    expect(await boxesOf(path)).not.toContain("moof");
  });

  it("gets a poster from a few seconds in", async () => {
    const { red, green, blue } = colours;
    const { done, folder, poster } = await completed(red, red, red, green, blue);

    const picture = decodeJpeg(await readFile(poster));
    expect([picture.width, picture.height, picture.nameAt(0.5, 0.5)]).toEqual([160, 90, "green"]);
    expect(done).toMatchObject({ state: "finished", posterBytes: (await stat(poster)).size });
    expect((await stat(poster)).mode & 0o777).toBe(0o640);
    expect((await readdir(folder)).sort()).toEqual(["room.jpg", "room.mp4"]);
  });

  it("gets one that is not black, from before when there is none later", async () => {
    const black = { red: 0, green: 0, blue: 0 };
    const later = await completed(black, black, black, black, colours.blue);
    expect(decodeJpeg(await readFile(later.poster)).nameAt(0.5, 0.5)).toBe("blue");

    const before = await completed(colours.red, black, black, black);
    expect(decodeJpeg(await readFile(before.poster)).nameAt(0.5, 0.5)).toBe("red");

    const never = await completed(black, black);
    expect([never.done.state, never.done.posterBytes]).toEqual(["finished", 0]);
    expect(await readdir(never.folder)).toEqual(["room.mp4"]);
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["zeros", Buffer.alloc(10_000)],
  ])("of %s cannot be played, and nothing lies beside it", async (_, content) => {
    const folder = await mkdtemp(join(tmpdir(), "parley-mp4-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "room.mp4");
    await writeFile(path, content);

    expect(await measure(path, "mp4")).toBeUndefined();
    expect(await readdir(folder)).toEqual(["room.mp4"]);
  });
});

describe("the parts of an MP4", () => {
  it("are one file that plays as long as both", async () => {
    const [first, next] = [await recorded({ whole: false }), await recorded({ whole: false })];
    const before = await Promise.all([first, next].map((path) => measure(path, "mp4")));
    expect(await joinMp4(first, [first, next])).toBe(true);
    const joined = await measure(first, "mp4");
    const sum = before.reduce((ms, part) => ms + part!.durationMs, 0);
    expect(Math.abs(joined!.durationMs - sum)).toBeLessThan(60);
    expect(joined!.size).toBeGreaterThan(before[0]!.size);
  });

  it.each([
    [true, false],
    [false, true],
  ])(
    "have all that is to be heard and seen of both: pictures in the first %s, in the next %s",
    async (...has) => {
      const path = await recorded({ whole: true, pictures: has[0]! });
      const next = await recorded({ whole: true, pictures: has[1]! });
      expect(await joinMp4(path, [path, next])).toBe(true);
      const { tracks, audioEndMs, pictures } = readMp4(path);
      expect([...tracks].sort()).toEqual(["audio", "video"]);
      expect(Math.abs(audioEndMs - 6000)).toBeLessThan(60);
      const seconds = [pictures[0], pictures.at(-1)].map((one) => Math.round(one!.atMs / 1000));
      expect(seconds).toEqual(has[0] ? [0, 3] : [3, 6]);
      expect((await measure(path, "mp4"))?.durationMs).toBeCloseTo(audioEndMs, -2);
    },
  );

  it("begin with the next one where the first is empty, as it is before the first picture", async () => {
    const { files, kept, path } = await broken(Buffer.alloc(0), { whole: false });
    await joinParts(files, kept);
    expect((await measure(path, "mp4"))?.durationMs).toBeGreaterThan(1000);
    expect(await readdir(join(path, ".."))).toEqual(["room.mp4"]);
  });

  it("stay where they are when they do not fit, and that is told", async () => {
    const first = await readFile(await recorded({ whole: true }));
    const { files, kept, path } = await broken(first, { whole: true, rate: 16_000 });
    await expect(joinParts(files, kept)).rejects.toThrow("room-part2.mp4 do not fit together");
    expect((await readdir(join(path, ".."))).sort()).toEqual(["room-part2.mp4", "room.mp4"]);
  });

  /** A recording in two parts; the first one as it is given. */
  async function broken(first: Buffer, next: Written) {
    const folder = await mkdtemp(join(tmpdir(), "parley-mp4-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const files = RecordingFiles.prepare(folder);
    const kept = { path: "room", format: "mp4" } as const;
    await writeFile(files.file(kept), first);
    await copyFile(await recorded(next), `${files.partBase(kept.path, 2)}.mp4`);
    return { files, kept, path: files.file(kept) };
  }
});
