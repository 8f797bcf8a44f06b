// Our lines of video, in an answer and in an offer alike.
import { type VideoContent, videoClockRate } from "../video/types.ts";
import { bandwidthLines } from "./bandwidth.ts";
import type { Attribute, MediaDescription } from "./description.ts";
import { extensionLines } from "./header-extensions.ts";
import type { LocalEnd, LocalVideo, VideoPlan } from "./types.ts";
import type { VideoCapabilities } from "./video-codecs.ts";

/** One format of ours. */
export interface OurFormat {
  readonly payloadType: number;
  readonly codec: VideoPlan["format"]["codec"];
  /** Of `a=fmtp`; empty: none. */
  readonly parameters: string;
  /** The payload type of its retransmissions. */
  readonly rtx: number | undefined;
}

export interface OurVideo {
  readonly port: number;
  readonly local: LocalVideo;
  readonly protocol: string;
  readonly formats: readonly OurFormat[];
  readonly capabilities: VideoCapabilities;
  readonly direction: VideoPlan["direction"];
  readonly rtcpMux: boolean;
  readonly feedback: readonly Attribute[];
  /** Absent: nothing is said of what it shows. */
  readonly content: VideoContent | undefined;
  readonly mid: string | undefined;
  readonly extensions: VideoPlan["extensions"];
  /** What protects it. */
  readonly security: readonly Attribute[];
  readonly bundled: boolean;
}

export function videoMedia(ours: OurVideo): MediaDescription {
  const { local, formats, port, bundled, rtcpMux } = ours;
  const repeats = formats.flatMap(({ payloadType, rtx }) => (rtx === undefined ? [] : [[rtx, payloadType]]));
  const attributes: Attribute[] = [
    ...formats.flatMap(describeFormat),
    ...repeats.flatMap(([rtx, payloadType]) => [
      { name: "rtpmap", value: `${rtx} rtx/${videoClockRate}` },
      { name: "fmtp", value: `${rtx} apt=${payloadType}` },
    ]),
    ...ours.feedback,
    ...(ours.content ? [{ name: "content", value: ours.content }] : []),
    ...(ours.mid === undefined ? [] : [{ name: "mid", value: ours.mid }]),
    ...extensionLines(ours.extensions ?? {}),
    ...(bundled && isNamed(ours) ? sourceLines(local, repeats.length > 0) : []),
    ...ours.security,
    { name: ours.direction, value: undefined },
    ...(rtcpMux ? [{ name: "rtcp-mux", value: undefined }] : []),
  ];
  if (!bundled && local.rtcpPort !== local.port + 1)
    attributes.push({ name: "rtcp", value: String(local.rtcpPort) });
  return {
    kind: "video",
    port,
    protocol: ours.protocol,
    formats: [...formats.map(({ payloadType }) => payloadType), ...repeats.map(([rtx]) => rtx)].map(String),
    connection: undefined,
    bandwidth: bandwidthLines(ours.capabilities.limits.kbps),
    attributes,
  };
}

function describeFormat({ payloadType, codec, parameters }: OurFormat): Attribute[] {
  const rtpmap = { name: "rtpmap", value: `${payloadType} ${codec}/${videoClockRate}` };
  return parameters === "" ? [rtpmap] : [rtpmap, { name: "fmtp", value: `${payloadType} ${parameters}` }];
}

/** A browser takes a picture and the sound of one stream for things that belong together and plays them in time (RFC 8830 §2). */
const streamName = "conference";

/** While nothing is sent, too: Chromium shows nothing of a source that was taken away and comes back by the same SSRC. */
const isNamed = ({ direction, content }: OurVideo): boolean =>
  direction.startsWith("send") || (direction === "inactive" && content !== "slides");

/** By what our packets are known (RFC 5576 §4): the sources, and which of them repeats the other's. */
function sourceLines({ ssrc, rtxSsrc, cname }: LocalVideo, repeats: boolean): Attribute[] {
  return [
    { name: "msid", value: `${streamName} video` },
    ...(repeats ? [{ name: "ssrc-group", value: `FID ${ssrc} ${rtxSsrc}` }] : []),
    ...[ssrc, ...(repeats ? [rtxSsrc] : [])].map((each) => ({
      name: "ssrc",
      value: `${each} cname:${cname}`,
    })),
  ];
}

/** The line of audio that belongs to a picture. */
export const soundOfPicture = ({ stream }: Pick<LocalEnd, "stream">): Attribute[] =>
  stream ? [{ name: "msid", value: `${streamName} audio` }] : [];
