// Lines of video in offers of ours, under each policy, and what answers make of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Capabilities,
  createOffer,
  defaultCapabilities,
  type LocalEnd,
  planAnswer,
  planFromAnswer,
  type SdpState,
  type SrtpPolicy,
} from "../../../../media/sdp/index.ts";

const limits = { width: 1280, height: 720, framerate: 30, kbps: 1500 };
const under = (srtp: SrtpPolicy): Capabilities => ({
  ...{ ...defaultCapabilities, srtp },
  video: { codecs: ["H264", "VP8"], limits },
});
const capabilities = under("accept");

const end = (first: number, lines = 1): LocalEnd => ({
  ...{ address: "192.0.2.10", port: first, rtcpPort: first + 1, sessionId: "7" },
  dtls: { fingerprint: Array(32).fill("AB").join(":"), addresses: ["192.0.2.10"] },
  stream: { ssrc: first, cname: "ours" },
  video: [
    { port: first + 2, rtcpPort: first + 3, ssrc: first + 2, rtxSsrc: first + 3, cname: "ours" },
    { port: first + 4, rtcpPort: first + 5, ssrc: first + 4, rtxSsrc: first + 5, cname: "ours" },
  ].slice(0, lines),
});
const [ours, theirs] = [end(30_000, 2), end(40_000, 2)];

const streams = (sdp: string): string[] => sdp.split("\r\n").filter((line) => line.startsWith("m="));
const linesOf = (sdp: string, name: string): string[] =>
  sdp.split("\r\n").filter((line) => line.startsWith(`a=${name}:`));

/** A description of ours as a far end writes it that sends connectivity checks. */
const fullIce = (sdp: string): string => sdp.replace("a=ice-lite\r\n", "");

