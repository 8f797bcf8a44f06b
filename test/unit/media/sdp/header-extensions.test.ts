// Header extensions and transport feedback in offers and answers: what a browser offers is answered by its numbers, what a phone
// does not know is not mentioned to it.
import { describe, expect, it } from "vitest";
import {
  createOffer,
  defaultCapabilities,
  planAnswer,
  planFromAnswer,
  type SdpState,
} from "../../../../media/sdp/index.ts";

const fingerprint = Array.from({ length: 32 }, () => "AB").join(":");
const local = {
  ...{ address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" },
  dtls: { fingerprint, addresses: ["192.0.2.10"] },
  stream: { ssrc: 4_000_000_000, cname: "ours" },
};
const capabilities = { ...defaultCapabilities, srtp: "dtls" } as const;
const level = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const transport = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const sdesMid = "urn:ietf:params:rtp-hdrext:sdes:mid";
/** As Chromium offers them. */
const chromium = [
  `a=extmap:1 ${level}`,
  "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  `a=extmap:3 ${transport}`,
  `a=extmap:4 ${sdesMid}`,
  "a=rtcp-fb:111 transport-cc",
];

function description(
  lines: readonly string[],
  protocol = "UDP/TLS/RTP/SAVPF",
  session: readonly string[] = [],
) {
  return [
    ...["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", ...session],
    ...[`m=audio 9 ${protocol} 111 0`, "c=IN IP4 192.0.2.1"],
    ...(protocol.startsWith("UDP") ? [`a=fingerprint:sha-256 ${fingerprint}`, "a=setup:actpass"] : []),
    ...(protocol.startsWith("UDP") ? ["a=ice-ufrag:Yx2q", "a=ice-pwd:asd88fgpdd777uzjYhagZg12"] : []),
    ...["a=mid:0", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", ...lines, ""],
  ].join("\r\n");
}

function answer(offer: string, previous?: SdpState) {
  const result = planAnswer(offer, { ...capabilities, srtp: "accept" }, local, previous);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const linesOf = (sdp: string) => sdp.split("\r\n").filter((line) => /^a=(?:extmap|rtcp-fb|ssrc)/.test(line));

describe("a browser's offer", () => {
  it("is answered with what we read of its packets, by its numbers", () => {
    const { sdp, plan } = answer(description(chromium));
    expect(plan.extensions).toEqual({
      audioLevel: 1,
      transportSequence: 3,
      mid: { id: 4, name: "0" },
    });
    expect(linesOf(sdp)).toEqual([
      `a=extmap:1/recvonly ${level}`,
      `a=extmap:3/recvonly ${transport}`,
      `a=extmap:4/recvonly ${sdesMid}`,
      "a=rtcp-fb:111 transport-cc",
      "a=ssrc:4000000000 cname:ours",
    ]);
  });

  it("is not agreed to names in packets where it cannot be told how ours are known, for they have none", () => {
    const { stream: _, ...unknown } = local;
    const result = planAnswer(description(chromium), { ...capabilities, srtp: "accept" }, unknown);
    expect(result.ok && result.value.plan.extensions).toEqual({ audioLevel: 1, transportSequence: 3 });
    expect(result.ok && linesOf(result.value.sdp).filter((line) => line.includes("ssrc:"))).toEqual([]);
  });

  it("keeps its numbers in a renegotiation", () => {
    const offer = description(chromium);
    const first = answer(offer);
    expect(answer(offer, first.state).sdp).toBe(first.sdp);
    const { sdp } = createOffer(capabilities, local, first.state);
    expect(linesOf(sdp).filter((line) => line.startsWith("a=extmap"))).toEqual(
      linesOf(first.sdp).filter((line) => line.startsWith("a=extmap")),
    );
  });

  it.each([
    ["for a whole session", description([], undefined, [`a=extmap:7 ${level} vad=on`]), { audioLevel: 7 }],
    ["of which it sends none", description([`a=extmap:1/recvonly ${level}`]), undefined],
    ["that it only sends", description([`a=extmap:14/sendonly ${level}`]), { audioLevel: 14 }],
    ["that numbers packets and wants no feedback", description([`a=extmap:3 ${transport}`]), undefined],
    [
      "that wants feedback for every codec",
      description([`a=extmap:3 ${transport}`, "a=rtcp-fb:* transport-cc"]),
      { transportSequence: 3 },
    ],
    ["twice by one number", description([`a=extmap:1 ${level}`, `a=extmap:1 ${sdesMid}`]), { audioLevel: 1 }],
    ["twice", description([`a=extmap:1 ${level}`, `a=extmap:5 ${level}`]), { audioLevel: 1 }],
    ["by the number that ends all", description([`a=extmap:15 ${level}`]), undefined],
    ["by a number of a choice", description([`a=extmap:4096 ${level}`]), undefined],
    ["by no number", description([`a=extmap:0 ${level}`, `a=extmap:x ${level}`, "a=extmap:3"]), undefined],
    [
      "behind more lines than are needed",
      description([...Array.from({ length: 40 }, (_, at) => `a=extmap:${at + 20} urn:${at}`), chromium[0]!]),
      undefined,
    ],
  ])("with extensions %s", (_name, offer, extensions) => {
    expect(answer(offer).plan.extensions).toEqual(extensions);
  });
});

describe("a phone's offer in the clear", () => {
  it("is told of no arrivals, for its address is not proved, but its level counts", () => {
    const { plan, sdp } = answer(description(chromium, "RTP/AVPF"));
    expect(plan.extensions).toEqual({ audioLevel: 1, mid: { id: 4, name: "0" } });
    expect(linesOf(sdp)).toHaveLength(3);
  });

  it("without extensions is answered without", () => {
    expect(linesOf(answer(description([], "RTP/AVP")).sdp)).toEqual([]);
  });
});

describe("an offer of ours", () => {
  const { sdp, state } = createOffer(capabilities, local);

  it("by DTLS asks for them, and what the answer agrees to counts", () => {
    expect(linesOf(sdp).slice(0, 3)).toEqual([
      `a=extmap:1/recvonly ${level}`,
      `a=extmap:3/recvonly ${transport}`,
      `a=extmap:4/recvonly ${sdesMid}`,
    ]);
    const opus = /a=rtpmap:(\d+) opus/.exec(sdp)![1]!;
    const lines = [`a=extmap:1/sendonly ${level}`, `a=extmap:3 ${transport}`, `a=extmap:9 ${sdesMid}`];
    const answered = description([...lines, `a=rtcp-fb:${opus} transport-cc`])
      .replaceAll("111", opus)
      .replace("actpass", "active");
    const result = planFromAnswer(answered, capabilities, local, state);
    expect(result.ok && result.value.plan.extensions).toEqual({ audioLevel: 1, transportSequence: 3 });
  });

  it("answered without has none, and does not ask again", () => {
    const answered = description([]).replace("actpass", "active");
    const result = planFromAnswer(answered, capabilities, local, state);
    if (!result.ok) throw new Error(result.error.message);
    expect(result.value.plan.extensions ?? {}).toEqual({});
    expect(linesOf(createOffer(capabilities, local, result.value.state).sdp)).toEqual([]);
  });

  it("in the clear mentions none", () => {
    expect(linesOf(createOffer(defaultCapabilities, local).sdp)).toEqual([]);
  });
});
