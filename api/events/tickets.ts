// Tickets for readers that cannot send a key: a browser's WebSocket has no headers of its own. A ticket is made with
// a key, opens the events once, and only within half a minute; what is kept of it is its hash.
import { createHash, randomBytes } from "node:crypto";
import { BoundedMap, type Clock } from "#common";
import type { CredentialOwner } from "#services/access";

const lifetimeMs = 30_000;
const maxTickets = 1000;
/** Of one key or user: none of them takes the tickets of others. */
const maxTicketsPerOwner = 100;

interface Ticket {
  /** Monotonic milliseconds. */
  readonly until: number;
  readonly holder: CredentialOwner | undefined;
}

export class Tickets {
  readonly #clock: Clock;
  /** By hash, in the order in which they expire. */
  readonly #tickets = new BoundedMap<string, Ticket>({ most: maxTickets });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What it opens is opened for `holder`. */
  issue(holder: CredentialOwner | undefined): { readonly ticket: string; readonly expiresAt: string } {
    const ticket = randomBytes(32).toString("base64url");
    this.#forgetExpired();
    this.#tickets.set(hashOf(ticket), { until: this.#clock.monotonic() + lifetimeMs, holder });
    const own = [...this.#tickets].filter(([, one]) => isSame(one.holder, holder));
    if (own.length > maxTicketsPerOwner) this.#tickets.delete(own[0]![0]);
    return { ticket, expiresAt: new Date(this.#clock.now() + lifetimeMs).toISOString() };
  }

  /** What it opens, once; undefined when it is not good. */
  take(text: string): Ticket | undefined {
    this.#forgetExpired();
    const hash = hashOf(text);
    const ticket = this.#tickets.get(hash);
    this.#tickets.delete(hash);
    return ticket;
  }

  #forgetExpired(): void {
    const now = this.#clock.monotonic();
    for (const [hash, { until }] of this.#tickets) {
      if (until > now) break;
      this.#tickets.delete(hash);
    }
  }
}

const isSame = (one: CredentialOwner | undefined, other: CredentialOwner | undefined): boolean =>
  one?.kind === other?.kind && one?.id === other?.id;

const hashOf = (ticket: string): string => createHash("sha256").update(ticket).digest("base64");
