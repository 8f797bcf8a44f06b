// What a far end says of the Opus that it wants (RFC 7587 §6.1).
import { describe, expect, it } from "vitest";
import { readOpusWishes } from "../../../../media/sdp/opus-parameters.ts";

describe("the parameters of Opus", () => {
  it.each([
    ["5999", undefined],
    ["6000", 6000],
    ["24000", 24_000],
    ["510000", 510_000],
    ["510001", undefined],
    ["fast", undefined],
    ["", undefined],
  ])("wish for a bitrate of %s: %s", (value, maxAverageBitrate) => {
    expect(readOpusWishes(`minptime=10;maxaveragebitrate=${value}`)).toEqual({
      maxAverageBitrate,
      useInbandFec: false,
    });
  });

  it("are read in any case and with blanks around; only 1 switches something on", () => {
    expect(readOpusWishes(" UseInbandFEC=1 ; usedtx = 1 ")).toEqual({
      ...{ maxAverageBitrate: undefined, useInbandFec: true, useDtx: true },
    });
    expect(readOpusWishes("useinbandfec=2;usedtx=0")).toEqual({
      ...{ maxAverageBitrate: undefined, useInbandFec: false },
    });
  });

  it("that are missing, or stand behind thirty-two others, wish for nothing", () => {
    const nothing = { maxAverageBitrate: undefined, useInbandFec: false };
    expect(readOpusWishes()).toEqual(nothing);
    expect(readOpusWishes(`${"x=1;".repeat(32)}useinbandfec=1`)).toEqual(nothing);
    expect(readOpusWishes(`${"x=1;".repeat(31)}useinbandfec=1`).useInbandFec).toBe(true);
  });
});
