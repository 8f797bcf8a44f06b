// Makes a clip of captured speech: cuts off the silence before and after it, brings it to the usual level of speech
// within limits, and fades both ends so that there is no click. Pure; one pass over the samples, because it runs
// beside the mixing.
import { fade, fromDbov, toDbov } from "../../dsp/index.ts";
import { type CapturedSpeech, captureRate, samplesPerTick } from "./capture.ts";

/** Of the loudest tick: what lies this far below it, or is fainter than the other, is no word (power). */
const belowLoudest = 10 ** (-35 / 10);
const faintest = fromDbov(-60);
/** And what lies this far below it is no measure of how loud the words are. */
const pause = 10 ** (-25 / 10);
/** Soft beginnings and ends of words. */
const ticksBefore = 3;
const ticksAfter = 7;
const edgeMs = 8;
/** As loud as speech on a good line. */
const wantedDbov = -20;
const maxDb = 15;
const highestPeak = 29_000;

/** A copy; empty when there is nothing but silence. */
export function trimAndLevel({ pcm, powers, peak }: CapturedSpeech): Int16Array {
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  const threshold = Math.max(faintest, loudest * belowLoudest);
  const first = powers.findIndex((power) => power >= threshold);
  if (first < 0) return new Int16Array(0);
  const last = powers.findLastIndex((power) => power >= threshold);
  const from = Math.max(0, first - ticksBefore);
  const clip = pcm.slice(from * samplesPerTick, (last + 1 + ticksAfter) * samplesPerTick);
  const words = powers.filter((power) => power >= loudest * pause);
  const level = toDbov(words.reduce((sum, power) => sum + power, 0) / words.length);
  const gain = Math.min(10 ** (Math.min(maxDb, wantedDbov - level) / 20), highestPeak / Math.max(1, peak));
  for (let index = 0; index < clip.length; index += 1) clip[index] = clip[index]! * gain;
  const edge = (captureRate * edgeMs) / 1000;
  fade(clip, "in", edge);
  fade(clip.subarray(clip.length - edge), "out", edge);
  return clip;
}
