// The time of day as it is written into a picture, in a room's time zone. What it costs between two minutes, or two seconds, is
// a comparison.
import type { SceneClock } from "./messages.ts";

const minuteMs = 60_000;
const secondMs = 1000;

export class ClockText {
  readonly clock: SceneClock;
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #periodMs: number;
  #period = Number.NaN;
  #text = "";

  constructor(clock: SceneClock) {
    this.clock = clock;
    this.#periodMs = clock.seconds ? secondMs : minuteMs;
    this.#format = formatOf(clock);
  }

  /** `now`: milliseconds since the epoch. Empty where the time zone is unknown to this system. */
  at(now: number): string {
    const period = Math.floor(now / this.#periodMs);
    if (period !== this.#period) {
      this.#period = period;
      this.#text = this.#format?.format(now) ?? "";
    }
    return this.#text;
  }
}

function formatOf({ timezone, seconds }: SceneClock): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-GB", {
      ...{ hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined },
      ...{ timeZone: timezone, hourCycle: "h23" },
    });
  } catch {
    return undefined;
  }
}
