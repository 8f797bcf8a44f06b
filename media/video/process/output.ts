// One stream of coded pictures that goes out of a canvas. It decides which of the canvas' pictures are coded, when one
// is a key frame, and when libvpx, which cannot change its bit rate, is opened anew.
import type { Frame } from "node-av/lib";
import { type CodedPicture, Encoder } from "./encoder.ts";
import type { OutputFormat } from "./messages.ts";

/** Key frames that are asked for come at most twice a second. */
const keyEveryMs = 500;
/** An encoder that is opened anew begins with a key frame, which costs as much as many others. */
const reopenEveryMs = 2000;

export class CanvasEncoding {
  readonly canvas: number;
  readonly format: OutputFormat;
  #encoder: Encoder | undefined;
  #kbps: number;
  #openedKbps = 0;
  #openedAt = 0;
  #keyWanted = false;
  #keyAt = Number.NEGATIVE_INFINITY;
  /** Pictures that are due; one is coded when it comes to 1. */
  #due = 1;

  constructor(canvas: number, format: OutputFormat) {
    this.canvas = canvas;
    this.format = format;
    this.#kbps = format.kbps;
  }

  requestKey(): void {
    this.#keyWanted = true;
  }

  setBitrate(kbps: number): void {
    this.#kbps = kbps;
    if (this.#encoder?.setBitrate(kbps)) this.#openedKbps = kbps;
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
    if (this.#encoder && this.#openedKbps !== this.#kbps && now - this.#openedAt >= reopenEveryMs)
      this.close();
    if (!this.#encoder) {
      this.#encoder = new Encoder(this.format, this.#kbps);
      this.#openedKbps = this.#kbps;
      this.#openedAt = now;
    }
    const key = this.#keyWanted && now - this.#keyAt >= keyEveryMs;
    const coded = this.#encoder.encode(frame, timestamp, key);
    if (coded?.key) {
      this.#keyAt = now;
      this.#keyWanted = false;
    }
    return coded;
  }

  /** It may be used again. */
  close(): void {
    this.#encoder?.free();
    this.#encoder = undefined;
  }
}
