// What both roles of offer/answer share: our capabilities, our end, the state a leg keeps between rounds, and
// how our side of the description is put into words. RFC 3264 §8: the session id stays, the version rises by
// one when anything changed and stays when nothing did, m-lines keep their order for ever.
import type { AudioCodecName } from "../codec/index.ts";
import type { IceCredentials } from "../webrtc/index.ts";
import type { AudioStream } from "./audio-stream.ts";
import { codecOf, codecSpelling, type Encoding } from "./codecs.ts";
import type { CryptoLine } from "./crypto-attribute.ts";
import { type Attribute, attribute, type MediaDescription, type SessionDescription } from "./description.ts";
import { formatSdp } from "./format.ts";
import { readOpusPreferences } from "./opus-parameters.ts";
import type { SrtpPolicy } from "./security.ts";
import type { AudioPlan, Direction, HeaderExtensions, LocalEnd, PtimeMs } from "./types.ts";
import type { VideoCapabilities } from "./video-codecs.ts";
import type { VideoSlot } from "./video-plan.ts";

export interface Capabilities {
  readonly codecs: readonly AudioCodecName[];
  readonly rtcpMux: boolean;
  readonly srtp: SrtpPolicy;
  /** Absent: every line of video is refused. */
  readonly video?: VideoCapabilities;
}

/** The order is that of our offers; an answer keeps the offerer's. */
export const defaultCapabilities: Capabilities = {
  codecs: ["opus", "G722", "PCMA", "PCMU"],
  rtcpMux: true,
  srtp: "accept",
};

/** An m-line as both sides know it, in its place. */
export type Slot = Pick<MediaDescription, "kind" | "protocol" | "profile" | "formats"> & {
  readonly mid?: string;
};

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
  /** What the payload types of our offers mean, as long as the call lasts (RFC 3264 §8.3.2). */
  readonly offered?: OfferedTypes;
  /** The keys of our last offer that are not in use. */
  readonly crypto?: readonly CryptoLine[];
  /** Our name and password of ICE in our last offer. */
  readonly ice?: IceCredentials;
  /** Of our last offer. */
  readonly extensions?: HeaderExtensions;
  /** Lines that are or were of video, or are offered so; absent: there is none. */
  readonly video?: readonly VideoSlot[];
  /** Lines of video that the far end has offered and that were refused for want of video here: ours may take their place. */
  readonly spareVideo?: readonly number[];
  /** Video was possible here in an earlier round: what has no line since then is not offered. */
  readonly hadVideo?: true;
}

/** Payload types of our offers: the far end may send by them whatever its own description calls the same. */
export interface OfferedTypes {
  readonly codecs: ReadonlyMap<number, AudioCodecName>;
  readonly events: ReadonlyMap<number, number>;
}

/** What was found in common in one audio stream. */
export interface Match {
  /** In the far end's order of preference, one payload type a codec. */
  readonly codecs: readonly { readonly name: AudioCodecName; readonly payloadType: number }[];
  /** Keys: payload types with their clock rates, the one that belongs to the first codec first. */
  readonly events: readonly (readonly [payloadType: number, clockRate: number])[];
  readonly comfortNoise: number | undefined;
  /** Codecs and keys that were meant although their rtpmap is missing or says another name, clock or other channels. */
  readonly misspelled: number;
}

/** Clocks of audio codecs: SILK and AMR-WB bring others beside 8 and 48 kHz. */
const isEventClock = (rate: number): boolean => rate >= 8000 && rate <= 96_000;

