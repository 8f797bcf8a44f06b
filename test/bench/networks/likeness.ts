// How alike two renderings of the same sound are. Only stretches that differ are judged: what arrived whole would
// hide what did not.

const frameMs = 20;
/** Below this nothing is said. */
const quiet = 100 ** 2;
const maxDb = 35;
const minDb = -10;
/** Speech's own range, in bands of this width. */
const bandHz = 50;
const highestHz = 8000;

/** Root mean square difference of the spectra in dB, mean over the frames that differ. */
export function logSpectralDistance(one: Int16Array, other: Int16Array, rate: number): number {
  return meanOverDifferent(one, other, rate, (from, length) => {
    const ours = spectrum(one, from, length);
    const theirs = spectrum(other, from, length);
    let sum = 0;
    ours.forEach((power, band) => {
      sum += (10 * Math.log10((power + 1) / (theirs[band]! + 1))) ** 2;
    });
    return Math.sqrt(sum / ours.length);
  });
}

/** Signal to what differs, dB within −10 … 35, mean over the frames that differ. */
export function segmentalSnr(one: Int16Array, other: Int16Array, rate: number): number {
  return meanOverDifferent(one, other, rate, (from, length) => {
    let signal = 0;
    let error = 0;
    for (let index = from; index < from + length; index += 1) {
      signal += one[index]! ** 2;
      error += (one[index]! - other[index]!) ** 2;
    }
    return Math.max(minDb, Math.min(maxDb, 10 * Math.log10(signal / Math.max(1, error))));
  });
}

function meanOverDifferent(
  one: Int16Array,
  other: Int16Array,
  rate: number,
  judge: (from: number, length: number) => number,
): number {
  const length = (rate * frameMs) / 1000;
  let sum = 0;
  let count = 0;
  for (let from = 0; from + length <= one.length; from += length) {
    let energy = 0;
    let error = 0;
    for (let index = from; index < from + length; index += 1) {
      energy += one[index]! ** 2;
      error += (one[index]! - other[index]!) ** 2;
    }
    // A thousandth of it is the encoder's own restlessness after a gap.
    if (energy / length < quiet || error < energy / 1000) continue;
    sum += judge(from, length);
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** Power by band under a Hann window, relative to one bit. */
function spectrum(samples: Int16Array, from: number, length: number): Float64Array {
  const bands = new Float64Array(highestHz / bandHz - 1);
  for (let band = 0; band < bands.length; band += 1) {
    // A band is a whole number of turns in the window: 20 ms hold one of 50 Hz.
    const step = (2 * Math.PI * (band + 1)) / length;
    const turnRe = Math.cos(step);
    const turnIm = Math.sin(step);
    let cosine = 1;
    let sine = 0;
    let re = 0;
    let im = 0;
    for (let index = 0; index < length; index += 1) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / length);
      const sample = window * samples[from + index]!;
      re += sample * cosine;
      im += sample * sine;
      const next = cosine * turnRe - sine * turnIm;
      sine = sine * turnRe + cosine * turnIm;
      cosine = next;
    }
    bands[band] = (re * re + im * im) / length;
  }
  return bands;
}
