// Sines made and measured: a party is known by its tone.

export const rate = 8000;

/** A sine with a running phase. `amplitude` is its peak. */
export class Tone {
  #phase = 0;
  readonly #step: number;
  readonly #amplitude: number;

  constructor(hertz: number, amplitude = 8000, sampleRate = rate) {
    this.#step = (2 * Math.PI * hertz) / sampleRate;
    this.#amplitude = amplitude;
  }

  next(samples: number): Int16Array {
    return Int16Array.from({ length: samples }, () => {
      this.#phase += this.#step;
      return Math.round(this.#amplitude * Math.sin(this.#phase));
    });
  }
}

/** The tone's level in the samples, dB against full scale peak: 0 is a sine that just fits. */
export function toneLevel(samples: Int16Array, hertz: number, sampleRate = rate): number {
  const { real, imaginary } = correlate(samples, hertz, sampleRate);
  return 20 * Math.log10(Math.max(1e-9, (2 * Math.hypot(real, imaginary)) / samples.length / 32_768));
}

/** Tone to everything else, dB. */
export function toneToNoise(samples: Int16Array, hertz: number, sampleRate = rate): number {
  const { cosine, sine } = closestSine(samples, hertz, sampleRate);
  let signal = 0;
  let noise = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const phase = (2 * Math.PI * hertz * index) / sampleRate;
    const expected = cosine * Math.cos(phase) + sine * Math.sin(phase);
    signal += expected * expected;
    noise += (samples[index]! - expected) ** 2;
  }
  return 10 * Math.log10(signal / Math.max(noise, 1e-9));
}

export const peakLevel = (amplitude: number): number => 20 * Math.log10(amplitude / 32_768);

export function concat(frames: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    all.set(frame, at);
    at += frame.length;
  }
  return all;
}

function correlate(
  samples: Int16Array,
  hertz: number,
  sampleRate: number,
): { real: number; imaginary: number } {
  let real = 0;
  let imaginary = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const phase = (2 * Math.PI * hertz * index) / sampleRate;
    real += samples[index]! * Math.cos(phase);
    imaginary += samples[index]! * Math.sin(phase);
  }
  return { real, imaginary };
}

/** Least squares: the sine and cosine of this frequency that fit best. */
function closestSine(
  samples: Int16Array,
  hertz: number,
  sampleRate: number,
): { cosine: number; sine: number } {
  const { real, imaginary } = correlate(samples, hertz, sampleRate);
  let cc = 0;
  let ss = 0;
  let cs = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const phase = (2 * Math.PI * hertz * index) / sampleRate;
    cc += Math.cos(phase) ** 2;
    ss += Math.sin(phase) ** 2;
    cs += Math.cos(phase) * Math.sin(phase);
  }
  const determinant = cc * ss - cs * cs;
  return {
    cosine: (real * ss - imaginary * cs) / determinant,
    sine: (imaginary * cc - real * cs) / determinant,
  };
}
