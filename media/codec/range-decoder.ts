// The range decoder of Opus (RFC 6716 §4.1), as far as the front of a packet needs it. Reads zeros behind the end; never throws.
export class RangeDecoder {
  #packet = new Uint8Array();
  #at = 0;
  #remainder = 0;
  #range = 1;
  #value = 0;
  #bits = 0;

  /** The packet's bytes from `start` on. */
  begin(packet: Uint8Array, start: number): void {
    this.#packet = packet as Uint8Array<ArrayBuffer>;
    this.#at = start;
    this.#remainder = this.#byte();
    this.#range = 128;
    this.#value = 127 - (this.#remainder >> 1);
    this.#bits = 9;
    this.#normalize();
  }

  /** Bits that have been used, rounded up (RFC 6716 §4.1.6.1). */
  get used(): number {
    return this.#bits - (32 - Math.clz32(this.#range));
  }

  /** A flag that is set with a probability of 2^−`logp`. */
  bit(logp: number): boolean {
    const part = this.#range >>> logp;
    const set = this.#value < part;
    if (!set) this.#value -= part;
    this.#range = set ? part : this.#range - part;
    this.#normalize();
    return set;
  }

  /** 0, 1 or 2, with the probabilities 2, 1 and 1 of 4. */
  third(): number {
    const quarter = this.#range >>> 2;
    let above = this.#range;
    let symbol = 0;
    let part = 2 * quarter;
    while (this.#value < part) {
      above = part;
      symbol += 1;
      part = (2 - symbol) * quarter;
    }
    this.#value -= part;
    this.#range = above - part;
    this.#normalize();
    return symbol;
  }

  /** 0 to `total` − 1, all of them as likely; fewer than 256. */
  uniform(total: number): number {
    const part = Math.floor(this.#range / total);
    const symbol = total - Math.min(Math.floor(this.#value / part) + 1, total);
    this.#update(part, symbol, { high: symbol + 1, total });
    return symbol;
  }

  /** Bits that stand at the other end of the packet. */
  skipRaw(bits: number): void {
    this.#bits += bits;
  }

  /** A number that is 0 with a probability of `zero` of 32768 and of which larger ones are less likely by `decay` of 16384. */
  laplace(zero: number, decay: number): number {
    const part = this.#range >>> 15;
    const place = 32_768 - Math.min(Math.floor(this.#value / part) + 1, 32_768);
    let low = 0;
    let size = zero;
    let value = 0;
    if (place >= zero) {
      value = 1;
      low = zero;
      size = (((32_768 - 32 - zero) * (16_384 - decay)) >> 15) + 1;
      while (size > 1 && place >= low + 2 * size) {
        size *= 2;
        low += size;
        size = (((size - 2) * decay) >> 15) + 1;
        value += 1;
      }
      if (size <= 1) {
        const further = (place - low) >> 1;
        value += further;
        low += 2 * further;
      }
      if (place < low + size) value = -value;
      else low += size;
    }
    this.#update(part, low, { high: Math.min(low + size, 32_768), total: 32_768 });
    return value;
  }

  #update(
    part: number,
    low: number,
    { high, total }: { readonly high: number; readonly total: number },
  ): void {
    const above = part * (total - high);
    this.#value -= above;
    this.#range = low > 0 ? part * (high - low) : this.#range - above;
    this.#normalize();
  }

  #normalize(): void {
    while (this.#range <= 0x80_0000) {
      this.#bits += 8;
      this.#range *= 256;
      const before = this.#remainder;
      this.#remainder = this.#byte();
      const symbol = ((before << 8) | this.#remainder) >> 1;
      this.#value = ((this.#value << 8) + (255 & ~symbol)) & 0x7fff_ffff;
    }
  }

  #byte(): number {
    const byte = this.#packet[this.#at] ?? 0;
    this.#at += 1;
    return byte;
  }
}
