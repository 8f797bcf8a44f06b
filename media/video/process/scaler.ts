// Pictures in another size, by FFmpeg's scaler: fast, bilinear, whatever format the source has; or a part of a picture, which
// then has to be 4:2:0. The context is made for one pair of sizes and made again when the source changes its own. Must be freed.
import {
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  type AVPixelFormat,
  SWS_FAST_BILINEAR,
} from "node-av/constants";
import { type Frame, SoftwareScaleContext } from "node-av/lib";
import type { Rectangle } from "../../../config/layouts/index.ts";
import { check, FramePicture, planesOf } from "./picture.ts";

/** In 4:2:0, of limited or of full range. */
export const canScalePart = ({ format }: Frame): boolean =>
  format === AV_PIX_FMT_YUV420P || format === AV_PIX_FMT_YUVJ420P;

export class Scaler {
  readonly #target: FramePicture;
  #context: SoftwareScaleContext | undefined;
  #from: { readonly width: number; readonly height: number; readonly format: AVPixelFormat } = {
    ...{ width: 0, height: 0, format: AV_PIX_FMT_YUV420P },
  };

  constructor(width: number, height: number, format: AVPixelFormat = AV_PIX_FMT_YUV420P) {
    this.#target = new FramePicture(width, height, format);
  }

  /** The result is written over by the next call. */
  scale(source: Frame): FramePicture {
    const { width, height } = source;
    const context = this.#contextFor({ width, height, format: source.format as AVPixelFormat });
    check(context.scaleFrameSync(this.#target.frame, source), "scaling");
    return this.#target;
  }

  /** What lies in `part` alone, whose edges are even, of a source that `canScalePart`. Written over as above. */
  scalePart(source: Frame, part: Rectangle): FramePicture {
    const planes = planesOf(source);
    const { width, height } = part;
    const context = this.#contextFor({ width, height, format: source.format as AVPixelFormat });
    const from = planes.map(({ data, stride }, plane) => {
      const half = plane === 0 ? 1 : 2;
      return data.subarray((part.y / half) * stride + part.x / half);
    });
    const target = this.#target.picture.planes;
    const lines = context.scaleSync(
      ...[from, planes.map(({ stride }) => stride), 0, height],
      ...[target.map(({ data }) => data), target.map(({ stride }) => stride)],
    );
    check(lines, "scaling");
    return this.#target;
  }

  #contextFor(from: { readonly width: number; readonly height: number; readonly format: AVPixelFormat }) {
    const before = this.#from;
    const same =
      from.width === before.width && from.height === before.height && from.format === before.format;
    if (this.#context && same) return this.#context;
    this.#context?.freeContext();
    const context = new SoftwareScaleContext();
    this.#context = context;
    const { frame } = this.#target;
    context.getContext(
      ...[from.width, from.height, from.format],
      ...[frame.width, frame.height, frame.format as AVPixelFormat],
      SWS_FAST_BILINEAR,
    );
    this.#from = from;
    return context;
  }

  free(): void {
    this.#context?.freeContext();
    this.#context = undefined;
    this.#target.free();
  }
}
