// What somebody sees who is sent coded pictures: the last one, to be looked at pixel by pixel.
import { Decoder } from "../../../media/video/process/decoder.ts";
import type { Colour } from "../../../media/video/process/paint.ts";
import type { VideoCodecName, VideoFrame } from "../../../media/video/types.ts";

export class TestScreen {
  readonly #decoder: Decoder;
  pictures = 0;

  constructor(codec: VideoCodecName) {
    this.#decoder = new Decoder(codec);
  }

  get size(): { readonly width: number; readonly height: number } {
    const { width, height } = this.#decoder.frame;
    return { width, height };
  }

  /** What the decoder says. */
  show(frame: VideoFrame): string {
    const decoded = this.#decoder.decode(Buffer.from(frame.data));
    if (decoded === "picture") this.pictures += 1;
    return decoded;
  }

  /** Y, U, V of one pixel. */
  at(x: number, y: number): Colour {
    const { data, linesize } = this.#decoder.frame;
    const value = (plane: number, half: number): number =>
      data?.[plane]?.[Math.floor(y / half) * (linesize[plane] ?? 0) + Math.floor(x / half)] ?? 0;
    return [value(0, 1), value(1, 2), value(2, 2)];
  }

  close(): void {
    this.#decoder.free();
  }
}

/** Whether two colours look the same; coding changes them a little. */
export const isNear = (a: Colour, b: Colour, tolerance = 12): boolean =>
  a.every((value, index) => Math.abs(value - (b[index] ?? 0)) <= tolerance);
