// Lines of video in answers: which are taken, that a broken one decides nothing of the audio, and what later offers change.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Capabilities,
  defaultCapabilities,
  planAnswer,
  type SdpState,
  type SrtpPolicy,
  videoPortsNeeded,
} from "../../../../media/sdp/index.ts";
import { parseSdp } from "../../../../media/sdp/parse.ts";

const limits = { width: 1280, height: 720, framerate: 30, kbps: 1500 };
const capabilities: Capabilities = { ...defaultCapabilities, video: { codecs: ["H264", "VP8"], limits } };
const local = {
  ...{ address: "192.0.2.10", port: 30_000, rtcpPort: 30_001, sessionId: "7" },
  dtls: { fingerprint: "AB:CD", addresses: ["192.0.2.10"] },
  video: [
    { port: 30_002, rtcpPort: 30_003, ssrc: 2, rtxSsrc: 3, cname: "ours" },
    { port: 30_004, rtcpPort: 30_005, ssrc: 4, rtxSsrc: 5, cname: "ours" },
  ],
};

const offerOf = (...media: string[]): string =>
  ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", ...media, ""].join("\r\n");
const audio = "m=audio 4000 RTP/AVP 0";
const vp8 = ["a=rtpmap:96 VP8/90000"];
const h264 = ["a=rtpmap:97 H264/90000", "a=fmtp:97 profile-level-id=42e01f;packetization-mode=1"];
const camera = ["m=video 4002 RTP/AVP 96", ...vp8];
const screen = ["m=video 4004 RTP/AVP 97", ...h264, "a=content:slides"];

