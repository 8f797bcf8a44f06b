// An accepted connection whose TLS handshake is in progress: it counts against the limits, and ends when the handshake takes
// too long, when another connection needs the place, or when the transport closes.
import type { Socket } from "node:net";
import { type Clock, ParleyError, type Timer } from "#common";
import type { LimitedConnection } from "./connection-limiter.ts";

/** Why the handshake ended without a connection. */
export type HandshakeEnd = "handshake" | "handshake-timeout" | "displaced" | "local";

export interface HandshakeParts {
  readonly clock: Clock;
  readonly limitMs: number;
  /** The source address; of IPv6: the /64 prefix. */
  readonly source: string;
  readonly trusted: boolean;
}

export class Handshake implements LimitedConnection {
  readonly source: string;
  readonly trusted: boolean;
  readonly proven = false;
  readonly ours = false;
  /** Monotonic milliseconds: when it began. */
  readonly lastUse: number;
  readonly #raw: Socket;
  readonly #limit: Timer;
  readonly #gone = Promise.withResolvers<never>();
  #end: HandshakeEnd | undefined;

  constructor(raw: Socket, { clock, limitMs, source, trusted }: HandshakeParts) {
    this.#raw = raw;
    this.source = source;
    this.trusted = trusted;
    this.lastUse = clock.monotonic();
    this.#limit = clock.after(limitMs, () => this.close("handshake-timeout"));
    this.#gone.promise.catch(() => {});
  }

  get destroyed(): boolean {
    return this.#raw.destroyed;
  }

  /** Undefined while it is in progress, and when it failed by itself. */
  get end(): HandshakeEnd | undefined {
    return this.#end;
  }

  /** Resolves with the result of the handshake. Rejects when it fails or is closed; the socket is destroyed then. */
  async finish<T>(outcome: Promise<T>): Promise<T> {
    try {
      const done = await Promise.race([outcome, this.#gone.promise]);
      if (this.#end) await this.#gone.promise;
      return done;
    } catch (error) {
      this.#raw.destroy();
      throw error;
    } finally {
      this.#limit.cancel();
    }
  }

  close(why: HandshakeEnd): void {
    this.#end ??= why;
    this.#raw.destroy();
    this.#gone.reject(new ParleyError("HANDSHAKE_ENDED", why));
  }
}
