// A camera of one colour, and what somebody sees who is sent coded pictures: for tests in which frames go from hand to hand.
import type { VideoCodecName, VideoFrame } from "../../../media/video/types.ts";
import type { Yuv } from "./colours.ts";
import { type Picture, PictureDecoder } from "./picture-decoder.ts";
import { PictureEncoder, type PictureEncoderOptions } from "./picture-encoder.ts";

export class TestCamera {
  readonly #encoder: PictureEncoder;
  readonly #colour: Yuv;
  #hasBegun = false;

  constructor({ colour, ...options }: PictureEncoderOptions & { readonly colour: Yuv }) {
    this.#encoder = new PictureEncoder(options);
    this.#colour = colour;
  }

  /** The middle of the picture has the colour; a key frame first of all. */
  next(key = !this.#hasBegun): VideoFrame {
    this.#hasBegun = true;
    return this.#encoder.encode(this.#colour, key);
  }

  close(): void {
    this.#encoder.free();
  }
}

export class TestScreen {
  readonly #decoder: PictureDecoder;
  #picture: Picture | undefined;
  pictures = 0;

  constructor(codec: VideoCodecName) {
    this.#decoder = new PictureDecoder(codec);
  }

  /** Of the picture that came last; nothing before the first. */
  get size(): { readonly width: number; readonly height: number } {
    const { width = 0, height = 0 } = this.#picture ?? {};
    return { width, height };
  }

  show(frame: Pick<VideoFrame, "data">): void {
    const picture = this.#decoder.decode(frame);
    if (!picture) return;
    this.#picture = picture;
    this.pictures += 1;
  }

  /** One pixel. */
  at(x: number, y: number): Yuv {
    return this.#picture?.pixelAt(x, y) ?? [0, 0, 0];
  }

  close(): void {
    this.#decoder.free();
  }
}

/** Whether two colours look the same; coding changes them a little. */
export const isNear = (a: Yuv, b: Yuv, tolerance = 12): boolean =>
  a.every((value, index) => Math.abs(value - (b[index] ?? 0)) <= tolerance);
