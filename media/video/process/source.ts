// One stream of coded pictures that comes in. It is decoded while a viewer sees it, and until its first picture, which
// shows that it can be; otherwise its coded pictures only tell that it goes on. After anything that could not be
// decoded it waits for a key frame and asks for one, at most twice a second; and for one more when errors have ended, because
// a damaged picture that VP8 took for a good one is in all that follow it.
//
//   waiting ──first picture──▶ sending ──nothing for a second, or three──▶ waiting
import { Frame } from "node-av/lib";
import { BoundedMap, type Clock, PerSecond } from "#common";
import { cutTo, type Rectangle, type Size } from "../../../config/layouts/index.ts";
import type { VideoCodecName } from "../types.ts";
import { Decoder } from "./decoder.ts";
import type { VideoCounters } from "./messages.ts";
import { check, type FramePicture } from "./picture.ts";
import { canScalePart, Scaler } from "./scaler.ts";

const silentMs = 1000;
/** A screen that stands still is repeated once a second only. */
const stillMs = 3000;
const askEveryMs = 500;
/** Errors have ended when there was none for so long. */
const errorFreeMs = 2000;
/** So many refusals in a row, and the decoder is created again. */
const maxRefusals = 3;
/** Coded pictures a second; what is more is passed over. */
const maxPerSecond = 75;
/** Sizes that a picture is kept in. */
const maxSizes = 4;

export interface SourceListener {
  onKeyFrameNeeded(): void;
}

export interface SourceOptions {
  readonly clock: Clock;
  readonly codec: VideoCodecName;
  /** The source may send no pictures for a long time: a screen. */
  readonly still?: boolean;
  readonly counters: VideoCounters;
  readonly listener: SourceListener;
  /** Told before and after anything that its bitstream may break. */
  readonly mark?: { begin(): void; end(): void };
}

interface Scaled {
  readonly scaler: Scaler;
  result: FramePicture | undefined;
  serial: number;
}

