// Descriptions that are made to cost much: what they take grows with their length alone. They are read by the thread that mixes.
import { describe, expect, it } from "vitest";
import { isUnspecifiedAddress } from "../../../../media/sdp/description.ts";
import { formatLines } from "../../../../media/sdp/format-parameters.ts";
import {
  createOffer,
  defaultCapabilities,
  hostNamesIn,
  parseSdp,
  planAnswer,
  planFromAnswer,
  sdpLimits,
  videoPortsNeeded,
} from "../../../../media/sdp/index.ts";

const capabilities = {
  ...defaultCapabilities,
  video: { codecs: ["H264", "VP8"], limits: { width: 1280, height: 720, framerate: 30, kbps: 1500 } },
} as const;
const local = {
  ...{ address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" },
  video: [
    { port: 30_002, rtcpPort: 30_003, ssrc: 2, rtxSsrc: 3, cname: "ours" },
    { port: 30_004, rtcpPort: 30_007, ssrc: 4, rtxSsrc: 5, cname: "ours" },
  ],
};
const { state } = createOffer(capabilities, local);

/** All that a worker reads of one. */
function readAll(text: string): void {
  parseSdp(text);
  hostNamesIn(text, capabilities);
  videoPortsNeeded(text, capabilities);
  planAnswer(text, capabilities, local);
  planFromAnswer(text, capabilities, local, state);
}

const head = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
const sdp = (...lines: readonly string[]): string => [...head, ...lines, ""].join("\r\n");
const times = (count: number, make: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => make(index));
/** As long as a line may be. */
const longLine = (begin: string, filling: string, end: string): string =>
  begin + filling.repeat((sdpLimits.lineLength - begin.length - end.length) / filling.length) + end;
const formats = times(64, (index) => String(64 + index)).join(" ");
const audio = "m=audio 9 RTP/AVP 0";
const video = ["m=video 9 RTP/AVP 96", "a=rtpmap:96 VP8/90000"];
const streams = [audio, ...times(31, () => `m=video 9 RTP/AVP ${formats}`)];

/** How often a regular expression is tried: a measure of work that is the same on every machine. */
function attemptsOf(action: () => void): number {
  const { exec } = RegExp.prototype;
  let attempts = 0;
  RegExp.prototype.exec = function (text) {
    attempts += 1;
    return exec.call(this, text);
  };
  try {
    action();
  } finally {
    RegExp.prototype.exec = exec;
  }
  return attempts;
}

describe("a description that is made to cost much", () => {
  // Whoever tries a text again from each of its characters needs minutes for these, and one pass is done at once.
  it("has a host name without an end", () => {
    const text = ["v=0", `c=IN IP4 ${"a".repeat(60_000)}:`].join("\r\n");
    for (let round = 0; round < 20; round += 1) readAll(text);
  });

  it("has blanks and zero bytes within its lines", { timeout: 10_000 }, () => {
    const texts = [" ", "\0 "].map((filling) =>
      sdp(audio, ...times(15, () => longLine("a=x", filling, "y"))),
    );
    for (let round = 0; round < 200; round += 1) for (const text of texts) parseSdp(text);
  });

  it("has an address of colons", () => {
    expect(isUnspecifiedAddress(`${":".repeat(400_000)}x`)).toBe(false);
    expect(isUnspecifiedAddress(`${":0".repeat(200_000)}::`)).toBe(true);
  });

  it("has blanks before a parameter, and what ends a line for some", () => {
    const value = `97 ${" ".repeat(400_000)}x\u2028x`;
    expect(formatLines({ attributes: [{ name: "fmtp", value }] }).size).toBe(0);
  });

  it.each([
    ["formats without a meaning", times(960, (index) => `a=fmtp:${64 + (index % 64)} apt=1`)],
    [
      "formats that are all video",
      [
        ...times(64, (index) => `a=rtpmap:${64 + index} H264/90000`),
        ...times(896, (index) => `a=fmtp:${64 + (index % 64)} max-fs=1`),
      ],
    ],
  ])("has %s in each of its streams, whose parameters are read once a stream", (_, attributes) => {
    const text = sdp(...attributes, ...streams);
    expect(attemptsOf(() => readAll(text))).toBeLessThan(400_000);
  });

  it("has sizes of pictures, which are read once a stream", () => {
    const text = sdp(
      ...[
        audio,
        `m=video 9 RTP/AVP ${formats}`,
        ...times(64, (index) => `a=rtpmap:${64 + index} H264/90000`),
      ],
      ...times(30, () => `a=imageattr:* recv ${"[x=0,y=0] ".repeat(200)}`),
    );
    expect(attemptsOf(() => readAll(text))).toBeLessThan(2_000_000);
  });
});

describe("an address in a description", () => {
  const named = (name: string): string => sdp(audio, `c=IN IP4 ${name}`);
  const longest = `${"a".repeat(61)}.`.repeat(4).slice(0, -1).padEnd(sdpLimits.address, ".bcdef");

  it("is a name of 253 characters at most", () => {
    expect(longest).toHaveLength(sdpLimits.address);
    expect(hostNamesIn(named(longest))).toEqual([longest]);
    expect(hostNamesIn(named(`${longest}x`))).toEqual([]);
    expect(planAnswer(named(`${longest}x`), capabilities, local)).toMatchObject({
      error: {
        code: "BAD_SDP",
        message: expect.stringContaining("line 7: c= holds more than 253 characters"),
      },
    });
  });

  it("that is too long makes its own stream fail and no other", () => {
    const text = sdp(audio, ...video, `c=IN IP4 ${longest}x`);
    const answered = planAnswer(text, capabilities, local);
    expect(answered.ok && answered.value.plan.mended).toEqual({ lines: 1, names: 0 });
    expect(answered.ok && answered.value.video).toEqual([]);
  });
});
