// SDP of the test phone (RFC 8866, RFC 3264): one audio stream, G.711 and telephone-event, nothing else.
import type { Law } from "./g711.ts";
import { type CryptoLine, readCryptoLine, writeCryptoLine } from "./srtp.ts";

export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export interface Description {
  readonly address: string;
  readonly port: number;
  readonly codecs: readonly Law[];
  /** Payload type of RFC 4733 events; undefined when there are none. */
  readonly telephoneEvent: number | undefined;
  readonly direction: Direction;
  /** `RTP/AVP` when absent. */
  readonly profile?: string;
  readonly crypto?: CryptoLine | undefined;
  /** RTCP on the port of RTP (RFC 5761). */
  readonly rtcpMux?: boolean;
}

export const payloadTypes: Readonly<Record<Law, number>> = { PCMU: 0, PCMA: 8 };

export const lawOf = (payloadType: number): Law | undefined =>
  payloadType === 0 ? "PCMU" : payloadType === 8 ? "PCMA" : undefined;

export function writeDescription(description: Description, version: number): string {
  const events = description.telephoneEvent;
  const formats = [
    ...description.codecs.map((law) => payloadTypes[law]),
    ...(events === undefined ? [] : [events]),
  ];
  return [
    "v=0",
    `o=phone 1 ${version} IN IP4 ${description.address}`,
    "s=-",
    `c=IN IP4 ${description.address}`,
    "t=0 0",
    `m=audio ${description.port} ${description.profile ?? "RTP/AVP"} ${formats.join(" ")}`,
    ...description.codecs.map((law) => `a=rtpmap:${payloadTypes[law]} ${law}/8000`),
    ...(events === undefined ? [] : [`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-15`]),
    ...(description.crypto ? [writeCryptoLine(description.crypto)] : []),
    ...(description.rtcpMux ? ["a=rtcp-mux"] : []),
    "a=ptime:20",
    `a=${description.direction}`,
    "",
  ].join("\r\n");
}

/** Throws a sentence when there is no usable audio stream in it. */
export function readDescription(sdp: string): Description {
  const lines = sdp.split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith("m=audio "));
  if (start < 0) throw new Error(`no audio in this description:\n${sdp}`);
  const following = lines.findIndex((line, index) => index > start && line.startsWith("m="));
  const media = lines.slice(start, following < 0 ? undefined : following);
  const session = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith("m=")),
  );
  const find = (pattern: RegExp): string | undefined => {
    for (const line of [...media, ...session]) {
      const match = pattern.exec(line);
      if (match) return match[1];
    }
    return undefined;
  };
  const [port = "0", profile = "RTP/AVP", ...formats] = lines[start]!.slice("m=audio ".length).split(" ");
  const events = find(/^a=rtpmap:(\d+) telephone-event\/8000/i);
  return {
    address: find(/^c=IN IP[46] (\S+)/) ?? "",
    port: Number(port),
    codecs: formats.map((format) => lawOf(Number(format))).filter((law) => law !== undefined),
    telephoneEvent: events === undefined ? undefined : Number(events),
    direction: (find(/^a=(sendrecv|sendonly|recvonly|inactive)$/) as Direction | undefined) ?? "sendrecv",
    profile,
    crypto: media.map(readCryptoLine).find((line) => line !== undefined),
  };
}

/** What we say to a direction we are told (RFC 3264 §6.1). */
export const answerTo = (direction: Direction): Direction =>
  direction === "sendonly" ? "recvonly" : direction === "recvonly" ? "sendonly" : direction;
