import { describe, expect, it } from "vitest";
import { keyOf, outputFormat } from "../../../../../media/video/canvas/output-format.ts";
import type { VideoFormat } from "../../../../../media/video/types.ts";

const room = { width: 1280, height: 720, framerate: 15, kbps: 1000 };
const h264: VideoFormat = {
  codec: "H264",
  packetizationMode: 1,
  profileLevelId: "42e01f",
  maxMacroblocks: 3600,
  maxMacroblocksPerSecond: 108_000,
  maxKbps: 14_000,
};
const of = (viewer: Partial<VideoFormat>, tier = 0, limits = room) =>
  outputFormat({ ...h264, ...viewer }, limits, { tier, maxNalBytes: 1180 });

describe("what a viewer is sent", () => {
  it("is the room's size and bitrate at best", () => {
    expect(of({})).toMatchObject({ width: 1280, height: 720, framerate: 15, kbps: 1000 });
    expect(of({})).not.toHaveProperty("maxNalBytes");
  });

  it.each([
    ["level 3", 1620, 40_500, 10_000, { width: 854, height: 480, framerate: 15, kbps: 667 }],
    ["level 2.2", 1620, 20_250, 4000, { width: 854, height: 480, framerate: 12 }],
    ["level 1.3", 396, 11_880, 768, { width: 416, height: 234, framerate: 15, kbps: 325 }],
    ["level 1.1", 396, 3000, 192, { width: 320, height: 180, framerate: 12, kbps: 192 }],
    ["level 1", 99, 1485, 64, { width: 320, height: 180, framerate: 6, kbps: 64 }],
  ])("keeps to what %s takes", (_, maxMacroblocks, maxMacroblocksPerSecond, maxKbps, expected) => {
    const format = of({ maxMacroblocks, maxMacroblocksPerSecond, maxKbps });
    expect(format).toMatchObject(expected);
  });

  it("is one encoder's work for viewers of other levels that are sent the same", () => {
    const high = of({ profileLevelId: "42801f" });
    const higher = of({ profileLevelId: "420028", maxMacroblocks: 8192, maxMacroblocksPerSecond: 245_760 });
    expect(keyOf(high)).toBe(keyOf(higher));
    expect(high.profileLevelId).toBe("42e01f");
    expect(keyOf(of({ profileLevelId: "640c1f" }))).not.toBe(keyOf(high));
    expect(keyOf(of({ packetizationMode: 0 }))).not.toBe(keyOf(high));
  });

  it("is rounded down to steps where a far end states figures of its own", () => {
    const keys = (viewers: Partial<VideoFormat>[]) => new Set(viewers.map((viewer) => keyOf(of(viewer))));
    const tenths = Array.from({ length: 10 }, (_, index) => index);
    expect(keys(tenths.map((tenth) => ({ maxKbps: 475 + tenth })))).toHaveLength(1);
    expect(keys(tenths.map((tenth) => ({ maxMacroblocksPerSecond: 43_200 + 1000 * tenth })))).toHaveLength(1);
    for (const maxKbps of [32, 33, 63, 121, 364, 487, 999]) {
      const { kbps } = of({ maxKbps });
      expect(kbps).toBeLessThanOrEqual(maxKbps);
      expect(kbps).toBeGreaterThanOrEqual(0.8 * maxKbps);
    }
  });

  it("is cut into small units for who takes no others", () => {
    expect(of({ packetizationMode: 0 })).toMatchObject({ maxNalBytes: 1180 });
  });

  it("is less by tiers, in bits and then in size", () => {
    const tiers = [0, 1, 2].map((tier) => of({}, tier));
    expect(tiers.map(({ kbps }) => kbps)).toEqual([1000, 500, 220]);
    expect(tiers.map(({ width }) => width)).toEqual([1280, 854, 640]);
  });

  it("has even sides and at least a macroblock, whatever the room's size", () => {
    for (const [width, height] of [
      [16, 16],
      [18, 34],
      [1920, 1088],
      [352, 288],
    ] as const) {
      for (const maxMacroblocks of [1, 99, 8192]) {
        const format = of({ maxMacroblocks, maxMacroblocksPerSecond: 1 }, 2, { ...room, width, height });
        expect([format.width % 2, format.height % 2]).toEqual([0, 0]);
        expect(format.framerate).toBeGreaterThanOrEqual(1);
      }
    }
  });
});
