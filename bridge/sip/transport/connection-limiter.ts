// Limits the number of connections, in all and per source, over all connected transports together: a source that has reached
// its limit over TCP gets no further connection over TLS or WebSocket. connection-admission.ts decides; pending handshakes count
// too, with a lower limit.
import type { Clock } from "#common";
import { type AdmissionLimits, admitConnection, type OpenConnection } from "./connection-admission.ts";

export interface LimitedConnection extends OpenConnection {
  /** It is closed, though its socket may still exist for a moment. */
  readonly destroyed: boolean;
  close(why: "displaced"): void;
}

export interface ConnectionLimiterOptions {
  readonly clock: Clock;
  /** Limit over all sources; default 4096. */
  readonly maxConnections?: number | undefined;
  /** Default 256. */
  readonly maxConnectionsPerSource?: number | undefined;
  /** Limit of unproven connections of untrusted addresses. Default 16. */
  readonly maxUnprovenPerSource?: number | undefined;
}

type Newcomer = Pick<OpenConnection, "source" | "trusted">;

/** A connection that we open ourselves counts as trusted. */
const outgoing: Newcomer = { source: "ours", trusted: true };

export class ConnectionLimiter {
  readonly #clock: Clock;
  readonly #limits: AdmissionLimits;
  readonly #connections = new Set<LimitedConnection>();
  /** Connections that we are opening; they are counted already. */
  #opening = 0;

  constructor(options: ConnectionLimiterOptions) {
    this.#clock = options.clock;
    this.#limits = {
      all: options.maxConnections ?? 4096,
      source: options.maxConnectionsPerSource ?? 256,
      unprovenSource: options.maxUnprovenPerSource ?? 16,
    };
  }

  /** Whether a new connection is admitted; another one may be closed for it. */
  admits(newcomer: Newcomer): boolean {
    const open = [...this.#connections].filter(({ destroyed }) => !destroyed);
    const now = this.#clock.monotonic();
    const limits = { ...this.#limits, all: this.#limits.all - this.#opening };
    const admission = admitConnection(newcomer, open, { limits, now });
    if (admission.kind === "evict") admission.connection.close("displaced");
    return admission.kind !== "refused";
  }

  /** Reserves a place for a connection that we open; the returned function releases it. Undefined: the limit is reached. */
  reserve(): (() => void) | undefined {
    if (!this.admits(outgoing)) return undefined;
    this.#opening += 1;
    return () => {
      this.#opening -= 1;
    };
  }

  add(connection: LimitedConnection): void {
    this.#connections.add(connection);
  }

  remove(connection: LimitedConnection): void {
    this.#connections.delete(connection);
  }
}
