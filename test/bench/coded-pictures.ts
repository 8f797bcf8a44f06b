// Pictures that are coded beforehand, so that the load of a benchmark is not in its figures: 1280 × 720 at 15 a second.
import { Encoder } from "../../media/video/process/encoder.ts";
import type { OutputFormat } from "../../media/video/process/index.ts";
import { FramePicture } from "../../media/video/process/picture.ts";
import type { VideoCodecName, VideoFrame } from "../../media/video/types.ts";

export const size = { width: 1280, height: 720, framerate: 15, kbps: 1500 };
/** Of what is sent again and again. */
const loopPictures = 60;

export const formatOf = (codec: VideoCodecName): OutputFormat => ({
  ...{ codec, packetizationMode: 1, profileLevelId: codec === "H264" ? "42e01f" : "" },
  ...{ maxMacroblocks: 3600, maxMacroblocksPerSecond: 108_000, maxKbps: undefined },
  ...size,
});

/** Four seconds of pictures, the first a key frame: a textured background with noise, and a part of it that moves. */
export function encodeLoop(codec: VideoCodecName): VideoFrame[] {
  const target = new FramePicture(size.width, size.height);
  const encoder = new Encoder(formatOf(codec));
  let state = 1;
  const noise = () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
    return state >> 16;
  };
  const frames: VideoFrame[] = [];
  for (let count = 0; count < loopPictures; count += 1) {
    const [luma, ...colours] = target.picture.planes;
    for (let y = 0; y < size.height; y += 1) {
      for (let x = 0; x < size.width; x += 1) {
        const isPart = Math.abs(x - 640) < 200 && Math.abs(y - 400) < 260;
        const at = isPart ? x + 3 * count : x;
        const texture =
          40 * Math.sin(at / 23) + 30 * Math.cos((y + at / 3) / 17) + (((at >> 3) ^ (y >> 3)) % 16);
        luma.data[y * luma.stride + x] = 120 + texture + (noise() & 3);
      }
    }
    for (const plane of colours) plane.data.fill(120 + (count % 8));
    const coded = encoder.encode(target.frame, count * 6000, count === 0);
    if (coded) frames.push({ ...coded, timestamp: count * 6000 });
  }
  encoder.free();
  target.free();
  return frames;
}
