// Destinations that have just failed, remembered for a short while so that not every request runs into them. In a
// table of fixed size.
import type { Clock } from "#common";
import type { Destination } from "../transport/transport.ts";
import { destinationKey } from "./resolver.ts";

const maxEntries = 500;

export class FailedDestinations {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(destination: Destination, ms: number): void {
    const key = destinationKey(destination);
    this.#until.delete(key);
    this.#until.set(key, this.#clock.monotonic() + ms);
    if (this.#until.size <= maxEntries) return;
    for (const oldest of this.#until.keys()) {
      this.#until.delete(oldest);
      break;
    }
  }

  has(destination: Destination): boolean {
    return (this.#until.get(destinationKey(destination)) ?? 0) > this.#clock.monotonic();
  }

  remove(destination: Destination): void {
    this.#until.delete(destinationKey(destination));
  }
}