function answered(offer: string, local: LocalEnd, terms = capabilities, previous?: SdpState) {
  const result = planAnswer(fullIce(offer), terms, local, previous);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function agreed(answer: string, state: SdpState, terms = capabilities, local = ours) {
  const result = planFromAnswer(fullIce(answer), terms, local, state);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const answerOf = (...media: string[]): string =>
  ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", ...media, ""].join("\r\n");
const audio = "m=audio 4000 RTP/AVP 0";

describe("an offer of ours", () => {
  it("has the camera and the screen behind the audio, H.264 with and without fragments, and VP8", () => {
    const { sdp } = createOffer(capabilities, ours);
    expect(streams(sdp)).toEqual([
      "m=audio 30000 RTP/AVP 107 9 8 0 102 101",
      "m=video 30002 RTP/AVP 99 98 97",
      "m=video 30004 RTP/AVP 100 103 104",
    ]);
    const parameters = "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1";
    expect(sdp).toContain(`a=fmtp:99 ${parameters}\r\n`);
    expect(sdp).toContain("a=fmtp:98 profile-level-id=42e01f;level-asymmetry-allowed=1\r\n");
    expect(sdp).toContain("a=fmtp:97 max-fr=30;max-fs=3600\r\n");
    expect(linesOf(sdp, "content")).toEqual(["a=content:main", "a=content:slides"]);
    expect(linesOf(sdp, "rtcp-fb").slice(0, 3)).toEqual([
      ...["a=rtcp-fb:* nack", "a=rtcp-fb:* nack pli", "a=rtcp-fb:* ccm fir"],
    ]);
    expect(linesOf(sdp, "ssrc")).toEqual([]);
  });

  it("without video here is as it has always been", () => {
    const { video: _, ...plain } = ours;
    const { sdp } = createOffer(defaultCapabilities, plain);
    expect(createOffer(defaultCapabilities, ours).sdp).toBe(sdp);
    expect(createOffer(capabilities, plain).sdp).toBe(sdp);
    expect(sdp).not.toContain("video");
  });

  it("has those lines that have ports; of DTLS they need none", () => {
    const bundleOnly = { ...ours, video: ours.video!.map((each) => ({ ...each, port: ours.port })) };
    expect(streams(createOffer(capabilities, bundleOnly).sdp)).toHaveLength(1);
    expect(streams(createOffer(under("dtls"), bundleOnly).sdp)).toHaveLength(3);
    const one = { ...ours, video: [ours.video![0]!, bundleOnly.video[1]!] };
    expect(linesOf(createOffer(capabilities, one).sdp, "content")).toEqual([]);
    expect(streams(createOffer(capabilities, one).sdp)).toHaveLength(2);
  });

  it("is of the codecs that are wanted, in their order", () => {
    const vp8 = { ...capabilities, video: { codecs: ["VP8"], limits } } as const;
    expect(streams(createOffer(vp8, end(30_000)).sdp)[1]).toBe("m=video 30002 RTP/AVP 97");
    const both = { ...capabilities, video: { codecs: ["VP8", "H264"], limits } } as const;
    expect(streams(createOffer(both, end(30_000)).sdp)[1]).toBe("m=video 30002 RTP/AVP 97 99 98");
  });

  it("of DTLS has video in the bundle alone, until the far end has agreed to that (RFC 9143 §7.2.1)", () => {
    const { sdp, state } = createOffer(under("dtls"), ours);
    expect(linesOf(sdp, "group")).toEqual(["a=group:BUNDLE 0 1 2"]);
    expect(
      streams(sdp)
        .slice(1)
        .map((line) => line.split(" ", 3).join(" ")),
    ).toEqual([...["m=video 0 UDP/TLS/RTP/SAVPF", "m=video 0 UDP/TLS/RTP/SAVPF"]]);
    expect(sdp.match(/a=bundle-only/g)).toHaveLength(2);
    const numbers = streams(sdp).flatMap((line) => line.split(" ").slice(3));
    expect(new Set(numbers).size).toBe(numbers.length);
    const { state: after, video } = agreed(answered(sdp, theirs, under("dtls")).sdp, state, under("dtls"));
    expect(video.map(({ content, bundled }) => `${content} ${bundled}`)).toEqual([
      "main true",
      "slides true",
    ]);
    const again = createOffer(under("dtls"), ours, after);
    expect(
      streams(again.sdp)
        .slice(1)
        .map((line) => line.split(" ", 2).join(" ")),
    ).toEqual([...["m=video 30000", "m=video 30000"]]);
    expect(again.sdp).not.toContain("bundle-only");
  });

  it.each(["forbid", "accept", "offer", "require", "dtls"] as const)(
    "with the policy %s comes to the same on both sides",
    (policy) => {
      const offer = createOffer(under(policy), ours);
      const there = answered(offer.sdp, theirs, under(policy));
      const here = agreed(there.sdp, offer.state, under(policy));
      expect(here.video.map(({ content }) => content)).toEqual(["main", "slides"]);
      here.video.forEach((plan, index) => {
        const other = there.video[index]!;
        expect(plan.payloadType).toBe(other.payloadType);
        expect(plan.format).toEqual(other.format);
        expect(plan.format).toMatchObject({ codec: "H264", packetizationMode: 1, profileLevelId: "42e01f" });
        expect([...plan.receive.keys()]).toEqual(expect.arrayContaining([...other.receive.keys()]));
        expect(plan.srtp?.send.key).toEqual(other.srtp?.receive.key);
        expect(plan.srtp?.receive.key).toEqual(other.srtp?.send.key);
        expect(plan.srtp !== undefined).toBe(policy === "offer" || policy === "require");
        expect(plan.bundled).toBe(policy === "dtls");
        expect(plan.feedback).toMatchObject({ nack: true, pli: true, fir: true, remb: plan.bundled });
        // Each side receives extensions and sends none.
        expect(plan.extensions).toBeUndefined();
      });
      expect(here.video[0]?.direction).toBe("sendrecv");
      if (here.video[0]?.srtp) expect(here.video[0].srtp.send.key).not.toEqual(here.plan.srtp?.send.key);
      if (policy !== "dtls") expect(here.video.map(({ remote }) => remote.port)).toEqual([40_002, 40_004]);

      const again = createOffer(under(policy), ours, here.state);
      expect(streams(again.sdp)).toHaveLength(3);
      const once = answered(again.sdp, theirs, under(policy), there.state);
      expect(once.video.map(({ srtp }) => srtp?.send)).toEqual(there.video.map(({ srtp }) => srtp?.send));
      const after = agreed(once.sdp, again.state, under(policy));
      expect(createOffer(under(policy), ours, after.state).sdp).toBe(again.sdp);
      expect(after.video).toEqual(here.video);
    },
  );

  it("that is repeated before it is answered is the same", () => {
    const first = createOffer(capabilities, ours);
    expect(createOffer(capabilities, ours, first.state).sdp).toBe(first.sdp);
  });
});

describe("the answer to video of ours", () => {
  const camera = end(30_000);
  const offer = createOffer(capabilities, camera);
  const read = (...media: string[]) => agreed(answerOf(audio, ...media), offer.state, capabilities, camera);

  it("refuses it, and it is not offered again", () => {
    const { plan, video, state } = read("m=video 0 RTP/AVP 99");
    expect([plan.codec, video]).toEqual(["PCMU", []]);
    const again = createOffer(capabilities, camera, state);
    expect(streams(again.sdp)[1]).toBe("m=video 0 RTP/AVP 99 98 97");
    const later = agreed(answerOf(audio, "m=video 0 RTP/AVP 99"), again.state, capabilities, camera);
    expect(later.video).toEqual([]);
  });

  it.each([
    ["is missing", []],
    ["is another kind of media", ["m=image 4002 UDPTL t38"]],
    ["has no port", ["m=video x RTP/AVP 99"]],
    ["has nothing of ours", ["m=video 4002 RTP/AVP 34"]],
    [
      "has an address that can not be reached",
      ["m=video 4002 RTP/AVP 97", "c=IN IP6 2001:db8::1", "a=rtpmap:97 VP8/90000"],
    ],
    ["is of DTLS", ["m=video 4002 UDP/TLS/RTP/SAVPF 97", "a=rtpmap:97 VP8/90000"]],
    [
      "has keys that we did not offer",
      ["m=video 4002 RTP/SAVP 97", "a=rtpmap:97 VP8/90000", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"],
    ],
  ])("that %s is a refusal of the picture alone", (_, lines) => {
    const { plan, video } = read(...lines);
    expect([plan.codec, plan.direction, video]).toEqual(["PCMU", "sendrecv", []]);
  });

  it("has parameters of ours where it says none, and its own where it does", () => {
    const [bare] = read("m=video 4002 RTP/AVP 99", "a=rtpmap:99 H264/90000").video;
    expect(bare?.format).toMatchObject({
      packetizationMode: 1,
      profileLevelId: "42e01f",
      maxMacroblocks: 3600,
    });
    const [low] = read(
      "m=video 4002 RTP/AVP 98",
      "a=rtpmap:98 H264/90000",
      "a=fmtp:98 profile-level-id=42801e",
    ).video;
    expect(low?.format).toMatchObject({
      packetizationMode: 0,
      profileLevelId: "42e01e",
      maxMacroblocks: 1620,
    });
    const [main] = read(
      "m=video 4002 RTP/AVP 99",
      "a=rtpmap:99 H264/90000",
      "a=fmtp:99 profile-level-id=4d001f;packetization-mode=1",
    ).video;
    expect(main?.format).toMatchObject({ packetizationMode: 1, profileLevelId: "42e01f" });
  });

  it("may have numbers of its own: then both are received", () => {
    const { video, plan } = read(
      "m=video 4002 RTP/AVP 111",
      "a=rtpmap:111 H264/90000",
      "a=fmtp:111 profile-level-id=42e01f",
    );
    expect(video[0]?.payloadType).toBe(111);
    expect([...video[0]!.receive]).toEqual([
      [111, "H264"],
      [99, "H264"],
      [98, "H264"],
    ]);
    expect(plan.mended).toBeUndefined();
  });

  it("mirrors its direction", () => {
    expect(read("m=video 4002 RTP/AVP 97", "a=rtpmap:97 VP8/90000", "a=recvonly").video[0]?.direction).toBe(
      "sendonly",
    );
    expect(read("m=video 4002 RTP/AVP 97", "a=rtpmap:97 VP8/90000", "a=inactive").video[0]?.direction).toBe(
      "inactive",
    );
  });

  it("whatever it is, decides nothing of the audio", () => {
    const line = fc.oneof(
      fc.constantFrom(
        "m=video 4002 RTP/AVP 99",
        "m=video 4002 RTP/SAVPF 97",
        "m=video 9 UDP/TLS/RTP/SAVPF 99",
      ),
      fc.constantFrom(
        "a=rtpmap:99 H264/90000",
        "a=rtpmap:97 VP8/90000",
        "a=crypto:1 x",
        "a=rtcp-mux",
        "a=mid:0",
      ),
      fc.constantFrom("c=IN IP6 ::1", "b=AS:7", "a=fmtp:99 profile-level-id=ffffff", "a=fmtp:97 max-fs=0"),
      fc.string({ maxLength: 30 }).map((text) => `a=${text}`),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const { plan, video } = read("m=video 4002 RTP/AVP 99", ...lines);
        expect(plan.codec).toBe("PCMU");
        expect(video.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe("an offer of ours in a call that they began", () => {
  const corpus = (name: string): string =>
    readFileSync(join(import.meta.dirname, "../../../corpus/sdp-video", name), "utf8");

  it.each([
    "chromium.sdp",
    "firefox-screen.sdp",
    "cisco-cucm.sdp",
    "avaya-vantage-srtp.sdp",
    "yealink-vp59.sdp",
    "safari.sdp",
  ])("of %s keeps lines, formats, retransmission and protection", (name) => {
    const first = answered(corpus(name), ours);
    const { sdp, state } = createOffer(capabilities, ours, first.state);
    const before = streams(first.sdp);
    streams(sdp).forEach((line, index) => {
      const [kind, port, protocol, ...types] = before[index]!.split(" ");
      expect(line.split(" ").slice(0, 3)).toEqual([kind, port, protocol]);
      if (port !== "0") expect(line.split(" ").slice(3)).toEqual(expect.arrayContaining(types));
    });
    expect(streams(sdp)).toHaveLength(before.length);
    for (const each of ["group", "ssrc-group", "content", "msid", "extmap"])
      expect(linesOf(sdp, each)).toEqual(linesOf(first.sdp, each));
    const rtx = (text: string) => text.match(/^a=fmtp:\d+ apt=\d+/gm)?.sort();
    expect(rtx(sdp)).toEqual(rtx(first.sdp));
    expect(state.video?.map(({ plan }) => plan)).toEqual(first.video);
  });

  const lobby = { ...defaultCapabilities };
  const { video: _, ...plain } = ours;
  const vp8 = "a=rtpmap:96 VP8/90000";

  it("brings video that was not possible before: in the line that they had offered, or behind the others", () => {
    const refused = answered(answerOf(audio, "m=video 4002 RTP/AVP 96", vp8), plain, lobby);
    expect(streams(refused.sdp)[1]).toBe("m=video 0 RTP/AVP 96");
    const camera = end(30_000);
    const { sdp } = createOffer(capabilities, camera, refused.state);
    expect(streams(sdp).slice(1)).toEqual(["m=video 30002 RTP/AVP 99 98 97"]);
    const none = answered(answerOf(audio, "m=image 0 UDPTL t38"), plain, lobby);
    const added = createOffer(capabilities, camera, none.state);
    expect(streams(added.sdp).slice(1)).toEqual(["m=image 0 UDPTL t38", "m=video 30002 RTP/AVP 99 98 97"]);
    const { video } = agreed(
      answerOf(audio, "m=image 0 UDPTL t38", "m=video 4002 RTP/AVP 97", "a=rtpmap:97 VP8/90000"),
      ...([added.state, capabilities, camera] as const),
    );
    expect(video.map(({ content, remote }) => `${content} ${remote.port}`)).toEqual(["main 4002"]);
  });

  it("brings none where they had gone without, or have taken theirs away", () => {
    const without = answered(answerOf(audio), ours);
    expect(streams(createOffer(capabilities, ours, without.state).sdp)).toHaveLength(1);
    const first = answered(answerOf(audio, "m=video 4002 RTP/AVP 96", vp8), ours);
    const later = answered(answerOf(audio, "m=video 0 RTP/AVP 96"), ours, capabilities, first.state);
    expect(streams(createOffer(capabilities, ours, later.state).sdp).slice(1)).toEqual([
      "m=video 0 RTP/AVP 96",
    ]);
  });

  it("that crosses with one of theirs is forgotten, and made again", () => {
    const none = answered(answerOf(audio), plain, lobby);
    const camera = end(30_000);
    const added = createOffer(capabilities, camera, none.state);
    const crossed = answered(answerOf(audio), camera, lobby, added.state);
    expect(streams(createOffer(capabilities, camera, crossed.state).sdp)).toEqual(streams(added.sdp));
  });

  it("that is never answered has no video at the fourth time: the far end may refuse all of it for that", () => {
    const camera = end(30_000);
    let state = answered(answerOf(audio), plain, lobby).state;
    const ports = [1, 2, 3, 4].map(() => {
      const offer = createOffer(capabilities, camera, state);
      state = offer.state;
      return streams(offer.sdp)[1]?.split(" ")[1];
    });
    expect(ports).toEqual(["30002", "30002", "30002", "0"]);
  });

  it("gives a line of a bundle that was refused another name", () => {
    const { state, sdp } = answered(corpus("chromium.sdp"), plain, lobby);
    expect(streams(sdp)[1]).toMatch(/^m=video 0 /);
    const again = createOffer(capabilities, ours, state);
    expect(linesOf(again.sdp, "mid")).toEqual(["a=mid:0", "a=mid:2", "a=mid:3"]);
    expect(linesOf(again.sdp, "group")).toEqual(["a=group:BUNDLE 0 2 3"]);
    expect(createOffer(capabilities, ours, again.state).sdp).toBe(again.sdp);
  });

  it("is protected where the call is", () => {
    const key = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 1).toString("base64")}`;
    const encrypted = answered(answerOf("m=audio 4000 RTP/SAVP 0", key), plain, lobby);
    const { sdp } = createOffer(capabilities, end(30_000), encrypted.state);
    expect(streams(sdp)[1]).toMatch(/^m=video 30002 RTP\/SAVP /);
    expect(linesOf(sdp, "crypto").length).toBeGreaterThan(3);
  });
});
