// Keys as RFC 4733 telephone events, received. Pure. One press is many packets of one timestamp, the last of
// them sent three times; any of them may be lost. A press is told once: at its end, after its first 40 ms, or
// when its packets stop. Long presses come in segments (§2.5.1.3). Senders and relays that stamp the packets of one
// press differently, or two presses alike, are common: sequence numbers, the end bit and the duration are believed
// before the timestamp, so that a repeated end stays one press and a repeated key two.
import type { RtpHeader } from "./packet.ts";
import { sequenceDistance, timestampDistance } from "./serial.ts";

const digits = "0123456789*#ABCD";
const tellAfterMs = 40;
/** Without packets for this long a press has ended, its end lost. Phones send one every 20 to 50 ms. */
const lostEndMs = 150;
/** No finger presses a key for a shorter time, or rests for a shorter time between two. */
const minPressMs = 40;
/** A timestamp so far on, so soon, is the next segment of a long press. */
const segmentDistance = 0xff00;

export interface DtmfDigit {
  readonly digit: string;
  readonly durationMs: number;
}

type State = "idle" | "pressed" | "told" | "ended";

/** An event and its flags; some leave out the duration, or a part of it. */
const minBytes = 2;
const wholeBytes = 4;

/** Whether a packet of an agreed type is of a key: other events (RFC 4733 §3.2: flash, tones of fax and modem) are none. */
export const isKey = (packet: Uint8Array, { payloadStart, payloadEnd }: Readonly<RtpHeader>): boolean =>
  payloadEnd - payloadStart >= minBytes && packet[payloadStart]! < digits.length;

export class TelephoneEvents {
  /** Packets whose timestamp said another press than they belonged to, or that say no duration. */
  restamped = 0;
  #state: State = "idle";
  /** Units a second of the timestamps and durations; it may be another for each payload type. */
  clockRate: number;
  #event = 0;
  #timestamp = 0;
  #duration = 0;
  #earlierSegments = 0;
  #lastPacketAt = 0;
  #sequence = 0;
  #ssrc = 0;

  constructor(clockRate: number) {
    this.clockRate = clockRate;
  }

  /** Whether a key is down, as far as is known. */
  get running(): boolean {
    return this.#state === "pressed" || this.#state === "told";
  }

