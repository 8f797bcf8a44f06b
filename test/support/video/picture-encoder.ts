// A camera for tests: flat pictures of one colour with a block that moves along their top, coded by FFmpeg. The centre is
// never covered, so that its colour tells whose picture it is.
import {
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  FF_ENCODER_LIBVPX_VP8,
  FF_ENCODER_LIBX264,
} from "node-av/constants";
import { Codec, Rational } from "node-av/lib";
import type { VideoCodecName, VideoFrame } from "../../../media/video/types.ts";
import { type Colour, toYuv, type Yuv } from "./colours.ts";
import { CodecHandles, check } from "./ffmpeg.ts";

export interface PictureEncoderOptions {
  readonly codec: VideoCodecName;
  /** Even. */
  readonly width?: number;
  readonly height?: number;
  readonly framerate?: number;
  readonly kbps?: number;
  /** H.264: of one NAL unit, as packetization-mode 0 needs it. */
  readonly maxNalBytes?: number | undefined;
  /** H.264: without key frames but the first; each picture is whole within so many others, part by part. */
  readonly refreshEvery?: number | undefined;
  /** False: nothing but the colour. */
  readonly hasBlock?: boolean;
}

const blockSteps = 32;

export class PictureEncoder {
  readonly width: number;
  readonly height: number;
  readonly #handles: CodecHandles;
  readonly #ticksPerFrame: number;
  readonly #hasBlock: boolean;
  #pictures = 0;

  /** H.264 is constrained baseline. Key frames come when they are asked for, and first of all. */
  constructor(options: PictureEncoderOptions) {
    const { codec, width = 320, height = 180, framerate = 15, kbps = 300, maxNalBytes } = options;
    this.width = width;
    this.height = height;
    this.#ticksPerFrame = 90_000 / framerate;
    this.#hasBlock = options.hasBlock ?? true;
    const name = codec === "VP8" ? FF_ENCODER_LIBVPX_VP8 : FF_ENCODER_LIBX264;
    this.#handles = new CodecHandles(Codec.findEncoderByName(name));
    const { context, frame } = this.#handles;
    context.width = width;
    context.height = height;
    context.pixelFormat = AV_PIX_FMT_YUV420P;
    context.timeBase = new Rational(1, framerate);
    context.framerate = new Rational(framerate, 1);
    context.bitRate = BigInt(kbps * 1000);
    context.gopSize = options.refreshEvery ?? 100_000;
    context.maxBFrames = 0;
    context.threadCount = 1;
    try {
      this.#handles.open(
        codec === "VP8" ? vp8Options : h264Options(maxNalBytes, options.refreshEvery !== undefined),
      );
      frame.format = AV_PIX_FMT_YUV420P;
      frame.width = width;
      frame.height = height;
      check(frame.getBuffer(), "a picture");
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** The next picture; its timestamp goes on by one frame. */
  encode(colour: Colour | Yuv, key = false): VideoFrame {
    const { context, frame, packet } = this.#handles;
    check(frame.makeWritable(), "a picture");
    this.#draw(colour);
    frame.pts = BigInt(this.#pictures);
    frame.pictType = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    check(context.sendFrameSync(frame), "encoding");
    check(context.receivePacketSync(packet), "a coded picture");
    const timestamp = Math.round(this.#pictures * this.#ticksPerFrame) >>> 0;
    const coded = { data: Uint8Array.from(packet.data ?? []), key: packet.isKeyframe, timestamp };
    packet.unref();
    this.#pictures += 1;
    return coded;
  }

  free(): void {
    this.#handles.free();
  }

  #draw(colour: Colour | Yuv): void {
    const { data, linesize } = this.#handles.frame;
    const yuv = "red" in colour ? toYuv(colour) : colour;
    for (const plane of [0, 1, 2]) data?.[plane]?.fill(Math.round(yuv[plane]!));
    if (!this.#hasBlock) return;
    const [light] = data ?? [];
    const block = Math.floor(this.width / 8);
    const left = Math.floor(((this.width - block) * (this.#pictures % blockSteps)) / blockSteps);
    const bottom = Math.floor(this.height / 6);
    for (let row = 2; row < bottom; row += 1)
      light?.fill(yuv[0] < 128 ? 220 : 40, row * linesize[0]! + left, row * linesize[0]! + left + block);
  }
}

const vp8Options = { deadline: "realtime", "cpu-used": "8", "lag-in-frames": "0", "auto-alt-ref": "0" };

function h264Options(maxNalBytes: number | undefined, refreshes: boolean) {
  const parameters = [
    ...(maxNalBytes === undefined ? [] : [`slice-max-size=${maxNalBytes}`]),
    ...(refreshes ? ["intra-refresh=1"] : []),
  ];
  return {
    ...{ preset: "ultrafast", tune: "zerolatency", profile: "baseline", "forced-idr": "1" },
    ...(parameters.length > 0 && { "x264-params": parameters.join(":") }),
  };
}
