// A leg's socket that protects what it sends and opens what it receives while keys are agreed, and does nothing while
// none are. What is not authentic is dropped here: nothing above, the latch least of all, hears of it.
import type { Clock } from "#common";
import type { MediaAddress, MediaSocket, SocketFactory, SocketOptions } from "../rtp/index.ts";
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
    return new SecureSocket(await open({ ...options, onPacket }), session);
  };
}

class SecureSocket implements MediaSocket {
  readonly unfollow?: () => void;
  readonly #inner: MediaSocket;
  readonly #session: SrtpSession;
  readonly #follow: MediaSocket["follow"];
  #refused = 0;

  constructor(inner: MediaSocket, session: SrtpSession) {
    this.#inner = inner;
    this.#session = session;
    this.#follow = inner.follow?.bind(inner);
    if (inner.unfollow) this.unfollow = inner.unfollow.bind(inner);
  }

  get errors(): number {
    return this.#inner.errors + this.#refused;
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
    else this.#refused += 1;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
