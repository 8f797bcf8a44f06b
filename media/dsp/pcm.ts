// Arithmetic on frames of samples: adding, scaling, fading, blending, and the soft clip at full scale. Pure loops; they
// allocate nothing.

/** Below the knee (−3 dBFS) samples pass unchanged; above it they approach full scale and never reach past it. */
const knee = 23_197;
const ceiling = 32_767;
const room = ceiling - knee;

export function softClip(sample: number): number {
  if (sample <= knee && sample >= -knee) return sample;
  const over = (sample < 0 ? -sample : sample) - knee;
  const clipped = knee + (room * over) / (room + over);
  return sample < 0 ? -clipped : clipped;
}

export function addTo(sum: Int32Array, frame: Int16Array): void {
  for (let index = 0; index < sum.length; index += 1) sum[index] = sum[index]! + frame[index]!;
}

export function clipInto(sum: Int32Array, out: Int16Array): void {
  for (let index = 0; index < sum.length; index += 1) out[index] = softClip(sum[index]!);
}

/** Scales in place by a gain that moves evenly from `from` to `to` over the frame. */
export function scale(sum: Int32Array, from: number, to: number): void {
  const step = (to - from) / sum.length;
  let gain = from;
  for (let index = 0; index < sum.length; index += 1) {
    gain += step;
    sum[index] = sum[index]! * gain;
  }
}

/** Fades a frame in or out in place over its first `samples`; what follows a fade-out is silent. */
export function fade(frame: Int16Array, direction: "in" | "out", samples: number): void {
  for (let index = 0; index < samples; index += 1) {
    const gain = direction === "in" ? (index + 1) / samples : 1 - (index + 1) / samples;
    frame[index] = frame[index]! * gain;
  }
  if (direction === "out") frame.fill(0, samples);
}

/** No more is made up for what two waveforms that contradict each other take away: 8 dB. */
const minAgreement = -0.7;

/**
 * Crossfades `frame` in place from `before`, which is of the same length, over its first `samples`. The two may be
 * the same sound at different delays: what they cancel in passing is made up for, so that its level stays.
 */
export function blend(before: Int16Array, frame: Int16Array, samples: number): void {
  const agreement = Math.max(minAgreement, correlation(before, frame, samples));
  for (let index = 0; index < samples; index += 1) {
    const weight = 0.5 - 0.5 * Math.cos((Math.PI * (index + 0.5)) / samples);
    const gain = 1 / Math.sqrt(1 - 2 * weight * (1 - weight) * (1 - agreement));
    const sample = (before[index]! * (1 - weight) + frame[index]! * weight) * gain;
    frame[index] = Math.round(softClip(sample));
  }
}

/** Of the first `samples`: 1 when they are the same but for their level, −1 when one is the other turned over. */
function correlation(one: Int16Array, other: Int16Array, samples: number): number {
  let ones = 0;
  let others = 0;
  let both = 0;
  for (let index = 0; index < samples; index += 1) {
    const left = one[index]!;
    const right = other[index]!;
    ones += left * left;
    others += right * right;
    both += left * right;
  }
  return ones > 0 && others > 0 ? both / Math.sqrt(ones * others) : 1;
}
