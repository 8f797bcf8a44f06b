// What both roles of offer/answer share: our capabilities, our end, the state a leg keeps between rounds, and
// how our side of the description is put into words. RFC 3264 §8: the session id stays, the version rises by
// one when anything changed and stays when nothing did, m-lines keep their order for ever.
import type { AudioStream } from "./audio-stream.ts";
import { codecOf, codecSpelling, type Encoding } from "./codecs.ts";
import type { Attribute, MediaDescription, SessionDescription } from "./description.ts";
import { formatSdp } from "./format.ts";
import type { AudioCodecName, AudioPlan, Direction } from "./types.ts";

export interface Capabilities {
  readonly codecs: readonly AudioCodecName[];
  readonly rtcpMux: boolean;
}

export const defaultCapabilities: Capabilities = { codecs: ["PCMU", "PCMA"], rtcpMux: true };

/** Our end of a leg: the address to write, which behind NAT is not the one bound, and the ports. */
export interface LocalEnd {
  readonly address: string;
  readonly port: number;
  readonly rtcpPort: number;
  /** Digits; the same for the life of the leg. */
  readonly sessionId: string;
}

/** An m-line as both sides know it, in its place. */
export type Slot = Pick<MediaDescription, "kind" | "protocol" | "formats">;

/** What a leg remembers between two rounds. */
export interface SdpState {
  readonly version: number;
  /** The description we sent last. */
  readonly sent: string;
  readonly slots: readonly Slot[];
  /** Which slot carries our audio. */
  readonly audio: number;
  /** What is agreed; undefined until the first answer. */
  readonly plan: AudioPlan | undefined;
}

/** What was found in common in one audio stream. */
export interface Match {
  /** In the far end's order of preference, one payload type a codec. */
  readonly codecs: readonly { readonly name: AudioCodecName; readonly payloadType: number }[];
  readonly telephoneEvent: number | undefined;
  readonly comfortNoise: number | undefined;
}

export function matchCodecs(stream: AudioStream, capabilities: Capabilities): Match | undefined {
  const codecs = new Map<AudioCodecName, number>();
  for (const encoding of stream.encodings) {
    const codec = codecOf(encoding, capabilities.codecs);
    if (codec && !codecs.has(codec.name)) codecs.set(codec.name, encoding.payloadType);
  }
  const first = codecs.keys().next().value;
  if (first === undefined) return undefined;
  // RFC 4733 §2.1: events share the time base of the audio they replace.
  const { clockRate } = codecSpelling(first);
  const companion = (name: string): number | undefined =>
    stream.encodings.find((each: Encoding) => each.name === name && each.clockRate === clockRate)
      ?.payloadType;
  return {
    codecs: [...codecs].map(([name, payloadType]) => ({ name, payloadType })),
    telephoneEvent: companion("TELEPHONE-EVENT"),
    comfortNoise: companion("CN"),
  };
}

/** The plan that follows from a stream and what was found in it. */
export function planOf(stream: AudioStream, match: Match, capabilities: Capabilities): AudioPlan | undefined {
  const first = match.codecs[0];
  if (!first) return undefined;
  const rtcpMux = stream.rtcpMux && capabilities.rtcpMux;
  return {
    codec: first.name,
    payloadType: first.payloadType,
    receive: new Map(match.codecs.map(({ name, payloadType }) => [payloadType, name])),
    ptimeMs: stream.ptimeMs,
    telephoneEvent: match.telephoneEvent,
    comfortNoise: match.comfortNoise,
    direction: mirrored(stream.direction),
    remote: { ...stream.remote, rtcpPort: rtcpMux ? stream.remote.port : stream.remote.rtcpPort },
    rtcpMux,
    ...(stream.voipMetrics && { voipMetrics: true }),
  };
}

/** RFC 3264 §6.1: what the far end sends, we receive. */
export function mirrored(direction: Direction): Direction {
  if (direction === "sendonly") return "recvonly";
  return direction === "recvonly" ? "sendonly" : direction;
}

/** Our audio m-line. */
export function audioMedia(
  local: LocalEnd,
  match: Match,
  how: { protocol: string; direction: Direction; ptimeMs: number; rtcpMux: boolean },
): MediaDescription {
  const attributes: Attribute[] = match.codecs.map(({ name, payloadType }) => ({
    name: "rtpmap",
    value: `${payloadType} ${rtpmapName(name)}`,
  }));
  const formats = match.codecs.map(({ payloadType }) => String(payloadType));
  const rate = match.codecs[0] ? codecSpelling(match.codecs[0].name).clockRate : 8000;
  if (match.comfortNoise !== undefined) {
    formats.push(String(match.comfortNoise));
    attributes.push({ name: "rtpmap", value: `${match.comfortNoise} CN/${rate}` });
  }
  if (match.telephoneEvent !== undefined) {
    formats.push(String(match.telephoneEvent));
    attributes.push({ name: "rtpmap", value: `${match.telephoneEvent} telephone-event/${rate}` });
    attributes.push({ name: "fmtp", value: `${match.telephoneEvent} 0-15` });
  }
  attributes.push({ name: "ptime", value: String(how.ptimeMs) }, { name: how.direction, value: undefined });
  if (how.rtcpMux) attributes.push({ name: "rtcp-mux", value: undefined });
  if (local.rtcpPort !== local.port + 1) attributes.push({ name: "rtcp", value: String(local.rtcpPort) });
  return {
    kind: "audio",
    port: local.port,
    protocol: how.protocol,
    formats,
    connection: undefined,
    attributes,
  };
}

/** `PCMU/8000`; the channels are left out when there is one (RFC 8866 §6.6). */
function rtpmapName(name: AudioCodecName): string {
  const { clockRate, channels } = codecSpelling(name);
  return channels === 1 ? `${name}/${clockRate}` : `${name}/${clockRate}/${channels}`;
}

/** A slot that carries nothing: port 0, the formats repeated because the grammar wants one (RFC 3264 §6). */
export const refusedMedia = (slot: Slot): MediaDescription => ({
  kind: slot.kind,
  port: 0,
  protocol: slot.protocol,
  formats: slot.formats,
  connection: undefined,
  attributes: [],
});

/** Writes our description, with the version that RFC 3264 §8 asks for. */
export function describe(
  local: LocalEnd,
  content: Pick<SessionDescription, "timing" | "media">,
  previous: SdpState | undefined,
): { readonly sdp: string; readonly version: number } {
  const write = (version: number): string =>
    formatSdp({
      origin: { sessionId: local.sessionId, version, address: local.address },
      connection: local.address,
      timing: content.timing,
      attributes: [],
      media: content.media,
    });
  if (!previous) return { sdp: write(1), version: 1 };
  const unchanged = write(previous.version);
  if (unchanged === previous.sent) return { sdp: unchanged, version: previous.version };
  return { sdp: write(previous.version + 1), version: previous.version + 1 };
}

export const slotsOf = (session: SessionDescription): Slot[] =>
  session.media.map(({ kind, protocol, formats }) => ({ kind, protocol, formats }));
