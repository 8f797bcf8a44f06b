// Which RTP stream a leg listens to: one SSRC with a running sequence. Decides whether a packet continues it,
// begins a new one or is to be ignored (RFC 3550 appendix A.1). A new SSRC or a restarted sequence must show
// two packets in a row while the old stream is silent, so that a stray packet cannot reset a conversation. Numbers that begin
// anew just behind the newest look like packets out of order: they must go on for longer. Those that leap ahead sooner than the packets
// between can have been sent (music on hold, an SBC that changes its source) are no loss but a restart. A sender that does not keep
// its SSRC is followed by its numbers (`ssrcOf`).
import { addToSequence, sequenceDistance } from "./serial.ts";

/** Packets that may be missing before a jump counts as a restart, and how far one may arrive out of order. */
const maxDropout = 3000;
const maxMisorder = 100;
/** So many packets in a row, each the next of the one before and none newer than the newest, have restarted a little behind. */
export const packetsOfReturn = 10;
/** Packets between that are always taken for lost. */
const maxLostAtOnce = 50;
/** Of audio: Opus has 2.5 ms, and clocks and networks waver. */
export const minPacketMs = 2;
/** How far ahead of the newest packet one from another address may be and still go on with the stream. */
const maxAhead = 500;

export type StreamVerdict = "continues" | "begins" | "ignored";

export class StreamSource {
  /** The stream listened to; undefined before the first packet. */
  ssrc: number | undefined;
  #highest = 0;
  /** When that came, monotonic milliseconds. */
  #highestAt = 0;
  #candidateSsrc: number | undefined;
  #candidateNext = 0;
  /** Of a packet that had another SSRC and the next number. */
  #otherSsrc: number | undefined;
  /** Packets in a row that came behind the newest, and the number that would go on with them. */
  readonly #packetsOfReturn: number;
  readonly #packetMs: number;
  #behind = 0;
  #behindNext = 0;

  /**
   * `returnsAfter`: `packetsOfReturn`, where nothing is sent again on request, which looks the same. `packetMs`: how much a packet holds
   * at least, where that is known.
   */
  constructor(returnsAfter = Number.POSITIVE_INFINITY, packetMs = 0) {
    this.#packetsOfReturn = returnsAfter;
    this.#packetMs = packetMs;
  }

  /** `now`: when the packet came, monotonic milliseconds; of no use where nothing is known of a packet's length. */
  admit(ssrc: number, sequence: number, now = 0): StreamVerdict {
    if (this.ssrc === undefined) return this.#begin(ssrc, sequence, now);
    if (this.continues(ssrc, sequence) && !this.#leaps(sequence, now)) {
      this.#candidateSsrc = undefined;
      if (sequenceDistance(sequence, this.#highest) > 0) {
        this.#highest = sequence;
        this.#highestAt = now;
        this.#behind = 0;
      } else if (this.#returns(sequence)) return this.#begin(ssrc, sequence, now);
      return "continues";
    }
    if (ssrc === this.#candidateSsrc && sequence === this.#candidateNext)
      return this.#begin(ssrc, sequence, now);
    this.#candidateSsrc = ssrc;
    this.#candidateNext = addToSequence(sequence, 1);
    return "ignored";
  }

  /**
   * The SSRC that a packet of the latched source is taken to have. Another one with the next number of the stream is the stream's, in a
   * sender that draws one for each packet; with the number after that as well, the stream has it from now on.
   */
  ssrcOf(ssrc: number, sequence: number): number {
    const own = this.ssrc;
    if (own === undefined || ssrc === own || sequenceDistance(sequence, this.#highest) !== 1) return ssrc;
    if (ssrc === this.#otherSsrc) this.ssrc = ssrc;
    this.#otherSsrc = ssrc;
    return this.ssrc!;
  }

  /** The number of the newest packet. */
  get highest(): number {
    return this.#highest;
  }

  /** Whether a packet goes on with the stream; changes nothing. */
  continues(ssrc: number, sequence: number): boolean {
    if (ssrc !== this.ssrc) return false;
    const ahead = sequenceDistance(sequence, this.#highest);
    return ahead > -maxMisorder && ahead < maxDropout;
  }

  /** Whether a packet follows the newest one, perhaps after lost ones: only a host that has the stream can know that number. */
  isAhead(ssrc: number, sequence: number): boolean {
    if (ssrc !== this.ssrc) return false;
    const ahead = sequenceDistance(sequence, this.#highest);
    return ahead > 0 && ahead <= maxAhead;
  }

  /** `sequence` is the newest of the stream, and no other stream has shown itself since. */
  isSteady(sequence: number): boolean {
    return this.ssrc !== undefined && this.#highest === sequence && this.#candidateSsrc === undefined;
  }

  /** The stream went on up to `sequence`, which came at `now`. */
  continueTo(sequence: number, now: number): void {
    this.#highest = sequence;
    this.#highestAt = now;
  }

  /** The stream has ended by BYE, or the far end was renegotiated: the next packet begins a new stream. */
  forget(): void {
    this.ssrc = undefined;
    this.#candidateSsrc = undefined;
  }

  /** It is further ahead than packets can have been sent since the newest. */
  #leaps(sequence: number, now: number): boolean {
    const missing = sequenceDistance(sequence, this.#highest) - 1;
    return missing > maxLostAtOnce && now - this.#highestAt < missing * this.#packetMs;
  }

  #returns(sequence: number): boolean {
    this.#behind = sequence === this.#behindNext ? this.#behind + 1 : 1;
    this.#behindNext = addToSequence(sequence, 1);
    return this.#behind >= this.#packetsOfReturn;
  }

  #begin(ssrc: number, sequence: number, now: number): StreamVerdict {
    this.ssrc = ssrc;
    this.#highest = sequence;
    this.#highestAt = now;
    this.#candidateSsrc = undefined;
    this.#behind = 0;
    return "begins";
  }
}
