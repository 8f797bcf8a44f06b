// A connection as a sequence of SIP messages and keep-alives, over a stream of bytes that has to be cut into
// messages (TCP, TLS), or WebSocket frames. It keeps no state of SIP and no timer: that is for connection.ts.
import type { Socket } from "node:net";
import { type Framed, StreamFramer } from "../message/framing.ts";
import type { ParseLimits } from "../message/parser.ts";

export interface MessageSocketEvents {
  /** Messages that have arrived, in order; may be empty while a message is incomplete. */
  onFrames(frames: readonly Framed[]): void;
  onError(): void;
  /** Called once. */
  onClosed(): void;
}

export interface MessageSocket {
  readonly writable: boolean;
  readonly destroyed: boolean;
  /** Bytes that the peer has not taken yet. */
  readonly queuedBytes: number;
  /** Bytes of an unfinished message. */
  readonly pendingBytes: number;
  /** To be called once; nothing is read before. */
  open(events: MessageSocketEvents): void;
  /** Resolves when the kernel has taken the message. */
  write(message: Uint8Array): Promise<void>;
  /** Sends a ping to the peer. */
  ping(): void;
  /** Answers a ping of the peer. */
  pong(): void;
  pause(): void;
  resume(): void;
  /** Closes once everything has been written. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

const ping = Buffer.from("\r\n\r\n");
const pong = Buffer.from("\r\n");

/** Messages on TCP or TLS (RFC 3261 §18.3), with the keep-alives of RFC 5626 §3.5.1. */
export class StreamSocket implements MessageSocket {
  readonly #socket: Socket;
  readonly #framer: StreamFramer;

  constructor(socket: Socket, limits: ParseLimits) {
    this.#socket = socket;
    this.#framer = new StreamFramer(limits);
  }

  get writable(): boolean {
    return this.#socket.writable;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  get pendingBytes(): number {
    return this.#framer.pending;
  }

  open({ onFrames, onError, onClosed }: MessageSocketEvents): void {
    const socket = this.#socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on("data", (chunk: Buffer) => onFrames(this.#framer.push(chunk)));
    socket.on("error", onError);
    socket.on("close", onClosed);
  }

  write(message: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(message, (error) => (error ? reject(error) : resolve()));
    });
  }

  ping(): void {
    this.#framer.pingSent();
    this.#socket.write(ping);
  }

  pong(): void {
    this.#socket.write(pong);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
