// The summary of a call that its last log line shows.
import { describe, expect, it } from "vitest";
import { summaryOf } from "../../../../../bridge/conference/calls/call-summary.ts";
import { stats } from "../../../media/support/fakes.ts";

describe("the last line of a call", () => {
  it("says what it was, how long, how it sounded and why it ended", () => {
    const media = { ...stats, meanMos: 4.127, lossPercent: 0.333, jitterMs: 3.21, remote: "192.0.2.1:4000" };
    expect(summaryOf({ status: 200, text: "Hung up", lastedMs: 61_234, media })).toMatchObject({
      status: 200,
      reason: "Hung up",
      seconds: 61.2,
      codec: "PCMU",
      mos: 4.1,
      remoteMos: null,
      lossPercent: 0.3,
      jitterMs: 3.2,
    });
  });

  it("is short for a call without media", () => {
    expect(summaryOf({ status: 486, text: "Full", lastedMs: 20, media: undefined })).toEqual({
      status: 486,
      reason: "Full",
      seconds: 0,
    });
  });
});
