// How often a source may fail to say who it is before it is not answered any more, for a time that doubles with
// each relapse. A table of fixed size, from which the source that failed longest ago is dropped.
import { BoundedMap, type Clock, sourceOf } from "#common";

export interface BudgetLimits {
  /** Points at which a source falls silent. */
  readonly points: number;
  /** One point is forgiven in this time. */
  readonly forgiveMs: number;
  readonly firstSilenceMs: number;
  readonly longestSilenceMs: number;
  /** Sources remembered. */
  readonly sources: number;
}

/** Five wrong passwords, or 25 requests that never answer their challenge. */
export const defaultBudget: BudgetLimits = {
  points: 25,
  forgiveMs: 10_000,
  firstSilenceMs: 60_000,
  longestSilenceMs: 3_600_000,
  sources: 4096,
};

interface Offender {
  points: number;
  /** Monotonic milliseconds of the last point. */
  at: number;
  silentUntil: number;
  silenceMs: number;
  loggedAt: number;
}

export class FailureBudget {
  readonly #clock: Clock;
  readonly #limits: BudgetLimits;
  readonly #keyOf: (address: string) => string;
  readonly #offenders: BoundedMap<string, Offender>;

  /** `keyOf`: who is counted as one; by default a source. */
  constructor(
    clock: Clock,
    limits: BudgetLimits = defaultBudget,
    keyOf: (address: string) => string = sourceOf,
  ) {
    this.#clock = clock;
    this.#keyOf = keyOf;
    this.#limits = limits;
    this.#offenders = new BoundedMap({ most: limits.sources });
  }

  isSilenced(address: string): boolean {
    const offender = this.#offenders.get(this.#keyOf(address));
    return offender !== undefined && this.#clock.monotonic() < offender.silentUntil;
  }

  /** True when the source falls silent by it. */
  charge(address: string, points: number): boolean {
    const { forgiveMs, firstSilenceMs, longestSilenceMs } = this.#limits;
    const offender = this.#touch(this.#keyOf(address));
    const now = this.#clock.monotonic();
    offender.points = Math.max(0, offender.points - (now - offender.at) / forgiveMs) + points;
    offender.at = now;
    if (offender.points < this.#limits.points) return false;
    // Half of the budget is left for the next time: a relapse comes sooner, and lasts longer.
    offender.points = this.#limits.points / 2;
    offender.silenceMs = Math.min(longestSilenceMs, offender.silenceMs * 2 || firstSilenceMs);
    offender.silentUntil = now + offender.silenceMs;
    return true;
  }

  /** The source has proven who it is: what it failed at before is forgotten. */
  forgive(address: string): void {
    this.#offenders.delete(this.#keyOf(address));
  }

  /** Whether this source may be written about in the log: once a minute. Only for sources just charged. */
  mayLog(address: string): boolean {
    const offender = this.#offenders.get(this.#keyOf(address));
    const now = this.#clock.monotonic();
    if (!offender || now - offender.loggedAt < 60_000) return false;
    offender.loggedAt = now;
    return true;
  }

  /** Sources remembered and sources silent now. */
  snapshot(): { readonly sources: number; readonly silent: number } {
    const now = this.#clock.monotonic();
    let silent = 0;
    for (const { silentUntil } of this.#offenders.values()) if (now < silentUntil) silent += 1;
    return { sources: this.#offenders.size, silent };
  }

  #touch(source: string): Offender {
    const offender = this.#offenders.get(source) ?? {
      points: 0,
      at: this.#clock.monotonic(),
      silentUntil: 0,
      silenceMs: 0,
      loggedAt: Number.NEGATIVE_INFINITY,
    };
    // Put back at the end: the first key is the one that failed longest ago.
    this.#offenders.set(source, offender);
    return offender;
  }
}