function answer(offer: string, previous?: SdpState, terms: Capabilities = capabilities) {
  const result = planAnswer(offer, terms, local, previous);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

const streams = (sdp: string): string[] => sdp.split("\r\n").filter((line) => line.startsWith("m="));
const contents = ({ video }: ReturnType<typeof answer>) =>
  video.map(({ content, remote, direction }) => `${content} ${remote.port} ${direction}`);

describe("an answer to video", () => {
  it("takes the camera and the screen, each on a port of its own", () => {
    const answered = answer(offerOf(audio, ...camera, ...screen));
    expect(contents(answered)).toEqual(["main 4002 sendrecv", "slides 4004 recvonly"]);
    expect(streams(answered.sdp)).toEqual([
      "m=audio 30000 RTP/AVP 0",
      "m=video 30002 RTP/AVP 96",
      "m=video 30004 RTP/AVP 97",
    ]);
  });

  it.each([
    [
      "by what they say of themselves, in any order",
      [screen, camera],
      ["main 4002 sendrecv", "slides 4004 recvonly"],
    ],
    [
      "the second that says nothing is the screen",
      [camera, ["m=video 4006 RTP/AVP 96", ...vp8]],
      ["main 4002 sendrecv", "slides 4006 recvonly"],
    ],
    [
      "a third one is refused",
      [camera, screen, ["m=video 4006 RTP/AVP 96", ...vp8]],
      ["main 4002 sendrecv", "slides 4004 recvonly"],
    ],
    ["a screen alone stays the screen", [screen], ["slides 4004 recvonly"]],
    [
      "a speaker's picture and sign language are the camera's",
      [[...camera, "a=content:sl,speaker"]],
      ["main 4002 sendrecv"],
    ],
    [
      "one without a codec of ours makes way for the next",
      [["m=video 4006 RTP/AVP 34"], camera],
      ["main 4002 sendrecv"],
    ],
    [
      "the same once more in another profile is no screen",
      [camera, ["m=video 4006 RTP/AVPF 96", ...vp8]],
      ["main 4002 sendrecv"],
    ],
    [
      "two for the screen are one",
      [screen, ["m=video 4008 RTP/AVP 97", ...h264, "a=content:slides"]],
      ["slides 4004 recvonly"],
    ],
  ] as const)("tells lines apart: %s", (_, lines, expected) => {
    const answered = answer(offerOf(audio, ...lines.flat()));
    expect(contents(answered)).toEqual(expected);
    const accepted = streams(answered.sdp).filter((line) => line.startsWith("m=video 30"));
    expect(accepted).toHaveLength(expected.length);
    expect(streams(answered.sdp)).toHaveLength(lines.length + 1);
  });

  it.each([
    ["sendrecv", "sendrecv", "recvonly"],
    ["sendonly", "recvonly", "recvonly"],
    ["recvonly", "sendonly", "inactive"],
    ["inactive", "inactive", "inactive"],
  ])(
    "mirrors %s: the camera's line %s, the screen's %s, which is only for what comes",
    (theirs, main, slides) => {
      const answered = answer(offerOf(audio, ...camera, `a=${theirs}`, ...screen, `a=${theirs}`));
      expect(answered.video.map(({ direction }) => direction)).toEqual([main, slides]);
    },
  );

  it("is the same as without video in everything, where there is none here or in the offer", () => {
    const folder = join(import.meta.dirname, "../../../corpus/sdp");
    const fixed = (sdp: string) => sdp.replace(/(?:inline|ice-ufrag|ice-pwd):\S+/g, "");
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".sdp"))) {
      const text = readFileSync(join(folder, name), "utf8");
      const end = { ...local, stream: { ssrc: 1, cname: "ours" } };
      const { video: _, ...plain } = end;
      const before = planAnswer(text, defaultCapabilities, plain);
      const withEnd = planAnswer(text, defaultCapabilities, end);
      expect(withEnd.ok && fixed(withEnd.value.sdp)).toEqual(before.ok && fixed(before.value.sdp));
      if (/^m=video/m.test(text)) continue;
      const able = planAnswer(text, capabilities, end);
      expect(able.ok && fixed(able.value.sdp)).toEqual(before.ok && fixed(before.value.sdp));
      expect(able.ok && able.value.video).toEqual(able.ok && []);
    }
  });

  it.each([
    ["no port", "m=video x RTP/AVP 96"],
    ["no format", "m=video 4002 RTP/AVP"],
    ["no address that can be reached", "m=video 4002 RTP/AVP 96\r\nc=IN IP6 2001:db8::1"],
    ["an address of many", "m=video 4002 RTP/AVP 96\r\nc=IN IP4 224.0.0.1"],
    ["a transport of another kind", "m=video 4002 UDP 96"],
    ["keys of no use", "m=video 4002 RTP/SAVP 96\r\na=crypto:1 ROT13 inline:x"],
    ["port 0", "m=video 0 RTP/AVP 96"],
    ["DTLS without a bundle", "m=video 4002 UDP/TLS/RTP/SAVPF 96"],
    [
      "interleaved packets alone",
      "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 packetization-mode=2",
    ],
    [
      "a profile of which we have none",
      "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=fmtp:97 profile-level-id=6e0028",
    ],
  ])("refuses a line with %s, and takes the audio and the line behind it", (_, broken) => {
    for (const lines of [
      [audio, broken, ...vp8],
      [broken, ...vp8, audio],
    ]) {
      const answered = answer(offerOf(...lines));
      expect(answered.plan).toMatchObject({ codec: "PCMU", direction: "sendrecv" });
      expect(answered.video).toEqual([]);
      expect(streams(answered.sdp).filter((line) => line.startsWith("m=video 0 "))).toHaveLength(1);
    }
    const both = answer(offerOf(audio, broken, ...vp8, "m=video 4010 RTP/AVP 98", "a=rtpmap:98 VP8/90000"));
    expect(contents(both)).toEqual(["main 4010 sendrecv"]);
    expect(streams(both.sdp)[0]).toBe("m=audio 30000 RTP/AVP 0");
  });

  it("counts what was written wrong and meant all the same", () => {
    const answered = answer(
      offerOf(
        audio,
        "m=video 4002 RTP/AVP 96 97",
        "a=rtpmap:96 VP8/8000",
        "a=rtpmap:97 H264/90000",
        "a=fmtp:97 profile-level-id=0",
      ),
    );
    expect(answered.plan.mended).toEqual({ lines: 2, names: 0 });
    expect([...(answered.video[0]?.receive.values() ?? [])]).toEqual(["VP8", "H264"]);
  });

  it("keeps the offerer's order of codecs, and takes fragments where it can have them", () => {
    const h264First = offerOf(
      ...[
        audio,
        "m=video 4002 RTP/AVP 97 98 96",
        "a=rtpmap:97 H264/90000",
        "a=fmtp:97 profile-level-id=42e01f",
      ],
      ...["a=rtpmap:98 H264/90000", "a=fmtp:98 profile-level-id=42e01f;packetization-mode=1", ...vp8],
    );
    expect(streams(answer(h264First).sdp)[1]).toBe("m=video 30002 RTP/AVP 98 96");
    const vp8First = h264First.replace("97 98 96", "96 97 98");
    expect(streams(answer(vp8First).sdp)[1]).toBe("m=video 30002 RTP/AVP 96 98");
    const onlyVp8 = { ...capabilities, video: { codecs: ["VP8"], limits } } as const;
    expect(streams(answer(h264First, undefined, onlyVp8).sdp)[1]).toBe("m=video 30002 RTP/AVP 96");
  });

  it("limits what is sent by what the other side takes: bandwidth, size, frames", () => {
    const limited = (...lines: string[]) => answer(offerOf(audio, ...camera, ...lines)).video[0]?.format;
    expect(limited()).toMatchObject({ maxMacroblocks: 3600, maxMacroblocksPerSecond: 108_000 });
    expect(limited()?.maxKbps).toBeUndefined();
    expect(limited("b=TIAS:512000")?.maxKbps).toBe(512);
    expect(limited("b=AS:512")?.maxKbps).toBe(486);
    expect(limited("b=AS:512", "b=TIAS:256000")?.maxKbps).toBe(256);
    expect(limited("b=AS:0", "b=TIAS:x", "b=RS:800")?.maxKbps).toBeUndefined();
    expect(limited("a=fmtp:96 max-fs=1200;max-fr=15")).toMatchObject({
      ...{ maxMacroblocks: 1200, maxMacroblocksPerSecond: 18_000 },
    });
    expect(limited("a=fmtp:96 max-fs=1;max-fr=1")).toMatchObject({
      ...{ maxMacroblocks: 99, maxMacroblocksPerSecond: 495 },
    });
    expect(limited("a=imageattr:* send * recv [x=[176:16:640],y=[144:16:480]]")?.maxMacroblocks).toBe(1200);
    expect(limited("a=imageattr:96 recv [x=352,y=288] send [x=1280,y=720]")?.maxMacroblocks).toBe(396);
    expect(limited("a=imageattr:97 recv [x=352,y=288]")?.maxMacroblocks).toBe(3600);
    expect(limited("a=imageattr:96 recv *")?.maxMacroblocks).toBe(3600);
  });

  it("agrees on feedback as it is named, for each format or for all", () => {
    const answered = answer(
      offerOf(
        audio,
        ...camera,
        "a=rtcp-fb:* nack pli",
        "a=rtcp-fb:96 CCM FIR",
        "a=rtcp-fb:96 ccm tmmbr",
        "a=rtcp-fb:99 nack",
      ),
    );
    expect(answered.video[0]?.feedback).toEqual({
      ...{ nack: false, pli: true, fir: true, remb: false, transportCc: false },
    });
    const lines = answered.sdp.split("\r\n").filter((line) => line.startsWith("a=rtcp-fb"));
    expect(lines).toEqual(["a=rtcp-fb:* nack pli", "a=rtcp-fb:96 ccm fir"]);
  });
});

