// What one m-line of RTP says, of audio or video, once session-level defaults, static payload types and old habits are
// taken into account: encodings in order, direction, address. The same for an offer and an answer; seen from the side
// that wrote it. RFC 3264 §5.1, §8.4; RFC 3605; RFC 5761; RFC 8866 §6.
import { isIP, isIPv6 } from "node:net";
import { canonicalAddress, fail, ok, type Result } from "#common";
import { icePeer } from "../webrtc/index.ts";
import { type Encoding, mappedEncoding, parseRtpmap, staticEncoding } from "./codecs.ts";
import {
  attribute,
  isUnspecifiedAddress,
  type MediaDescription,
  type SdpProblem,
  type SessionDescription,
} from "./description.ts";
import { isDtlsProfile, readIce } from "./dtls.ts";
import { type FormatLines, formatLines } from "./format-parameters.ts";
import { sdpLimits } from "./parse.ts";
import type { Direction, LocalEnd } from "./types.ts";

export interface RtpStream {
  readonly encodings: readonly Encoding[];
  readonly direction: Direction;
  readonly remote: { readonly address: string; readonly port: number; readonly rtcpPort: number };
  readonly rtcpMux: boolean;
  /** Format parameters (`a=fmtp`). */
  readonly parameters: FormatLines;
  /** The address is that of a host name, which was looked up. */
  readonly named: boolean;
}

export function readRtpStream(
  session: SessionDescription,
  media: MediaDescription,
  local: Pick<LocalEnd, "address" | "names">,
): Result<RtpStream, SdpProblem> {
  if (media.problem) return fail(media.problem);
  const stated = media.connection ?? session.connection;
  if (stated === undefined && session.connectionProblem) return fail(session.connectionProblem);
  const ice = isDtlsProfile(media.protocol) && readIce(media, session) !== undefined;
  // ICE finds out where the far end is, whatever the description says.
  const found = ice ? ok({ address: icePeer.address, named: false }) : addressOf(stated, local);
  if (!found.ok) return found;
  const { address, named } = found.value;
  const defaulted = withDefaults(session, media);
  const parameters = formatLines(defaulted);
  return ok({
    encodings: readEncodings(defaulted, parameters),
    direction: readDirection(session, media, !ice && isUnspecifiedAddress(address)),
    remote: ice
      ? { ...icePeer, rtcpPort: icePeer.port }
      : {
          address: isUnspecifiedAddress(address) ? "0.0.0.0" : (canonicalAddress(address) ?? address),
          port: media.port,
          rtcpPort: readRtcpPort(media),
        },
    rtcpMux: attribute(media.attributes, "rtcp-mux") !== undefined,
    parameters,
    named,
  });
}

/**
 * Attributes of a stream that stand before the first stream are meant for those that do not say it themselves: RFC 8866
 * does not know them there, and some write them so. What the stream itself says comes first and wins.
 */
export function withDefaults(session: SessionDescription, media: MediaDescription): MediaDescription {
  const defaults = session.attributes.filter(({ name }) => streamAttributes.has(name)).slice(0, maxDefaults);
  return defaults.length === 0 ? media : { ...media, attributes: [...media.attributes, ...defaults] };
}

/** Lines that are looked at, for each stream again: two for a format, and both lengths of packets. */
const maxDefaults = 2 * sdpLimits.formats + 2;
const streamAttributes: ReadonlySet<string> = new Set(["rtpmap", "fmtp", "ptime", "maxptime"]);

/** An rtpmap wins over the static meaning of its number; formats that say nothing are passed over. */
export function readEncodings(media: MediaDescription, lines = formatLines(media)): Encoding[] {
  const mapped = new Map<number, Encoding>();
  for (const { name, value } of media.attributes) {
    const encoding = name === "rtpmap" && value !== undefined ? parseRtpmap(value) : undefined;
    if (encoding && !mapped.has(encoding.payloadType))
      mapped.set(encoding.payloadType, mappedEncoding(encoding));
  }
  const encodings = new Map<number, Encoding>();
  for (const format of media.formats) {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : -1;
    if (payloadType < 0 || payloadType > 127 || encodings.has(payloadType)) continue;
    const encoding =
      mapped.get(payloadType) ?? staticEncoding(payloadType) ?? keysByParameters(payloadType, lines);
    if (encoding) encodings.set(payloadType, encoding);
  }
  const found = [...encodings.values()];
  const isUnnamed =
    media.kind === "audio" && media.formats.includes("101") && !encodings.has(101) && !lines.has(101);
  return isUnnamed && !found.some(({ name }) => name === usualKeys.name) ? [...found, usualKeys] : found;
}

