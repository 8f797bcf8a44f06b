// Which packets of one stream have been taken, so that none is taken twice (RFC 3711 §3.3.2): each index of the last 128 at
// the place that belongs to it. Only authentic packets are told.

/** RFC 3711 asks for 64 at least. */
export const windowPackets = 128;

export class ReplayWindow {
  #highest = -1;
  readonly #taken = new Float64Array(windowPackets).fill(-1);

  /** Whether a packet of that index may still be taken. */
  admits(index: number): boolean {
    return index > this.#highest - windowPackets && this.#taken[index % windowPackets] !== index;
  }

  /** Everything up to that index counts as taken: by a window before this one. */
  resume(index: number): void {
    for (let taken = Math.max(0, index - windowPackets + 1); taken <= index; taken += 1) this.take(taken);
  }

  /** Records a packet that was authentic. */
  take(index: number): void {
    this.#taken[index % windowPackets] = index;
    if (index > this.#highest) this.#highest = index;
  }

  /** The highest index that was taken; −1 before the first. */
  get highest(): number {
    return this.#highest;
  }
}
