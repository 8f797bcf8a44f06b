// Speech and music are no keys, and are not cut to pieces because they might be.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DtmfDetector, Halver } from "../../../../media/dsp/index.ts";
import { Resampler } from "../../../../media/dsp/resample.ts";
import { openAudioFile } from "../../../../media/playback/decode.ts";
import { systemFiles } from "../../../../media/playback/files.ts";
import { framesOf, throughG711 } from "../support/keys.ts";
import {
  english,
  french,
  german,
  hasSpeech,
  type Speaker,
  scaled,
  spanish,
  speech,
} from "../support/speech.ts";

class Listener {
  keys = "";
  frames = 0;
  suppressed = 0;
  readonly #detector = new DtmfDetector(8000);
  readonly #halver = new Halver(320);
  readonly #half = new Int16Array(160);

  hear(pcm: Int16Array): void {
    for (const frame of framesOf(throughG711(pcm), 160)) this.#detect(frame);
  }

  /** The same at 16 kHz. */
  hearWide(pcm: Int16Array): void {
    for (const frame of framesOf(pcm, 320)) {
      this.#halver.process(frame, this.#half);
      this.#detect(this.#half);
    }
  }

  #detect(frame: Int16Array): void {
    this.keys += this.#detector.detect(frame) ?? "";
    this.frames += 1;
    if (this.#detector.suppress) this.suppressed += 1;
  }

  get minutes(): number {
    return this.frames / 50 / 60;
  }

  get suppressedShare(): number {
    return this.suppressed / this.frames;
  }
}

const readers: readonly (readonly [text: string, speaker: Speaker])[] = [
  [english, { voice: "en" }],
  [english, { voice: "en-us", pitch: 30, speed: 140 }],
  [english, { voice: "en+f2", pitch: 95 }],
  [english, { voice: "en+f4", pitch: 70, speed: 190 }],
  [english, { voice: "en+croak" }],
  [french, { voice: "fr+f2" }],
  [german, { voice: "de", pitch: 40 }],
  [spanish, { voice: "es+f3", pitch: 60 }],
];

describe.skipIf(!hasSpeech)("several minutes of speech", () => {
  it("hold no key at any level, and one frame in two hundred at most is hushed", { timeout: 120_000 }, () => {
    const listener = new Listener();
    for (const [text, speaker] of readers) {
      const said = speech(text, speaker);
      for (const db of [-10, 0, 10]) listener.hear(scaled(said, db));
    }
    expect(listener.minutes).toBeGreaterThan(10);
    expect(listener.keys).toBe("");
    expect(listener.suppressedShare).toBeLessThan(0.005);
  });

  it("hold no key at 16 kHz either", { timeout: 120_000 }, () => {
    const listener = new Listener();
    for (const [text, speaker] of readers) {
      const said = speech(text, speaker, 16_000);
      for (const db of [-10, 0, 10]) listener.hearWide(scaled(said, db));
    }
    expect(listener.minutes).toBeGreaterThan(10);
    expect(listener.keys).toBe("");
    expect(listener.suppressedShare).toBeLessThan(0.005);
  });
});

const musicFolder = "/usr/share/asterisk/moh";
const pieces = existsSync(musicFolder)
  ? readdirSync(musicFolder).filter((name) => name.endsWith(".g722"))
  : [];

describe.skipIf(pieces.length === 0)("music on hold", () => {
  it("holds no key", { timeout: 120_000 }, async () => {
    const listener = new Listener();
    const wide = new Listener();
    for (const piece of pieces) {
      const source = await openAudioFile(join(musicFolder, piece), systemFiles);
      if (!source.ok) throw new Error(source.error);
      const resampler = new Resampler(source.value.rate, 8000);
      const out = new Int16Array(8000);
      for (let second = 0; second < 90; second += 1) {
        const block = source.value.decode(await source.value.fetch(source.value.rate));
        if (block.length < source.value.rate) break;
        resampler.process(block, out);
        listener.hear(out);
        wide.hearWide(block);
      }
      source.value.close();
    }
    expect(listener.minutes).toBeGreaterThan(1);
    expect([listener.keys, wide.keys]).toEqual(["", ""]);
  });
});
