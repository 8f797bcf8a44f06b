// How loud a packet of CELT alone is, without decoding it (RFC 6716 §4.3.2.1): the coarse energies of its bands stand at the front,
// behind a few flags. They are predicted from those of the packet before, so every packet of a stream has to be read, which
// costs a twentieth of decoding it. The fine energies are left out: the level is an estimate, 2 to 4 dB above what is decoded of noise
// and seldom below it.
//
// Only what telephones and browsers send is read: mono, one frame of 20 ms. Any bytes are good enough.
import { fromDbov } from "../dsp/index.ts";
import { RangeDecoder } from "./range-decoder.ts";

/** Probability of 0 and decay, in 1/256, of each band of a frame of 20 ms: predicted from the packet before, and not. */
const interModel = [
  [42, 121, 96, 66, 108, 43, 111, 40, 117, 44, 123, 32, 120, 36, 119, 33, 127, 33, 134, 34, 139, 21],
  [147, 23, 152, 20, 158, 25, 154, 26, 166, 21, 173, 16, 184, 13, 184, 10, 150, 13, 139, 15],
].flat();
const intraModel = [
  [22, 178, 63, 114, 74, 82, 84, 83, 92, 82, 103, 62, 96, 72, 96, 67, 101, 73, 107, 72, 113, 55],
  [118, 52, 125, 52, 118, 52, 117, 55, 135, 49, 137, 39, 157, 32, 145, 29, 97, 33, 77, 40],
].flat();
/** Mean energies of the bands, in 1/16 of a factor of two. */
const bandMeans = [103, 100, 92, 85, 81, 77, 72, 70, 78, 75, 73, 71, 78, 74, 69, 72, 70, 74, 76, 71, 60].map(
  (each) => each / 16,
);
const bands = bandMeans.length;
/** Where each band begins, and where the last one ends, in steps of 200 Hz. */
const edges = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 34, 40, 48, 60, 78, 100];
/** What the decoder takes back of the encoder's emphasis of high tones, as a factor of each band's power. */
const emphasis = 0.85;
const deEmphasis = bandMeans.map((_, band) => {
  const angle = (Math.PI * (edges[band]! + edges[band + 1]!) * 200) / 48_000;
  return 1 / (1 + emphasis ** 2 - 2 * emphasis * Math.cos(angle));
});
const lowest = -9;
const silent = -28;
/** How much of a band's energy is predicted from the packet before, and of the band below. */
const [interCoefficient, interBeta, intraBeta] = [0.5, 6554 / 32_768, 4915 / 32_768];
/** Bands in use by the bandwidth: narrow, wide, super-wide, full. */
const bandsOf = [13, 17, 19, 21];
const celtFrom = 16;
/** Configurations with frames of 20 ms. */
const longFrame = 3;
/** Packets until what is not known of the bands before has been forgotten. */
const settledAfter = 8;
/** Below what CELT can say. */
const silence = fromDbov(-127);

export class CeltLevel {
  readonly #energies = new Float64Array(bands);
  readonly #decoder = new RangeDecoder();
  /** Packets in a row that were read. */
  #known = 0;
  /** The packet at hand strengthens a pitch, by up to 12 dB: it is a voice or music. */
  #pitched = false;

  /** Mean square of the packet's sound, about; undefined where it does not tell. Each packet of the stream, in order. */
  next(packet: Uint8Array): number | undefined {
    const toc = packet[0] ?? 0;
    const config = toc >> 3;
    const readable = config >= celtFrom && (config & 3) === longFrame && (toc & 7) === 0 && packet.length > 2;
    if (!readable) {
      this.#known = 0;
      return undefined;
    }
    this.#read(packet, bandsOf[(config - celtFrom) >> 2]!);
    this.#known += 1;
    return this.#known > settledAfter && !this.#pitched ? this.#level() : undefined;
  }

  /** Packets of the stream were not read. */
  interrupt(): void {
    this.#known = 0;
  }

  #read(packet: Uint8Array, end: number): void {
    const decoder = this.#decoder;
    const energies = this.#energies;
    const bits = 8 * (packet.length - 1);
    decoder.begin(packet, 1);
    energies.fill(0, end);
    this.#pitched = false;
    if (decoder.bit(15)) {
      energies.fill(silent);
      return;
    }
    this.#pitched = decoder.used + 16 <= bits && decoder.bit(1);
    if (this.#pitched) this.#skipPostFilter(bits);
    if (decoder.used + 3 <= bits) decoder.bit(3);
    const intra = decoder.used + 3 <= bits && decoder.bit(3);
    const model = intra ? intraModel : interModel;
    const coefficient = intra ? 0 : interCoefficient;
    const beta = intra ? intraBeta : interBeta;
    let below = 0;
    for (let band = 0; band < end; band += 1) {
      const step = this.#step(bits, model[2 * band]! << 7, model[2 * band + 1]! << 6);
      energies[band] = coefficient * Math.max(lowest, energies[band]!) + below + step;
      below += step - beta * step;
    }
  }

  /** The pitch filter's octave, period, gain and shape. */
  #skipPostFilter(bits: number): void {
    const decoder = this.#decoder;
    const octave = decoder.uniform(6);
    decoder.skipRaw(4 + octave + 3);
    if (decoder.used + 2 <= bits) decoder.third();
  }

  #step(bits: number, zero: number, decay: number): number {
    const decoder = this.#decoder;
    const left = bits - decoder.used;
    if (left >= 15) return decoder.laplace(zero, decay);
    if (left >= 2) {
      const sign = decoder.third();
      return (sign >> 1) ^ -(sign & 1);
    }
    return left >= 1 && !decoder.bit(1) ? 0 : -1;
  }

  #level(): number {
    let sum = 0;
    for (let band = 0; band < bands; band += 1) {
      const energy = this.#energies[band]!;
      if (energy > silent) sum += 4 ** (energy + bandMeans[band]!) * deEmphasis[band]!;
    }
    return Math.max(silence, sum);
  }
}
