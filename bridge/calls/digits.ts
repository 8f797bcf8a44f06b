// Key presses of one call, whichever way they come: from the media leg (RFC 4733) or in SIP INFO. A phone that
// sends both ways means one press. Keeps no digit longer than it takes to recognise its twin.
import { type Clock, Emitter } from "#common";

export type DigitsEvents = { pressed: { readonly digit: string } };
type Way = "media" | "info";

interface Press {
  readonly digit: string;
  readonly way: Way;
  readonly at: number;
}

/** How far the two reports of one press may be apart. */
const twinWithinMs = 1000;
const maxRemembered = 16;

export class Digits {
  readonly events = new Emitter<DigitsEvents>();
  readonly #clock: Clock;
  #alone: readonly Press[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  press(digit: string, way: Way): void {
    const now = this.#clock.monotonic();
    const recent = this.#alone.filter(({ at }) => now - at < twinWithinMs);
    const twin = recent.find((press) => press.digit === digit && press.way !== way);
    if (twin) {
      this.#alone = recent.filter((press) => press !== twin);
      return;
    }
    this.#alone = [...recent.slice(1 - maxRemembered), { digit, way, at: now }];
    this.events.emit("pressed", { digit });
  }

  /** An INFO request; returns the status to answer it with. */
  info(contentType: string, body: string): number {
    const type = contentType.split(";")[0]?.trim().toLowerCase();
    const value =
      type === "application/dtmf-relay"
        ? /^\s*signal\s*=\s*(\S{1,2})\s*$/im.exec(body)?.[1]
        : type === "application/dtmf"
          ? /^\s*(\S{1,2})\s*$/.exec(body)?.[1]
          : undefined;
    if (type !== "application/dtmf-relay" && type !== "application/dtmf") return 415;
    const digit = value && digitOf(value);
    if (!digit) return 400;
    this.press(digit, "info");
    return 200;
  }
}

/** Some phones send the star as 10 and the hash as 11, as in RFC 4733 §3.2. */
function digitOf(value: string): string | undefined {
  if (value === "10") return "*";
  if (value === "11") return "#";
  return /^[0-9*#A-D]$/i.test(value) ? value.toUpperCase() : undefined;
}