/** 101 without an rtpmap and parameters: nearly all telephones call keys so, and some leave the line out because their switch knows it. */
const usualKeys: Encoding = {
  payloadType: 101,
  name: "TELEPHONE-EVENT",
  clockRate: 8000,
  channels: 1,
  guessed: true,
};

/** `a=fmtp:101 0-15` of a number without an rtpmap: nothing else has such parameters (RFC 4733 §2.4.1). */
function keysByParameters(payloadType: number, lines: FormatLines): Encoding | undefined {
  if (payloadType < 96 || !lines.get(payloadType)?.some((line) => /^0-1[1-6]\b/.test(line))) return undefined;
  return { payloadType, name: "TELEPHONE-EVENT", clockRate: 8000, channels: 1, guessed: true };
}

function readDirection(session: SessionDescription, media: MediaDescription, oldHold: boolean): Direction {
  const stated = directionIn(media.attributes) ?? directionIn(session.attributes) ?? "sendrecv";
  if (!oldHold) return stated;
  // RFC 2543's hold: the address 0.0.0.0 takes away the right to hear, whatever the attribute says.
  return stated === "sendrecv" || stated === "sendonly" ? "sendonly" : "inactive";
}

function directionIn(attributes: MediaDescription["attributes"]): Direction | undefined {
  for (const { name, value } of attributes) {
    if (value) continue;
    if (name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive") return name;
  }
  return undefined;
}

/** RFC 3605: `a=rtcp:port [IN IP4 address]`; without it RTCP is one above RTP. */
function readRtcpPort(media: MediaDescription): number {
  const stated = Number(/^\d{1,5}(?=$|\s)/.exec(attribute(media.attributes, "rtcp") ?? "")?.[0] ?? 0);
  if (stated > 0 && stated <= 65_535) return stated;
  return Math.min(media.port + 1, 65_535);
}

/** The address that the media is at, looked up if need be; or why nothing can be sent there. */
function addressOf(
  stated: string | undefined,
  local: Pick<LocalEnd, "address" | "names">,
): Result<{ readonly address: string; readonly named: boolean }, SdpProblem> {
  if (stated === undefined) return fail({ code: "BAD_SDP", message: "the audio has no c= line" });
  if (isUnspecifiedAddress(stated)) return ok({ address: stated, named: false });
  const named = isIP(stated) === 0;
  const address = named ? local.names?.get(stated.toLowerCase()) : stated;
  if (address === undefined) return fail(nameProblem(stated));
  if (isUnspecifiedAddress(address)) return ok({ address, named });
  if (isIPv6(address) !== isIPv6(local.address)) {
    const message = `the audio is at ${address}, which cannot be reached from ${local.address}`;
    return fail({ code: "INCOMPATIBLE_ADDRESS", message });
  }
  const multicast = isIPv6(address) ? /^ff/i.test(address) : Number.parseInt(address, 10) >= 224;
  if (multicast) return fail({ code: "MULTICAST_ADDRESS", message: `${address} is not a unicast address` });
  return ok({ address, named });
}

function nameProblem(stated: string): SdpProblem {
  const quoted = JSON.stringify(stated.slice(0, 60));
  return isHostName(stated)
    ? { code: "INCOMPATIBLE_ADDRESS", message: `the audio is at ${quoted}, a name without an address for us` }
    : { code: "BAD_SDP", message: `c= must hold an IP address or a host name, not ${quoted}` };
}

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** A fully qualified name (RFC 8866 §5.7), which no number is taken for. */
export function isHostName(text: string): boolean {
  if (text.length > sdpLimits.address || /^[\d.]+$/.test(text)) return false;
  const labels = text.replace(/\.$/, "").split(".");
  return labels.every((each) => label.test(each));
}
