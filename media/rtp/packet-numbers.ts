// Sequence numbers that say nothing: they stand still, count down or in other steps than one, or are anything. Packets of such a
// sender are numbered as they come, from the moment at which five in a row were of no use, until three in a row follow each other. Packets out
// of order, copies, and a stream that begins anew are something else: numbers that follow the one before, or go on a little.
import { addToSequence, sequenceDistance } from "./serial.ts";

/** So many packets in a row, for so long, of which none is the next of the one before or goes on with the stream. */
const packetsWithoutUse = 5;
const minMs = 60;
const packetsInOrder = 3;
/** Packets that may be lost between two; more may be sent in another order than they are numbered. */
const maxLost = 50;

export class PacketNumbers {
  /** Packets whose number was not believed. */
  replaced = 0;
  believed = true;
  #ssrc = 0;
  #last = 0;
  #useless = 0;
  #since = 0;
  #inOrder = 0;

  /** The number of a packet of the latched source; `highest`: the newest of the stream. `now`: when it came, monotonic milliseconds. */
  numberOf(ssrc: number, sequence: number, highest: number, now: number): number {
    const follows = sequence === addToSequence(this.#last, 1) && ssrc === this.#ssrc;
    this.#last = sequence;
    if (!this.believed) return this.#replace(ssrc, sequence, follows, highest);
    const ahead = sequenceDistance(sequence, highest);
    if (follows || (ahead > 0 && ahead <= maxLost)) {
      this.#ssrc = ssrc;
      this.#useless = 0;
      return sequence;
    }
    if (this.#useless === 0 || ssrc !== this.#ssrc) {
      this.#ssrc = ssrc;
      this.#useless = 0;
      this.#since = now;
    }
    this.#useless += 1;
    if (this.#useless < packetsWithoutUse || now - this.#since < minMs) return sequence;
    this.believed = false;
    this.#inOrder = 0;
    return this.#replace(ssrc, sequence, follows, highest);
  }

  #replace(ssrc: number, sequence: number, follows: boolean, highest: number): number {
    if (ssrc !== this.#ssrc) return sequence;
    this.#inOrder = follows ? this.#inOrder + 1 : 0;
    if (this.#inOrder >= packetsInOrder) {
      this.believed = true;
      this.#useless = 0;
      return sequence;
    }
    this.replaced += 1;
    return addToSequence(highest, 1);
  }
}
