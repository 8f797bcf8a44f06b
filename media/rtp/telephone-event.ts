// Keys as RFC 4733 telephone events, received. Pure. One press is many packets of one timestamp, the last of
// them sent three times; any of them may be lost. A press is told once: at its end, after its first 40 ms, or
// when its packets stop. Long presses come in segments (§2.5.1.3), and some phones move the timestamp within
// a press: both remain one press.
import type { RtpHeader } from "./packet.ts";
import { timestampDistance } from "./serial.ts";

const digits = "0123456789*#ABCD";
const tellAfterMs = 40;
/** Without packets for this long a press has ended, its end lost. Phones send one every 20 to 50 ms. */
const lostEndMs = 150;
/** A timestamp so far on, so soon, is the next segment of a long press. */
const segmentDistance = 0xff00;

export interface KeyPress {
  readonly digit: string;
  readonly durationMs: number;
}

type State = "idle" | "pressed" | "told" | "ended";

export class TelephoneEvents {
  #state: State = "idle";
  /** Units a second of the timestamps and durations; it may be another for each payload type. */
  clockRate: number;
  #event = 0;
  #timestamp = 0;
  #duration = 0;
  #earlierSegments = 0;
  #lastPacketAt = 0;

  constructor(clockRate: number) {
    this.clockRate = clockRate;
  }

  /** Whether a key is down, as far as is known. */
  get running(): boolean {
    return this.#state === "pressed" || this.#state === "told";
  }

  /** One packet; returns the press when this packet makes it certain. Malformed ones are ignored. */
  receive(packet: Uint8Array, header: Readonly<RtpHeader>, now: number): KeyPress | undefined {
    const at = header.payloadStart;
    if (header.payloadEnd - at < 4) return undefined;
    const event = packet[at]!;
    if (event >= digits.length) return undefined;
    const ended = (packet[at + 1]! & 0x80) !== 0;
    const duration = (packet[at + 2]! << 8) | packet[at + 3]!;

    let unfinished: KeyPress | undefined;
    const newer = timestampDistance(header.timestamp, this.#timestamp);
    if (this.#state === "idle" || newer !== 0 || event !== this.#event) {
      const recent = now - this.#lastPacketAt < lostEndMs;
      if (this.#state !== "idle" && newer <= 0 && recent) return undefined;
      if (
        this.running &&
        recent &&
        this.#continues(event, header.marker, duration >= this.#duration || newer >= segmentDistance)
      ) {
        if (duration < this.#duration) this.#earlierSegments += this.#duration;
      } else {
        unfinished = this.#state === "pressed" ? this.#press() : undefined;
        this.#state = "pressed";
        this.#event = event;
        this.#earlierSegments = 0;
      }
      this.#timestamp = header.timestamp;
      this.#duration = 0;
    }
    this.#lastPacketAt = now;
    if (duration > this.#duration) this.#duration = duration;
    const told = this.#advance(ended);
    return unfinished ?? told;
  }

  /** To be called every tick: tells a press whose end was lost. */
  expire(now: number): KeyPress | undefined {
    if (!this.running || now - this.#lastPacketAt < lostEndMs) return undefined;
    const untold = this.#state === "pressed";
    this.#state = "ended";
    return untold ? this.#press() : undefined;
  }

  /** Another stream begins: its timestamps have nothing to do with the old ones. */
  reset(): KeyPress | undefined {
    const untold = this.#state === "pressed" ? this.#press() : undefined;
    this.#state = "idle";
    return untold;
  }

  #continues(event: number, marker: boolean, grows: boolean): boolean {
    return event === this.#event && !marker && grows;
  }

  #advance(ended: boolean): KeyPress | undefined {
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

  #press(): KeyPress {
    return { digit: digits[this.#event]!, durationMs: this.#durationMs() };
  }

  #durationMs(): number {
    return ((this.#earlierSegments + this.#duration) * 1000) / this.clockRate;
  }
}
