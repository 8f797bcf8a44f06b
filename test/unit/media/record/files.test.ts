// What the writing thread makes of frames: files that keep the time, whatever is missing, and that can be played
// wherever they are cut off.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { Mp3Walk } from "../../../../bridge/conference/recordings/mp3-frames.ts";
import type { Encoding } from "../../../../media/record/encoding.ts";
import type { Ending } from "../../../../media/record/messages.ts";
import { Mp3Encoding } from "../../../../media/record/mp3.ts";
import { RateChange } from "../../../../media/record/rate-change.ts";
import { createSharedRing, FrameRing } from "../../../../media/record/ring.ts";
import { WavEncoding } from "../../../../media/record/wav.ts";
import { RecordingWriter } from "../../../../media/record/writer.ts";
import { decodeAudio } from "../../../support/decode-audio.ts";
import { amplitude, fitTones, levelDbov, sines } from "../../../support/tones.ts";
import { MemoryDisk } from "../support/recording.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function recording({ rate = 16_000, slots = 1024, encoding = (): Encoding => new WavEncoding(rate) } = {}) {
  const disk = new MemoryDisk();
  const shared = createSharedRing(slots);
  const ring = new FrameRing(shared);
  const endings: Ending[] = [];
  const names = ["mix", "ann", "ben"];
  const writer = new RecordingWriter({
    ring: new FrameRing(shared),
    rate,
    pathOf: (track) => names[track],
    createSink: disk.createSink,
    createEncoding: encoding,
    onEnd: (ending) => endings.push(ending),
  });
  const tone = (position: number, frequency: number, at = rate) =>
    sines([{ frequency, levelDbov: -20 }], at / 50, (position * at) / 50, at);
  return { disk, ring, writer, endings, tone };
}

it("the file of a recording that has no room for its first bytes is closed", () => {
  const disk = new MemoryDisk();
  disk.free = 10;
  const begin = () =>
    new RecordingWriter({
      ...{ ring: new FrameRing(createSharedRing(8)), rate: 16_000, pathOf: () => "mix" },
      ...{ createSink: disk.createSink, createEncoding: () => new WavEncoding(16_000), onEnd: () => {} },
    });
  expect(begin).toThrow("no space left");
  expect(disk.open.size).toBe(0);
});

describe("tracks", () => {
  it("are as long as the mix, and silent where no leg spoke", async () => {
    const { disk, ring, writer, endings, tone } = recording();
    for (let position = 0; position < 100; position += 1) {
      if (position >= 25 && position < 50) ring.write(1, position, tone(position, 440));
      ring.write(0, position, tone(position, 440));
    }
    await writer.finish();

    expect(endings).toEqual([{ reason: "finished", message: "", frames: 100, missing: 0 }]);
    const [mix, ann] = [disk.samples("mix"), disk.samples("ann")];
    expect([mix.length, ann.length]).toEqual([32_000, 32_000]);
    expect(levelDbov(ann.subarray(0, 8000))).toBe(-127);
    expect(levelDbov(ann.subarray(16_000))).toBe(-127);
    expect(ann.subarray(8000, 16_000)).toEqual(mix.subarray(8000, 16_000));
    expect(disk.files.has("ben")).toBe(false);
    expect(disk.open.size).toBe(0);
  });

  it("stay in time when the ring was full and when ticks were skipped", async () => {
    const { disk, ring, writer, endings, tone } = recording({ slots: 8 });
    for (let position = 0; position < 20; position += 1) ring.write(0, position, tone(position, 440));
    writer.drain();
    for (let position = 30; position < 34; position += 1) ring.write(0, position, tone(position, 440));
    writer.drain();
    for (let position = 34; position < 50; position += 1) ring.write(0, position, tone(position, 440));
    await writer.finish();

    const mix = disk.samples("mix");
    expect(mix.length).toBe(50 * 320);
    expect(endings[0]).toMatchObject({ frames: 50, missing: 22 + 8 });
    expect(levelDbov(mix.subarray(8 * 320, 30 * 320))).toBe(-127);
    expect(mix.subarray(31 * 320, 32 * 320)).toEqual(tone(31, 440));
  });

  it("hold at every flush what was said, and say so", () => {
    const { disk, ring, writer, tone } = recording();
    for (let position = 0; position < 60; position += 1) {
      ring.write(0, position, tone(position, 440));
      if (position % 20 !== 19) continue;
      writer.drain();
      writer.flush();
      expect(disk.samples("mix").length).toBe((position + 1) * 320);
    }
  });
});

