// Loudness. Inside the tick it is the mean square of a frame, which needs no logarithm; people read dBov, in
// which a square wave at full scale is 0.

const fullScale = 32_768 * 32_768;

/** Of the samples from `start` to `end`: 0 … 2³⁰. */
export function meanSquare(samples: Int16Array, start = 0, end = samples.length): number {
  let sum = 0;
  for (let index = start; index < end; index += 1) {
    const sample = samples[index]!;
    sum += sample * sample;
  }
  return sum / (end - start);
}

/** Never below −127, which is silence (RFC 6464). */
export function toDbov(meanSquareValue: number): number {
  return meanSquareValue > 0 ? Math.max(-127, 10 * Math.log10(meanSquareValue / fullScale)) : -127;
}

export const fromDbov = (dbov: number): number => fullScale * 10 ** (dbov / 10);
