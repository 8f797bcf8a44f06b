// Descriptions on one line: what counts is quoted, and nothing of it takes longer than one pass.
import { describe, expect, it } from "vitest";
import { summariseSession } from "../../../../../bridge/services/call-ladders/session-summary.ts";
import { description } from "./messages.ts";

describe("a summary of a description", () => {
  it("names media, codecs, where to and which way", () => {
    expect(summariseSession(description)).toBe(
      "audio SRTP PCMU telephone-event 192.0.2.7:40012 sendonly; video refused",
    );
    expect(summariseSession("v=0\nc=IN IP6 ::1\nm=audio 5004/2  RTP/AVP  8 0\n")).toBe(
      "audio PCMA PCMU [::1]:5004 sendrecv",
    );
  });

  it("of a port without an end is made in one pass over it", () => {
    expect(summariseSession(`v=0\nm=audio ${"1".repeat(400_000)}`)).toBe("  ?: sendrecv");
  });
});
