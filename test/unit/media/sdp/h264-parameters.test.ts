// H.264 in descriptions: profiles, levels, what goes beyond a level, and parameter sets (RFC 6184 §8).
import { describe, expect, it } from "vitest";
import { formatParameters } from "../../../../media/sdp/format-parameters.ts";
import { parameterSetsIn, readH264 } from "../../../../media/sdp/h264-parameters.ts";
import { levelFor, lowerLevel, profileLevelId } from "../../../../media/video/h264-levels.ts";

const read = (...lines: string[]) => readH264(formatParameters(lines));

describe("the parameters of H.264", () => {
  it.each([
    ["42e01f", true],
    ["42001f", true],
    ["42801F", true],
    ["428014", true],
    ["42F00B", true],
    ["4d801f", true],
    ["4de01f", true],
    ["58c01f", true],
    ["58a01f", true],
    ["4d001f", false],
    ["4d401f", false],
    ["58001f", false],
    ["640c1f", false],
    ["64001f", false],
    ["f4001f", false],
  ])("of profile and level %s are baseline: %s", (id, baseline) => {
    expect(read(`profile-level-id=${id}`).baseline).toBe(baseline);
  });

  it.each([
    ["42e00a", 10, 99],
    ["42e00b", 11, 396],
    ["42f00b", 11, 99],
    ["42e015", 21, 792],
    ["42e01f", 31, 3600],
    ["42e01e", 30, 1620],
    ["42e017", 22, 1620],
    ["42e0ff", 52, 36_864],
    ["42e000", 10, 99],
  ])("of profile and level %s are of level %d with %d macroblocks", (id, idc, macroblocks) => {
    const { level } = read(`profile-level-id=${id}`);
    expect([level.idc, level.macroblocks]).toEqual([idc, macroblocks]);
  });

  it("without profile and level are of baseline in single NAL unit mode, and at level 3.1 as those mean who leave them out", () => {
    for (const lines of [[], ["packetization-mode=0"]]) {
      const { level, macroblocks: _, ...rest } = read(...lines);
      expect(level).toMatchObject({ idc: 31, macroblocksPerSecond: 108_000 });
      expect(rest).toMatchObject({
        ...{ profile: undefined, baseline: true, packetizationMode: 0, levelAsymmetry: false },
        misspelled: false,
      });
    }
  });

  it.each(["42e0", "42e01g", "", "42e01f0", "baseline"])("with %j for a profile are taken for such", (id) => {
    expect(read(`profile-level-id=${id}`)).toMatchObject({
      ...{ profile: undefined, baseline: true, misspelled: true },
      level: { idc: 31 },
    });
  });

  it("raise what a level allows, and never lower it", () => {
    const raised = read("profile-level-id=42800d; max-mbps=40500; max-fs=1344 ;max-br=1500");
    expect(raised).toMatchObject({ macroblocks: 1344, macroblocksPerSecond: 40_500, kbps: 1500 });
    const lowered = read("profile-level-id=42e01f;max-mbps=1;max-fs=34;max-br=x");
    expect(lowered).toMatchObject({ macroblocks: 3600, macroblocksPerSecond: 108_000, kbps: 14_000 });
  });

  it.each([
    ["1", 1],
    ["0", 0],
    ["2", 2],
    ["01", -1],
    ["x", -1],
  ])("have the packetization mode %s", (mode, expected) => {
    expect(read(`packetization-mode=${mode}`).packetizationMode).toBe(expected);
  });

  it("are read from several lines, in any case, with blanks and quotation marks; the first counts", () => {
    const { profile, packetizationMode, levelAsymmetry } = read(
      'Profile-Level-ID = "42E01F" ;; PACKETIZATION-MODE=1',
      "level-asymmetry-allowed=1;packetization-mode=0",
    );
    expect({ profile, packetizationMode, levelAsymmetry }).toEqual({
      ...{ profile: "42e0", packetizationMode: 1, levelAsymmetry: true },
    });
  });
});

describe("levels", () => {
  it("can be compared, also when it was not said", () => {
    const low = read("profile-level-id=42e00c").level;
    const { level } = read();
    expect([lowerLevel(low, level), lowerLevel(level, low)]).toEqual([low, low]);
  });

  it.each([
    [320, 240, 15, 300, "42e00c"],
    [640, 480, 30, 1000, "42e01e"],
    [1280, 720, 15, 1500, "42e01f"],
    [1280, 720, 30, 1500, "42e01f"],
    [1920, 1080, 30, 4000, "42e028"],
    [176, 144, 15, 5000, "42e01e"],
  ])("of pictures of %d × %d, %d a second, %d kbit/s: %s", (width, height, framerate, kbps, id) => {
    const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
    expect(profileLevelId(levelFor(macroblocks, macroblocks * framerate, kbps))).toBe(id);
  });

  it("are written with the profile of the other side, 1b by its flag", () => {
    const one = read("profile-level-id=42f00b").level;
    expect(profileLevelId(one, "4280")).toBe("42900b");
    expect(profileLevelId(read("profile-level-id=42e00b").level, "42f0")).toBe("42e00b");
    expect(lowerLevel(one, read("profile-level-id=42e00b").level)).toBe(one);
    expect(lowerLevel(one, read("profile-level-id=42e00a").level).idc).toBe(10);
  });
});

describe("parameter sets in a description", () => {
  const [sps, pps] = ["Z0LAH9oBQBbsBEAAAAMAQAAADwPGDKg=", "aM48gA=="];
  const hex = (text: string) =>
    parameterSetsIn(formatParameters([`sprop-parameter-sets=${text}`])).map((set) =>
      Buffer.from(set).toString("hex"),
    );

  it("are read", () => {
    expect(hex(`${sps},${pps}`)).toEqual(["6742c01fda014016ec0440000003004000000f03c60ca8", "68ce3c80"]);
  });

  it("are passed over where they are no such: other units, no base64, too long, too many", () => {
    const slice = Buffer.from([0x65, 1, 2, 3]).toString("base64");
    const long = Buffer.alloc(2000, 0x67).toString("base64");
    expect(hex(`${slice},${pps},!!!!,,${long},AA`)).toEqual(["68ce3c80"]);
    expect(hex(Array(100).fill(pps).join(","))).toHaveLength(16);
    expect(parameterSetsIn(formatParameters(["packetization-mode=1"]))).toEqual([]);
  });
});