describe("a recording that cannot go on", () => {
  it("ends once with the reason when the disk is full, and leaves what there is", async () => {
    const { disk, ring, writer, endings, tone } = recording();
    for (let position = 0; position < 50; position += 1) ring.write(0, position, tone(position, 440));
    writer.drain();
    writer.flush();
    disk.free = 1000;
    for (let position = 50; position < 100; position += 1) ring.write(0, position, tone(position, 440));
    writer.drain();
    writer.flush();
    writer.drain();
    await writer.finish();

    expect(endings).toHaveLength(1);
    expect(endings[0]).toMatchObject({ reason: "no-space" });
    expect(disk.samples("mix").length).toBe(50 * 320);
    expect(disk.open.size).toBe(0);
  });

  it("ends when the disk does not keep what it was given", async () => {
    const { disk, ring, writer, endings, tone } = recording();
    ring.write(0, 0, tone(0, 440));
    writer.drain();
    writer.flush();
    writer.sync();
    await settle();
    expect([endings.length, disk.syncs]).toEqual([0, 1]);

    disk.broken = true;
    writer.sync();
    await settle();
    expect(endings).toMatchObject([{ reason: "write-failed", message: "input/output error", frames: 1 }]);
  });
});

describe("MP3", () => {
  const kbps = 64;

  async function written(rate: number, play: (position: number) => number | undefined, frames: number) {
    const { disk, ring, writer, tone } = recording({ rate, encoding: () => new Mp3Encoding({ rate, kbps }) });
    for (let position = 0; position < frames; position += 1) {
      const frequency = play(position);
      if (frequency !== undefined) ring.write(0, position, tone(position, frequency));
      if (position % 500 === 499) writer.drain();
    }
    await writer.finish();
    return disk.files.get("mix")!;
  }

  it.each([8000, 16_000, 48_000])("of %d Hz sounds as it did, and every frame stands alone", async (rate) => {
    const bytes = await written(rate, () => 440, 100);
    const walk = new Mp3Walk();
    walk.take(bytes);
    expect([walk.broken, walk.wholeBytes]).toEqual([false, bytes.length]);
    expect(walk.durationMs).toBeGreaterThan(1999);
    expect(walk.durationMs).toBeLessThan(2300);

    for (const length of [bytes.length, Math.floor(bytes.length * 0.61)]) {
      const file = join(folder, `${rate}-${length}.mp3`);
      writeFileSync(file, bytes.subarray(0, length));
      const decoded = decodeAudio(file);
      expect(decoded.rate).toBe(rate);
      expect(decoded.samples.length / rate).toBeGreaterThan((length / bytes.length) * 2 - 0.15);
      const middle = decoded.samples.subarray(rate * 0.5, rate * 0.7);
      expect(fitTones(middle, [440], rate).levels[0]).toBeCloseTo(-20, 0);
    }
  });

  it("of a long silence is made of one frame, keeps the time and goes on without a click", async () => {
    const bytes = await written(
      16_000,
      (position) => (position < 25 || position >= 1025 ? 440 : undefined),
      1050,
    );
    const file = join(folder, "silence.mp3");
    writeFileSync(file, bytes);
    const { samples, rate } = decodeAudio(file);

    expect(samples.length / rate).toBeGreaterThan(20.9);
    expect(samples.length / rate).toBeLessThan(21.3);
    expect(levelDbov(samples.subarray(rate * 2, rate * 20))).toBeLessThan(-90);
    // The encoder's own delay is less than 0.1 s.
    const loud = (second: number) => levelDbov(samples.subarray(rate * second, rate * (second + 0.1)));
    expect(loud(0.3)).toBeCloseTo(-20, 0);
    expect(loud(20.35)).toBeLessThan(-60);
    expect(loud(20.65)).toBeCloseTo(-20, 0);
    const frames = new Set(
      Array.from({ length: 400 }, (_, at) => bytes.toString("latin1", 28_800 + at * 288, 29_088 + at * 288)),
    );
    expect(frames.size).toBe(1);
  });
});

describe("a change of rate", () => {
  it("does not click, up or down", () => {
    const change = new RateChange(16_000);
    const frame = (position: number, rate: number) =>
      sines([{ frequency: 440, levelDbov: -20 }], rate / 50, (position * rate) / 50, rate);
    const rateAt = (position: number) => [8000, 48_000, 16_000, 8000][Math.floor(position / 50)]!;
    const heard: number[] = [];
    for (let position = 0; position < 200; position += 1) {
      const rate = rateAt(position);
      const leaving = position > 0 ? rateAt(position - 1) : rate;
      if (leaving !== rate) {
        for (let past = position - 6; past < position; past += 1) change.prepare(past, frame(past, rate));
        change.prepare(position, frame(position, leaving));
      }
      heard.push(...change.convert(position, frame(position, rate)));
    }
    const steady = heard.slice(3200);
    const bend = (at: number) => Math.abs(steady[at + 1]! - 2 * steady[at]! + steady[at - 1]!);
    const sharpest = Math.max(
      ...steady
        .keys()
        .drop(1)
        .take(steady.length - 2)
        .map(bend),
    );
    // A sine bends by its amplitude times the square of its step; where one passes into another a little more.
    const sine = amplitude(-20) * ((2 * Math.PI * 440) / 16_000) ** 2;
    expect(sharpest).toBeLessThan(1.5 * sine);
    expect(levelDbov(Int16Array.from(steady))).toBeCloseTo(-20, 0);
  });
});