describe("ports that video needs", () => {
  const bundled = (mid: number) => [...[`m=video 9 UDP/TLS/RTP/SAVPF 96`, `a=mid:${mid}`, ...vp8]];
  it.each([
    ["no video", [audio], 0],
    ["a camera", [audio, ...camera], 1],
    ["a camera and a screen", [audio, ...camera, ...screen], 2],
    ["a screen, which has the second pair", [audio, ...screen], 2],
    ["a bundle", ["a=group:BUNDLE 0 1", "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", ...bundled(1)], 0],
    ["nothing that can be used", [audio, "m=video 4002 RTP/AVP 34"], 0],
  ] as const)("%s", (_, lines, ports) => {
    expect(videoPortsNeeded(offerOf(...lines), capabilities)).toBe(ports);
    expect(videoPortsNeeded(offerOf(...lines), defaultCapabilities)).toBe(0);
  });

  it("none for what is no description", () => {
    expect(videoPortsNeeded("hello", capabilities)).toBe(0);
  });

  it("and where a line has but the audio's, it is refused", () => {
    const [first, second] = local.video;
    const video = [first!, { ...second!, port: local.port, rtcpPort: local.rtcpPort }];
    const result = planAnswer(offerOf(audio, ...camera, ...screen), capabilities, { ...local, video });
    expect(result.ok && streams(result.value.sdp)).toEqual([
      ...["m=audio 30000 RTP/AVP 0", "m=video 30002 RTP/AVP 96", "m=video 0 RTP/AVP 97"],
    ]);
  });

  it("and where they are missing, the line is refused", () => {
    const result = planAnswer(offerOf(audio, ...camera, ...screen), capabilities, {
      ...local,
      video: local.video.slice(0, 1),
    });
    expect(result.ok && streams(result.value.sdp)).toEqual([
      ...["m=audio 30000 RTP/AVP 0", "m=video 30002 RTP/AVP 96", "m=video 0 RTP/AVP 97"],
    ]);
  });
});