  /** One packet; returns the press when this packet makes it certain. Malformed ones are ignored. */
  receive(packet: Uint8Array, header: Readonly<RtpHeader>, now: number): DtmfDigit | undefined {
    if (!isKey(packet, header)) return undefined;
    const at = header.payloadStart;
    const event = packet[at]!;
    const ended = (packet[at + 1]! & 0x80) !== 0;
    const isWhole = header.payloadEnd - at >= wholeBytes;
    const duration = isWhole ? (packet[at + 2]! << 8) | packet[at + 3]! : 0;
    if (!isWhole) this.restamped += 1;

    let unfinished: DtmfDigit | undefined;
    if (this.#state !== "idle" && header.ssrc !== this.#ssrc) {
      if (this.#isTwin(event, header.marker && !ended, now)) return undefined;
      // Numbers and timestamps of one stream have nothing to do with another's.
      unfinished = this.reset();
    }
    this.#ssrc = header.ssrc;
    const newer = timestampDistance(header.timestamp, this.#timestamp);
    const steps = sequenceDistance(header.sequence, this.#sequence);
    const recent = now - this.#lastPacketAt < lostEndMs;
    if (this.#state === "ended" && ended && recent && event === this.#event && newer !== 0) {
      if (this.#repeatsEnd(header.marker, duration, newer, steps)) return this.#passOver(header, newer, now);
    }
    if (this.#goesOn(header, event, duration)) {
      const elapsed = now - this.#lastPacketAt;
      if (recent ? this.#isNextSegment(duration, newer) : this.#outlasts(duration, steps, elapsed)) {
        this.#duration = duration;
        return this.#passOver(header, newer, now);
      }
    }
    const begins = !ended && steps > 0 && this.#beginsAlike(event, header.marker, duration, newer);
    if (begins) this.restamped += 1;
    if (this.#state === "idle" || newer !== 0 || event !== this.#event || begins) {
      if (this.#state !== "idle" && newer <= 0 && recent && !begins) return undefined;
      if (
        this.running &&
        recent &&
        event === this.#event &&
        this.#continues(header.marker && steps !== 1, duration, newer)
      ) {
        if (duration < this.#duration) this.#earlierSegments += this.#duration;
      } else {
        if (this.#state === "pressed") unfinished = this.#press();
        this.#state = "pressed";
        this.#event = event;
        this.#earlierSegments = 0;
      }
      this.#timestamp = header.timestamp;
      this.#duration = 0;
      this.#sequence = header.sequence;
    }
    // A copy that comes late leads to no number before the newest: what follows it would look new.
    if (steps > 0) this.#sequence = header.sequence;
    this.#lastPacketAt = now;
    if (duration > this.#duration) this.#duration = duration;
    const told = this.#advance(ended);
    return unfinished ?? told;
  }

  /** To be called every tick: tells a press whose end was lost. */
  expire(now: number): DtmfDigit | undefined {
    if (!this.running || now - this.#lastPacketAt < lostEndMs) return undefined;
    const untold = this.#state === "pressed";
    this.#state = "ended";
    return untold ? this.#press() : undefined;
  }

  /** Another stream begins: its timestamps have nothing to do with the old ones. */
  reset(): DtmfDigit | undefined {
    const untold = this.#state === "pressed" ? this.#press() : undefined;
    this.#state = "idle";
    return untold;
  }

  /** The press that another stream tells already: some send keys in the audio's stream and beside it. */
  #isTwin(event: number, begins: boolean, now: number): boolean {
    if (event !== this.#event || now - this.#lastPacketAt >= lostEndMs) return false;
    return !(begins && this.#state === "ended");
  }

  /**
   * The end of the press before, with another timestamp. Another press of the key cannot have begun before this one was
   * over; or no packet came between, and a press begins with others than its end.
   */
  #repeatsEnd(marker: boolean, duration: number, newer: number, steps: number): boolean {
    const shortest = (minPressMs * this.clockRate) / 1000;
    const overlaps = Math.abs(newer) < Math.max(this.#duration, shortest);
    return overlaps || (!marker && steps === 1 && duration === this.#duration);
  }

  /** What may belong to a press that has ended, or seemed to. */
  #goesOn({ timestamp, marker }: Readonly<RtpHeader>, event: number, duration: number): boolean {
    const told = this.#state === "ended" && event === this.#event && !marker && duration > 0;
    return told && timestamp !== this.#timestamp;
  }

  /** The next segment of a long press, of a sender that sets the end bit in the last packet of each (against §2.5.1.3). */
  #isNextSegment(duration: number, newer: number): boolean {
    const shortest = (minPressMs * this.clockRate) / 1000;
    return newer >= segmentDistance && newer - this.#duration < shortest && duration < this.#duration;
  }

  /** The press began before its last packet came, or too soon after it for another: its packets are far apart. */
  #outlasts(duration: number, steps: number, elapsedMs: number): boolean {
    return steps === 1 && duration >= this.#duration && this.#ms(duration) > elapsedMs - minPressMs;
  }

  /** It stands for the press it repeats: the next may be as far from this one. */
  #passOver(header: Readonly<RtpHeader>, newer: number, now: number): undefined {
    this.restamped += 1;
    if (newer > 0) this.#timestamp = header.timestamp;
    this.#sequence = header.sequence;
    this.#lastPacketAt = now;
    return undefined;
  }

  /** Another press with the timestamp of the one before, of a sender whose clock stands still meanwhile. */
  #beginsAlike(event: number, marker: boolean, duration: number, newer: number): boolean {
    if (newer !== 0 || this.#state === "idle") return false;
    if (event !== this.#event) return true;
    return this.#state === "ended" && (marker || duration < this.#duration);
  }

  /** `begins`: it is marked as the beginning of a press, and nothing shows that it is not. */
  #continues(begins: boolean, duration: number, newer: number): boolean {
    return !begins && (duration >= this.#duration || newer >= segmentDistance);
  }

  #advance(ended: boolean): DtmfDigit | undefined {
    if (this.#state === "ended") return undefined;
    const untold = this.#state === "pressed";
    if (ended) {
      this.#state = "ended";
      return untold ? this.#press() : undefined;
    }
    if (untold && this.#durationMs() >= tellAfterMs) {
      this.#state = "told";
      return this.#press();
    }
    return undefined;
  }

  #press(): DtmfDigit {
    return { digit: digits[this.#event]!, durationMs: this.#durationMs() };
  }

  #durationMs(): number {
    return this.#ms(this.#earlierSegments + this.#duration);
  }

  #ms(duration: number): number {
    return (duration * 1000) / this.clockRate;
  }
}
