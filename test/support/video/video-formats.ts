// Payload types of the phone's lines of video (RFC 6184 §8.2.1, RFC 7741 §6.2, RFC 4585 §4.2).
import type { VideoCodecName, VideoContent } from "../../../media/video/types.ts";
import type { MediaSection } from "../phone/video-part.ts";

export interface LineFormat {
  readonly payloadType: number;
  readonly codec: VideoCodecName;
  readonly packetizationMode: 0 | 1;
  /** `profile-level-id`, where it is said. */
  readonly profile: string | undefined;
}

export interface LineTerms {
  readonly port: number;
  readonly codecs: readonly VideoCodecName[];
  readonly packetizationMode: 0 | 1;
  readonly nack: boolean;
  readonly content: VideoContent | undefined;
  readonly direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
  /** Kilobits a second that it takes (`b=AS`). */
  readonly kbps: number | undefined;
}

const ownPayloadTypes: Readonly<Record<VideoCodecName, number>> = { H264: 97, VP8: 98 };
const ownProfile = "42e01f";

export const ownFormats = ({ codecs, packetizationMode }: LineTerms): LineFormat[] =>
  codecs.map((codec) => ({
    ...{ payloadType: ownPayloadTypes[codec], codec },
    packetizationMode: codec === "H264" ? packetizationMode : 1,
    profile: codec === "H264" ? ownProfile : undefined,
  }));

export const writeLine = (
  terms: LineTerms,
  formats: readonly LineFormat[],
  protocol = "RTP/AVP",
): string[] => [
  `m=video ${terms.port} ${protocol} ${formats.map(({ payloadType }) => payloadType).join(" ")}`,
  ...(terms.kbps === undefined ? [] : [`b=AS:${terms.kbps}`]),
  ...formats.flatMap(({ payloadType, codec, packetizationMode, profile }) => [
    `a=rtpmap:${payloadType} ${codec}/90000`,
    ...(codec === "H264"
      ? [
          `a=fmtp:${payloadType} profile-level-id=${profile ?? ownProfile};packetization-mode=${packetizationMode}`,
        ]
      : []),
  ]),
  "a=rtcp-fb:* ccm fir",
  "a=rtcp-fb:* nack pli",
  ...(terms.nack ? ["a=rtcp-fb:* nack"] : []),
  ...(terms.content ? [`a=content:${terms.content}`] : []),
  `a=${terms.direction}`,
];

/** Of their line, in their order; what we have no decoder for is left out. */
export function readFormats({ formats, lines }: MediaSection): LineFormat[] {
  return formats.flatMap((format) => {
    const map = lines
      .map((line) => /^a=rtpmap:(\d+) (H264|VP8)\/90000/i.exec(line))
      .find((at) => at?.[1] === format);
    if (!map) return [];
    const codec = map[2]!.toUpperCase() as VideoCodecName;
    const parameters = lines.find((line) => line.startsWith(`a=fmtp:${format} `)) ?? "";
    const isMode1 = codec === "VP8" || /packetization-mode=1/.test(parameters);
    const profile = /profile-level-id=([\da-f]{6})/i.exec(parameters)?.[1];
    return [
      {
        payloadType: Number(format),
        codec,
        packetizationMode: isMode1 ? (1 as const) : (0 as const),
        profile,
      },
    ];
  });
}

/** Whether they take what we send. */
export const takesVideo = ({ port, lines }: MediaSection): boolean =>
  port > 0 && !lines.some((line) => line === "a=sendonly" || line === "a=inactive");

export const understandsNack = ({ lines }: MediaSection): boolean =>
  lines.some((line) => /^a=rtcp-fb:\S+ nack$/.test(line));
