// One connection of the control channel, the same on both sides: frames in, frames out. The frames of one turn of the
// event loop are written together, because each write is a system call and wakes the other process. What waits to be
// sent is bounded: what may be dropped is dropped early, and a peer that does not read the rest is disconnected.
// Knows nothing of commands.
import type { Duplex } from "node:stream";
import { errorMessage } from "#common";
import { maxFrameBytes } from "../protocol.ts";
import { encodeFrame, FrameReader } from "./frames.ts";

export interface ChannelHandlers {
  frame(frame: object): void;
  /** Exactly once; nothing follows. */
  closed(reason: string): void;
}

export interface ChannelLimits {
  readonly frameBytes: number;
  /** Above this much unsent, droppable frames are not queued. */
  readonly droppableBytes: number;
  /** Above this much unsent, the peer is disconnected. */
  readonly pendingBytes: number;
}

const defaultLimits: ChannelLimits = {
  frameBytes: maxFrameBytes,
  droppableBytes: 256 * 1024,
  pendingBytes: 8 * maxFrameBytes,
};

/** Characters; more than that is written at once. */
const maxBuffered = 64 * 1024;

export class Channel {
  readonly #stream: Duplex;
  readonly #handlers: ChannelHandlers;
  readonly #limits: ChannelLimits;
  #open = true;
  #dropped = 0;
  /** Frames of this turn that are not written yet. */
  #gathered = "";

  constructor(stream: Duplex, handlers: ChannelHandlers, limits = defaultLimits) {
    this.#stream = stream;
    this.#handlers = handlers;
    this.#limits = limits;
    const reader = new FrameReader(limits.frameBytes);
    stream.on("data", (chunk: Buffer) => this.#receive(reader, chunk));
    stream.on("error", (error) => this.close(errorMessage(error)));
    stream.on("close", () => this.close("the peer closed the connection"));
    stream.on("end", () => this.close("the peer closed the connection"));
  }

  get open(): boolean {
    return this.#open;
  }

  /** Droppable frames that a slow reader cost. */
  get dropped(): number {
    return this.#dropped;
  }

  send(frame: object): void {
    if (!this.#open) return;
    if (this.#gathered === "") setImmediate(() => this.#write());
    this.#gathered += encodeFrame(frame);
    if (this.#gathered.length >= maxBuffered) this.#write();
    if (this.#unsent > this.#limits.pendingBytes) {
      this.close(`the peer left more than ${this.#limits.pendingBytes} bytes unread`);
    }
  }

  /** For frames that a fresher one replaces. */
  sendDroppable(frame: object): void {
    if (this.#unsent > this.#limits.droppableBytes) this.#dropped += 1;
    else this.send(frame);
  }

  close(reason: string): void {
    if (!this.#open) return;
    this.#write();
    this.#open = false;
    this.#stream.destroy();
    this.#handlers.closed(reason);
  }

  get #unsent(): number {
    return this.#stream.writableLength + this.#gathered.length;
  }

  #write(): void {
    if (this.#gathered === "" || !this.#open) return;
    const frames = this.#gathered;
    this.#gathered = "";
    this.#stream.write(frames);
  }

  #receive(reader: FrameReader, chunk: Buffer): void {
    let frames: object[];
    try {
      frames = reader.push(chunk);
    } catch (error) {
      this.close(errorMessage(error));
      return;
    }
    for (const frame of frames) {
      if (!this.#open) return;
      this.#handlers.frame(frame);
    }
  }
}
