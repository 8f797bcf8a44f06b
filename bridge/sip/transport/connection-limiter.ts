// The places for connections, shared by all transports that have some: a source that has filled its places over TCP gets no
// further ones over TLS or WebSocket. Who gets one is decided in connection-admission.ts; handshakes that are under way have
// places too, and few of their own.
import type { Clock } from "#common";
import { type AdmissionLimits, admitConnection, type OpenConnection } from "./connection-admission.ts";

export interface LimitedConnection extends OpenConnection {
  /** It is closed, though its socket may take a moment to go. */
  readonly destroyed: boolean;
  close(why: "displaced"): void;
}

export interface ConnectionLimiterOptions {
  readonly clock: Clock;
  /** In all; default 4096. */
  readonly maxConnections?: number | undefined;
  /** Default 256. */
  readonly maxConnectionsPerSource?: number | undefined;
  /** Unproven connections of untrusted addresses. Default 16. */
  readonly maxUnprovenPerSource?: number | undefined;
}

type Newcomer = Pick<OpenConnection, "source" | "trusted">;

/** A connection that we open ourselves counts as trusted. */
const outgoing: Newcomer = { source: "ours", trusted: true };

export class ConnectionLimiter {
  readonly #clock: Clock;
  readonly #limits: AdmissionLimits;
  readonly #connections = new Set<LimitedConnection>();
  /** Connections that we are opening: each has a place already. */
  #opening = 0;

  constructor(options: ConnectionLimiterOptions) {
    this.#clock = options.clock;
    this.#limits = {
      all: options.maxConnections ?? 4096,
      source: options.maxConnectionsPerSource ?? 256,
      unprovenSource: options.maxUnprovenPerSource ?? 16,
    };
  }

  /** Whether a newcomer gets a place; another connection may be closed for it. */
  admits(newcomer: Newcomer): boolean {
    const open = [...this.#connections].filter(({ destroyed }) => !destroyed);
    const now = this.#clock.monotonic();
    const limits = { ...this.#limits, all: this.#limits.all - this.#opening };
    const admission = admitConnection(newcomer, open, { limits, now });
    if (admission.kind === "evict") admission.connection.close("displaced");
    return admission.kind !== "refused";
  }

  /** A place for a connection that we open: the function gives it back. Undefined when there is none. */
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
