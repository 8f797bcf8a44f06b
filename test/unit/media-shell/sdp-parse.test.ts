import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSdp } from "../../../media/sdp/format.ts";
import { defaultCapabilities, parseSdp, planAnswer, sdpLimits } from "../../../media/sdp/index.ts";

const head = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
const sdp = (...lines: string[]): string => `${[...head, ...lines].join("\r\n")}\r\n`;

function problem(text: string): string {
  const result = parseSdp(text);
  if (result.ok) throw new Error("it was accepted");
  expect(result.error.code).toBe("BAD_SDP");
  return result.error.message;
}

describe("reading SDP", () => {
  it("keeps what it read when written and read again", () => {
    const text = sdp(
      "a=tool:x",
      "m=audio 5004 RTP/AVP 0 101",
      "c=IN IP6 ::1",
      "a=rtpmap:101 x/8000",
      "a=sendonly",
    );
    const first = parseSdp(text);
    expect(first.ok).toBe(true);
    if (first.ok) expect(parseSdp(formatSdp(first.value))).toEqual(first);
  });

  it("takes what phones get wrong without harm: no s= or t=, blank lines at the end, unknown lines", () => {
    const text =
      "v=0\no=- 1 1 IN IP4 192.0.2.1\nz=0 0\nc=IN IP4 192.0.2.1/127\nm=audio 5004/2 RTP/AVP 0\n\n\n";
    const result = parseSdp(text);
    expect(result.ok && result.value.connection).toBe("192.0.2.1");
    expect(result.ok && result.value.media[0]?.port).toBe(5004);
  });

  it.each([
    ["", "line 1"],
    ["hello", "line 1"],
    ["v=1\r\n", '"v=0" is expected'],
    ["v=0\r\ns=-\r\n", "without an o= line"],
    ["v=0\r\no=- 1 IN IP4 192.0.2.1\r\n", "line 2: o= needs six fields"],
    [sdp("m=audio RTP/AVP 0"), "line 6: m= "],
    [sdp("m=audio 65536 RTP/AVP 0"), "line 6: m= has no valid port"],
    [sdp("m=audio -1 RTP/AVP 0"), "line 6: m= has no valid port"],
    [sdp("m=audio 5004 RTP/AVP"), "line 6: m= has no format"],
    [sdp("m=audio 5004 RTP/AVP 0", "c=IN IP4"), "line 7: c= needs"],
    [sdp("m=audio 5004 RTP/AVP 0", "", "a=sendrecv"), "line 8: text after a blank line"],
    [sdp("A=sendrecv"), "line 6: not"],
    [sdp("a=x\u0000y"), "line 6: a control character"],
  ])("names the line that is wrong in %j", (text, message) => {
    expect(problem(text)).toContain(message);
  });

  it("has bounds", () => {
    const many = (count: number, line: string): string => sdp(...Array.from({ length: count }, () => line));
    expect(problem("v".repeat(sdpLimits.bytes + 1))).toContain("longer than");
    expect(problem(many(sdpLimits.lines, "a=x"))).toContain("more than");
    expect(problem(many(sdpLimits.media + 1, "m=audio 1 RTP/AVP 0"))).toContain("more than 32 media");
    expect(problem(sdp(`a=${"x".repeat(sdpLimits.lineLength)}`))).toContain("longer than");
    expect(problem(sdp(`m=audio 1 RTP/AVP${" 0".repeat(sdpLimits.formats + 1)}`))).toContain("formats");
  });

  it("answers or refuses whatever comes, and never throws", () => {
    const line = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(...head, "m=audio 5004 RTP/AVP 0 8", "a=rtpmap:0 PCMU/8000", "a=ptime:0", "a=sendonly"),
      fc
        .tuple(fc.constantFrom("a=", "m=", "c=IN IP4 ", "a=rtpmap:", "a=rtcp:"), fc.string({ maxLength: 20 }))
        .map(([start, rest]) => start + rest),
    );
    const local = { address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" };
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const result = planAnswer(sdp(...lines), defaultCapabilities, local);
        if (result.ok) expect(parseSdp(result.value.sdp).ok).toBe(true);
        else expect(result.error.message.length).toBeLessThan(1000);
      }),
      { numRuns: 500 },
    );
  });
});
