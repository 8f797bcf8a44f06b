import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { splitByteStream } from "../../../../../media/video/nal-units.ts";
import type { OutputFormat } from "../../../../../media/video/process/messages.ts";
import { CanvasEncoding } from "../../../../../media/video/process/output.ts";
import { colours, fill } from "../../../../../media/video/process/paint.ts";
import { FramePicture } from "../../../../../media/video/process/picture.ts";

const base: OutputFormat = {
  ...{ codec: "H264", packetizationMode: 1, profileLevelId: "42e01f" },
  ...{ maxMacroblocks: 3600, maxMacroblocksPerSecond: 108_000, maxKbps: undefined },
  ...{ width: 320, height: 180, framerate: 15, kbps: 500 },
};
const vp8: OutputFormat = { ...base, codec: "VP8", profileLevelId: "" };

/** An output that is given a picture with noise in it every 1/15 s. */
function outputOf(format: OutputFormat) {
  const output = new CanvasEncoding(1, format);
  const source = new FramePicture(format.width, format.height);
  fill(source.picture, { x: 0, y: 0, width: format.width, height: format.height }, colours.card);
  onTestFinished(() => {
    output.close();
    source.free();
  });
  let pictures = 0;
  const next = () => {
    const [luma] = source.picture.planes;
    let noise = pictures + 1;
    for (let at = 0; at < luma.data.length; at += 1) {
      noise = (noise * 1_103_515_245 + 12_345) & 0x7fff_ffff;
      luma.data[at] = 16 + ((noise >> 16) % 200);
    }
    const now = (pictures * 1000) / 15;
    pictures += 1;
    return output.encode(source.frame, now, Math.round(now * 90));
  };
  const run = (count: number) => Array.from({ length: count }, next);
  return { output, next, run };
}

const keysOf = (coded: ReturnType<ReturnType<typeof outputOf>["run"]>) =>
  coded.flatMap((picture, index) => (picture?.key ? [index] : []));

describe("an output", () => {
  beforeAll(() => Log.setLevel(AV_LOG_FATAL));

  it.each([base, vp8])("begins with a key frame: $codec", (format) => {
    expect(keysOf(outputOf(format).run(10))).toEqual([0]);
  });

  it.each([base, vp8])("merges requests for key frames, two a second at most: $codec", (format) => {
    const { output, run } = outputOf(format);
    run(10);
    for (let request = 0; request < 5; request += 1) output.requestKey();

    expect(keysOf(run(3))).toEqual([0]);
    output.requestKey();
    // 7.5 pictures are half a second: the second one waits for them.
    expect(keysOf(run(10))).toEqual([5]);
    expect(keysOf(run(10))).toEqual([]);
  });

  it("of H.264 has its parameter sets before every key frame and no more than is needed", () => {
    const { output, run, next } = outputOf(base);
    const first = next();
    run(10);
    output.requestKey();
    const again = next();

    for (const key of [first, again]) {
      expect(splitByteStream(key?.data ?? Buffer.alloc(0)).map((unit) => (unit[0] ?? 0) & 0x1f)).toEqual([
        7, 8, 5,
      ]);
    }
    // Constrained baseline (constraint_set0 and 1), level 3.1.
    const [sps] = splitByteStream(first?.data ?? Buffer.alloc(0));
    expect([sps?.[1], (sps?.[2] ?? 0) & 0xc0, sps?.[3]]).toEqual([66, 0xc0, 31]);
    expect(splitByteStream(next()?.data ?? Buffer.alloc(0)).map((unit) => (unit[0] ?? 0) & 0x1f)).toEqual([
      1,
    ]);
  });

  it("of packetization mode 0 has no NAL unit that does not fit a packet", () => {
    const coded = outputOf({ ...base, packetizationMode: 0, maxNalBytes: 1000 }).run(5);
    const units = coded.flatMap((picture) => splitByteStream(picture?.data ?? Buffer.alloc(0)));

    expect(units.length).toBeGreaterThan(20);
    expect(Math.max(...units.map(({ length }) => length))).toBeLessThanOrEqual(1000);
  });

  it.each([base, vp8])("keeps to its bit rate: $codec", (format) => {
    const bytes = (kbps: number) => {
      const { run } = outputOf({ ...format, kbps });
      run(30);
      return run(60).reduce((sum, one) => sum + (one?.data.length ?? 0), 0);
    };
    expect(bytes(100)).toBeLessThan(bytes(format.kbps) / 2);
  });

  it("takes as many pictures as its framerate says", () => {
    const output = new CanvasEncoding(1, { ...base, framerate: 10 });
    const taken = Array.from({ length: 30 }, () => output.takes(30)).filter(Boolean);

    expect(taken).toHaveLength(10);
    expect(Array.from({ length: 15 }, () => new CanvasEncoding(1, base).takes(15))).not.toContain(false);
  });
});