export function matchCodecs(stream: AudioStream, capabilities: Capabilities): Match | undefined {
  const codecs = new Map<AudioCodecName, number>();
  let misspelled = 0;
  for (const encoding of stream.encodings) {
    const codec = codecOf(encoding, capabilities.codecs);
    if (!codec || codecs.has(codec.name)) continue;
    codecs.set(codec.name, encoding.payloadType);
    const exact = codec.clockRate === encoding.clockRate && codec.channels === encoding.channels;
    if (!exact || encoding.guessed) misspelled += 1;
  }
  const first = codecs.keys().next().value;
  if (first === undefined) return undefined;
  const clockRates = [...new Set([...codecs.keys()].map((name) => codecSpelling(name).clockRate))];
  const events = matchEvents(stream.encodings, clockRates);
  const guessed = new Set(stream.encodings.filter((each) => each.guessed).map((each) => each.payloadType));
  misspelled += events.filter(([payloadType]) => guessed.has(payloadType)).length;
  return {
    codecs: [...codecs].map(([name, payloadType]) => ({ name, payloadType })),
    events,
    comfortNoise: stream.encodings.find((each) => each.name === "CN" && each.clockRate === clockRates[0])
      ?.payloadType,
    misspelled,
  };
}

/**
 * Events share the time base of the audio they replace (RFC 4733 §2.1): one payload type for each clock among
 * the codecs. A far end that offers keys on other clocks only, as many do beside Opus, is taken as it is.
 */
function matchEvents(encodings: readonly Encoding[], clockRates: readonly number[]): Match["events"] {
  const events = encodings.filter((each) => each.name === "TELEPHONE-EVENT" && isEventClock(each.clockRate));
  const matching = clockRates.flatMap((rate) => events.find((each) => each.clockRate === rate) ?? []);
  const agreed = matching.length > 0 ? matching : events.slice(0, 1);
  return agreed.map(({ payloadType, clockRate }) => [payloadType, clockRate] as const);
}

export const payloadTypesOf = ({ codecs }: Match): number[] => codecs.map(({ payloadType }) => payloadType);

/** The plan that follows from a stream and what was found in it. */
export function planOf(
  stream: AudioStream,
  match: Match,
  { capabilities, mended }: { readonly capabilities: Capabilities; readonly mended: number },
): AudioPlan | undefined {
  const first = match.codecs[0];
  if (!first) return undefined;
  const lines = mended + match.misspelled;
  const names = stream.named ? 1 : 0;
  const rtcpMux = stream.rtcpMux && capabilities.rtcpMux;
  return {
    codec: first.name,
    payloadType: first.payloadType,
    receive: new Map(match.codecs.map(({ name, payloadType }) => [payloadType, name])),
    ptimeMs: first.name === "opus" ? opusPtime(stream.ptimeMs) : stream.ptimeMs,
    telephoneEvent: match.events[0]?.[0],
    events: new Map(match.events),
    opus: first.name === "opus" ? readOpusPreferences(stream.parameters.get(first.payloadType)) : undefined,
    comfortNoise: match.comfortNoise,
    direction: reverseDirection(stream.direction),
    remote: { ...stream.remote, rtcpPort: rtcpMux ? stream.remote.port : stream.remote.rtcpPort },
    rtcpMux,
    ...(stream.voipMetrics && { voipMetrics: true }),
    ...(lines + names > 0 && { mended: { lines, names } }),
  };
}

/**
 * The far end may send by our numbers, as RFC 3264 §5.1 and §6.1 want it, or, mistakenly but often, by its own: both are
 * good. Its own mean what it says. Keys by a number of ours count although its description has none.
 */
export function withOffered(plan: AudioPlan, offered: OfferedTypes | undefined): AudioPlan {
  if (!offered) return plan;
  const receive = new Map(plan.receive);
  const events = new Map(plan.events);
  const added = new Set<number>();
  const free = (payloadType: number): boolean =>
    !receive.has(payloadType) && !events.has(payloadType) && payloadType !== plan.comfortNoise;
  const names = new Set(plan.receive.values());
  for (const [payloadType, name] of offered.codecs) {
    if (!names.has(name) || !free(payloadType)) continue;
    receive.set(payloadType, name);
    added.add(payloadType);
  }
  for (const [payloadType, clockRate] of offered.events) {
    if (!free(payloadType)) continue;
    events.set(payloadType, clockRate);
    added.add(payloadType);
  }
  return { ...plan, receive, events, ...(added.size > 0 && { offered: added }) };
}

/** With more lines that were put right. */
export const withRepairedLines = (plan: AudioPlan, lines: number): AudioPlan =>
  lines === 0
    ? plan
    : { ...plan, mended: { lines: (plan.mended?.lines ?? 0) + lines, names: plan.mended?.names ?? 0 } };

