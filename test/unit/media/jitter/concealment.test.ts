// What waveform codecs have made up for them: tones go on in phase whatever their frequency, speech at its pitch,
// and nothing that is made up is louder than what was said.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecoder, createEncoder } from "../../../../media/codec/index.ts";
import { concealHistoryMs } from "../../../../media/dsp/index.ts";
import { Concealer } from "../../../../media/jitter/conceal.ts";
import { seededRandom } from "../support/lossy-network.ts";
import { voice } from "../support/spectrum.ts";
import { Tone, toneToNoise } from "../support/tones.ts";

type Waveform = "PCMU" | "PCMA" | "G722";

const rateOf = (codec: Waveform): number => (codec === "G722" ? 16_000 : 8000);

function throughCodec(codec: Waveform, pcm: Int16Array): Int16Array {
  const encoder = createEncoder(codec);
  const decoder = createDecoder(codec);
  const out = new Int16Array(pcm.length);
  const bytes = new Uint8Array(pcm.length);
  decoder.decode(bytes.subarray(0, encoder.encode(pcm, bytes)), out);
  return out;
}

/** The audio with the lost ticks made up. */
function mended(pcm: Int16Array, rate: number, lost: ReadonlySet<number>): Int16Array {
  const frame = rate / 50;
  const heard = (rate * concealHistoryMs) / 1000;
  const concealer = new Concealer(rate);
  const buffer = new Int16Array(heard + frame);
  const out = new Int16Array(pcm.length);
  for (let tick = 0; (tick + 1) * frame <= pcm.length; tick += 1) {
    if (lost.has(tick)) concealer.fill(buffer, heard, frame);
    else {
      buffer.set(pcm.subarray(tick * frame, (tick + 1) * frame), heard);
      concealer.join(buffer, heard, frame);
    }
    out.set(buffer.subarray(heard), tick * frame);
    buffer.copyWithin(0, frame);
  }
  return out;
}

function losses(ticks: number, share: number, seed: number): Set<number> {
  const random = seededRandom(seed);
  return new Set(
    Array.from({ length: ticks }, (_, tick) => tick).filter((tick) => tick > 5 && random() < share),
  );
}

/** Of windows of 100 ms, those in which the tone stands less than 12 dB above everything else. */
function damaged(audio: Int16Array, hertz: number, rate: number): number {
  const width = rate / 10;
  let count = 0;
  for (let at = 0; at + width <= audio.length; at += width) {
    if (toneToNoise(audio.subarray(at, at + width), hertz, rate) < 12) count += 1;
  }
  return count / Math.floor(audio.length / width);
}

describe("a steady tone at one packet in twenty lost", () => {
  const frequencies = [201, 310, 440, 700, 1004, 1411, 1989, 2300, 2655, 2950, 3300];

  it.each(["PCMU", "PCMA", "G722"] as const)("is hardly damaged at any frequency (%s)", (codec) => {
    const rate = rateOf(codec);
    const lost = losses(1000, 0.05, 20);
    for (const hertz of frequencies) {
      const said = throughCodec(codec, new Tone(hertz, 8000, rate).next(rate * 20));
      expect(damaged(mended(said, rate, lost), hertz, rate), `${hertz} Hz`).toBeLessThanOrEqual(0.02);
    }
  });

  it("is made up so that a lost frame differs by less than a tenth of it (20 dB), seldom by half of it", () => {
    for (const hertz of frequencies) {
      const said = throughCodec("PCMU", new Tone(hertz).next(40_000));
      const lost = new Set(Array.from({ length: 24 }, (_, index) => 9 + 10 * index));
      const made = mended(said, 8000, lost);
      const ratios = [...lost].map((tick) => {
        let tone = 0;
        let error = 1;
        for (let index = tick * 160; index < (tick + 1) * 160; index += 1) {
          tone += said[index]! ** 2;
          error += (said[index]! - made[index]!) ** 2;
        }
        return 10 * Math.log10(tone / error);
      });
      ratios.sort((left, right) => left - right);
      expect(ratios[12], `${hertz} Hz`).toBeGreaterThan(20);
      expect(ratios[2], `${hertz} Hz`).toBeGreaterThan(6);
    }
  });
});

describe("what is made up", () => {
  it("of a voice keeps its pitch: it resembles what was lost", () => {
    const said = throughCodec("PCMU", voice(6, 8000));
    const lost = losses(300, 0.05, 4);
    const made = mended(said, 8000, lost);
    const likeness = [...lost].map((tick) => {
      let both = 0;
      let ones = 1;
      let others = 1;
      for (let index = tick * 160; index < (tick + 1) * 160; index += 1) {
        both += said[index]! * made[index]!;
        ones += said[index]! ** 2;
        others += made[index]! ** 2;
      }
      return both / Math.sqrt(ones * others);
    });
    likeness.sort((left, right) => left - right);
    expect(likeness[likeness.length >> 1]).toBeGreaterThan(0.8);
  });

  it("fades to nothing within 80 ms, from any sound, and never exceeds it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom(8000, 16_000, 48_000),
        (seed, rate) => {
          const random = seededRandom(seed);
          const frame = rate / 50;
          const heard = (rate * concealHistoryMs) / 1000;
          const buffer = new Int16Array(heard + 5 * frame);
          const tone = new Tone(50 + random() * rate * 0.45, 20_000 * random(), rate).next(heard);
          const noise = 10_000 * random();
          const from = Math.floor(random() * heard);
          let peak = 0;
          for (let index = from; index < heard; index += 1) {
            buffer[index] = tone[index]! + noise * (2 * random() - 1);
            peak = Math.max(peak, Math.abs(buffer[index]!));
          }
          const concealer = new Concealer(rate);
          concealer.fill(buffer, heard, 5 * frame);
          const made = buffer.subarray(heard);
          expect(Math.max(...made.map(Math.abs))).toBeLessThanOrEqual(1.25 * peak + 1);
          expect(made.subarray(4 * frame + 2).every((sample) => sample === 0)).toBe(true);
          expect(concealer.faded).toBe(true);
        },
      ),
      { numRuns: 60, seed: 711 },
    );
  });
});
