// Remembers destinations that have just failed for a short time, so that not every request has to find out again. A
// table of fixed size.
import { BoundedMap, type Clock } from "#common";
import type { Destination } from "../transport/transport.ts";
import { destinationKey } from "./resolver.ts";

const maxEntries = 500;

export class FailedDestinations {
  readonly #clock: Clock;
  readonly #until = new BoundedMap<string, number>({ most: maxEntries });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(destination: Destination, ms: number): void {
    this.#until.set(destinationKey(destination), this.#clock.monotonic() + ms);
  }

  has(destination: Destination): boolean {
    return (this.#until.get(destinationKey(destination)) ?? 0) > this.#clock.monotonic();
  }

  remove(destination: Destination): void {
    this.#until.delete(destinationKey(destination));
  }
}
