// One connection of the control channel, the same on both sides. The frames of one turn of the event loop are written together,
// because each write is a system call and wakes the other process. The queue of unsent frames is bounded: droppable frames are
// dropped early, and a peer that does not read the others is disconnected. Knows nothing of commands.
import type { Duplex } from "node:stream";
import { errorMessage } from "#common";
import { maxFrameBytes } from "../protocol.ts";
import { encodeFrame, FrameReader } from "./frames.ts";

export interface ChannelHandlers {
  frame(frame: object): void;
  /** Called exactly once; nothing follows. */
  closed(reason: string): void;
}

export interface ChannelLimits {
  readonly frameBytes: number;
  /** With more unsent bytes than this, droppable frames are not queued. */
  readonly droppableBytes: number;
  /** With more unsent bytes than this, the peer is disconnected. */
  readonly pendingBytes: number;
}

const defaultLimits: ChannelLimits = {
  frameBytes: maxFrameBytes,
  droppableBytes: 256 * 1024,
  pendingBytes: 8 * maxFrameBytes,
};

/** The largest buffer, in characters; a fuller one is written at once. */
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

  /** The number of frames that were dropped because the peer reads too slowly. */
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

  /** Sends a frame that a newer one will replace; it is dropped when the peer reads too slowly. */
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
