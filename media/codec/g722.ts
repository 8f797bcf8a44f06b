// G.722 at 64 kbit/s both ways (ITU-T G.722 mode 1): a 24-tap quadrature mirror filter splits 16 kHz into two
// bands, each goes through an adaptive quantiser and a predictor of two poles and six zeros, 6 bits below and
// 2 above. Bit-exact integer arithmetic, no allocation; each stream has its own object. On the wire a sample
// pair is one byte, and the RTP clock counts pairs (RFC 3551 §4.5.2).
//
//   16 kHz → split → low  − prediction → 6 bits ┐
//                  → high − prediction → 2 bits ┴→ byte
import type { AudioDecoder, AudioEncoder, AudioFormat, PayloadMeter } from "./codec.ts";
import { HighBand, LowBand } from "./g722-band.ts";
import { blockSamples } from "./g722-predictor.ts";
import { newBands, Qmf } from "./g722-qmf.ts";

export const g722: AudioFormat = {
  name: "G722",
  rate: 16_000,
  clockRate: 8000,
  bytesPerSecond: 8000,
  memory: "long",
};

/** The block at hand, of whichever stream is at it. */
const bands = newBands();

export class G722Encoder implements AudioEncoder {
  readonly format = g722;
  readonly #low = new LowBand();
  readonly #high = new HighBand();
  readonly #mirror = new Qmf();

  encode(pcm: Int16Array, out: Uint8Array): number {
    const bytes = Math.min(pcm.length >> 1, out.length);
    const { low, high } = bands;
    for (let from = 0; from < bytes; from += blockSamples) {
      bands.from = from;
      bands.count = Math.min(blockSamples, bytes - from);
      this.#mirror.split(pcm, bands);
      for (let index = 0; index < bands.count; index += 1) {
        out[from + index] = (this.#high.encode(high[index]!) << 6) | this.#low.encode(low[index]!);
      }
    }
    return bytes;
  }

  continueFrom(other: AudioEncoder): void {
    if (!(other instanceof G722Encoder)) return;
    this.#low.copy(other.#low);
    this.#high.copy(other.#high);
    this.#mirror.copy(other.#mirror);
  }

  close(): void {}
}

/**
 * How loud a payload is: the lower band decoded, and of the upper band what was quantised, without its prediction,
 * which hears a hiss as it is; where that leaves open whether it is too loud, the upper band is decoded, too. Follows both
 * bands from where the decoder stood.
 */
class G722Meter implements PayloadMeter {
  /** After a tenth of a second both bands have forgotten where they began (both leak by 1/128 or 1/256 a sample). */
  readonly footing = 5;
  readonly #from: { readonly low: LowBand; readonly high: HighBand };
  readonly #low = new LowBand();
  readonly #high = new HighBand();

  constructor(from: { readonly low: LowBand; readonly high: HighBand }) {
    this.#from = from;
  }

  begin(): void {
    this.#low.copy(this.#from.low);
    this.#high.copy(this.#from.high);
  }

  level(bytes: Uint8Array, start: number, end: number, limit: number): number {
    const { low } = bands;
    bands.from = start;
    bands.count = Math.min(blockSamples, end - start);
    this.#low.decode(bytes, bands);
    const quantised = this.#high.follow(bytes, bands);
    let sum = 0;
    for (let index = 0; index < bands.count; index += 1) sum += low[index]! * low[index]!;
    // Bands are of 15 bits.
    const scale = 4 / bands.count;
    if (scale * (sum + predictedAway * quantised) < limit) return scale * (sum + quantised);
    // A hiss near the limit, or a whistle.
    return scale * (sum + this.#high.predict(bands.count));
  }
}

/** How much prediction takes from a whistle in the upper band, as energy: 12 dB. Of a hiss it takes next to nothing. */
const predictedAway = 16;

export class G722Decoder implements AudioDecoder {
  readonly format = g722;
  readonly pauses = false;
  readonly meter: PayloadMeter;
  readonly #low = new LowBand();
  readonly #high = new HighBand();
  readonly #mirror = new Qmf();

  constructor() {
    this.meter = new G722Meter({ low: this.#low, high: this.#high });
  }

  decode(payload: Uint8Array, pcm: Int16Array): number {
    const bytes = Math.min(payload.length, pcm.length >> 1);
    for (let from = 0; from < bytes; from += blockSamples) {
      bands.from = from;
      bands.count = Math.min(blockSamples, bytes - from);
      this.#low.decode(payload, bands);
      this.#high.decode(payload, bands);
      this.#mirror.join(bands, pcm);
    }
    return 2 * bytes;
  }

  close(): void {}
}
