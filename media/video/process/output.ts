// One stream of coded pictures that goes out of a canvas. It decides which of the canvas' pictures are coded, and when one
// is a key frame.
import type { Frame } from "node-av/lib";
import { type CodedPicture, Encoder } from "./encoder.ts";
import type { OutputFormat } from "./messages.ts";

/** Key frames that are asked for come at most twice a second. */
const keyEveryMs = 500;

export class CanvasEncoding {
  readonly canvas: number;
  readonly format: OutputFormat;
  #encoder: Encoder | undefined;
  #keyWanted = false;
  #keyAt = Number.NEGATIVE_INFINITY;
  /** Pictures that are due; one is coded when it comes to 1. */
  #due = 1;

  constructor(canvas: number, format: OutputFormat) {
    this.canvas = canvas;
    this.format = format;
  }

  requestKey(): void {
    this.#keyWanted = true;
  }

  /** Asked once for each picture of the canvas: is this one coded? */
  takes(framerate: number): boolean {
    this.#due += Math.min(1, this.format.framerate / framerate);
    if (this.#due < 1) return false;
    this.#due -= 1;
    return true;
  }

  /** `now`: monotonic, milliseconds; `timestamp`: 90 kHz. */
  encode(frame: Frame, now: number, timestamp: number): CodedPicture | undefined {
    this.#encoder ??= new Encoder(this.format);
    const key = this.#keyWanted && now - this.#keyAt >= keyEveryMs;
    const coded = this.#encoder.encode(frame, timestamp, key);
    if (coded?.key) {
      this.#keyAt = now;
      this.#keyWanted = false;
    }
    return coded;
  }

  /** Frees the encoder; the object may be used again after it. */
  close(): void {
    this.#encoder?.free();
    this.#encoder = undefined;
  }
}