describe("a later offer", () => {
  const first = answer(offerOf(audio, ...camera));

  it("that says the same is answered with the same, in the same version", () => {
    expect(answer(offerOf(audio, ...camera), first.state).sdp).toBe(first.sdp);
  });

  it("takes the camera away and brings it back in its place", () => {
    const without = answer(offerOf(audio, "m=video 0 RTP/AVP 96"), first.state);
    expect(without.video).toEqual([]);
    expect(streams(without.sdp)).toEqual(["m=audio 30000 RTP/AVP 0", "m=video 0 RTP/AVP 96"]);
    const again = answer(offerOf(audio, ...camera), without.state);
    expect(contents(again)).toEqual(["main 4002 sendrecv"]);
  });

  it("adds the camera, and then the screen", () => {
    const plain = answer(offerOf(audio));
    const added = answer(offerOf(audio, ...camera), plain.state);
    expect(contents(added)).toEqual(["main 4002 sendrecv"]);
    const both = answer(offerOf(audio, ...camera, "m=video 4006 RTP/AVP 96", ...vp8), added.state);
    expect(contents(both)).toEqual(["main 4002 sendrecv", "slides 4006 recvonly"]);
  });

  it("without the camera leaves the screen the screen", () => {
    const both = answer(offerOf(audio, ...camera, "m=video 4006 RTP/AVP 96", ...vp8));
    const rest = answer(
      offerOf(audio, "m=video 0 RTP/AVP 96", "m=video 4006 RTP/AVP 96", ...vp8),
      both.state,
    );
    expect(contents(rest)).toEqual(["slides 4006 recvonly"]);
    expect(streams(rest.sdp)[2]).toBe("m=video 30004 RTP/AVP 96");
  });

  it("puts all on hold, and the camera alone", () => {
    const held = answer(offerOf("a=sendonly", audio, ...camera), first.state);
    expect([held.plan.direction, ...contents(held)]).toEqual(["recvonly", "main 4002 recvonly"]);
    const dark = answer(offerOf(audio, ...camera, "a=inactive"), held.state);
    expect([dark.plan.direction, ...contents(dark)]).toEqual(["sendrecv", "main 4002 inactive"]);
  });

  it("takes the audio away: nothing is shown either", () => {
    const silent = answer(offerOf("m=audio 0 RTP/AVP 0", ...camera), first.state);
    expect(silent.plan.direction).toBe("inactive");
    expect(silent.video).toEqual([]);
    expect(streams(silent.sdp)).toEqual(["m=audio 0 RTP/AVP 0", "m=video 0 RTP/AVP 96"]);
  });
});

describe("encrypted video", () => {
  const key = (byte: number) => `inline:${Buffer.alloc(30, byte).toString("base64")}`;
  const crypto = (byte: number) => `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${key(byte)}`;
  const under = (srtp: SrtpPolicy): Capabilities => ({ ...capabilities, srtp });
  const offer = offerOf(
    ...["m=audio 4000 RTP/SAVP 0", crypto(1), "m=video 4002 RTP/SAVP 96", ...vp8, crypto(2)],
  );

  it("has keys of its own, which stay as long as the suite does", () => {
    const answered = answer(offer);
    const [plan] = answered.video;
    expect(Buffer.from(plan!.srtp!.receive.key).toString("hex")).toBe("02".repeat(16));
    expect(plan?.srtp?.send.key).not.toEqual(answered.plan.srtp?.send.key);
    const again = answer(offer, answered.state);
    expect(again.video[0]?.srtp?.send).toBe(plan?.srtp?.send);
    expect(again.sdp).toBe(answered.sdp);
  });

  it("is refused where it is not allowed, and in the clear where it must be encrypted; the audio is not", () => {
    const mixed = offerOf("m=audio 4000 RTP/SAVP 0", crypto(1), ...camera);
    expect(answer(mixed, undefined, under("require")).video).toEqual([]);
    expect(answer(mixed, undefined, under("accept")).video).toHaveLength(1);
    const clearAudio = offerOf(audio, "m=video 4002 RTP/SAVP 96", ...vp8, crypto(2));
    expect(answer(clearAudio, undefined, under("forbid")).video).toEqual([]);
    expect(answer(clearAudio, undefined, under("accept")).video[0]?.srtp).toBeDefined();
  });
});

