// A leg's UDP socket behind the smallest interface that serves. Two kinds stand behind it (see `sockets/`), and
// the memory of a test can. Errors are counted, never thrown: a refused datagram is not an accident.
import { getSystemErrorName } from "node:util";

export interface MediaAddress {
  /** Without exception a literal: no resolver is asked for a packet. */
  readonly address: string;
  readonly port: number;
}

/** Takes datagrams in for one of many by its row; false: the ordinary way. `packet` is the socket's again on return. */
export interface DirectReceiver {
  readonly row: number;
  readonly rows: { take(row: number, packet: Uint8Array, at: number): boolean };
}

/** All sockets of one kind, used by number. */
export interface DirectSockets {
  /** What is sent next, to be filled by the follower of the socket; the ordinary way has memory of its own. */
  readonly outgoing: Uint8Array;
  /** Sends so many bytes of `outgoing` to the far end that the socket follows. */
  sendFollowed(place: number, length: number): void;
}

export interface FollowedSocket {
  readonly sockets: DirectSockets;
  readonly place: number;
}

/** What several sockets could not do, those of one leg: raised in place. */
export interface SocketErrors {
  /** Datagrams that were not sent. */
  unsent: number;
  /** Why the last of them was not: the system's name for it, or `SRTP`; null: none yet. */
  unsentReason: string | null;
  /** Datagrams that were too long, or that the system did not hand over. */
  unreceived: number;
}

export const noSocketErrors = (): SocketErrors => ({ unsent: 0, unsentReason: null, unreceived: 0 });

export function countUnsent(errors: SocketErrors, reason: string): void {
  errors.unsent += 1;
  errors.unsentReason = reason;
}

/** `errno`: what the system call left behind. */
export const countRefused = (errors: SocketErrors, errno: number): void =>
  countUnsent(errors, getSystemErrorName(-errno));

export interface MediaSocket {
  /**
   * Sends the whole of `packet`, which the caller may fill again at once. A datagram that the kernel does not take
   * immediately is lost and counted; node:dgram may send it later, with the newer content.
   */
  send(packet: Uint8Array, port: number, address: string): void;
  /**
   * From now on what comes from `far` is offered to `receiver` first, and what it does not take goes the ordinary way.
   * Sockets that can do this are then used by their number, past their objects. Undefined when `far` was not the last
   * sender. Absent while it cannot be done.
   */
  readonly follow?: ((far: MediaAddress, receiver: DirectReceiver) => FollowedSocket | undefined) | undefined;
  /** Everything goes the ordinary way again. */
  unfollow?(): void;
  /** Nothing is handed over after it. Resolves when the port is free; repeating it is allowed. */
  close(): Promise<void>;
}

export interface SocketOptions extends MediaAddress {
  /**
   * Called for each datagram. `packet` and `from` are the socket's again on return. `at`: when it arrived,
   * monotonic milliseconds, as near to the wire as the socket knows; absent: now.
   */
  readonly onPacket: (packet: Uint8Array, from: MediaAddress, at?: number) => void;
  /** Where failures are counted. */
  readonly errors?: SocketErrors;
}

/** Resolves with a bound socket; rejects with the system's error, EADDRINUSE for one. */
export type SocketFactory = (options: SocketOptions) => Promise<MediaSocket>;

/** Sockets of `open`, which count their failures together. */
export const withErrorCounts =
  (open: SocketFactory, errors: SocketErrors): SocketFactory =>
  (options) =>
    open({ ...options, errors });

/** Sockets of `open` that outlive a packet whose handling throws: `onFailure` is told, and the next one is read. */
export const withGuard = (open: SocketFactory, onFailure: (error: unknown) => void): SocketFactory => {
  return (options) => {
    const onPacket: SocketOptions["onPacket"] = (packet, from, at) => {
      try {
        options.onPacket(packet, from, at);
      } catch (error) {
        onFailure(error);
      }
    };
    return open({ ...options, onPacket });
  };
};

/** All sockets of one kind, and the moment at which they are read. */
export interface MediaSockets {
  readonly kind: "polled" | "dgram";
  readonly open: SocketFactory;
  /** Hands over what has arrived: to be called before each tick. The event loop may have done it already. */
  readonly poll: () => void;
  /** Closes every socket; nothing can be opened after it. Idempotent. */
  close(): Promise<void>;
}

/** No audio or video packet that was agreed is longer: what is, is dropped and counted. */
export const maxDatagramBytes = 2048;
