// How much of a room's bitrate the way to one viewer carries, as that reports it: less as soon as it loses much or says so, more
// again only after a time without. Pure.
import { worstTier } from "./output-format.ts";

/** Per cent lost: where a way carries too much, and below what nothing is wrong. */
const lossyAt = 10;
const cleanBelow = 2;
/** Reports in a row that say so, a few seconds apart: before a viewer is sent less, and before it is sent more. */
const reportsToLower = 2;
const reportsToRaise = 8;
/** An estimate below this share of what is sent says that it is too much. */
const tightShare = 0.9;
/** Each time that more turned out to be too much it is tried that many times later. */
const maxBackOffFactor = 8;

export class ViewerPath {
  tier = 0;
  #lossy = 0;
  #clean = 0;
  /** Estimates in a row that were below what was sent. */
  #tight = 0;
  #patience = 1;
  #raised = false;

  /** A report; true when the viewer is of another tier now. */
  report(lossPercent: number): boolean {
    this.#lossy = lossPercent >= lossyAt ? this.#lossy + 1 : 0;
    this.#clean = lossPercent < cleanBelow ? this.#clean + 1 : 0;
    if (this.#lossy >= reportsToLower && this.tier < worstTier) {
      this.#lower(this.tier + 1);
      return true;
    }
    if (this.#clean < reportsToRaise * this.#patience || this.tier === 0) return false;
    this.tier -= 1;
    this.#raised = true;
    this.#clean = 0;
    return true;
  }

  /**
   * The viewer takes so many bits a second at most. It estimates by what comes, so the estimate is worth nothing while it is
   * more than that: `sentKbps`. True when it is of another tier now.
   */
  limit(bitrate: number, sentKbps: number): boolean {
    this.#tight = bitrate < sentKbps * 1000 * tightShare ? this.#tight + 1 : 0;
    if (this.#tight < reportsToLower || this.tier >= worstTier) return false;
    this.#lower(this.tier + 1);
    return true;
  }

  #lower(tier: number): void {
    this.tier = tier;
    this.#lossy = this.#clean = this.#tight = 0;
    if (this.#raised) this.#patience = Math.min(maxBackOffFactor, this.#patience * 2);
    this.#raised = false;
  }
}
