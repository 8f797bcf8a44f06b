// Pictures in another size, by FFmpeg's scaler: fast, bilinear, whatever format the source has. The context is made
// for one pair of sizes and made again when the source changes its own. Must be freed.
import { AV_PIX_FMT_YUV420P, type AVPixelFormat, SWS_FAST_BILINEAR } from "node-av/constants";
import { type Frame, SoftwareScaleContext } from "node-av/lib";
import { check, FramePicture } from "./picture.ts";

export class Scaler {
  readonly #target: FramePicture;
  #context: SoftwareScaleContext | undefined;
  #from = { width: 0, height: 0, format: AV_PIX_FMT_YUV420P as number };

  constructor(width: number, height: number, format: AVPixelFormat = AV_PIX_FMT_YUV420P) {
    this.#target = new FramePicture(width, height, format);
  }

  /** The result is written over by the next call. */
  scale(source: Frame): FramePicture {
    const { width, height } = source;
    const format = source.format as AVPixelFormat;
    const from = this.#from;
    if (!this.#context || from.width !== width || from.height !== height || from.format !== format) {
      this.#context?.freeContext();
      this.#context = new SoftwareScaleContext();
      const { frame } = this.#target;
      this.#context.getContext(
        ...[width, height, format],
        ...[frame.width, frame.height, frame.format as AVPixelFormat],
        SWS_FAST_BILINEAR,
      );
      this.#from = { width, height, format };
    }
    check(this.#context.scaleFrameSync(this.#target.frame, source), "scaling");
    return this.#target;
  }

  free(): void {
    this.#context?.freeContext();
    this.#context = undefined;
    this.#target.free();
  }
}
