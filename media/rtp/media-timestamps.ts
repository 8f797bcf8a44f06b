// The media time of audio packets, where their timestamps cannot be had as they are. What a packet says by its sequence
// number and by how much audio it holds is believed before its timestamp:
//
//   consecutive packets, less than a packet apart from that    end to end: stamps are rounded or follow another clock
//   consecutive packets, further apart, and on time            end to end: the stamp has leapt, the sound has not
//   consecutive packets, further apart, and late by as much    a pause, as the timestamp says (DTX, talk spurts)
//   five in a row further apart, and none of them late         the clock is wrong: by a factor, or altogether
//   packets lost between                                       as many packets as are missing, or what the stamp says
//   numbers left out, stamped end to end                       end to end: a relay has taken packets of its own out, or counts by two
//
// Pure: rewrites the header in place. A stream whose stamps are right passes unchanged.
import type { AudioFormat } from "../codec/index.ts";
import { samplesBetween } from "../codec/index.ts";
import type { RtpHeader } from "./packet.ts";
import { addToSequence, addToTimestamp, sequenceDistance, timestampDistance } from "./serial.ts";

/** Pairs of packets in a row that must agree before a clock is taken for wrong, or for right again. */
const pairsForWrong = 5;
const pairsForRight = 3;
/** How much nearer the arrivals must be to what the packets hold than to what the stamps say, or the reverse. */
const clearly = 3;
/** By how much of itself the factor of a wrong clock may differ between packets; else it is no clock at all. */
const steadiness = 0.5;
/** With a clock that says nothing, a packet that is later than this has been paused for. */
const pauseMs = 100;

/** A packet that comes so much of itself too early is on time. */
const punctual = 0.25;

export class MediaTimestamps {
  /** Packets whose timestamp was not believed. */
  corrected = 0;
  /** Numbers before the newest packet that no packet of audio had: it follows the one before it end to end. */
  unsent = 0;
  #known = false;
  #clockRate = 0;
  /** Of the newest packet: what it said, what it was taken for, and how much audio it held, in units of the clock. */
  #sequence = 0;
  #stamp = 0;
  #mediaTime = 0;
  #duration = 0;
  #arrivedAt = 0;
  #interrupted = false;
  /** By how much the source's clock is too fast; 1 is right, 0 says nothing. */
  #factor = 1;
  #fitting = 0;
  /** Pairs in a row that contradict the factor: how many, and the sums over them. */
  #pairs = 0;
  #held = 0;
  #stamped = 0;
  /** What the earlier ones of these pairs were taken to be apart. */
  #taken = 0;
  #arrived = 0;
  #minStep = 0;
  #maxStep = 0;

  /** How much audio the newest packet held, in units of the clock. */
  get units(): number {
    return this.#duration;
  }

