// Tickets for readers that cannot send a key: a browser's WebSocket has no headers of its own. A ticket is made with
// a key, opens the events once, and only within half a minute; what is kept of it is its hash.
import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "#common";

const lifetimeMs = 30_000;
const mostTickets = 1000;

export class Tickets {
  readonly #clock: Clock;
  /** Hash → until when, monotonic milliseconds; in the order in which they expire. */
  readonly #tickets = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(): { readonly ticket: string; readonly expiresAt: string } {
    const ticket = randomBytes(32).toString("base64url");
    this.#forgetExpired();
    this.#tickets.set(hashOf(ticket), this.#clock.monotonic() + lifetimeMs);
    if (this.#tickets.size > mostTickets) this.#tickets.delete(this.#tickets.keys().next().value!);
    return { ticket, expiresAt: new Date(this.#clock.now() + lifetimeMs).toISOString() };
  }

  /** Whether it is good; it is not any more afterwards. */
  take(ticket: string): boolean {
    this.#forgetExpired();
    return this.#tickets.delete(hashOf(ticket));
  }

  #forgetExpired(): void {
    const now = this.#clock.monotonic();
    for (const [hash, until] of this.#tickets) {
      if (until > now) break;
      this.#tickets.delete(hash);
    }
  }
}

const hashOf = (ticket: string): string => createHash("sha256").update(ticket).digest("base64");
