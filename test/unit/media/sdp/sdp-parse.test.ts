import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSdp } from "../../../../media/sdp/format.ts";
import { defaultCapabilities, parseSdp, planAnswer, sdpLimits } from "../../../../media/sdp/index.ts";

const head = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
const sdp = (...lines: string[]): string => `${[...head, ...lines].join("\r\n")}\r\n`;

const local = { address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" };

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

  it("passes over a line of 10 kB that is not needed, and over zero bytes around a line", () => {
    const long = `a=candidates:${"x".repeat(10_000)}`;
    const text = `${sdp(long, "m=audio 5004 RTP/AVP 0\0", long, "a=sendonly\0\0").trimEnd()}\0\r\n\0`;
    const result = parseSdp(text);
    expect(result.ok && result.value.media[0]).toMatchObject({
      ...{ port: 5004, formats: ["0"], attributes: [{ name: "sendonly", value: undefined }] },
    });
    expect(result.ok && result.value.mended).toBe(5);
  });

  it("passes over a bounded number of them", () => {
    const long = `a=x:${"x".repeat(sdpLimits.lineLength)}`;
    expect(problem(sdp(...Array.from({ length: 15 }, () => long), long, long))).toContain(
      "longer than 65536",
    );
  });

  it.each([
    ["", '"v=0" is expected'],
    ["\r\n\r\n", '"v=0" is expected'],
    ["hello", "line 1"],
    ["v=1\r\n", '"v=0" is expected'],
    [sdp("m="), "line 6: m= is empty"],
    [sdp("m=audio\u0000 5004 RTP/AVP 0"), "line 6: m= holds a control character"],
  ])("names the line that is wrong in %j", (text, message) => {
    expect(problem(text)).toContain(message);
  });

  describe("ignores a fault in a line that is not needed", () => {
    const audio = ["m=audio 5004 RTP/AVP 8", "c=IN IP4 192.0.2.1"];
    const body = (...lines: string[]): string => `${lines.join("\r\n")}\r\n`;
    const rest = ["s=-", "t=0 0", ...audio];

    it.each([
      ["a blank line inside", 1, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "", ...audio)],
      ["blank lines in front", 2, body("", "", "v=0", "o=- 1 1 IN IP4 192.0.2.1", ...rest)],
      ["a line of blanks inside", 1, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "  ", ...rest)],
      ["a user name with spaces", 1, body("v=0", "o=Door Phone 0 0 IN IP4 192.0.2.7", ...rest)],
      ["an origin that breaks off", 1, body("v=0", "o=- 1001 1 IN", ...rest)],
      ["an origin without an address", 1, body("v=0", "o=RTSP Session 0 0 IN IP4", ...rest)],
      ["no origin", 1, body("v=0", ...rest)],
      ["an empty name of the session", 0, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=", "t=0 0", ...audio)],
      [
        "a connection without its family",
        1,
        body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=IN 192.0.2.1", audio[0]!),
      ],
      [
        "a connection in small letters",
        0,
        body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=in ip4 192.0.2.1", audio[0]!),
      ],
      ["an upper-case line", 1, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "A=sendrecv", ...rest)],
      ["a line without a sense", 1, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", ...rest, "rubbish")],
      ["a byte of zero at the end", 1, `${body("v=0", "o=- 1 1 IN IP4 192.0.2.1", ...rest)}\u0000`],
      [
        "a control character in an attribute",
        1,
        body("v=0", "o=- 1 1 IN IP4 192.0.2.1", ...rest, "a=x\u0001y"),
      ],
      ["a return too many", 1, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", ...rest).replaceAll("\r\n", "\r\r\n")],
      ["returns alone", 1, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", ...rest).replaceAll("\r\n", "\r")],
      ["tabs between words", 0, body("v=0", "o=-\t1 1 IN IP4 192.0.2.1", ...rest).replaceAll(" ", "\t")],
      ["indented lines", 5, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", ...rest).replaceAll("\r\n", "\r\n ")],
      ["no version", 1, body("o=- 1 1 IN IP4 192.0.2.1", ...rest)],
      [
        "a version without its number, and one with it",
        1,
        body("v=", "v=0", "o=- 1 1 IN IP4 192.0.2.1", ...rest),
      ],
      [
        "spaces before the equals signs",
        3,
        body(
          "v=0",
          "o=- 1 1 IN IP4 192.0.2.1",
          "m =audio 5004 RTP/AVP 8",
          "c = IN IP4 192.0.2.1",
          "a =sendrecv",
        ),
      ],
      [
        "a stream without its protocol",
        1,
        body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio 5004 8", audio[1]!),
      ],
      ...["IN IP4", ""].map(
        (connection) =>
          [
            `a connection of the stream that says nothing beside one of the session: "${connection}"`,
            1,
            body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=IN IP4 192.0.2.1", audio[0]!, `c=${connection}`),
          ] as const,
      ),
      ["a space before the version", 1, body("v= 0", "o=- 1 1 IN IP4 192.0.2.1", ...rest)],
      [
        "capitals",
        4,
        body("V=0", "O=- 1 1 IN IP4 192.0.2.1", "M=audio 5004 RTP/AVP 8", "C=IN IP4 192.0.2.1"),
      ],
      [
        "commas between formats",
        1,
        body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "m=audio 5004 RTP/AVP 8,0", audio[1]!),
      ],
      ...[
        ["an address with leading zeros", "IN IP4 192.000.002.001"],
        ["an address in brackets", "IN IP4 [192.0.2.1]"],
        ["an address with a port", "IN IP4 192.0.2.1:5004"],
        ["an address with a semicolon", "IN IP4 192.0.2.1;"],
        ["an address in angle brackets", "IN IP4 <192.0.2.1>"],
        ["a family by another name", "IN IPv4 192.0.2.1"],
        ["half a family", "IN IP 192.0.2.1"],
        ["no network", "IP4 192.0.2.1"],
        ["an address alone", "192.0.2.1"],
        ["IPv4 in IPv6", "IN IP6 ::ffff:192.0.2.1"],
        ["IPv4 in IPv6, in hexadecimal", "IN IP6 ::ffff:c000:201"],
        ["IPv4 in IPv6, written out", "IN IP6 0:0:0:0:0:ffff:192.0.2.1"],
      ].map(
        ([name, connection]) =>
          [name!, 1, body("v=0", "o=- 1 1 IN IP4 192.0.2.1", audio[0]!, `c=${connection}`)] as const,
      ),
    ] as const)("%s", (_, lines, text) => {
      const result = planAnswer(text, defaultCapabilities, local);
      expect(result).toMatchObject({
        ok: true,
        value: { plan: { codec: "PCMA", remote: { address: "192.0.2.1", port: 5004 } } },
      });
      expect(result.ok && result.value.plan.mended?.lines).toBe(lines === 0 ? undefined : lines);
    });

    it.each([
      ["m=video 0 RTP/AVP", "m=video 0 RTP/AVP 0"],
      ["m=image 0 UDPTL", "m=image 0 UDPTL *"],
      ["m=video 70000 RTP/AVP 96", "m=video 0 RTP/AVP 96"],
      ["m=video x RTP/AVP 96", "m=video 0 RTP/AVP 96"],
      ["m=video", "m=video 0 RTP/AVP 0"],
      ["m=application 0 UDP/DTLS/SCTP", "m=application 0 UDP/DTLS/SCTP *"],
      [`m=video 5006 RTP/AVP${" 96".repeat(70)}`, `m=video 0 RTP/AVP${" 96".repeat(64)}`],
      ["m=video 5006 RTP/AVP 96\r\nc=IN IP4", "m=video 0 RTP/AVP 96"],
      ["m=video 5006 RTP/AVP 96\r\nc=IN IP4 no-such-name.invalid", "m=video 0 RTP/AVP 96"],
      ["m=video 5006 RTP/AVP 96\r\nc=ATM NSAP 47.0091", "m=video 0 RTP/AVP 96"],
      ["m=audio 5008 RTP/AVP 0\r\nc=IN IP6 2001:db8::1", "m=audio 0 RTP/AVP 0"],
    ])("%s beside the audio, before it or behind it", (other, refused) => {
      for (const media of [
        [other, ...audio],
        [...audio, other],
      ]) {
        const result = planAnswer(
          body("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", ...media),
          defaultCapabilities,
          local,
        );
        if (!result.ok) throw new Error(result.error.message);
        const lines = result.value.sdp.split("\r\n").filter((line) => line.startsWith("m="));
        const expected = [refused, "m=audio 30000 RTP/AVP 8"];
        expect(lines).toEqual(media[0] === other ? expected : expected.reverse());
      }
    });

    it("but where the audio needs it, the line is named", () => {
      const reasonOf = (...lines: string[]) => {
        const result = planAnswer(sdp(...lines), defaultCapabilities, local);
        return result.ok ? "accepted" : `${result.error.code} ${result.error.message}`;
      };
      expect(reasonOf("m=audio RTP/AVP 0")).toContain(
        "BAD_SDP the SDP is broken: line 6: m= has no valid port",
      );
      expect(reasonOf("m=audio 65536 RTP/AVP 0")).toContain("line 6: m= has no valid port");
      expect(reasonOf("m=audio -1 RTP/AVP 0")).toContain("line 6: m= has no valid port");
      expect(reasonOf("m=audio 5004 RTP/AVP")).toContain("line 6: m= has no format");
      const alone = "v=0\r\ns=-\r\nm=audio 5004 RTP/AVP 0\r\nc=IN IP4\r\n";
      expect(planAnswer(alone, defaultCapabilities, local)).toMatchObject({
        error: { message: expect.stringContaining("line 4: c= needs") },
      });
      const two = planAnswer(
        sdp("m=audio 5004 RTP/AVP 0", "c=192.0.2.1 192.0.2.2").replace("c=IN IP4 192.0.2.1\r\n", ""),
        defaultCapabilities,
        local,
      );
      expect(two).toMatchObject({ ok: false, error: { code: "BAD_SDP" } });
      expect(reasonOf("m=audio 5004 RTP/AVP 0", "c=IN IP4 1.2.3")).toContain("BAD_SDP c= must hold");
      expect(reasonOf("m=audio 5004 RTP/AVP 0", "c=IN IP4 1.2.3.400")).toContain("BAD_SDP c= must hold");
      expect(reasonOf("m=audio 5004 RTP/AVP 0", "c=ATM NSAP 47.0091")).toContain("INCOMPATIBLE_NETWORK");
    });

    it("within bounds", () => {
      const many = Array.from({ length: sdpLimits.mended + 1 }, () => "rubbish");
      expect(problem(sdp(...many))).toContain(`more than ${sdpLimits.mended} lines are wrong`);
    });
  });

  it("has bounds", () => {
    const many = (count: number, line: string): string => sdp(...Array.from({ length: count }, () => line));
    expect(problem("v".repeat(sdpLimits.bytes + 1))).toContain("longer than");
    expect(problem(many(sdpLimits.lines, "a=x"))).toContain("more than");
    expect(problem(many(sdpLimits.media + 1, "m=audio 1 RTP/AVP 0"))).toContain("more than 32 media");
    expect(problem(sdp(`m=audio ${"5".repeat(sdpLimits.lineLength)}`))).toContain("longer than");
    expect(problem(`hello${sdp().padEnd(2 * sdpLimits.lineLength, "x")}`)).toBeDefined();
    const formats = planAnswer(
      sdp(`m=audio 1 RTP/AVP${" 0".repeat(sdpLimits.formats + 1)}`),
      defaultCapabilities,
      local,
    );
    expect(formats).toMatchObject({ ok: false, error: { message: expect.stringContaining("formats") } });
  });

  it("answers or refuses whatever comes, and never throws", () => {
    const line = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(...head, "m=audio 5004 RTP/AVP 0 8", "a=rtpmap:0 PCMU/8000", "a=ptime:0", "a=sendonly"),
      fc.constantFrom("", "m=video 0 RTP/AVP", "m=image", "m=audio 5004 RTP/AVP 9", "a=rtpmap:9 G722/16000"),
      fc.constantFrom("c=IN IP4 media.example.com", "c=IN 192.0.2.9", "c=ATM NSAP 1", "o=Door Phone 0 0 IN"),
      fc
        .tuple(
          fc.constantFrom("a=", "m=", "m=audio ", "o=", "c=", "c=IN IP4 ", "a=rtpmap:", "a=rtcp:"),
          fc.string({ maxLength: 20 }),
        )
        .map(([start, rest]) => start + rest),
    );
    const names = new Map([["media.example.com", "192.0.2.99"]]);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const result = planAnswer(sdp(...lines), defaultCapabilities, { ...local, names });
        if (result.ok) {
          const parsed = parseSdp(result.value.sdp);
          expect(parsed.ok && parsed.value.mended).toBe(0);
          const streams = lines.filter((line) => /^\s*m=/i.test(line));
          expect(parsed.ok && parsed.value.media.length).toBe(streams.length);
        } else expect(result.error.message.length).toBeLessThan(1000);
      }),
      { numRuns: 500 },
    );
  });
});
