// What a far end says of the Opus that it wants (RFC 7587 §6.1).
import { describe, expect, it } from "vitest";
import { defaultCapabilities, planAnswer } from "../../../../media/sdp/index.ts";
import { readOpusPreferences } from "../../../../media/sdp/opus-parameters.ts";

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
    expect(readOpusPreferences([`minptime=10;maxaveragebitrate=${value}`])).toEqual({
      maxAverageBitrate,
      useInbandFec: false,
    });
  });

  it("are read in any case and with blanks around; only 1 switches something on", () => {
    expect(readOpusPreferences([" UseInbandFEC=1 ; usedtx = 1 "])).toEqual({
      ...{ maxAverageBitrate: undefined, useInbandFec: true, useDtx: true },
    });
    expect(readOpusPreferences(["useinbandfec=2;usedtx=0"])).toEqual({
      ...{ maxAverageBitrate: undefined, useInbandFec: false },
    });
  });

  it("count in each of several lines", () => {
    const offer = [
      ...["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", "m=audio 4000 RTP/AVP 96"],
      ...[
        "a=rtpmap:96 opus/48000/2",
        "a=fmtp:96 minptime=10",
        "a=fmtp:96 useinbandfec=1",
        "a=fmtp:96 usedtx=1",
      ],
      "",
    ].join("\r\n");
    const local = { address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" };
    expect(planAnswer(offer, defaultCapabilities, local)).toMatchObject({
      value: { plan: { opus: { useInbandFec: true, useDtx: true } } },
    });
  });

  it("that are missing, or stand behind sixty-four others, wish for nothing", () => {
    const nothing = { maxAverageBitrate: undefined, useInbandFec: false };
    expect(readOpusPreferences()).toEqual(nothing);
    expect(readOpusPreferences([`${"x=1;".repeat(64)}useinbandfec=1`])).toEqual(nothing);
    expect(readOpusPreferences([`${"x=1;".repeat(63)}useinbandfec=1`]).useInbandFec).toBe(true);
  });
});
