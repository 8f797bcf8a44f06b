// A leg's socket that protects what it sends and opens what it receives while keys are agreed, and does nothing while
// none are. What is not authentic is dropped here: nothing above, the latch least of all, hears of it.
import type { Clock } from "#common";
import {
  countUnsent,
  type MediaAddress,
  type MediaSocket,
  noSocketErrors,
  type SocketErrors,
  type SocketFactory,
  type SocketOptions,
} from "../rtp/index.ts";
import type { SrtpSession } from "./session.ts";

/** Sockets of `open` behind `session`. */
export function secureSockets(
  open: SocketFactory,
  session: SrtpSession,
  clock: Pick<Clock, "monotonic">,
): SocketFactory {
  return async (options) => {
    const onPacket: SocketOptions["onPacket"] = (packet, from, at = clock.monotonic()) => {
      const opened = session.secured ? session.open(packet, at) : packet;
      if (opened) options.onPacket(opened, from, at);
    };
    const inner = await open({ ...options, onPacket });
    return new SecureSocket(inner, session, options.errors ?? noSocketErrors());
  };
}

class SecureSocket implements MediaSocket {
  readonly unfollow?: () => void;
  readonly #inner: MediaSocket;
  readonly #session: SrtpSession;
  readonly #follow: MediaSocket["follow"];
  readonly #errors: SocketErrors;

  constructor(inner: MediaSocket, session: SrtpSession, errors: SocketErrors) {
    this.#errors = errors;
    this.#inner = inner;
    this.#session = session;
    this.#follow = inner.follow?.bind(inner);
    if (inner.unfollow) this.unfollow = inner.unfollow.bind(inner);
  }

  /** Past this object nothing is protected: only while nothing is to be. */
  get follow(): MediaSocket["follow"] {
    return this.#session.secured ? undefined : this.#follow;
  }

  send(packet: Uint8Array, port: number, address: MediaAddress["address"]): void {
    if (!this.#session.secured) {
      this.#inner.send(packet, port, address);
      return;
    }
    const sealed = this.#session.protect(packet);
    if (sealed) this.#inner.send(sealed, port, address);
    else if (!this.#session.awaitsKeys) countUnsent(this.#errors, "SRTP");
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
