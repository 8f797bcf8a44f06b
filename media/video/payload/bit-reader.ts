// Bits of the start of a NAL unit without its emulation prevention bytes (ITU-T H.264 §7.3.1, §7.2, §9.1). Bounded by
// the bytes it is made of; past their end every read gives 0 and `isPastEnd` says so.

const maxBytes = 1024;

export class BitReader {
  isPastEnd = false;
  readonly #bytes: Uint8Array;
  #bits: number;
  #at = 0;

  /** `unit`: a NAL unit behind its header byte; no more of it is looked at than `most` bytes. */
  constructor(unit: Uint8Array, most = maxBytes) {
    const bytes = new Uint8Array(Math.min(unit.length, most));
    let length = 0;
    let zeros = 0;
    for (let from = 0; from < bytes.length; from += 1) {
      const byte = unit[from]!;
      if (zeros >= 2 && byte === 3) {
        zeros = 0;
        continue;
      }
      zeros = byte === 0 ? zeros + 1 : 0;
      bytes[length] = byte;
      length += 1;
    }
    this.#bytes = bytes;
    this.#bits = length * 8;
  }

  bit(): number {
    if (this.#at >= this.#bits) {
      this.isPastEnd = true;
      return 0;
    }
    const bit = (this.#bytes[this.#at >> 3]! >> (7 - (this.#at & 7))) & 1;
    this.#at += 1;
    return bit;
  }

  /** At most 32 bits. */
  bits(count: number): number {
    let value = 0;
    for (let read = 0; read < count; read += 1) value = value * 2 + this.bit();
    return value;
  }

  /** ue(v). */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (this.isPastEnd || zeros > 32) {
        this.isPastEnd = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v). */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
