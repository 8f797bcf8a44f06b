// How losses come: alone, or in bursts. Told packet by packet in order of sequence number, it counts the runs,
// and tells bursts from gaps as RFC 3611 §4.7.2 does: a burst begins and ends with a loss and holds no sixteen
// good packets in a row; a loss that stands alone belongs to the gap around it.

/** RFC 3611's Gmin. */
const goodPacketsOfGap = 16;

export class LossRuns {
  lost = 0;
  runs = 0;
  bursts = 0;
  burstPackets = 0;
  burstLosses = 0;
  gapPackets = 0;
  gapLosses = 0;
  /** Good packets since the last loss. */
  #good = goodPacketsOfGap;
  /** The cluster that may become a burst: from its first loss to its last. */
  #packets = 0;
  #losses = 0;

  /** The next packet came; `missing` before it did not. */
  arrived(missing: number): void {
    if (missing > 0) this.#lose(missing);
    this.#good += 1;
    if (this.#good === goodPacketsOfGap) this.#settle();
    else if (this.#good > goodPacketsOfGap) this.gapPackets += 1;
  }

  /** Nothing was lost of late. */
  get calm(): boolean {
    return this.#good > goodPacketsOfGap;
  }

  /** The next packets came, all of them; only while it is calm. */
  cameWhole(packets: number): void {
    this.#good += packets;
    this.gapPackets += packets;
  }

  /** Length of a run of losses against what chance would make of it (G.107's BurstR); never below 1. */
  burstRatio(share: number): number {
    return this.runs === 0 ? 1 : Math.max(1, (this.lost / this.runs) * (1 - share));
  }

  #lose(count: number): void {
    this.lost += count;
    this.runs += 1;
    if (this.#losses > 0) this.#packets += this.#good;
    this.#packets += count;
    this.#losses += count;
    this.#good = 0;
  }

  /** Sixteen good packets have come: what lies before them is complete. */
  #settle(): void {
    this.gapPackets += goodPacketsOfGap;
    if (this.#losses > 1) {
      this.bursts += 1;
      this.burstPackets += this.#packets;
      this.burstLosses += this.#losses;
    } else {
      this.gapPackets += this.#packets;
      this.gapLosses += this.#losses;
    }
    this.#packets = 0;
    this.#losses = 0;
  }
}