describe("whatever lines of video come", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "m=video 4002 RTP/AVP 96 97",
      "m=video 4004 RTP/SAVPF 97",
      "m=video 0 UDP/TLS/RTP/SAVPF 96",
    ),
    fc.constantFrom("m=video 9 UDP/TLS/RTP/SAVPF 96 97 98", "m=audio 9 UDP/TLS/RTP/SAVPF 0", audio),
    fc.constantFrom(
      "a=rtpmap:96 VP8/90000",
      "a=rtpmap:97 H264/90000",
      "a=rtpmap:98 rtx/90000",
      "a=fmtp:98 apt=96",
    ),
    fc.constantFrom(
      "a=mid:0",
      "a=mid:1",
      "a=bundle-only",
      "a=rtcp-mux",
      "a=content:slides",
      "a=content:,,",
      "b=AS:1",
    ),
    fc.constantFrom(
      "a=ice-ufrag:abcd",
      "a=ice-pwd:abcdefghijklmnopqrstuvwx",
      "a=setup:actpass",
      "a=inactive",
    ),
    fc.constantFrom(
      `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`,
      "a=group:BUNDLE 0 1",
      "c=IN IP4 0.0.0.0",
    ),
    fc
      .tuple(
        fc.constantFrom(
          "a=fmtp:97 ",
          "a=fmtp:97 profile-level-id=",
          "a=fmtp:96 max-fs=",
          "a=imageattr:* recv ",
        ),
        fc.string({ maxLength: 30 }),
      )
      .map(([start, rest]) => start + rest),
    fc
      .tuple(
        fc.constantFrom(
          "a=rtcp-fb:",
          "a=extmap:",
          "b=",
          "a=mid:",
          "a=group:BUNDLE ",
          "m=video ",
          "a=content:",
        ),
        fc.string({ maxLength: 30 }),
      )
      .map(([start, rest]) => start + rest),
    fc.constantFrom(
      "a=fmtp:97 sprop-parameter-sets=",
      `a=fmtp:97 max-fs=${"9".repeat(40)}`,
      "a=imageattr:* recv [x=0,y=0]",
    ),
  );

  it("the audio is answered as it is without them, and never anything throws", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 24 }), (lines) => {
        const text = offerOf(...lines);
        const [plain, able] = [
          planAnswer(text, defaultCapabilities, local),
          planAnswer(text, capabilities, local),
        ];
        expect(able.ok).toBe(plain.ok);
        expect(videoPortsNeeded(text, capabilities)).toBeLessThanOrEqual(2);
        if (!able.ok || !plain.ok) return;
        expect(able.value.plan.codec).toBe(plain.value.plan.codec);
        expect(able.value.video.length).toBeLessThanOrEqual(2);
        for (const { format, bundled, content } of able.value.video) {
          expect(format.maxMacroblocks).toBeGreaterThanOrEqual(99);
          expect(format.maxMacroblocks).toBeLessThanOrEqual(3600);
          expect(format.maxMacroblocksPerSecond).toBeLessThanOrEqual(108_000);
          if (!bundled)
            expect(videoPortsNeeded(text, capabilities)).toBeGreaterThan(content === "main" ? 0 : 1);
        }
        const parsed = parseSdp(able.value.sdp);
        expect(parsed.ok && parsed.value.mended).toBe(0);
        expect(streams(able.value.sdp)).toHaveLength(streams(plain.value.sdp).length);
        const again = planAnswer(text, capabilities, local, able.value.state);
        expect(again.ok && again.value.sdp).toBe(able.value.sdp);
      }),
      { numRuns: 1000 },
    );
  });
});
