// Captured clips on the disk: written once, for us alone, played from there without being remembered, and removed.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import { meanSquare } from "../../../../media/dsp/index.ts";
import { PromptPlayer } from "../../../../media/playback/index.ts";
import { type CapturedSpeech, clipFilesIn, trimAndLevel } from "../../../../media/record/capture/index.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const rate = 16_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-capture-"));
  mkdirSync(join(folder, "names"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a clip", () => {
  it("is played as it was said, and is gone once it is removed", async () => {
    const files = clipFilesIn(folder);
    await files.write("names/one", new Tone(700, 4000, rate).next(rate), rate);
    expect(statSync(join(folder, "names/one.wav")).mode & 0o777).toBe(0o600);

    const player = new PromptPlayer({
      ...{ clock: new FakeClock(), log: silentLogger },
      promptsPath: join(folder, "none"),
      musicPath: join(folder, "none"),
      clipsPath: folder,
    });
    const play = async () => {
      const playback = player.create([{ kind: "clip", name: "names/one", passing: true }], {
        ...{ rate: 8000, language: "en", loop: false },
      });
      const frame = new Int16Array(160);
      const heard: number[] = [];
      while (playback.read(frame)) {
        if (frame.some((sample) => sample !== 0)) heard.push(...frame);
        await settle();
      }
      return Int16Array.from(heard);
    };
    expect(toneLevel(await play(), 700)).toBeCloseTo(20 * Math.log10(4000 / 32_768), 0);

    await files.remove("names/one");
    await files.remove("names/one");
    expect(existsSync(join(folder, "names/one.wav"))).toBe(false);
    expect(await play(), "nothing of it is remembered").toHaveLength(0);
  });

  it("never takes the place of another, and never leaves its folder", async () => {
    const files = clipFilesIn(folder);
    writeFileSync(join(folder, "names/one.wav"), "precious");
    await expect(files.write("names/one", new Int16Array(160), rate)).rejects.toMatchObject({
      code: "EEXIST",
    });
    expect(statSync(join(folder, "names/one.wav")).size).toBe(8);
    for (const name of ["../names", "names/../../x", "/etc/x", ""]) {
      await expect(files.write(name, new Int16Array(160), rate)).rejects.toMatchObject({
        code: "CANNOT_RECORD",
      });
    }
  });
});

describe("polishing", () => {
  const tick = rate / 50;
  const said = (pcm: Int16Array): CapturedSpeech => ({
    pcm,
    powers: Float64Array.from({ length: pcm.length / tick }, (_, at) =>
      meanSquare(pcm, at * tick, (at + 1) * tick),
    ),
    peak: pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
  });

  it("keeps the soft beginning and end of a word, and no more", () => {
    const pcm = new Int16Array(rate * 3);
    pcm.set(new Tone(700, 4000, rate).next(rate), rate);
    expect(trimAndLevel(said(pcm)).length / rate).toBeCloseTo(1.2, 2);
  });

  it("makes nothing of silence", () => {
    expect(trimAndLevel(said(new Int16Array(rate)))).toHaveLength(0);
    expect(trimAndLevel(said(new Int16Array(0)))).toHaveLength(0);
    expect(trimAndLevel(said(new Tone(700, 10, rate).next(rate)))).toHaveLength(0);
  });

  it("never clips, and pauses do not count for how loud the words are", () => {
    const pcm = new Tone(700, 300, rate).next(rate);
    pcm[8000] = 30_000;
    expect(Math.max(...trimAndLevel(said(pcm)))).toBeLessThan(30_000);
    const slow = new Int16Array(rate * 3);
    slow.set(new Tone(700, 2000, rate).next(rate / 2));
    slow.set(new Tone(700, 2000, rate).next(rate / 2), rate * 2);
    expect(toneLevel(trimAndLevel(said(slow)).subarray(0, rate / 2), 700, rate)).toBeCloseTo(-17, 0);
  });
});
