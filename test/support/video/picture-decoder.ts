// Coded pictures to pictures whose colours can be looked at.
import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_VP8,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
} from "node-av/constants";
import { Codec, type Frame } from "node-av/lib";
import type { VideoCodecName, VideoFrame } from "../../../media/video/types.ts";
import { type Colour, type ColourName, fromYuv, nameOfColour, type Yuv } from "./colours.ts";
import { CodecHandles } from "./ffmpeg.ts";

const codecIds = { H264: AV_CODEC_ID_H264, VP8: AV_CODEC_ID_VP8, JPEG: AV_CODEC_ID_MJPEG } as const;

/** Pixels around a point over which its colour is averaged. */
const patch = 4;

export class PictureDecoder {
  readonly #handles: CodecHandles;
  /** Frames that the decoder refused. */
  errors = 0;

  constructor(codec: VideoCodecName | "JPEG") {
    this.#handles = new CodecHandles(Codec.findDecoder(codecIds[codec]));
    this.#handles.context.threadCount = 1;
    this.#handles.context.setFlags(AV_CODEC_FLAG_LOW_DELAY);
    this.#handles.open({});
  }

  /** Undefined when the decoder has no picture for it. */
  decode(coded: Pick<VideoFrame, "data">): Picture | undefined {
    const { context, packet, frame } = this.#handles;
    packet.data = Buffer.from(coded.data);
    const sent = context.sendPacketSync(packet);
    packet.unref();
    if (sent < 0) this.errors += 1;
    let picture: Picture | undefined;
    while (context.receiveFrameSync(frame) >= 0) {
      picture = new Picture(frame);
      frame.unref();
    }
    return picture;
  }

  free(): void {
    this.#handles.free();
  }
}

/** One picture of a file. Throws when it is none. */
export function decodeJpeg(data: Uint8Array): Picture {
  const decoder = new PictureDecoder("JPEG");
  try {
    const picture = decoder.decode({ data });
    if (!picture) throw new Error(`no JPEG picture in ${data.length} bytes`);
    return picture;
  } finally {
    decoder.free();
  }
}

/** A decoded picture, copied. Points are fractions of width and height. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly #planes: readonly Uint8Array[];
  readonly #strides: readonly number[];
  readonly #range: "limited" | "full";

  constructor(frame: Frame) {
    const isFull = frame.format === AV_PIX_FMT_YUVJ420P;
    if (!isFull && frame.format !== AV_PIX_FMT_YUV420P) throw new Error(`unexpected format ${frame.format}`);
    this.#range = isFull ? "full" : "limited";
    this.width = frame.width;
    this.height = frame.height;
    this.#planes = (frame.data ?? []).slice(0, 3).map((plane) => Uint8Array.from(plane));
    this.#strides = frame.linesize.slice(0, 3);
  }

  /** One pixel as it is coded. */
  pixelAt(x: number, y: number): Yuv {
    const valueAt = (plane: 0 | 1 | 2, half: 1 | 2): number =>
      this.#planes[plane]?.[Math.floor(y / half) * this.#strides[plane]! + Math.floor(x / half)] ?? 0;
    return [valueAt(0, 1), valueAt(1, 2), valueAt(2, 2)];
  }

  /** The average of a small patch around the point. */
  colourAt(x: number, y: number): Colour {
    const sums = [0, 0, 0];
    const column = Math.min(this.width - 1 - patch, Math.max(patch, Math.round(x * this.width)));
    const row = Math.min(this.height - 1 - patch, Math.max(patch, Math.round(y * this.height)));
    let pixels = 0;
    for (let down = row - patch; down < row + patch; down += 1) {
      for (let across = column - patch; across < column + patch; across += 1) {
        sums[0]! += this.#planes[0]![down * this.#strides[0]! + across]!;
        for (const plane of [1, 2])
          sums[plane]! += this.#planes[plane]![(down >> 1) * this.#strides[plane]! + (across >> 1)]!;
        pixels += 1;
      }
    }
    return fromYuv(sums.map((sum) => sum / pixels) as unknown as Yuv, this.#range);
  }

  /** Which test colour is there; undefined when it is none. */
  nameAt(x: number, y: number): ColourName | undefined {
    return nameOfColour(this.colourAt(x, y));
  }
}
