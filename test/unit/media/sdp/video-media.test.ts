import { describe, expect, it } from "vitest";
import { type OurVideo, videoMedia } from "../../../../media/sdp/video-media.ts";

const ours: OurVideo = {
  port: 30_000,
  local: { port: 30_000, rtcpPort: 30_001, ssrc: 7, rtxSsrc: 8, cname: "c" },
  protocol: "UDP/TLS/RTP/SAVPF",
  formats: [{ payloadType: 96, codec: "VP8", parameters: "", rtx: 97 }],
  capabilities: { codecs: ["VP8"], limits: { width: 1280, height: 720, framerate: 15, kbps: 1024 } },
  direction: "sendrecv",
  rtcpMux: true,
  feedback: [],
  content: "main",
  mid: "1",
  extensions: undefined,
  security: [],
  bundled: true,
};
const sourcesOf = (changes: Partial<OurVideo>) =>
  videoMedia({ ...ours, ...changes })
    .attributes.filter(({ name }) => ["msid", "ssrc", "ssrc-group"].includes(name))
    .map(({ value }) => value);
const named = ["conference video", "FID 7 8", "7 cname:c", "8 cname:c"];

describe("the sources of a line of ours", () => {
  it.each(["sendrecv", "sendonly", "inactive"] as const)("are named in one that is %s", (direction) => {
    expect(sourcesOf({ direction })).toEqual(named);
  });

  it("are not named where nothing is ever sent: for screens, to far ends that do not receive, outside of a bundle", () => {
    expect(sourcesOf({ direction: "recvonly" })).toEqual([]);
    expect(sourcesOf({ direction: "inactive", content: "slides" })).toEqual([]);
    expect(sourcesOf({ bundled: false })).toEqual([]);
  });
});
