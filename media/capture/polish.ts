// Makes a clip of what somebody said: the silence before and after it is cut off, it is brought to the level of
// speech within reason, and it begins and ends without a click. Pure.
import { fade, fromDbov, meanSquare } from "../audio/index.ts";
import { activeLevelDbov } from "../prompts/loudness.ts";

const stretchMs = 20;
/** Of the loudest stretch: what lies this far below it, or is fainter than the other, is no word (power). */
const belowLoudest = 10 ** (-35 / 10);
const faintest = fromDbov(-60);
/** Soft beginnings and ends of words. */
const beforeMs = 60;
const afterMs = 140;
const edgeMs = 8;
/** As loud as speech on a good line. */
const wantedDbov = -20;
const mostDb = 15;
const highestPeak = 29_000;

/** Empty when there is nothing but silence. */
export function polished(pcm: Int16Array, rate: number): Int16Array {
  const said = trimmed(pcm, rate);
  if (said.length === 0) return said;
  const gain = gainFor(said, rate);
  for (let index = 0; index < said.length; index += 1) said[index] = (said[index] as number) * gain;
  const edge = Math.min((rate * edgeMs) / 1000, said.length);
  fade(said, "in", edge);
  fade(said.subarray(said.length - edge), "out", edge);
  return said;
}

/** A copy. */
function trimmed(pcm: Int16Array, rate: number): Int16Array {
  const stretch = (rate * stretchMs) / 1000;
  const powers: number[] = [];
  for (let from = 0; from + stretch <= pcm.length; from += stretch) {
    powers.push(meanSquare(pcm, from, from + stretch));
  }
  const threshold = Math.max(faintest, Math.max(0, ...powers) * belowLoudest);
  const first = powers.findIndex((power) => power >= threshold);
  if (first < 0) return new Int16Array(0);
  const last = powers.findLastIndex((power) => power >= threshold);
  const samples = (ms: number): number => (rate * ms) / 1000;
  const from = Math.max(0, first * stretch - samples(beforeMs));
  return pcm.slice(from, Math.min(pcm.length, (last + 1) * stretch + samples(afterMs)));
}

function gainFor(pcm: Int16Array, rate: number): number {
  const wanted = 10 ** (Math.min(mostDb, wantedDbov - activeLevelDbov(pcm, rate)) / 20);
  let peak = 1;
  for (const sample of pcm) peak = Math.max(peak, Math.abs(sample));
  return Math.min(wanted, highestPeak / peak);
}
