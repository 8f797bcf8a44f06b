// Keys that we press at the far end: RFC 4733 telephone events, sent in the audio's place. Pure; one key after the
// other, 100 ms long and as far apart, a packet a tick; the last one is sent in three ticks, of which two are of the pause
// (§2.5.1.4). Writes payloads and says what belongs into the header; knows nothing of sockets.

const digits = "0123456789*#ABCD";
const ticksOfKey = 5;
const ticksOfPause = 5;
const lastSentTimes = 3;
const ticksOfPackets = ticksOfKey + lastSentTimes - 1;
/** −10 dBm0. */
const volume = 10;
const maxWaiting = 64;
export const eventBytes = 4;

export class DtmfSender {
  readonly payload = new Uint8Array(eventBytes);
  readonly #waiting: number[] = [];
  #event = 0;
  /** Ticks of the running key, then of the pause after it; 0 between keys. */
  #ticks = 0;

  /** All of them or, when one is none or too many wait, none: then false. */
  press(keys: string): boolean {
    const events = [...keys].map((key) => digits.indexOf(key));
    if (events.includes(-1) || this.#waiting.length + events.length > maxWaiting) return false;
    this.#waiting.push(...events);
    return true;
  }

  /** Nothing is sent, nor waits to be. */
  get idle(): boolean {
    return this.#ticks === 0 && this.#waiting.length === 0;
  }

  /** The far end can take keys no longer, or may not hear now. */
  clear(): void {
    this.#waiting.length = 0;
    this.#ticks = 0;
  }

  /** A tick goes by: whether `payload` is to be sent instead of audio. `unitsPerTick`: of the event's clock. */
  advance(unitsPerTick: number): boolean {
    if (this.#ticks === 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return false;
      this.#event = next;
    }
    this.#ticks += 1;
    if (this.#ticks > ticksOfPackets) {
      if (this.#ticks === ticksOfKey + ticksOfPause) this.#ticks = 0;
      return false;
    }
    const duration = Math.min(this.#ticks, ticksOfKey) * unitsPerTick;
    this.payload[0] = this.#event;
    this.payload[1] = (this.#ticks >= ticksOfKey ? 0x80 : 0) | volume;
    this.payload[2] = duration >> 8;
    this.payload[3] = duration & 0xff;
    return true;
  }

  /** This tick's packet is the first of its key. */
  get begins(): boolean {
    return this.#ticks === 1;
  }

  /** The first packet of this key was sent so many ticks ago: all its packets bear that one's timestamp. */
  get ticksSinceBegin(): number {
    return this.#ticks - 1;
  }
}
