// Coded pictures to pictures, by FFmpeg on this thread alone. Streams come from strangers: larger pictures than the
// limit are refused before memory is taken for them. Must be freed.
import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_CODEC_FLAG_OUTPUT_CORRUPT,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_VP8,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AVERROR_EAGAIN,
} from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { ParleyError } from "#common";
import type { VideoCodecName } from "../types.ts";
import { check } from "./picture.ts";

/** 1920 × 1088: level 4 of H.264. */
const maxPixels = 1920 * 1088;

const codecIds = { H264: AV_CODEC_ID_H264, VP8: AV_CODEC_ID_VP8 } as const;

/** `damaged`: there is a picture, and parts of it were made up. */
export type Decoded = "picture" | "damaged" | "nothing" | "refused";

export class Decoder {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  #frame = new Frame();
  #spare = new Frame();
  #freed = false;

  constructor(name: VideoCodecName) {
    const codec = Codec.findDecoder(codecIds[name]);
    if (!codec) throw new ParleyError("INTERNAL", `FFmpeg has no decoder for ${name}`);
    this.#context.allocContext3(codec);
    this.#packet.alloc();
    this.#frame.alloc();
    this.#spare.alloc();
    try {
      this.#context.threadCount = 1;
      // Where decoding begins is decided before; from there on what a sender without key frames refreshes bit by bit is shown.
      this.#context.setFlags(AV_CODEC_FLAG_LOW_DELAY, AV_CODEC_FLAG_OUTPUT_CORRUPT);
      check(
        this.#context.setOption("max_pixels", `${maxPixels}`, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN),
        "max_pixels",
      );
      check(this.#context.open2Sync(codec), `opening the decoder for ${name}`);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** The last picture, until the next call. */
  get frame(): Frame {
    return this.#frame;
  }

  decode(data: Buffer): Decoded {
    this.#packet.data = data;
    const sent = this.#context.sendPacketSync(this.#packet);
    this.#packet.unref();
    if (sent < 0) return "refused";
    let decoded: Decoded = "nothing";
    for (;;) {
      const received = this.#context.receiveFrameSync(this.#spare);
      if (received === AVERROR_EAGAIN) return decoded;
      if (received < 0) return "refused";
      [this.#frame, this.#spare] = [this.#spare, this.#frame];
      decoded = this.#frame.decodeErrorFlags === 0 ? "picture" : "damaged";
    }
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#frame.free();
    this.#spare.free();
    this.#packet.free();
    this.#context.freeContext();
  }
}
