// Answers that go on: events, SIP traces, downloads. Each belongs to the credential that opened it and ends when that
// no longer gives the right: the key was destroyed or changed, the user disabled, the login ended, or its time is over.
import type { FastifyRequest } from "fastify";
import type { Clock, Logger, Timer } from "#common";
import type { Access, CredentialOwner, Need } from "#services/access";
import { clientAddress } from "./client-address.ts";
import { needOf, permits } from "./needs.ts";

export interface OpenStream {
  readonly holder: CredentialOwner;
  /** Undefined when the credential was shown elsewhere: a ticket, a signed link. */
  readonly address: string | undefined;
  readonly need: Need;
  /** Ends the stream; called at most once. */
  readonly end: () => void;
}

export interface OpenStreamsOptions {
  readonly access: Pick<Access, "renew" | "changes">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** For so long a reader that has lost its right may take what is on its way, the reason at the end. */
export const revokedLingerMs = 500;
/** A right without an end is looked at so often, too: a timer cannot wait for years. */
const maxMs = 3_600_000;
/** After the rights could not be read. */
const retryMs = 1000;

interface Entry extends OpenStream {
  timer: Timer | undefined;
}

export class OpenStreams {
  readonly #options: OpenStreamsOptions;
  readonly #entries = new Set<Entry>();

  constructor(options: OpenStreamsOptions) {
    this.#options = options;
    options.access.changes.on("changed", ({ kind, id }) => {
      for (const entry of this.#entries) {
        if (entry.holder.kind === kind && entry.holder.id === id) void this.#check(entry);
      }
    });
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Of the request's own credential. The returned function forgets the stream; to be called when it has ended. */
  holdFor(request: FastifyRequest, end: () => void): () => void {
    const { principal, routeOptions } = request;
    if (!principal) return () => {};
    const need = needOf(routeOptions.config.scope);
    return this.hold({ holder: principal, address: clientAddress(request), need, end });
  }

  hold(stream: OpenStream): () => void {
    const entry: Entry = { ...stream, timer: undefined };
    this.#entries.add(entry);
    // The right may have gone since it was looked at.
    void this.#check(entry);
    return () => this.#forget(entry);
  }

  async #check(entry: Entry): Promise<void> {
    const { access, clock, log } = this.#options;
    entry.timer?.cancel();
    try {
      const principal = await access.renew(entry.holder, entry.address);
      if (!this.#entries.has(entry)) return;
      if (!principal || !permits(principal, entry.need)) {
        this.#forget(entry);
        entry.end();
        return;
      }
      const { expiresAt } = principal;
      const left = expiresAt === undefined ? maxMs : Date.parse(expiresAt) - clock.now();
      this.#arm(entry, Math.min(left, maxMs));
    } catch (error) {
      log.error({ err: error }, "the rights of an open stream could not be read");
      this.#arm(entry, retryMs);
    }
  }

  /** Two looks may have been under way: the later timer holds. */
  #arm(entry: Entry, ms: number): void {
    entry.timer?.cancel();
    if (this.#entries.has(entry)) entry.timer = this.#options.clock.after(ms, () => void this.#check(entry));
  }

  #forget(entry: Entry): void {
    entry.timer?.cancel();
    this.#entries.delete(entry);
  }
}
