// Coded pictures of one colour with a block that moves, as a camera would send them.
import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";
import { Encoder } from "../../../media/video/process/encoder.ts";
import { type Colour, fill } from "../../../media/video/process/paint.ts";
import { FramePicture } from "../../../media/video/process/picture.ts";
import type { VideoCodecName, VideoFrame } from "../../../media/video/types.ts";

export interface CameraOptions {
  readonly codec: VideoCodecName;
  readonly width: number;
  readonly height: number;
  readonly colour: Colour;
  /** Default 15. */
  readonly framerate?: number;
  /** Default 1000. */
  readonly kbps?: number;
}

export class TestCamera {
  readonly #options: CameraOptions;
  readonly #picture: FramePicture;
  readonly #encoder: Encoder;
  #pictures = 0;

  constructor(options: CameraOptions) {
    Log.setLevel(AV_LOG_FATAL);
    const { width, height, codec, framerate = 15, kbps = 1000 } = options;
    this.#options = options;
    this.#picture = new FramePicture(width, height);
    this.#encoder = new Encoder(
      {
        ...{ codec, packetizationMode: 1, profileLevelId: codec === "H264" ? "42e01f" : "" },
        ...{ maxMacroblocks: 8192, maxMacroblocksPerSecond: 245_760, maxKbps: undefined },
        ...{ width, height, framerate, kbps },
      },
      kbps,
    );
  }

  /** The block is in the upper left quarter; the middle of the picture has the colour. */
  next(key = this.#pictures === 0): VideoFrame {
    const { width, height, colour, framerate = 15 } = this.#options;
    const { picture, frame } = this.#picture;
    fill(picture, { x: 0, y: 0, width, height }, colour);
    const size = Math.floor(height / 16) * 2;
    const x = ((this.#pictures * 4) % Math.max(2, Math.floor((width / 2 - size) / 2) * 2)) & ~1;
    fill(picture, { x, y: size, width: size, height: size }, [200, 128, 128]);
    const timestamp = Math.round((this.#pictures * 90_000) / framerate);
    this.#pictures += 1;
    const coded = this.#encoder.encode(frame, timestamp, key);
    if (!coded) throw new Error("the camera's encoder left a picture out");
    return { data: coded.data, key: coded.key, timestamp };
  }

  close(): void {
    this.#encoder.free();
    this.#picture.free();
  }
}
