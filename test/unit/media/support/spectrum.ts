// How clean a steady tone is, moment by moment: what a click or a gap would spoil.

const windowMs = 20;

/** The worst window's energy beside the tone, dB against the tone; `besideHz` around it belong to it. */
export function worstResidual(
  audio: Int16Array,
  { hertz, rate, besideHz = 0 }: { hertz: number; rate: number; besideHz?: number },
): number {
  const length = (rate * windowMs) / 1000;
  let worst = Number.NEGATIVE_INFINITY;
  for (let at = 0; at + length <= audio.length; at += length / 4) {
    const window = audio.subarray(at, at + length);
    const residual = besideHz > 0 ? beside(window, hertz, rate, besideHz) : residualOf(window, hertz, rate);
    worst = Math.max(worst, residual);
  }
  return worst;
}

/** Least squares: what remains when the best sine of this frequency is taken away. */
function residualOf(window: Int16Array, hertz: number, rate: number): number {
  let cc = 0;
  let ss = 0;
  let cs = 0;
  let xc = 0;
  let xs = 0;
  let energy = 0;
  window.forEach((sample, index) => {
    const angle = (2 * Math.PI * hertz * index) / rate;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    cc += cosine * cosine;
    ss += sine * sine;
    cs += cosine * sine;
    xc += sample * cosine;
    xs += sample * sine;
    energy += sample * sample;
  });
  const determinant = cc * ss - cs * cs;
  const tone = ((xc * ss - xs * cs) * xc + (xs * cc - xc * cs) * xs) / determinant;
  return 10 * Math.log10(Math.max(1e-9, energy - tone) / Math.max(1e-9, tone));
}

/** Energy farther from the tone than `besideHz`, of a Hann window, against the whole. */
function beside(window: Int16Array, hertz: number, rate: number, besideHz: number): number {
  const binHz = 1000 / windowMs;
  const { length } = window;
  const shaped = Float64Array.from(
    window,
    (sample, index) => sample * (0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / length)),
  );
  const sines = Float64Array.from({ length }, (_, index) => Math.sin((2 * Math.PI * index) / length));
  let total = 0;
  let outside = 0;
  for (let bin = 1; bin * binHz < Math.min(rate / 2, 8000); bin += 1) {
    let real = 0;
    let imaginary = 0;
    for (let index = 0; index < length; index += 1) {
      const at = (bin * index) % length;
      real += shaped[index]! * sines[(at + length / 4) % length]!;
      imaginary += shaped[index]! * sines[at]!;
    }
    const power = real * real + imaginary * imaginary;
    total += power;
    if (Math.abs(bin * binHz - hertz) > besideHz) outside += power;
  }
  return 10 * Math.log10(Math.max(1e-9, outside) / Math.max(1e-9, total));
}

/** Something like a voice: harmonics of a moving pitch, in syllables. */
export function voice(seconds: number, rate: number): Int16Array {
  let phase = 0;
  return Int16Array.from({ length: seconds * rate }, (_, index) => {
    const time = index / rate;
    phase += (2 * Math.PI * (120 + 25 * Math.sin(2 * Math.PI * 0.7 * time))) / rate;
    let sample = 0;
    for (let harmonic = 1; harmonic <= 18; harmonic += 1) sample += Math.sin(harmonic * phase) / harmonic;
    return 3500 * sample * (0.15 + Math.max(0, Math.sin(2 * Math.PI * 2.1 * time)));
  });
}
