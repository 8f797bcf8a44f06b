// Coded pictures to pictures whose colours can be looked at.
import { AV_CODEC_FLAG_LOW_DELAY, AV_CODEC_ID_H264, AV_CODEC_ID_VP8 } from "node-av/constants";
import { Codec, type Frame } from "node-av/lib";
import type { VideoCodecName, VideoFrame } from "../../../media/video/types.ts";
import { type Colour, type ColourName, fromYuv, nameOfColour, type Yuv } from "./colours.ts";
import { CodecHandles } from "./ffmpeg.ts";

/** Pixels around a point over which its colour is averaged. */
const patch = 4;

export class PictureDecoder {
  readonly #handles: CodecHandles;
  /** Frames that the decoder refused. */
  errors = 0;

  constructor(codec: VideoCodecName) {
    this.#handles = new CodecHandles(Codec.findDecoder(codec === "VP8" ? AV_CODEC_ID_VP8 : AV_CODEC_ID_H264));
    this.#handles.context.threadCount = 1;
    this.#handles.context.setFlags(AV_CODEC_FLAG_LOW_DELAY);
    this.#handles.open({});
  }

  /** Undefined when the decoder has no picture for it. */
  decode(coded: VideoFrame): Picture | undefined {
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

/** A decoded picture, copied. Points are fractions of width and height. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly #planes: readonly Uint8Array[];
  readonly #strides: readonly number[];

  constructor(frame: Frame) {
    this.width = frame.width;
    this.height = frame.height;
    this.#planes = (frame.data ?? []).slice(0, 3).map((plane) => Uint8Array.from(plane));
    this.#strides = frame.linesize.slice(0, 3);
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
    return fromYuv(sums.map((sum) => sum / pixels) as unknown as Yuv);
  }

  /** Which test colour is there; undefined when it is none. */
  nameAt(x: number, y: number): ColourName | undefined {
    return nameOfColour(this.colourAt(x, y));
  }

  /** The picture as PPM, for looking at what a failing test saw. */
  toPpm(): Buffer {
    const pixels = Buffer.alloc(this.width * this.height * 3);
    for (let at = 0; at < this.width * this.height; at += 1) {
      const [across, down] = [at % this.width, Math.floor(at / this.width)];
      const part = (plane: number) =>
        this.#planes[plane]![(down >> 1) * this.#strides[plane]! + (across >> 1)]!;
      const { red, green, blue } = fromYuv([
        this.#planes[0]![down * this.#strides[0]! + across]!,
        part(1),
        part(2),
      ]);
      pixels.set([red, green, blue], at * 3);
    }
    return Buffer.concat([Buffer.from(`P6 ${this.width} ${this.height} 255\n`), pixels]);
  }
}
