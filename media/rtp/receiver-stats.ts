// What a receiver counts of a stream: packets, losses, interarrival jitter (RFC 3550 appendices A.3 and A.8).
// A new stream starts the sequence over but keeps the totals, which are the leg's and not the stream's. A packet that comes twice makes up
// for no other one that is lost: reports count as RFC 3550 wants it, the leg's own figures count each number once, and none that was not sent.
import { LossRuns } from "./loss-runs.ts";
import { addToTimestamp, sequenceDistance, timestampDistance } from "./serial.ts";

/** Numbers of which it is known whether they have come. */
const numbersKept = 32;

/** Packets that came as they were expected: when each arrived, monotonic milliseconds. */
export interface ArrivalRun {
  readonly arrivals: Float64Array;
  readonly from: number;
  readonly packets: number;
}

export class ReceiverStats {
  /** Packets of all streams since the leg was made. */
  received = 0;
  /** Jitter in units of the clock rate. */
  jitter = 0;
  /** 32 bits: cycles and the highest sequence number of the running stream. */
  extendedHighest = 0;
  /** How the losses come. */
  readonly runs = new LossRuns();
  #clockRate: number;
  #active = false;
  #base = 0;
  #streamReceived = 0;
  /** Of those, packets that came again, or from before the first; less the numbers that were never sent. */
  #surplus = 0;
  /** Which of the last 32 numbers have come, the highest in bit 0. */
  #came = 0;
  #earlierLost = 0;
  #expectedAtReport = 0;
  #receivedAtReport = 0;
  #lastTimestamp = 0;
  #lastArrivalMs: number | undefined;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** Losses since the leg was made. */
  get lost(): number {
    return this.#earlierLost + this.#streamMissing;
  }

  /** Losses of the running stream as reports have them (RFC 3550 §6.4.1): a duplicate makes up for one. */
  get streamLost(): number {
    return this.#active ? Math.max(0, this.#expected - this.#streamReceived) : 0;
  }

  get jitterMs(): number {
    return (this.jitter * 1000) / this.#clockRate;
  }

  /** The codec changed to one of another clock: jitter starts over. */
  set clockRate(clockRate: number) {
    if (clockRate === this.#clockRate) return;
    this.#clockRate = clockRate;
    this.#lastArrivalMs = undefined;
    this.jitter = 0;
  }

  begin(sequence: number): void {
    this.#earlierLost += this.#streamMissing;
    this.#active = true;
    this.#base = sequence;
    this.extendedHighest = sequence;
    this.#streamReceived = 0;
    this.#surplus = 0;
    this.#came = 0;
    this.#expectedAtReport = 0;
    this.#receivedAtReport = 0;
    this.#lastArrivalMs = undefined;
    this.jitter = 0;
  }

  /** `unsent`: as `pass`. False: it came before. */
  count(sequence: number, unsent = 0): boolean {
    this.received += 1;
    return this.pass(sequence, unsent);
  }

  /**
   * A packet of the stream that is of no use: it has come all the same, and is not lost. `unsent`: numbers right before its own that its
   * sender left out. False: it came before.
   */
  pass(sequence: number, unsent = 0): boolean {
    this.#streamReceived += 1;
    const ahead = sequenceDistance(sequence, this.extendedHighest & 0xffff);
    if (ahead > 0) {
      this.extendedHighest += ahead;
      this.#came = ahead < numbersKept ? (this.#came << ahead) | 1 : 1;
      const skipped = Math.min(unsent, ahead - 1);
      this.#surplus -= skipped;
      this.runs.arrived(ahead - 1 - skipped);
      return true;
    }
    return this.#passBehind(-ahead);
  }

  /** A packet of the far end that is no part of the sequence: of a stream beside. */
  countBeside(): void {
    this.received += 1;
  }

  /** For packets whose timestamp is their sampling instant: audio, not telephone events. */
  measure(timestamp: number, arrivalMs: number): void {
    if (this.#lastArrivalMs !== undefined) {
      const elapsed = ((arrivalMs - this.#lastArrivalMs) * this.#clockRate) / 1000;
      const difference = Math.abs(elapsed - timestampDistance(timestamp, this.#lastTimestamp));
      // A jump of the source's clock is not jitter.
      if (difference < this.#clockRate) this.jitter += (difference - this.jitter) / 16;
    }
    this.#lastArrivalMs = arrivalMs;
    this.#lastTimestamp = timestamp;
  }

  /** A run of packets came in order, each `units` after the one before, while nothing was lost of late. */
  countRun({ arrivals, from, packets }: ArrivalRun, units: number): void {
    this.received += packets;
    this.#streamReceived += packets;
    this.extendedHighest += packets;
    this.#came = packets < numbersKept ? (this.#came << packets) | ((1 << packets) - 1) : -1;
    this.runs.cameWhole(packets);
    for (let index = from; index < from + packets; index += 1) {
      this.measure(addToTimestamp(this.#lastTimestamp, units), arrivals[index]!);
    }
  }

  /** The share lost since the last call, in 1/256. */
  takeFractionLost(): number {
    const expected = this.#expected - this.#expectedAtReport;
    const received = this.#streamReceived - this.#receivedAtReport;
    this.#expectedAtReport = this.#expected;
    this.#receivedAtReport = this.#streamReceived;
    if (expected <= 0 || received >= expected) return 0;
    return Math.min(255, Math.floor(((expected - received) * 256) / expected));
  }

  /** Not newer than the newest. What comes later than `numbersKept` packets later is taken for the first of its number. */
  #passBehind(behind: number): boolean {
    const bit = behind < numbersKept ? 1 << behind : 0;
    const first = (this.#came & bit) === 0 && behind <= this.extendedHighest - this.#base;
    this.#came |= bit;
    if (!first) this.#surplus += 1;
    return first;
  }

  get #streamMissing(): number {
    return this.#active ? Math.max(0, this.#expected - this.#streamReceived + this.#surplus) : 0;
  }

  get #expected(): number {
    return this.#active ? this.extendedHighest - this.#base + 1 : 0;
  }
}
