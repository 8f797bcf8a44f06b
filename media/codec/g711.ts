// G.711 both ways by lookup: 256 entries to decode, 65 536 to encode, built once from the definitions of
// ITU-T G.711. Negative samples are taken by their one's complement, as the ITU's reference does, so that
// both signs quantise alike. Stateless: one codec object serves every stream.

import { concealHistoryMs } from "../dsp/index.ts";
import type { AudioDecoder, AudioEncoder, AudioFormat, PayloadMeter } from "./codec.ts";

const muBias = 33;
const muMax = 0x1fff;

/** 16-bit sample → μ-law, by way of its 14-bit magnitude. */
function muLawOf(sample: number): number {
  const magnitude = Math.min(((sample < 0 ? ~sample : sample) >> 2) + muBias, muMax);
  const segment = 31 - Math.clz32(magnitude) - 5;
  const interval = (magnitude >> (segment + 1)) & 0x0f;
  const code = ~((segment << 4) | interval) & 0x7f;
  return sample < 0 ? code : code | 0x80;
}

function muLawSample(code: number): number {
  const inverted = ~code & 0xff;
  const segment = (inverted >> 4) & 7;
  const magnitude = (((inverted & 0x0f) * 2 + muBias) << segment) - muBias;
  return (inverted & 0x80) !== 0 ? -magnitude * 4 : magnitude * 4;
}

/** 16-bit sample → A-law, by way of its 12-bit magnitude; every other bit is inverted on the line. */
function aLawOf(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  const segment = magnitude < 16 ? 0 : 31 - Math.clz32(magnitude) - 3;
  const interval = segment < 2 ? magnitude & 0x0f : (magnitude >> (segment - 1)) & 0x0f;
  const code = (segment << 4) | interval;
  return (sample < 0 ? code : code | 0x80) ^ 0x55;
}

function aLawSample(code: number): number {
  const plain = code ^ 0x55;
  const segment = (plain >> 4) & 7;
  const interval = plain & 0x0f;
  const magnitude = segment === 0 ? interval * 2 + 1 : (interval * 2 + 33) << (segment - 1);
  return (plain & 0x80) !== 0 ? magnitude * 8 : -magnitude * 8;
}

/** The level by a table of squares. Concealment goes on from what was heard last: that much is decoded again. */
class LookupMeter implements PayloadMeter {
  readonly footing = Math.ceil(concealHistoryMs / 20);
  readonly #squares: Float64Array;

  constructor(samples: Int16Array) {
    this.#squares = Float64Array.from(samples, (sample) => sample * sample);
  }

  begin(): void {}

  level(bytes: Uint8Array, start: number, end: number): number {
    const squares = this.#squares;
    let sum = 0;
    for (let index = start; index < end; index += 1) sum += squares[bytes[index]!]!;
    return sum / (end - start);
  }
}

class LookupCodec implements AudioEncoder, AudioDecoder {
  readonly format: AudioFormat;
  readonly pauses = false;
  readonly meter: PayloadMeter;
  readonly #codes: Uint8Array;
  readonly #samples: Int16Array;

  constructor(name: "PCMU" | "PCMA", codeOf: (sample: number) => number, sampleOf: (code: number) => number) {
    this.format = { name, rate: 8000, clockRate: 8000, bytesPerSecond: 8000, memory: "none" };
    this.#codes = Uint8Array.from({ length: 65_536 }, (_, index) => codeOf((index << 16) >> 16));
    this.#samples = Int16Array.from({ length: 256 }, (_, code) => sampleOf(code));
    this.meter = new LookupMeter(this.#samples);
  }

  encode(pcm: Int16Array, out: Uint8Array): number {
    const codes = this.#codes;
    const length = Math.min(pcm.length, out.length);
    for (let index = 0; index < length; index += 1) out[index] = codes[pcm[index]! & 0xffff]!;
    return length;
  }

  decode(payload: Uint8Array, pcm: Int16Array): number {
    const samples = this.#samples;
    const length = Math.min(payload.length, pcm.length);
    for (let index = 0; index < length; index += 1) pcm[index] = samples[payload[index]!]!;
    return length;
  }

  close(): void {}
}

export const pcmu: AudioEncoder & AudioDecoder = new LookupCodec("PCMU", muLawOf, muLawSample);
export const pcma: AudioEncoder & AudioDecoder = new LookupCodec("PCMA", aLawOf, aLawSample);