export class Source {
  readonly #options: SourceOptions;
  readonly #scaled = new BoundedMap<string, Scaled>({
    most: maxSizes,
    onDrop: ({ scaler }) => scaler.free(),
  });
  #decoder: Decoder | undefined;
  /** The latest one; it outlives the decoder. */
  #picture: Frame | undefined;
  #serial = 0;
  #refusals = 0;
  #visible = false;
  #waitsForKey = true;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** When something could not be decoded, or only in parts; undefined: a key frame was asked for since errors have ended. */
  #errorAt: number | undefined;
  /** When there was the last sign that pictures come. */
  #signAt = 0;
  /** A picture could be decoded, and the next ones come. */
  #sending = false;
  readonly #pictures: PerSecond;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#pictures = new PerSecond(options.clock, maxPerSecond);
  }

  /** Rises with every new picture. */
  get serial(): number {
    return this.#serial;
  }

  /** In what form it is shown: pixels need not be square. Undefined while there is no picture. */
  get shape(): { readonly width: number; readonly height: number } | undefined {
    if (!this.#picture) return undefined;
    const { width, height, sampleAspectRatio: pixel } = this.#picture;
    const wide = pixel.num > 0 && pixel.den > 0 ? pixel.num / pixel.den : 1;
    return { width: wide > 0.25 && wide < 4 ? width * wide : width, height };
  }

  /** A part of it can be scaled by itself. */
  get canBeCut(): boolean {
    return this.#picture !== undefined && canScalePart(this.#picture);
  }

  show(visible: boolean): void {
    if (this.#visible === visible) return;
    this.#visible = visible;
    if (!visible) this.#rest();
    // What came in the meantime was not decoded.
    else if (!this.#picture) this.#askForKey();
  }

  receive(data: Buffer, key: boolean): void {
    const { counters } = this.#options;
    const sending = this.#sending;
    if (!this.#visible && sending) {
      this.#signAt = this.#options.clock.monotonic();
      this.#waitsForKey = true;
    }
    if ((!this.#visible && sending) || (this.#waitsForKey && !key) || this.#areTooMany()) {
      counters.passedOver += 1;
      if (this.#visible || !sending) this.#askForKey();
      return;
    }
    this.#decode(data);
    if (!this.#visible && this.#sending) this.#rest();
  }

  /** Looks whether pictures still come, and whether errors have ended. */
  sweep(): void {
    const { clock, still = false } = this.#options;
    const now = clock.monotonic();
    if (this.#errorAt !== undefined && now - this.#errorAt > errorFreeMs) {
      this.#errorAt = undefined;
      if (this.#visible) this.#askForKey();
    }
    if (!this.#sending || now - this.#signAt <= (still ? stillMs : silentMs)) return;
    this.#rest();
    this.#sending = false;
  }

  /**
   * The picture in that size; undefined while there is none. It is written over by the next picture. `crop`: what has not
   * that form is cut off, where that can be; otherwise it is drawn out to it.
   */
  scaled({ width, height }: Size, crop = false): FramePicture | undefined {
    if (!this.#picture) return undefined;
    const key = `${width}x${height}${crop ? " cut" : ""}`;
    let scaled = this.#scaled.get(key);
    if (!scaled) {
      scaled = { scaler: new Scaler(width, height), result: undefined, serial: 0 };
      this.#scaled.set(key, scaled);
    }
    if (scaled.serial !== this.#serial || !scaled.result) {
      const { mark } = this.#options;
      mark?.begin();
      const result = this.#scale(scaled.scaler, crop ? { width, height } : undefined);
      mark?.end();
      if (!result) {
        this.#giveUpPicture();
        return undefined;
      }
      scaled.result = result;
      scaled.serial = this.#serial;
    }
    return scaled.result;
  }

  /** `cut`: to that form. Undefined when FFmpeg cannot, whatever a stranger made of its picture: it must not keep a canvas. */
  #scale(scaler: Scaler, cut: Size | undefined): FramePicture | undefined {
    const picture = this.#picture!;
    try {
      const part = cut && this.canBeCut ? this.#partOf(cut) : undefined;
      // Of a picture of a pixel or two nothing is left.
      const isPart = part && part.width > 0 && part.height > 0;
      return isPart ? scaler.scalePart(picture, part) : scaler.scale(picture);
    } catch {
      return undefined;
    }
  }

  #giveUpPicture(): void {
    this.#countError();
    this.#rest();
    this.#askForKey();
  }

  /** What of the picture's pixels is seen in that form. */
  #partOf(form: Size): Rectangle {
    const { width, height } = this.#picture!;
    const wide = (this.shape?.width ?? width) / width;
    const even = { width: width & ~1, height: height & ~1 };
    return cutTo({ width: form.width / wide, height: form.height }, even);
  }

  close(): void {
    this.#rest();
  }

  #decode(data: Buffer): void {
    const { clock, codec, counters, mark } = this.#options;
    const began = clock.monotonic();
    mark?.begin();
    this.#decoder ??= new Decoder(codec);
    const decoded = this.#decoder.decode(data);
    mark?.end();
    counters.decodeMs += clock.monotonic() - began;
    if (decoded === "refused") {
      this.#refused();
      return;
    }
    this.#waitsForKey = false;
    if (decoded === "nothing") return;
    this.#refusals = 0;
    counters.decoded += 1;
    this.#keep(this.#decoder.frame);
    this.#signAt = began;
    if (decoded === "damaged") {
      this.#countError();
      this.#askForKey();
    }
    this.#sending = true;
  }

  #countError(): void {
    this.#options.counters.decodeErrors += 1;
    this.#errorAt = this.#options.clock.monotonic();
  }

  #refused(): void {
    this.#countError();
    this.#refusals += 1;
    this.#waitsForKey = true;
    this.#askForKey();
    if (this.#refusals < maxRefusals) return;
    this.#refusals = 0;
    this.#decoder?.free();
    this.#decoder = undefined;
  }

  #keep(frame: Frame): void {
    if (this.#picture) {
      this.#picture.unref();
    } else {
      this.#picture = new Frame();
      this.#picture.alloc();
    }
    check(this.#picture.ref(frame), "keeping a picture");
    this.#serial += 1;
  }

  /** Gives back all memory; the next picture must be a key frame. */
  #rest(): void {
    this.#waitsForKey = true;
    this.#decoder?.free();
    this.#decoder = undefined;
    this.#picture?.free();
    this.#picture = undefined;
    for (const { scaler } of this.#scaled.values()) scaler.free();
    this.#scaled.clear();
  }

  #areTooMany(): boolean {
    if (this.#pictures.allows()) return false;
    this.#waitsForKey = true;
    return true;
  }

  #askForKey(): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#askedAt < askEveryMs) return;
    this.#askedAt = now;
    this.#options.listener.onKeyFrameNeeded();
  }
}