  /** How many packets' time has gone by since the newest came; 1 at least, 0 when that is not known. */
  packetsSince(now: number): number {
    const length = (this.#duration * 1000) / this.#clockRate;
    if (!this.#known || !(length > 0)) return 0;
    return Math.max(1, Math.floor((now - this.#arrivedAt) / length + punctual));
  }

  /** Another stream begins. */
  reset(): void {
    this.#known = false;
    this.unsent = 0;
    this.#factor = 1;
    this.#forgetPairs();
  }

  /** A packet of the stream that holds no audio: what came before it says nothing of when the next begins. */
  interrupt(): void {
    this.#interrupted = true;
  }

  /** The timestamp of the packet after `sequence`, the newest; undefined while timestamps are not what they should be. */
  expected(sequence: number, units: number): number | undefined {
    const right = this.#known && this.#factor === 1 && this.#pairs === 0 && !this.#interrupted;
    if (!right || this.#sequence !== sequence || this.#duration !== units) return undefined;
    return addToTimestamp(this.#stamp, units);
  }

  /** So many packets came with the timestamps that were expected, the last at `now`. */
  passRun(packets: number, now: number): void {
    const units = packets * this.#duration;
    this.#sequence = addToSequence(this.#sequence, packets);
    this.#stamp = addToTimestamp(this.#stamp, units);
    this.#mediaTime = addToTimestamp(this.#mediaTime, units);
    this.#arrivedAt = now;
  }

  /** Writes the packet's media time into `header.timestamp`. */
  correct(packet: Uint8Array, header: RtpHeader, format: AudioFormat, now: number): void {
    const stamp = header.timestamp;
    const duration = unitsIn(packet, header, format);
    if (!this.#known || format.clockRate !== this.#clockRate) {
      this.reset();
      this.#clockRate = format.clockRate;
      this.#remember(header, stamp, duration, now);
      return;
    }
    const steps = sequenceDistance(header.sequence, this.#sequence);
    const apart = timestampDistance(stamp, this.#stamp);
    const skips = steps > 1 && apart === this.#duration && this.#factor === 1 && !this.#interrupted;
    this.unsent = skips ? steps - 1 : 0;
    if (steps === 1 && !this.#interrupted && duration > 0 && this.#duration > 0) this.#compare(apart, now);
    const advance = this.#advance(steps, apart, duration, now);
    if (this.#pairs > 0 && steps === 1) this.#taken += advance;
    header.timestamp = addToTimestamp(this.#mediaTime, advance);
    if (timestampDistance(header.timestamp, stamp) !== timestampDistance(this.#mediaTime, this.#stamp))
      this.corrected += 1;
    if (steps > 0) this.#remember(header, stamp, duration, now);
  }

  /** How much later than the newest packet this one is heard. */
  #advance(steps: number, apart: number, duration: number, now: number): number {
    if (steps === 0) return 0;
    const length = steps > 0 ? this.#duration : duration;
    const held = steps * length;
    if (length <= 0) return apart;
    if (this.#factor === 0) {
      const elapsedMs = now - this.#arrivedAt;
      const elapsed = (elapsedMs * this.#clockRate) / 1000;
      return steps > 0 && elapsedMs > pauseMs && elapsed > held ? Math.round(elapsed) : held;
    }
    if (steps === 1 && Math.abs(apart - held) < length && !this.#interrupted) return held;
    const stated = this.#factor === 1 ? apart : Math.round(apart / this.#factor);
    if (this.#interrupted && steps > 0) return stated;
    if (steps === 1 && this.#isOnTime(held, stated, now)) return held;
    const bearable = steps === 1 ? length : length / 2;
    return Math.abs(stated - held) < bearable ? held : stated;
  }

  /** Whether a packet came when what it follows was over, and not when its stamp says. What comes at once tells nothing. */
  #isOnTime(held: number, stated: number, now: number): boolean {
    const arrived = ((now - this.#arrivedAt) * this.#clockRate) / 1000;
    return arrived >= held / 2 && Math.abs(arrived - held) * clearly < Math.abs(arrived - stated);
  }

  /** Looks at two consecutive packets: what lies between them by their stamps, their content and their arrival. */
  #compare(apart: number, now: number): void {
    const held = this.#duration;
    if (Math.abs(apart - held) < held) {
      this.#fitting += 1;
      if (this.#factor === 1 || this.#fitting >= pairsForRight) this.#becomeRight();
      return;
    }
    this.#fitting = 0;
    const step = apart / held;
    if (this.#pairs === 0) {
      this.#minStep = step;
      this.#maxStep = step;
    }
    this.#pairs += 1;
    this.#held += held;
    this.#stamped += apart;
    this.#arrived += ((now - this.#arrivedAt) * this.#clockRate) / 1000;
    if (step < this.#minStep) this.#minStep = step;
    if (step > this.#maxStep) this.#maxStep = step;
    if (this.#pairs >= pairsForWrong) this.#conclude();
  }

  #conclude(): void {
    const fromHeld = Math.abs(this.#arrived - this.#held);
    const fromStamped = Math.abs(this.#arrived - this.#stamped);
    if (this.#factor !== 1) {
      if (fromStamped * clearly < fromHeld) this.#becomeRight();
      else this.#forgetPairs();
      return;
    }
    // What was held back and comes at once tells nothing of the clock.
    if (this.#arrived < this.#held / 2 || fromHeld * clearly >= fromStamped) return;
    const factor = this.#stamped / this.#held;
    const steady = this.#maxStep - this.#minStep <= steadiness * factor;
    this.#factor = steady && factor > 0 ? factor : 0;
    // The stream goes on where it would be had its stamps been right from the first of these packets.
    const heldBefore = this.#held - this.#duration;
    this.#mediaTime = addToTimestamp(this.#mediaTime, heldBefore - this.#taken);
    this.#forgetPairs();
  }

  #becomeRight(): void {
    this.#factor = 1;
    this.#fitting = 0;
    this.#forgetPairs();
  }

  #forgetPairs(): void {
    this.#pairs = 0;
    this.#held = 0;
    this.#stamped = 0;
    this.#taken = 0;
    this.#arrived = 0;
  }

  #remember(header: Readonly<RtpHeader>, stamp: number, duration: number, now: number): void {
    this.#known = true;
    this.#sequence = header.sequence;
    this.#stamp = stamp;
    this.#mediaTime = header.timestamp;
    this.#duration = duration;
    this.#arrivedAt = now;
    this.#interrupted = false;
  }
}

/** How much audio a packet holds, in units of the codec's clock; 0 when it does not say. */
function unitsIn(packet: Uint8Array, header: Readonly<RtpHeader>, format: AudioFormat): number {
  const { payloadStart, payloadEnd } = header;
  if (format.bytesPerSecond === 0) return samplesBetween(packet, payloadStart, payloadEnd, format.clockRate);
  return Math.round(((payloadEnd - payloadStart) * format.clockRate) / format.bytesPerSecond);
}
