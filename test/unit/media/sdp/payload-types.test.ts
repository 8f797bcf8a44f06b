// Numbers for the formats of our offers, however many of them the far end has taken.
import { describe, expect, it } from "vitest";
import {
  createOffer,
  defaultCapabilities,
  type LocalEnd,
  planAnswer,
  type SdpState,
} from "../../../../media/sdp/index.ts";
import { allocatePayloadType } from "../../../../media/sdp/payload-types.ts";

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a payload type of ours", () => {
  it("is the one that is wanted, else the next that is free among the dynamic ones, else a spare one", () => {
    expect(allocatePayloadType(97, new Set())).toBe(97);
    expect(allocatePayloadType(0, new Set())).toBe(0);
    expect(allocatePayloadType(0, new Set([0]))).toBe(96);
    expect(allocatePayloadType(126, new Set([126]))).toBe(127);
    expect(allocatePayloadType(126, new Set([126, 127]))).toBe(96);
    expect(allocatePayloadType(126, new Set(range(96, 127)))).toBe(35);
    expect(allocatePayloadType(126, new Set([...range(96, 127), ...range(35, 62)]))).toBe(63);
  });

  it("is taken from then on, and there is none where all are taken", () => {
    const taken = new Set(range(96, 127));
    const found = Array.from({ length: 31 }, () => allocatePayloadType(97, taken));
    expect(found).toEqual([...range(35, 63), undefined, undefined]);
  });
});

describe("an offer in a call", () => {
  const capabilities = {
    ...defaultCapabilities,
    video: { codecs: ["H264", "VP8"], limits: { width: 1280, height: 720, framerate: 30, kbps: 1500 } },
  } as const;
  const local: LocalEnd = {
    ...{ address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" },
    video: [{ port: 30_002, rtcpPort: 30_003, ssrc: 2, rtxSsrc: 3, cname: "ours" }],
  };
  const offer = (...media: string[]): string =>
    ["v=0", "o=- 1 1 IN IP4 198.51.100.5", "s=-", "c=IN IP4 198.51.100.5", "t=0 0", ...media, ""].join(
      "\r\n",
    );
  const streams = (sdp: string) => sdp.split("\r\n").filter((line) => line.startsWith("m="));

  function stateAfter(text: string, terms: typeof defaultCapabilities, previous?: SdpState): SdpState {
    const answered = planAnswer(text, terms, local, previous);
    if (!answered.ok) throw new Error(answered.error.message);
    return answered.value.state;
  }

  it("has no video where the lines of the far end have left no number for it", () => {
    const every = range(0, 63).join(" ");
    const rest = range(64, 127).join(" ");
    const state = stateAfter(
      offer(`m=audio 5004 RTP/AVP ${every}`, `m=application 0 RTP/AVP ${rest}`),
      defaultCapabilities,
    );
    expect(streams(createOffer(capabilities, local, state).sdp).map((line) => line.split(" ", 2)[0])).toEqual(
      ["m=audio", "m=application"],
    );
  });

  it("is made after a far end that has called its formats otherwise a hundred times, and keeps its codecs", () => {
    let state: SdpState | undefined;
    for (let round = 0; round < 100; round += 1) {
      const [first, second, opus] = [round, round + 1, round + 2].map((number) => (number * 3) % 128);
      const text = offer(
        `m=audio 5004 RTP/AVP 0 ${opus}`,
        `a=rtpmap:${opus} opus/48000/2`,
        `m=video 5006 RTP/AVP ${first} ${second}`,
        `a=rtpmap:${first} VP8/90000`,
        `a=rtpmap:${second} H264/90000`,
        `a=fmtp:${second} packetization-mode=1`,
      );
      state = stateAfter(text, capabilities, state);
      const again = createOffer(capabilities, local, state);
      expect(streams(again.sdp)).toHaveLength(2);
      expect(again.sdp).toMatch(/^a=rtpmap:\d+ PCMU\/8000\r$/m);
      expect(again.sdp).toMatch(/^a=rtpmap:\d+ VP8\/90000\r$/m);
      state = again.state;
    }
  });
});
