// How loud speech or music is while it sounds, and the gain that brings it down to a wanted level. Quiet files
// are left alone: a gain above one could clip.

/** Of the loudest stretch: what lies this far below it is a pause. */
const pauseDb = 25;
const stretchMs = 20;
const fullScale = 32_768;

/** Mean power of the stretches that are not pauses, dBov; −Infinity for digital silence. */
export function activeLevelDbov(pcm: Int16Array, rate: number): number {
  const length = (rate * stretchMs) / 1000;
  const powers: number[] = [];
  for (let from = 0; from + length <= pcm.length; from += length) {
    let sum = 0;
    for (let index = from; index < from + length; index += 1) sum += (pcm[index] as number) ** 2;
    powers.push(sum / length / fullScale ** 2);
  }
  const threshold = Math.max(0, ...powers) * 10 ** (-pauseDb / 10);
  const active = powers.filter((power) => power > 0 && power >= threshold);
  if (active.length === 0) return Number.NEGATIVE_INFINITY;
  return 10 * Math.log10(active.reduce((sum, power) => sum + power, 0) / active.length);
}

export const gainTo = (wantedDbov: number, levelDbov: number): number =>
  levelDbov > wantedDbov ? 10 ** ((wantedDbov - levelDbov) / 20) : 1;
