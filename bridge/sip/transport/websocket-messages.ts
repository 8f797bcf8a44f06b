// SIP messages on a WebSocket (RFC 7118 §4): one per WebSocket message, as text or binary. Pings are those of WebSockets, or empty
// lines as on TCP (§6). A message that is not SIP at all ends the connection.
import { isUtf8 } from "node:buffer";
import type { Framed } from "../message/framing.ts";
import { type ParseLimits, parseMessage } from "../message/parser.ts";
import type { MessageSocket, MessageSocketEvents } from "./message-socket.ts";

/** The required part of a WebSocket (RFC 6455). It must not answer the peer's pings itself. */
export interface SipWebSocket {
  /** 1 while it is open, 2 and 3 afterwards. */
  readonly readyState: number;
  readonly bufferedAmount: number;
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: "ping" | "pong", listener: (data: Buffer) => void): unknown;
  on(event: "close" | "error", listener: () => void): unknown;
  send(data: Uint8Array, options: { readonly binary: boolean }, sent: (error?: Error | null) => void): void;
  ping(): void;
  pong(data: Buffer): void;
  pause(): void;
  resume(): void;
  close(code: number): void;
  terminate(): void;
}

const open = 1;
/** Status codes of RFC 6455 §7.4.1: going away; message not acceptable. */
const goingAway = 1001;
const unsupportedData = 1003;
const emptyLine = Buffer.from("\r\n");
/** Longer than any keep-alive. */
const maxKeepAliveBytes = 16;

export class WebSocketMessages implements MessageSocket {
  readonly pendingBytes = 0;
  readonly #socket: SipWebSocket;
  readonly #limits: ParseLimits;
  /** Answers the ping that is being handled. */
  #answer: () => void = () => {};

  constructor(socket: SipWebSocket, limits: ParseLimits) {
    this.#socket = socket;
    this.#limits = limits;
  }

  get writable(): boolean {
    return this.#socket.readyState === open;
  }

  get destroyed(): boolean {
    return this.#socket.readyState > open;
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  open({ onFrames, onError, onClosed }: MessageSocketEvents): void {
    const socket = this.#socket;
    socket.on("message", (data) => onFrames([this.#frameOf(data)]));
    socket.on("ping", (data) => {
      this.#answer = () => socket.pong(data);
      onFrames([{ kind: "ping" }]);
    });
    socket.on("pong", () => onFrames([{ kind: "pong" }]));
    socket.on("error", onError);
    socket.on("close", onClosed);
  }

  write(message: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(message, { binary: !isUtf8(message) }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  ping(): void {
    this.#socket.ping();
  }

  pong(): void {
    this.#answer();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.close(unsupportedData);
  }

  /** Sends the close frame if the connection still accepts it. */
  destroy(): void {
    if (this.writable) this.#socket.close(goingAway);
    this.#socket.terminate();
  }

  #frameOf(data: Buffer): Framed {
    if (data.length <= maxKeepAliveBytes && data.every((byte) => byte === 0x0d || byte === 0x0a)) {
      if (data.length < 4) return { kind: "pong" };
      this.#answer = () => this.#socket.send(emptyLine, { binary: false }, () => {});
      return { kind: "ping" };
    }
    const outcome = parseMessage(data, this.#limits);
    if (outcome.ok) return { kind: "message", message: outcome.message };
    return { kind: speaksSip(data) ? "rejected" : "broken", failure: outcome };
  }
}

/** Whether the first line is one of SIP, even if the rest is malformed. */
function speaksSip(data: Buffer): boolean {
  const end = data.indexOf("\n");
  return /SIP\/\d/i.test(data.toString("latin1", 0, Math.min(end < 0 ? data.length : end, 1024)));
}
