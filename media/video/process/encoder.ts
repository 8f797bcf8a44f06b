// Pictures to coded pictures, by x264 and libvpx on this thread alone, without delay: one goes in, one comes out. Both
// are set for speed; docs/performance.md says what that costs. Must be freed.
import {
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  FF_ENCODER_LIBVPX_VP8,
  FF_ENCODER_LIBX264,
} from "node-av/constants";
import { Codec, CodecContext, type Frame, Packet, Rational } from "node-av/lib";
import { ParleyError } from "#common";
import { videoClockRate } from "../types.ts";
import { normalise } from "./annexb.ts";
import type { OutputFormat } from "./messages.ts";
import { check } from "./picture.ts";

/** So much of a second's bits may come at once: a key frame is as long as that at most. */
const bufferSeconds = 0.5;
/** Key frames come without being asked for as well, for receivers that cannot ask. */
const keyEverySeconds = 10;

export interface CodedPicture {
  readonly data: Buffer;
  readonly key: boolean;
}

export class Encoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #isH264: boolean;
  #freed = false;

  constructor(format: OutputFormat) {
    this.#isH264 = format.codec === "H264";
    const name = this.#isH264 ? FF_ENCODER_LIBX264 : FF_ENCODER_LIBVPX_VP8;
    const codec = Codec.findEncoderByName(name);
    if (!codec) throw new ParleyError("INTERNAL", `FFmpeg has no encoder ${name}`);
    const context = this.#context;
    context.allocContext3(codec);
    this.#packet.alloc();
    try {
      context.width = format.width;
      context.height = format.height;
      context.pixelFormat = AV_PIX_FMT_YUV420P;
      context.timeBase = new Rational(1, videoClockRate);
      context.framerate = new Rational(format.framerate, 1);
      context.gopSize = keyEverySeconds * format.framerate;
      context.maxBFrames = 0;
      context.threadCount = 1;
      const rate = BigInt(format.kbps * 1000);
      context.bitRate = context.rcMaxRate = rate;
      // All three the same: only then does libvpx keep to the rate, and leave pictures out where it must.
      if (!this.#isH264) context.rcMinRate = rate;
      context.rcBufferSize = Math.round(format.kbps * 1000 * bufferSeconds);
      const options = this.#isH264 ? h264Options(format) : vp8Options;
      for (const [option, value] of Object.entries(options)) {
        check(context.setOption(option, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), option);
      }
      check(context.open2Sync(codec), `opening ${name}`);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** `timestamp`: 90 kHz, of more than 32 bits, higher than the last. Undefined: the encoder left this picture out. */
  encode(frame: Frame, timestamp: number, key: boolean): CodedPicture | undefined {
    frame.pts = BigInt(timestamp);
    frame.pictType = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    check(this.#context.sendFrameSync(frame), "encoding");
    if (this.#context.receivePacketSync(this.#packet) < 0) return undefined;
    const { data, isKeyframe } = this.#packet;
    const coded = data && (this.#isH264 ? normalise(data) : Buffer.from(data));
    this.#packet.unref();
    return coded ? { data: coded, key: isKeyframe } : undefined;
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#packet.free();
    this.#context.freeContext();
  }
}

const vp8Options: Readonly<Record<string, string>> = {
  deadline: "realtime",
  "cpu-used": "8",
  "error-resilient": "default",
  "lag-in-frames": "0",
  "drop-threshold": "30",
  /** A key frame: per cent of what a picture has on average. */
  "max-intra-rate": "450",
  "static-thresh": "1",
};

function h264Options({ profileLevelId, packetizationMode, maxNalBytes }: OutputFormat) {
  const parameters = ["repeat-headers=1", "scenecut=0", "rc-lookahead=0", "intra-refresh=0"];
  const level = levelOf(profileLevelId);
  if (level) parameters.push(`level=${level}`);
  // RFC 6184 §6.2: in mode 0 each NAL unit goes into a packet of its own.
  if (packetizationMode === 0 && maxNalBytes) parameters.push(`slice-max-size=${maxNalBytes}`);
  return {
    preset: "ultrafast",
    tune: "zerolatency",
    profile: "baseline",
    "forced-idr": "1",
    "x264-params": parameters.join(":"),
  };
}

/** `level_idc` of a profile-level-id, as x264 spells it (1b: RFC 6184 §8.1); undefined when it is none. */
function levelOf(profileLevelId: string): string | undefined {
  if (!/^[0-9a-f]{6}$/i.test(profileLevelId)) return undefined;
  const bits = Number.parseInt(profileLevelId, 16);
  const [constraints, level] = [(bits >> 8) & 0xff, bits & 0xff];
  if (level < 9 || level > 62) return undefined;
  if (level === 9 || (level === 11 && (constraints & 0x10) !== 0)) return "1b";
  return (level / 10).toFixed(1);
}
