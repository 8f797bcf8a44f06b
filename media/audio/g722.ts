// G.722 at 64 kbit/s both ways (ITU-T G.722 mode 1): a 24-tap quadrature mirror filter splits 16 kHz into two
// bands, each goes through an adaptive quantiser and a predictor of two poles and six zeros, 6 bits below and
// 2 above. Bit-exact integer arithmetic, no allocation; each stream has its own object. On the wire a sample
// pair is one byte, and the RTP clock counts pairs (RFC 3551 §4.5.2).
//
//   16 kHz → split → low  − prediction → 6 bits ┐
//                  → high − prediction → 2 bits ┴→ byte
import type { AudioDecoder, AudioEncoder, AudioFormat } from "./codec.ts";
import { HighBand, LowBand } from "./g722-band.ts";

export const g722: AudioFormat = {
  name: "G722",
  rate: 16_000,
  clockRate: 8000,
  bytesPerSecond: 8000,
  memory: "long",
};

const taps = 24;
/** Half of the filter, which is symmetric: coefficients of the odd samples, and reversed of the even ones. */
const mirror = Int32Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);
const reversed = mirror.toReversed();
/** Pairs between two moves of the filter's history to the front of its memory. */
const historyPairs = 40;

const saturate = (value: number): number => (value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value);

/** The last 24 samples of a filter, in a memory that is rewound now and then. */
class History {
  readonly samples = new Int32Array(taps + 2 * historyPairs);
  /** Where the oldest of the 24 stands. */
  start = 0;

  copy(other: History): void {
    this.samples.set(other.samples);
    this.start = other.start;
  }

  push(first: number, second: number): void {
    if (this.start + taps + 2 > this.samples.length) {
      this.samples.copyWithin(0, this.start, this.start + taps);
      this.start = 0;
    }
    this.samples[this.start + taps] = first;
    this.samples[this.start + taps + 1] = second;
    this.start += 2;
  }
}

export class G722Encoder implements AudioEncoder {
  readonly format = g722;
  readonly #low = new LowBand();
  readonly #high = new HighBand();
  readonly #history = new History();

  encode(pcm: Int16Array, out: Uint8Array): number {
    const history = this.#history;
    const bytes = Math.min(pcm.length >> 1, out.length);
    for (let index = 0; index < bytes; index += 1) {
      history.push(pcm[2 * index]!, pcm[2 * index + 1]!);
      const { samples, start } = history;
      let even = 0;
      let odd = 0;
      for (let tap = 0; tap < 12; tap += 1) {
        odd += Math.imul(samples[start + 2 * tap]!, mirror[tap]!);
        even += Math.imul(samples[start + 2 * tap + 1]!, reversed[tap]!);
      }
      const low = this.#low.encode((even + odd) >> 14);
      const high = this.#high.encode((even - odd) >> 14);
      out[index] = (high << 6) | low;
    }
    return bytes;
  }

  continueFrom(other: AudioEncoder): void {
    if (!(other instanceof G722Encoder)) return;
    this.#low.copy(other.#low);
    this.#high.copy(other.#high);
    this.#history.copy(other.#history);
  }

  close(): void {}
}

export class G722Decoder implements AudioDecoder {
  readonly format = g722;
  readonly pauses = false;
  readonly #low = new LowBand();
  readonly #high = new HighBand();
  readonly #history = new History();

  decode(payload: Uint8Array, pcm: Int16Array): number {
    const history = this.#history;
    const bytes = Math.min(payload.length, pcm.length >> 1);
    for (let index = 0; index < bytes; index += 1) {
      const code = payload[index]!;
      const low = this.#low.decode(code & 0x3f);
      const high = this.#high.decode(code >> 6);
      history.push(low + high, low - high);
      const { samples, start } = history;
      let first = 0;
      let second = 0;
      for (let tap = 0; tap < 12; tap += 1) {
        second += Math.imul(samples[start + 2 * tap]!, mirror[tap]!);
        first += Math.imul(samples[start + 2 * tap + 1]!, reversed[tap]!);
      }
      pcm[2 * index] = saturate(first >> 11);
      pcm[2 * index + 1] = saturate(second >> 11);
    }
    return 2 * bytes;
  }

  close(): void {}
}
