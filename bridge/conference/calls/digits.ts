// Key presses of one call, whichever way they come: from the media leg (RFC 4733) or in SIP INFO. A phone that
// sends both ways means one press: each way reports the presses in their order, so a report that matches none of the
// other way's has gone past those that came before it, and they no longer wait for a second report. A `#` right behind
// a number that was complete without it belongs to that number and is dropped. Keys pressed while nothing listens are
// kept for the next listener, a few and for seconds only.
import { type Clock, Emitter, type Unsubscribe } from "#common";

export type DigitsEvents = { pressed: { readonly digit: string } };
type KeySource = "media" | "info";

interface Press {
  readonly digit: string;
  readonly source: KeySource;
  readonly at: number;
}

/** How far the two reports of one press may be apart. */
const twinWithinMs = 1000;
const maxRemembered = 16;
/** How long after a number was complete its `#` may come. */
export const terminatorWithinMs = 3000;
/** How long, and how many, keys wait for a listener. */
export const typeAheadMs = 5000;
export const maxTypedAhead = 32;

export class Digits {
  readonly events = new Emitter<DigitsEvents>();
  readonly #clock: Clock;
  /** Told of every key that counts, also when nothing else listens. */
  onPress: () => void = () => {};
  /** Reported by one way, and by the other perhaps still to come. */
  #alone: readonly Press[] = [];
  /** Keys that nothing has listened to yet. */
  #ahead: readonly Pick<Press, "digit" | "at">[] = [];
  /** Until when a `#` belongs to the number before it. */
  #terminatorUntil = Number.NEGATIVE_INFINITY;
  /** When that `#` came. */
  #swallowedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  press(digit: string, source: KeySource): void {
    const now = this.#clock.monotonic();
    const recent = this.#alone.filter(({ at }) => now - at < twinWithinMs);
    const twin = recent.findIndex((press) => press.digit === digit && press.source !== source);
    const still = recent.filter((press, index) => press.source === source || (twin >= 0 && index > twin));
    if (twin >= 0) {
      this.#alone = still;
      return;
    }
    this.#alone = [...still.slice(1 - maxRemembered), { digit, source, at: now }];
    const swallowed = this.#swallowedAt;
    this.#swallowedAt = Number.NEGATIVE_INFINITY;
    if (this.#isTerminator(digit, now)) {
      this.#swallowedAt = now;
      return;
    }
    // Two of them are a code and end no number.
    if (digit === "#" && now - swallowed < terminatorWithinMs) this.#keep(digit, now);
    this.#keep(digit, now);
    this.onPress();
    this.#deliver();
  }

  /** Subscribes. Keys that were pressed while nothing listened come first, as soon as the caller has returned. */
  listen(listener: (digit: string) => void): Unsubscribe {
    const unsubscribe = this.events.on("pressed", ({ digit }) => listener(digit));
    if (this.#ahead.length > 0) queueMicrotask(() => this.#deliver());
    return unsubscribe;
  }

  /** A number is complete without a `#`: one that comes next, within a moment, is swallowed. */
  endNumber(): void {
    const [next, ...others] = this.#ahead;
    if (next === undefined) this.#terminatorUntil = this.#clock.monotonic() + terminatorWithinMs;
    else if (next.digit === "#") this.#ahead = others;
  }

  /** Drops what was pressed while nothing listened. */
  forgetTypedAhead(): void {
    this.#ahead = [];
  }

  /** An INFO request; returns the status to answer it with. */
  info(contentType: string, body: string): number {
    const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
    if (!keyTypes.has(type)) return 415;
    // Which type has which body is not what devices agree upon.
    const line = /^[ \t]*(?:signal|d)[ \t]*=[ \t]*(\S{1,32})[ \t]*$/im.exec(body);
    const value = (line ?? /^\s*(\S{1,32})\s*$/.exec(body))?.[1] ?? "";
    const keys = keysOf(value, line !== null || type === eventType);
    if (keys === "") return 400;
    for (const key of keys) this.press(key, "info");
    return 200;
  }

  #keep(digit: string, at: number): void {
    const young = this.#ahead.filter((key) => at - key.at < typeAheadMs);
    if (young.length < maxTypedAhead) this.#ahead = [...young, { digit, at }];
  }

  #isTerminator(digit: string, now: number): boolean {
    const expected = now < this.#terminatorUntil;
    this.#terminatorUntil = Number.NEGATIVE_INFINITY;
    return expected && digit === "#";
  }

  /** Key by key: a listener may stop listening in between, and the rest is then for the next one. */
  #deliver(): void {
    while (this.events.listeners > 0) {
      const [next, ...others] = this.#ahead;
      if (next === undefined) return;
      this.#ahead = others;
      if (this.#clock.monotonic() - next.at >= typeAheadMs) continue;
      this.onPress();
      this.events.emit("pressed", { digit: next.digit });
    }
  }
}

const eventType = "audio/telephone-event";

/** Bodies of an INFO that hold a key: Cisco's, a bare key, Nortel's digit collection, and an event's number. */
const keyTypes: ReadonlySet<string> = new Set([
  "application/dtmf-relay",
  "application/dtmf",
  "application/vnd.nortelnetworks.digits",
  eventType,
]);

/**
 * What was pressed; empty: it says nothing. Some phones send the star as 10 and the hash as 11, as in RFC 4733 §3.2, and where a body
 * names one event (`events`) A to D as 12 to 15. Others collect keys and send them at once.
 */
function keysOf(value: string, events: boolean): string {
  const code = /^1[0-5]$/.test(value) ? "*#ABCD".at(Number(value) - 10) : undefined;
  if (code !== undefined && (events || code === "*" || code === "#")) return code;
  return /^[0-9*#A-D]+$/i.test(value) ? value.toUpperCase() : "";
}
