// Offers with video as browsers, phones and room systems write them, each with the lines of video that are agreed on and the
// answer beside it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  createOffer,
  defaultCapabilities,
  parseSdp,
  planAnswer,
  type VideoPlan,
  videoPortsNeeded,
} from "../../../../media/sdp/index.ts";

const folder = join(import.meta.dirname, "../../../corpus/sdp-video");
const offers = readdirSync(folder).filter((name) => name.endsWith(".sdp"));

const capabilities = {
  ...defaultCapabilities,
  video: {
    codecs: ["H264", "VP8"],
    limits: { width: 1280, height: 720, framerate: 30, kbps: 1500 },
  },
} as const;

const local = {
  address: "192.0.2.10",
  port: 30_000,
  rtcpPort: 30_001,
  sessionId: "7",
  dtls: { fingerprint: "AB:CD", addresses: ["192.0.2.10"] },
  stream: { ssrc: 1, cname: "ours" },
  video: [
    { port: 30_002, rtcpPort: 30_003, ssrc: 2, rtxSsrc: 3, cname: "ours" },
    { port: 30_004, rtcpPort: 30_007, ssrc: 4, rtxSsrc: 5, cname: "ours" },
  ],
};

const written = ({ receive, parameterSets, rtx, srtp, ...plan }: VideoPlan) => ({
  ...plan,
  receive: Object.fromEntries(receive),
  parameterSets: Object.fromEntries(
    [...parameterSets].map(([type, sets]) => [type, sets.map((set) => Buffer.from(set).toString("hex"))]),
  ),
  ...(rtx && { rtx: { ...rtx, receive: Object.fromEntries(rtx.receive) } }),
  ...(srtp && { srtp: srtp.receive.suite.name }),
});

function answerTo(name: string) {
  const text = readFileSync(join(folder, name), "utf8");
  const result = planAnswer(text, capabilities, local);
  if (!result.ok) return { problem: result.error };
  // Our keys and names are new ones every time.
  const sdp = result.value.sdp
    .replace(/(a=ice-(?:ufrag|pwd):).*/g, "$1OURS")
    .replace(/inline:[A-Za-z\d+/=]+/g, "inline:OURS");
  const lines = sdp.trimEnd().split("\r\n");
  return {
    ports: videoPortsNeeded(text, capabilities),
    mended: result.value.plan.mended?.lines ?? 0,
    video: result.value.video.map(written),
    answer: lines.slice(lines.indexOf("t=0 0") + 1),
  };
}

describe("offers of video from the field", () => {
  it.each(offers)("%s", async (name) => {
    const file = join(folder, name.replace(".sdp", ".json"));
    await expect(`${JSON.stringify(answerTo(name), null, 2)}\n`).toMatchFileSnapshot(file);
  });

  it.each(offers)("%s is followed by an offer of ours with as many lines", (name) => {
    const offer = readFileSync(join(folder, name), "utf8");
    const answered = planAnswer(offer, capabilities, local);
    if (!answered.ok) return;
    const parsed = parseSdp(createOffer(capabilities, local, answered.value.state).sdp);
    const lines = offer.split("\n").filter((line) => line.startsWith("m="));
    expect(parsed.ok && parsed.value.media.length).toBe(lines.length);
  });
});
