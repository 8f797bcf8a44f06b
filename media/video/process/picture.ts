// Uncompressed pictures, 4:2:0 (YUV420P, limited range), in memory that FFmpeg allocates and we write into.
import { AV_PIX_FMT_YUV420P, type AVPixelFormat } from "node-av/constants";
import { FFmpegError, Frame } from "node-av/lib";
import { ParleyError } from "#common";

/** One component of a picture. The colours' have half the width and half the height. */
export interface Plane {
  readonly data: Buffer;
  /** Bytes from one line to the next. */
  readonly stride: number;
}

/** Width and height are even. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Y, U, V. */
  readonly planes: readonly [Plane, Plane, Plane];
}

/** Wide enough for every vector instruction. */
const alignment = 64;

/** Throws when a call of FFmpeg failed. */
export function check(code: number, what: string): void {
  if (code < 0)
    throw new ParleyError("INTERNAL", `FFmpeg: ${what}: ${new FFmpegError(code).message} (${code})`);
}

/** A picture and FFmpeg's handle of the same memory. It must be freed; nothing of `picture` is touched after that. */
export class FramePicture {
  readonly frame = new Frame();
  readonly picture: Picture;
  #freed = false;

  constructor(width: number, height: number, format: AVPixelFormat = AV_PIX_FMT_YUV420P) {
    this.frame.alloc();
    this.frame.width = width;
    this.frame.height = height;
    this.frame.format = format;
    try {
      check(this.frame.getBuffer(alignment), "no memory for a picture");
      this.picture = { width, height, planes: planesOf(this.frame) };
    } catch (error) {
      this.free();
      throw error;
    }
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.frame.free();
  }
}

/** The planes of a frame in 4:2:0. */
export function planesOf(frame: Frame): Picture["planes"] {
  const [y, u, v] = frame.data ?? [];
  const [yStride, uStride, vStride] = frame.linesize;
  if (!y || !u || !v || !yStride || !uStride || !vStride) {
    throw new ParleyError("INTERNAL", "FFmpeg gave a picture without three planes");
  }
  return [
    { data: y, stride: yStride },
    { data: u, stride: uStride },
    { data: v, stride: vStride },
  ];
}
