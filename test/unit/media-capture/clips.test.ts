// Captured clips on the disk: written once, for us alone, played from there without being remembered, and removed.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { clipFilesIn, polished } from "../../../media/capture/index.ts";
import { PromptPlayer } from "../../../media/prompts/index.ts";
import { Tone, toneLevel } from "../media-engine/support/tones.ts";

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

    const jobs: (() => void)[] = [];
    const player = new PromptPlayer({
      log: silentLogger,
      promptsPath: join(folder, "none"),
      musicPath: join(folder, "none"),
      clipsPath: folder,
      defer: (job) => void jobs.push(job),
    });
    const play = () => {
      const playback = player.create([{ kind: "clip", name: "names/one", passing: true }], {
        ...{ rate: 8000, language: "en", loop: false },
      });
      for (let job = jobs.shift(); job; job = jobs.shift()) job();
      const heard = new Int16Array(8000);
      playback.read(heard);
      return heard;
    };
    expect(toneLevel(play(), 700)).toBeCloseTo(20 * Math.log10(4000 / 32_768), 0);

    await files.remove("names/one");
    await files.remove("names/one");
    expect(existsSync(join(folder, "names/one.wav"))).toBe(false);
    expect(Math.max(...play()), "nothing of it is remembered").toBe(0);
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
  it("keeps the soft beginning and end of a word, and no more", () => {
    const pcm = new Int16Array(rate * 3);
    pcm.set(new Tone(700, 4000, rate).next(rate), rate);
    const clip = polished(pcm, rate);
    expect(clip.length / rate).toBeCloseTo(1.2, 2);
  });

  it("makes nothing of silence", () => {
    expect(polished(new Int16Array(rate), rate)).toHaveLength(0);
    expect(polished(new Int16Array(0), rate)).toHaveLength(0);
    expect(polished(new Tone(700, 10, rate).next(rate), rate)).toHaveLength(0);
  });

  it("never clips", () => {
    const pcm = new Tone(700, 300, rate).next(rate);
    pcm[8000] = 30_000;
    expect(Math.max(...polished(pcm, rate))).toBeLessThan(30_000);
  });
});
