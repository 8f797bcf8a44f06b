// Converts mono 16-bit audio between 8, 16 and 48 kHz: a windowed-sinc low-pass (Kaiser, about 70 dB) at the
// higher of the two rates, evaluated only where a sample is wanted (polyphase). Flat to 0.85 of the lower
// Nyquist frequency, shut at 1.0. Streaming keeps history between calls and allocates nothing after it was made.

const stopbandDb = 70;
/** Of the lower Nyquist frequency: where the passband ends. */
const passbandEdge = 0.85;
/** Input samples converted at a time; longer input is taken in pieces. */
const blockSamples = 960;

interface Filter {
  /** interpolation: one row of coefficients an output phase; decimation: a single row. */
  readonly phases: readonly Float32Array[];
  readonly tapsPerPhase: number;
  /** Group delay in samples of the higher rate. */
  readonly delay: number;
}

const filters = new Map<string, Filter>();

export class Resampler {
  readonly fromRate: number;
  readonly toRate: number;
  readonly #filter: Filter;
  readonly #up: number;
  readonly #down: number;
  /** The last `tapsPerPhase − 1` input samples, then the block at hand. */
  readonly #history: Float32Array;
  readonly #kept: number;

  /** The rates must stand in a whole-number ratio; equal rates copy. */
  constructor(fromRate: number, toRate: number) {
    this.fromRate = fromRate;
    this.toRate = toRate;
    this.#up = Math.max(1, toRate / fromRate);
    this.#down = Math.max(1, fromRate / toRate);
    if (!Number.isInteger(this.#up) || !Number.isInteger(this.#down)) {
      throw new RangeError(`cannot resample ${fromRate} Hz to ${toRate} Hz`);
    }
    this.#filter = filterFor(this.#up, this.#down);
    this.#kept = this.#filter.tapsPerPhase - 1;
    this.#history = new Float32Array(this.#kept + blockSamples - (blockSamples % this.#down));
  }

  /** By how much the output lags, in samples of `toRate`. */
  get delay(): number {
    return Math.round(this.#filter.delay / this.#down);
  }

  /**
   * Converts `input` into `output` and returns the samples written: input.length × toRate ÷ fromRate. Coming
   * down, the input must be a multiple of the ratio long.
   */
  process(input: Int16Array, output: Int16Array): number {
    const samples = (input.length / this.#down) * this.#up;
    if (!Number.isInteger(samples))
      throw new RangeError(`${input.length} samples do not divide by the ratio`);
    if (output.length < samples) throw new RangeError("the output is too short");
    const block = this.#history.length - this.#kept;
    let written = 0;
    for (let from = 0; from < input.length; from += block) {
      written = this.#convert(input, from, Math.min(block, input.length - from), output, written);
    }
    return written;
  }

  /** Forgets what went before. */
  reset(): void {
    this.#history.fill(0);
  }

  #convert(input: Int16Array, from: number, count: number, output: Int16Array, at: number): number {
    const history = this.#history;
    const kept = this.#kept;
    for (let index = 0; index < count; index += 1) history[kept + index] = input[from + index] as number;
    const { phases, tapsPerPhase } = this.#filter;
    let written = at;
    for (let index = 0; index < count; index += this.#down) {
      for (let phase = 0; phase < this.#up; phase += 1) {
        const taps = phases[phase] as Float32Array;
        let sum = 0;
        const newest = kept + index;
        for (let tap = 0; tap < tapsPerPhase; tap += 1) {
          sum += (taps[tap] as number) * (history[newest - tap] as number);
        }
        output[written] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : Math.round(sum);
        written += 1;
      }
    }
    history.copyWithin(0, count, count + kept);
    return written;
  }
}

function filterFor(up: number, down: number): Filter {
  const key = `${up}/${down}`;
  let filter = filters.get(key);
  if (!filter) {
    filter = up === 1 && down === 1 ? identity : design(up, down);
    filters.set(key, filter);
  }
  return filter;
}

const identity: Filter = { phases: [Float32Array.of(1)], tapsPerPhase: 1, delay: 0 };

/** Kaiser's formulas for the length and shape of the window. */
function design(up: number, down: number): Filter {
  const ratio = Math.max(up, down);
  const cutoff = (1 + passbandEdge) / 2 / ratio;
  const transition = ((1 - passbandEdge) / ratio) * Math.PI;
  const beta = 0.1102 * (stopbandDb - 8.7);
  const least = (stopbandDb - 7.95) / (2.285 * transition) + 1;
  // A whole number of taps a phase, and a centre that falls on an output sample.
  const half = Math.ceil(least / 2 / ratio) * ratio;
  const length = 2 * half + 1;
  const taps = new Float64Array(length);
  let sum = 0;
  for (let index = 0; index < length; index += 1) {
    const offset = index - half;
    const window = besselI0(beta * Math.sqrt(1 - (offset / half) ** 2)) / besselI0(beta);
    taps[index] = sinc(cutoff * offset) * window;
    sum += taps[index] as number;
  }
  const phases = Array.from({ length: up }, (_, phase) => {
    const row = new Float32Array(Math.ceil(length / up));
    for (let tap = 0; tap < row.length; tap += 1) row[tap] = ((taps[tap * up + phase] ?? 0) * up) / sum;
    return row;
  });
  return { phases, tapsPerPhase: Math.ceil(length / up), delay: half };
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** The modified Bessel function of the first kind, order zero, by its series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
