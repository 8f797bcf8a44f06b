// G.711 by its formulas, one sample at a time and without tables: slow, short, and independent of the product's
// own tables, which it helps to prove.

export type Law = "PCMU" | "PCMA";

const bias = 33;
/** Fourteen bits of magnitude less the bias: the loudest µ-law sample. */
const clipMu = 8158;
const clipA = 4095;

/** The exponent of the segment that holds `magnitude`, of which the first is `32 × 2` wide. */
const segment = (magnitude: number): number => Math.max(0, Math.floor(Math.log2(magnitude)) - 5);

function encodeMu(sample: number): number {
  const magnitude = Math.min(clipMu, Math.abs(sample) >> 2) + bias;
  const exponent = segment(magnitude);
  const mantissa = (magnitude >> (exponent + 1)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

function decodeMu(code: number): number {
  const bits = ~code & 0xff;
  const exponent = (bits >> 4) & 0x07;
  const magnitude = (((bits & 0x0f) * 2 + bias) << exponent) - bias;
  return (bits & 0x80 ? -magnitude : magnitude) * 4;
}

function encodeA(sample: number): number {
  const magnitude = Math.min(clipA, sample < 0 ? (-sample - 1) >> 3 : sample >> 3);
  const exponent = magnitude < 32 ? 0 : Math.floor(Math.log2(magnitude)) - 4;
  const mantissa = (magnitude >> Math.max(1, exponent)) & 0x0f;
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
}

function decodeA(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 0x07;
  const mantissa = bits & 0x0f;
  const magnitude = exponent === 0 ? mantissa * 2 + 1 : (mantissa * 2 + bias) << (exponent - 1);
  return (bits & 0x80 ? magnitude : -magnitude) * 8;
}

export function encodeG711(law: Law, samples: Int16Array): Uint8Array {
  return Uint8Array.from(samples, law === "PCMU" ? encodeMu : encodeA);
}

export function decodeG711(law: Law, payload: Uint8Array): Int16Array {
  return Int16Array.from(payload, law === "PCMU" ? decodeMu : decodeA);
}
