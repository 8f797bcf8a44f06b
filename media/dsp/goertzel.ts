// One frequency out of a block of samples: Goertzel's recursion, and the tone of a known frequency that fits a
// block best. Results are written into objects that the caller keeps; nothing is allocated.

/** A complex value, filled in place. */
export interface Complex {
  re: number;
  im: number;
}

/** What the recursion needs of one frequency, worked out beforehand. */
export interface Resonator {
  omega: number;
  cosine: number;
  sine: number;
}

export const resonator = (omega: number): Resonator => tune({ omega, cosine: 0, sine: 0 }, omega);

/** Sets it to another frequency; radians a sample. */
export function tune(to: Resonator, omega: number): Resonator {
  to.omega = omega;
  to.cosine = Math.cos(omega);
  to.sine = Math.sin(omega);
  return to;
}

/** `out` = Σ x[n]·e^(jω(N−1−n)) over the block from `from` to `end`. */
export function goertzel(
  x: Float64Array,
  from: number,
  end: number,
  at: Readonly<Resonator>,
  out: Complex,
): void {
  const coefficient = 2 * at.cosine;
  let newer = 0;
  let older = 0;
  for (let index = from; index < end; index += 1) {
    const next = x[index]! + coefficient * newer - older;
    older = newer;
    newer = next;
  }
  out.re = newer - older * at.cosine;
  out.im = older * at.sine;
}

/** A sine as a·cos(ωn) + b·sin(ωn), n from the start of the block. */
export interface Tone {
  omega: number;
  a: number;
  b: number;
}

export const meanSquareOf = ({ a, b }: Readonly<Tone>): number => (a * a + b * b) / 2;

/** Least squares: sets `a` and `b` of the tone at its ω to what fits the whole block best. */
export function fitTone(x: Float64Array, tone: Tone): void {
  const stepRe = Math.cos(tone.omega);
  const stepIm = Math.sin(tone.omega);
  let cosine = 1;
  let sine = 0;
  let cc = 0;
  let ss = 0;
  let cs = 0;
  let xc = 0;
  let xs = 0;
  for (let index = 0; index < x.length; index += 1) {
    const sample = x[index]!;
    cc += cosine * cosine;
    ss += sine * sine;
    cs += cosine * sine;
    xc += sample * cosine;
    xs += sample * sine;
    const next = cosine * stepRe - sine * stepIm;
    sine = sine * stepRe + cosine * stepIm;
    cosine = next;
  }
  const determinant = cc * ss - cs * cs;
  if (determinant <= 0) {
    tone.a = 0;
    tone.b = 0;
    return;
  }
  tone.a = (xc * ss - xs * cs) / determinant;
  tone.b = (xs * cc - xc * cs) / determinant;
}

/** `out` = `x` without the tone; both may be the same block. Returns the energy of what is left. */
export function subtractTone(x: Float64Array, tone: Readonly<Tone>, out: Float64Array): number {
  const stepRe = Math.cos(tone.omega);
  const stepIm = Math.sin(tone.omega);
  let cosine = 1;
  let sine = 0;
  let energy = 0;
  for (let index = 0; index < x.length; index += 1) {
    const left = x[index]! - tone.a * cosine - tone.b * sine;
    out[index] = left;
    energy += left * left;
    const next = cosine * stepRe - sine * stepIm;
    sine = sine * stepRe + cosine * stepIm;
    cosine = next;
  }
  return energy;
}