/** Opus has no frame of 30 ms (RFC 6716 §2.1.4). */
const opusPtime = (ptimeMs: PtimeMs): PtimeMs => (ptimeMs === 30 ? 20 : ptimeMs);

/** RFC 3264 §6.1: what the far end sends, we receive. */
function reverseDirection(direction: Direction): Direction {
  if (direction === "sendonly") return "recvonly";
  return direction === "recvonly" ? "sendonly" : direction;
}

/** Our audio m-line. */
export function audioMedia(
  local: LocalEnd,
  match: Match,
  how: {
    protocol: string;
    direction: Direction;
    ptimeMs: number;
    rtcpMux: boolean;
    /** What protects it, and by what name it is bundled. */
    security: readonly Attribute[];
    mid: string | undefined;
    extensions: readonly Attribute[];
  },
): MediaDescription {
  const attributes: Attribute[] = match.codecs.flatMap(({ name, payloadType }) => {
    const { parameters } = codecSpelling(name);
    const rtpmap = { name: "rtpmap", value: `${payloadType} ${rtpmapName(name)}` };
    return parameters === undefined
      ? [rtpmap]
      : [rtpmap, { name: "fmtp", value: `${payloadType} ${parameters}` }];
  });
  const formats = match.codecs.map(({ payloadType }) => String(payloadType));
  const rate = match.codecs[0] ? codecSpelling(match.codecs[0].name).clockRate : 8000;
  if (match.comfortNoise !== undefined) {
    formats.push(String(match.comfortNoise));
    attributes.push({ name: "rtpmap", value: `${match.comfortNoise} CN/${rate}` });
  }
  for (const [payloadType, clockRate] of match.events) {
    formats.push(String(payloadType));
    attributes.push({ name: "rtpmap", value: `${payloadType} telephone-event/${clockRate}` });
    attributes.push({ name: "fmtp", value: `${payloadType} 0-15` });
  }
  attributes.push(...midLine(how.mid), ...how.extensions, ...how.security);
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
  formats: slot.formats.length > 0 ? slot.formats : [noFormat(slot.protocol)],
  connection: undefined,
  attributes: midLine(slot.mid),
});

const midLine = (mid: string | undefined): Attribute[] =>
  mid === undefined ? [] : [{ name: "mid", value: mid }];

/** What stands where the far end has left the formats out. */
const noFormat = (protocol: string): string => (/^RTP\//i.test(protocol) ? "0" : "*");

/** Writes our description, with the version that RFC 3264 §8 asks for. */
export function describe(
  local: LocalEnd,
  content: Pick<SessionDescription, "timing" | "media" | "attributes">,
  previous: SdpState | undefined,
): { readonly sdp: string; readonly version: number } {
  const write = (version: number): string =>
    formatSdp({
      origin: { sessionId: local.sessionId, version, address: local.address },
      connection: local.address,
      timing: content.timing,
      attributes: content.attributes,
      media: content.media,
    });
  if (!previous) return { sdp: write(1), version: 1 };
  const unchanged = write(previous.version);
  if (unchanged === previous.sent) return { sdp: unchanged, version: previous.version };
  return { sdp: write(previous.version + 1), version: previous.version + 1 };
}

export const slotsOf = (session: Pick<SessionDescription, "media">): Slot[] =>
  session.media.map(({ kind, protocol, profile, formats, attributes }) => {
    const mid = attribute(attributes, "mid");
    return { kind, protocol, formats, ...(profile && { profile }), ...(mid && isToken(mid) && { mid }) };
  });

/** Our lines with the profile by the name that the far end has for it. */
export const withProfiles = (
  media: readonly MediaDescription[],
  slots: readonly Slot[],
): MediaDescription[] =>
  media.map((each, index) => {
    const profile = slots[index]?.profile;
    return profile === undefined ? each : { ...each, profile };
  });

/** RFC 8866 §9; others are not repeated. */
const isToken = (text: string): boolean => /^[\w!#$%&'*+.^`{|}~-]{1,64}$/.test(text);
