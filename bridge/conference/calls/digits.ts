// Key presses of one call from both sources: the media leg (RFC 4733) and SIP INFO. A phone that
// sends both means one press. Each source reports presses in their order, so a report that matches none of the
// other's shows that the earlier ones were not reported twice, and they stop waiting for a second report. A `#` right after
// a number that was complete without it belongs to that number and is dropped. Keys pressed without a listener are
// kept for the next one, a few and for seconds only.
import { type Clock, Emitter, type Unsubscribe } from "#common";

export type DigitsEvents = { pressed: { readonly digit: string } };
type KeySource = "media" | "info";

interface Press {
  readonly digit: string;
  readonly source: KeySource;
  readonly at: number;
}

/** Maximum time between the two reports of one press. */
const twinWithinMs = 1000;
const maxRemembered = 16;
/** Maximum time between a complete number and its `#`. */
export const terminatorWithinMs = 3000;
/** How long keys wait for a listener, and how many. */
export const typeAheadMs = 5000;
export const maxTypedAhead = 32;

export class Digits {
  readonly events = new Emitter<DigitsEvents>();
  readonly #clock: Clock;
  /** Called for every key that counts, also without a listener. */
  onPress: () => void = () => {};
  /** Presses reported by one source that the other may still report. */
  #alone: readonly Press[] = [];
  /** Keys that no listener has had yet. */
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
    // Two of them are a code and do not end a number.
    if (digit === "#" && now - swallowed < terminatorWithinMs) this.#keep(digit, now);
    this.#keep(digit, now);
    this.onPress();
    this.#deliver();
  }

  /** Subscribes. Keys pressed without a listener are delivered first, as soon as the caller of this function has returned. */
  listen(listener: (digit: string) => void): Unsubscribe {
    const unsubscribe = this.events.on("pressed", ({ digit }) => listener(digit));
    if (this.#ahead.length > 0) queueMicrotask(() => this.#deliver());
    return unsubscribe;
  }

  /** A number is complete without a `#`: one that follows within a moment is dropped. */
  endNumber(): void {
    const [next, ...others] = this.#ahead;
    if (next === undefined) this.#terminatorUntil = this.#clock.monotonic() + terminatorWithinMs;
    else if (next.digit === "#") this.#ahead = others;
  }

  /** Drops the keys that were pressed without a listener. */
  forgetTypedAhead(): void {
    this.#ahead = [];
  }

  /** An INFO request; returns the status to answer it with. */
  info(contentType: string, body: string): number {
    const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
    if (!keyTypes.has(type)) return 415;
    // Devices do not agree on which type has which body.
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

  /** Key by key: a listener may unsubscribe in between, and the rest is then for the next one. */
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
 * The pressed keys; empty: none. Some phones send the star as 10 and the hash as 11, as in RFC 4733 §3.2, and in a body that
 * names one event (`events`) A to D as 12 to 15. Others collect keys and send them at once.
 */
function keysOf(value: string, events: boolean): string {
  const code = /^1[0-5]$/.test(value) ? "*#ABCD".at(Number(value) - 10) : undefined;
  if (code !== undefined && (events || code === "*" || code === "#")) return code;
  return /^[0-9*#A-D]+$/i.test(value) ? value.toUpperCase() : "";
}
