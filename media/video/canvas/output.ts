// One encoder's pictures on their way to all that see them: made into payloads once, and sent to each with its own header. A
// large picture goes out in portions over a part of the time until the next, so that no queue on the way overflows. A new
// viewer is sent nothing before a key frame; simultaneous requests for key frames get one.
import type { Clock, Timer } from "#common";
import type { VideoLimits } from "../../protocol.ts";
import { Packetizer, type PictureSize } from "../payload/index.ts";
import { maxPayloadBytes, type VideoLine } from "../stream/index.ts";
import type { VideoFrame } from "../types.ts";
import type { OutputFormat } from "./compositor.ts";

/** Packets that a viewer is sent every so often, at least. */
const portionMs = 5;
const minPortion = 12;
/** Packets to all viewers together at one go: a millisecond at most, for which the tick of the audio may have to wait. */
const maxBatch = 64;
/** Of the time until the next picture. */
const sendingShare = 0.6;
/** Key frames are not asked for more often. */
const keyIntervalMs = 500;

/** Takes the pictures of an encoder without being a viewer. False: it lacks a key frame. */
export type PictureSink = (frame: VideoFrame, of: PictureSize & { readonly capturedAt: number }) => boolean;

export interface OutputOptions {
  readonly number: number;
  readonly key: string;
  readonly format: OutputFormat;
  readonly clock: Clock;
  /** Asks the encoder for a key frame. */
  readonly requestKey: () => void;
}

export class Output {
  readonly number: number;
  readonly key: string;
  readonly format: OutputFormat;
  /** What the room had of its limits when it was asked for last; the canvas's to keep. */
  wantedAt: VideoLimits | undefined;
  /** The viewers; false: waits for a key frame. */
  readonly #viewers = new Map<VideoLine, boolean>();
  readonly #sinks = new Set<PictureSink>();
  readonly #options: OutputOptions;
  readonly #packetizer: Packetizer;
  /** What is left of the picture at hand. */
  #payloads: readonly Uint8Array[] = [];
  #sent = 0;
  /** So many of it at one go, and then a pause. */
  #portion = minPortion;
  #pauseMs = portionMs;
  #timer: Timer | undefined;
  #keyWanted = false;
  #keyAt = Number.NEGATIVE_INFINITY;

  constructor(options: OutputOptions) {
    this.number = options.number;
    this.key = options.key;
    this.format = options.format;
    this.#options = options;
    this.#packetizer = new Packetizer(options.format);
  }

  get unseen(): boolean {
    return this.#viewers.size === 0 && this.#sinks.size === 0;
  }

  add(line: VideoLine): void {
    this.#viewers.set(line, false);
    this.requestKey();
  }

  /** It has the picture at hand whole: half of one would be taken for a loss. */
  remove(line: VideoLine): void {
    if (this.#viewers.get(line)) this.#flush();
    this.#viewers.delete(line);
  }

  addSink(sink: PictureSink): void {
    this.#sinks.add(sink);
    this.requestKey();
  }

  removeSink(sink: PictureSink): void {
    this.#sinks.delete(sink);
  }

  /** The next picture is to be a key frame. */
  requestKey(): void {
    this.#keyWanted = true;
    this.look(this.#options.clock.monotonic());
  }

  /** Every 20 ms: a key frame that was asked for too soon after another. */
  look(now: number): void {
    if (!this.#keyWanted || now - this.#keyAt < keyIntervalMs) return;
    this.#keyWanted = false;
    this.#keyAt = now;
    this.#options.requestKey();
  }

  /** A picture; `capturedAt`: when it was composed, monotonic milliseconds. */
  onFrame(frame: VideoFrame, capturedAt: number): void {
    this.#flush();
    const { width, height } = this.format;
    for (const sink of this.#sinks) if (!sink(frame, { capturedAt, width, height })) this.requestKey();
    if (this.#viewers.size === 0) return;
    for (const [line, sees] of this.#viewers) {
      if (sees || frame.key) this.#begin(line, sees, { frame, capturedAt });
    }
    this.#payloads = this.#packetizer.packetize(frame, maxPayloadBytes);
    this.#sent = 0;
    const portions = ((1000 / this.format.framerate) * sendingShare) / portionMs;
    const wanted = Math.max(minPortion, Math.ceil(this.#payloads.length / portions));
    this.#portion = Math.max(1, Math.min(wanted, Math.floor(maxBatch / this.#viewers.size)));
    this.#pauseMs = Math.max(1, (portionMs * this.#portion) / wanted);
    this.#sendPortion();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#payloads = [];
    this.#viewers.clear();
    this.#sinks.clear();
  }

  #begin(
    line: VideoLine,
    sees: boolean,
    { frame, capturedAt }: { readonly frame: VideoFrame; readonly capturedAt: number },
  ): void {
    line.sending.beginFrame(this, frame.timestamp, capturedAt);
    if (sees) return;
    this.#viewers.set(line, true);
    const { width, height } = this.format;
    line.size = { width, height };
    line.begin();
  }

  readonly #sendPortion = (): void => {
    this.#timer = undefined;
    this.#sendUpTo(this.#sent + this.#portion);
    if (this.#sent < this.#payloads.length) {
      this.#timer = this.#options.clock.after(this.#pauseMs, this.#sendPortion);
    } else this.#payloads = [];
  };

  /** What is left of a picture goes out before the next one. */
  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sendUpTo(this.#payloads.length);
  }

  #sendUpTo(count: number): void {
    const payloads = this.#payloads;
    const end = Math.min(count, payloads.length);
    const now = this.#options.clock.monotonic();
    for (; this.#sent < end; this.#sent += 1) {
      const marker = this.#sent === payloads.length - 1;
      for (const [line, sees] of this.#viewers) {
        if (sees) line.sending.sendPayload(payloads[this.#sent]!, marker, now);
      }
    }
  }
}
