// Limits the records that one source can cause in a minute, so that unauthenticated peers cannot fill a table and displace other
// records. Bounded: when there are too many sources, the one whose minute began first is dropped.
import { BoundedMap } from "./bounded-map.ts";
import type { Clock } from "./clock.ts";

const windowMs = 60_000;
const maxSources = 1000;

interface Minute {
  readonly until: number;
  count: number;
}

export class Quota {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #minutes = new BoundedMap<string, Minute>({ most: maxSources });

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Counts one more; false when it is too many. */
  allows(source: string): boolean {
    const now = this.#clock.monotonic();
    const running = this.#minutes.get(source);
    if (running && running.until > now) {
      running.count += 1;
      return running.count <= this.#perMinute;
    }
    this.#minutes.set(source, { until: now + windowMs, count: 1 });
    return true;
  }
}
