// Limits the time that announcements of arrivals and departures take in a meeting: names while there is time for them, tones
// when many come at once, nothing when too many tones would wait. So more important announcements always have a place in the
// queue that the media worker keeps for a room. Reads the clock; otherwise pure.
import type { Clock } from "#common";

/** Names, and announcements of any form, that are played or wait; the queue of the worker holds a few more. */
const maxNames = 3;
const maxWaiting = 6;
/** Names may take `burstMs` at once, and `share` of the time in the long run. */
const burstMs = 12_000;
const share = 0.25;
const toneMs = 300;

/** In which form one arrival or departure is announced. */
export type AnnouncementForm = "name" | "tone" | "nothing";

export class Airtime {
  readonly #clock: Clock;
  /** The instant at which each announcement in the queue will end. */
  #ends: number[] = [];
  #spentMs = 0;
  #asOf = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How to announce one arrival or departure; `nameMs`: how long the name would take, undefined without one. */
  book(nameMs: number | undefined): AnnouncementForm {
    const now = this.#clock.monotonic();
    this.#ends = this.#ends.filter((end) => end > now);
    this.#spentMs = Math.max(0, this.#spentMs - (now - this.#asOf) * share);
    this.#asOf = now;
    if (nameMs !== undefined && this.#ends.length < maxNames && this.#spentMs + nameMs <= burstMs) {
      this.#spentMs += nameMs;
      this.#queue(now, nameMs);
      return "name";
    }
    if (this.#ends.length >= maxWaiting) return "nothing";
    this.#queue(now, toneMs);
    return "tone";
  }

  #queue(now: number, ms: number): void {
    this.#ends.push((this.#ends.at(-1) ?? now) + ms);
  }
}
