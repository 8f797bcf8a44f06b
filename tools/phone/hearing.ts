// Describes a second of audio in a few words: silence, one tone and its frequency, or sound. Pure.
import { fitTones, levelDbov, telephoneRate } from "../../test/support/tones.ts";

const silenceDbov = -60;
const lowestHz = 60;
const highestHz = 3900;
/** A tone stands so far above everything else together. */
const toneAboveRestDb = 10;

export function describeAudio(samples: Int16Array): string {
  if (samples.length === 0) return "no packets";
  const level = levelDbov(samples);
  if (level < silenceDbov) return "silence";
  const frequency = strongestFrequency(samples);
  const { levels, residualDbov } = fitTones(samples, [frequency]);
  const text = `${level.toFixed(1)} dBov`;
  return levels[0]! - residualDbov >= toneAboveRestDb ? `tone of ${frequency} Hz, ${text}` : `sound, ${text}`;
}

/** To the Hertz: first where the spectrum is highest, then around it. */
function strongestFrequency(samples: Int16Array): number {
  const step = Math.max(1, Math.floor(telephoneRate / samples.length));
  const coarse = highest(samples, { from: lowestHz, to: highestHz, step });
  return highest(samples, { from: coarse - step, to: coarse + step, step: 1 });
}

function highest(samples: Int16Array, range: { from: number; to: number; step: number }): number {
  let [best, most] = [range.from, -1];
  for (let frequency = range.from; frequency <= range.to; frequency += range.step) {
    const power = goertzel(samples, frequency);
    if (power > most) [best, most] = [frequency, power];
  }
  return best;
}

/** The power of one frequency (G. Goertzel, 1958). */
function goertzel(samples: Int16Array, frequency: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / telephoneRate);
  let [last, before] = [0, 0];
  for (let index = 0; index < samples.length; index += 1) {
    const next = samples[index]! + factor * last - before;
    before = last;
    last = next;
  }
  return last * last + before * before - factor * last * before;
}
