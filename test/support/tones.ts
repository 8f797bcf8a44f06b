// Hearing, in numbers: makes sines and finds them again. One idea carries all of it: a least-squares fit of the
// tones asked for, weighted by a Hann window, so that one tone does not leak into the reading of another. The
// fit gives each tone's level; what is left over is noise, and where it jumps there was a click.
// Levels are dBov: 0 is a full-scale square wave, so a full-scale sine is −3.01 (ITU-T G.100.1).

export interface Tone {
  readonly frequency: number;
  readonly levelDbov: number;
}

export interface ToneFit {
  /** In the order of the frequencies asked for. */
  readonly levels: readonly number[];
  /** What the tones do not explain. */
  readonly residualDbov: number;
}

export const telephoneRate = 8000;
const fullScale = 32768;
const silenceDbov = -127;

const dbov = (meanSquare: number): number =>
  meanSquare <= 0 ? silenceDbov : Math.max(silenceDbov, 10 * Math.log10(meanSquare / fullScale ** 2));

/** The peak of a sine of this level. */
export const amplitude = (levelDbov: number): number => fullScale * Math.SQRT2 * 10 ** (levelDbov / 20);

/** Samples `start` … `start + count` of the sum of endless sines; equal starts continue without a jump. */
export function sines(tones: readonly Tone[], count: number, start = 0, rate = telephoneRate): Int16Array {
  const samples = new Int16Array(count);
  for (let index = 0; index < count; index += 1) {
    let sum = 0;
    for (const tone of tones) {
      sum += amplitude(tone.levelDbov) * Math.sin((2 * Math.PI * tone.frequency * (start + index)) / rate);
    }
    samples[index] = Math.max(-fullScale, Math.min(fullScale - 1, Math.round(sum)));
  }
  return samples;
}

/** The level of everything together. */
export function levelDbov(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return dbov(sum / Math.max(1, samples.length));
}

/**
 * Levels of the tones within `samples`. The window must be longer than two periods of the smallest distance
 * between two frequencies, or the tones cannot be told apart.
 */
export function fitTones(samples: Int16Array, frequencies: readonly number[], rate = telephoneRate): ToneFit {
  const size = frequencies.length * 2;
  const matrix = Array.from({ length: size }, () => new Float64Array(size + 1));
  const basis = new Float64Array(size);
  const hann = (index: number): number =>
    0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / samples.length);
  const fillBasis = (index: number): void => {
    for (let tone = 0; tone < frequencies.length; tone += 1) {
      const angle = (2 * Math.PI * frequencies[tone]! * index) / rate;
      basis[tone * 2] = Math.cos(angle);
      basis[tone * 2 + 1] = Math.sin(angle);
    }
  };

  for (let index = 0; index < samples.length; index += 1) {
    const weight = hann(index);
    fillBasis(index);
    for (let row = 0; row < size; row += 1) {
      const factor = weight * basis[row]!;
      const equation = matrix[row]!;
      for (let column = 0; column < size; column += 1) equation[column]! += factor * basis[column]!;
      equation[size]! += factor * samples[index]!;
    }
  }
  const solution = solve(matrix);

  let residual = 0;
  let weights = 0;
  for (let index = 0; index < samples.length; index += 1) {
    fillBasis(index);
    let rest = samples[index]!;
    for (let row = 0; row < size; row += 1) rest -= solution[row]! * basis[row]!;
    const weight = hann(index);
    residual += weight * rest * rest;
    weights += weight;
  }
  return {
    levels: frequencies.map((_, tone) => dbov((solution[tone * 2]! ** 2 + solution[tone * 2 + 1]! ** 2) / 2)),
    residualDbov: dbov(residual / Math.max(1e-9, weights)),
  };
}

/** Which of these tones are heard, and how loud. */
export function heardTones(
  samples: Int16Array,
  frequencies: readonly number[],
  thresholdDbov = -50,
): readonly Tone[] {
  const { levels } = fitTones(samples, frequencies);
  return frequencies
    .map((frequency, index) => ({ frequency, levelDbov: levels[index]! }))
    .filter((tone) => tone.levelDbov > thresholdDbov);
}

/** How far a tone stands above everything that is not this tone. */
export function snrDb(samples: Int16Array, frequency: number, rate = telephoneRate): number {
  const { levels, residualDbov } = fitTones(samples, [frequency], rate);
  return levels[0]! - residualDbov;
}

/** The share, 0 … 1, of 100 ms windows in which a steady tone stands less than `minDb` above everything else. */
export function damagedShare(samples: Int16Array, frequency: number, minDb = 20): number {
  const width = telephoneRate / 10;
  const windows = Math.floor(samples.length / width);
  let damaged = 0;
  for (let window = 0; window < windows; window += 1) {
    if (snrDb(samples.subarray(window * width, (window + 1) * width), frequency) < minDb) damaged += 1;
  }
  return damaged / windows;
}

export interface Click {
  readonly sample: number;
  readonly residualDbov: number;
}

/**
 * Places where steady tones are not continued: short windows whose rest, once the tones are taken out, is
 * louder than `marginDb` above the usual rest. A jump of phase or level, a lost packet and an impulse all show.
 */
export function clicks(
  samples: Int16Array,
  frequencies: readonly number[],
  options: { readonly marginDb?: number; readonly windowMs?: number; readonly rate?: number } = {},
): readonly Click[] {
  const { marginDb = 12, windowMs = 32, rate = telephoneRate } = options;
  const width = Math.round((windowMs * rate) / 1000);
  const step = Math.max(1, Math.round(width / 4));
  const windows: Click[] = [];
  for (let start = 0; start + width <= samples.length; start += step) {
    const { residualDbov } = fitTones(samples.subarray(start, start + width), frequencies, rate);
    windows.push({ sample: start + Math.round(width / 2), residualDbov });
  }
  const sorted = windows.map((window) => window.residualDbov).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return windows.filter((window) => window.residualDbov > usual + marginDb);
}

/** Gaussian elimination with pivoting; the last column is the right side. A singular row comes out as 0. */
function solve(matrix: Float64Array[]): Float64Array {
  const size = matrix.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    const top = matrix[column]!;
    if (Math.abs(top[column]!) < 1e-9) continue;
    for (let row = column + 1; row < size; row += 1) {
      const below = matrix[row]!;
      const factor = below[column]! / top[column]!;
      for (let index = column; index <= size; index += 1) below[index]! -= factor * top[index]!;
    }
  }
  const solution = new Float64Array(size);
  for (let row = size - 1; row >= 0; row -= 1) {
    const equation = matrix[row]!;
    let sum = equation[size]!;
    for (let column = row + 1; column < size; column += 1) sum -= equation[column]! * solution[column]!;
    solution[row] = Math.abs(equation[row]!) < 1e-9 ? 0 : sum / equation[row]!;
  }
  return solution;
}
