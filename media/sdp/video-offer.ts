// The lines of video in an offer of ours (RFC 3264 §5, §8) and what the far end's answer makes of them. In a call lines keep
// their places, formats their numbers; a line that the far end has refused or taken away is not offered again.
import type { VideoContent } from "../video/types.ts";
import { isBundled } from "./bundle.ts";
import type { Attribute, MediaDescription, SessionDescription } from "./description.ts";
import { isDtlsProfile } from "./dtls.ts";
import { formatParameters } from "./format-parameters.ts";
import type { SdpState } from "./negotiation.ts";
import { allocatePayloadType } from "./payload-types.ts";
import { readRtpStream } from "./rtp-stream.ts";
import { offerSecurity, type SrtpPolicy, securityFromAnswer, unusedLines } from "./security.ts";
import type { AudioPlan, HeaderExtensions, LocalEnd, LocalVideo, VideoPlan } from "./types.ts";
import { h264Parameters, matchVideo, type VideoCapabilities, vp8Parameters } from "./video-codecs.ts";
import { describeFeedback, feedbackFor, offeredFeedback, readFeedback } from "./video-feedback.ts";
import { localVideoOf, videoContents } from "./video-lines.ts";
import { videoMedia } from "./video-media.ts";
import {
  directionOf,
  type KnownFormat,
  planOfFormats,
  type VideoSlot,
  videoExtensions,
  withOfferedVideo,
} from "./video-plan.ts";

export interface VideoOfferTerms {
  readonly video: VideoCapabilities;
  readonly srtp: SrtpPolicy;
  readonly rtcpMux: boolean;
  readonly local: LocalEnd;
  readonly previous: SdpState | undefined;
  /** The line of the audio in the offer. */
  readonly audio: {
    readonly protocol: string;
    readonly payloadTypes: readonly number[];
    /** Of the bundle it can be in; undefined: none. */
    readonly mid: string | undefined;
    readonly security: readonly Attribute[];
    readonly extensions: HeaderExtensions | undefined;
  };
}

export interface OfferedVideo {
  readonly slot: VideoSlot;
  readonly media: MediaDescription;
  readonly bundled: string | undefined;
}

/** The camera's line first. Lines behind those that are there follow one another. */
export function offerVideo(terms: VideoOfferTerms): OfferedVideo[] {
  const { previous } = terms;
  const places = placesOf(terms);
  const taken = new Set([
    ...terms.audio.payloadTypes,
    ...(previous?.slots ?? []).flatMap(({ formats }) => formats.map(Number)),
    ...(previous?.video ?? []).flatMap(({ formats }) =>
      (formats ?? []).map(({ payloadType }) => payloadType),
    ),
    ...(previous?.offered?.codecs.keys() ?? []),
    ...(previous?.offered?.events.keys() ?? []),
  ]);
  const mids = new Set([terms.audio.mid, ...(previous?.slots ?? []).map(({ mid }) => mid)]);
  const several = places.length > 1;
  return places.flatMap((place) => offerLine(place, { ...terms, taken, mids, several }) ?? []);
}

interface Place {
  readonly index: number;
  readonly content: VideoContent;
  readonly before: VideoSlot | undefined;
  readonly protocol: string;
  readonly ours: LocalVideo;
}

/** Which lines are offered, and where they stand. */
function placesOf({ video, local, previous, audio }: VideoOfferTerms): Place[] {
  const slots = previous?.slots ?? [];
  const spare = [...(previous?.spareVideo ?? [])];
  let end = Math.max(slots.length, 1);
  const places: Place[] = [];
  for (const content of videoContents) {
    const before = previous?.video?.find((each) => each.content === content);
    if (before ? isOver(before, previous) : previous?.hadVideo || video.paused) continue;
    const index = before?.index ?? spare[0] ?? end;
    const protocol = slots[index]?.protocol ?? audio.protocol;
    // Only where the audio's bundle is, there is a transport for DTLS.
    if (isDtlsProfile(protocol) && !(audio.mid !== undefined && isDtlsProfile(audio.protocol))) continue;
    const ours = localVideoOf(local, content, { bundled: isDtlsProfile(protocol) });
    if (!ours) continue;
    if (index === spare[0]) spare.shift();
    if (index === end) end += 1;
    places.push({ index, content, before, protocol, ours });
  }
  return places;
}

/** Of what a call gets no answer to it is offered so often: a far end may refuse the whole offer for it. */
const maxAttempts = 3;

/** It has been refused or taken away. */
const isOver = ({ plan, pending = 0 }: VideoSlot, previous: SdpState | undefined): boolean =>
  !plan && (pending === 0 || (previous?.plan !== undefined && pending >= maxAttempts));

interface LineTerms extends VideoOfferTerms {
  /** Payload types and names of lines that are in use; those that the line takes are added. */
  readonly taken: Set<number>;
  readonly mids: Set<string | undefined>;
  readonly several: boolean;
}

/** Undefined: no payload type is free for any of its formats. */
function offerLine(
  { index, content, before, protocol, ours }: Place,
  terms: LineTerms,
): OfferedVideo | undefined {
  const { video, local, previous, audio } = terms;
  const formats = offeredFormats(video, before, terms.taken);
  if (formats.length === 0) return undefined;
  const bundled = isDtlsProfile(protocol);
  // A line that was refused comes back by another name (RFC 9429 §5.2.2).
  const isSpare = previous?.spareVideo?.includes(index) === true;
  const known = bundled && isSpare ? undefined : previous?.slots[index]?.mid;
  const mid = known ?? (bundled ? freeMid(terms.mids) : undefined);
  const plan = before?.plan;
  const keys = bundled ? undefined : offeredKeys(protocol, before, terms);
  const extensions = bundled ? offeredExtensions(plan, mid, audio.extensions) : undefined;
  const arrivals = extensions?.transportSequence !== undefined;
  const stated = before?.stated ?? (terms.several || content === "slides");
  const media = videoMedia({
    // RFC 9143 §7.2.1: until the far end has agreed to the bundle there is no transport to offer outside of it.
    port: !bundled ? ours.port : plan?.bundled ? local.port : 0,
    local: ours,
    protocol,
    formats,
    capabilities: video,
    direction: video.paused ? "inactive" : content === "slides" ? "recvonly" : "sendrecv",
    rtcpMux: bundled || (terms.rtcpMux && (plan?.rtcpMux ?? true)),
    feedback: describeFeedback(offeredFeedback(bundled), [], { arrivals }),
    content: stated ? content : undefined,
    mid,
    extensions,
    security: bundled
      ? [...audio.security, ...(plan?.bundled ? [] : [{ name: "bundle-only", value: undefined }])]
      : (keys?.attributes ?? []),
    bundled,
  });
  const offered = new Map([
    ...(before?.offered ?? []),
    ...formats.map(({ payloadType, codec }) => [payloadType, codec] as const),
  ]);
  const slot: VideoSlot = {
    ...{ index, content, stated, plan, formats, offered, pending: (before?.pending ?? 0) + 1 },
    crypto: keys?.crypto ?? [],
    ...(extensions && { extensions }),
  };
  return { slot, media, bundled: bundled ? mid : undefined };
}

/** Of each format we take the number that it has in the call, or a free one, if there is one; the one in use comes first. */
function offeredFormats(
  video: VideoCapabilities,
  before: VideoSlot | undefined,
  taken: Set<number>,
): KnownFormat[] {
  const wanted: KnownFormat[] = video.codecs.flatMap((codec): KnownFormat[] =>
    codec === "VP8"
      ? [{ payloadType: 97, codec, mode: 1, parameters: vp8Parameters(video), rtx: undefined }]
      : ([1, 0] as const).map((mode) => ({
          ...{ payloadType: 98 + mode, codec, mode, rtx: undefined },
          parameters: h264Parameters(video, mode),
        })),
  );
  const inUse = before?.plan?.format;
  const isInUse = ({ codec, mode }: KnownFormat) =>
    codec === inUse?.codec && mode === inUse.packetizationMode;
  wanted.sort((left, right) => Number(isInUse(right)) - Number(isInUse(left)));
  return wanted.flatMap((format) => {
    const known = before?.formats?.find(({ codec, mode }) => codec === format.codec && mode === format.mode);
    if (known) return [known];
    const payloadType = allocatePayloadType(format.payloadType, taken);
    return payloadType === undefined ? [] : [{ ...format, payloadType }];
  });
}

function freeMid(mids: Set<string | undefined>): string {
  let number = 1;
  while (mids.has(String(number))) number += 1;
  mids.add(String(number));
  return String(number);
}

/** A call whose audio is protected has its video protected too. */
function offeredKeys(protocol: string, before: VideoSlot | undefined, { local, srtp, previous }: LineTerms) {
  const policy = srtp === "accept" && previous?.plan?.srtp ? "offer" : srtp;
  return offerSecurity(local, protocol, { policy, current: before?.plan, before });
}

/** In a bundle a number means the same in all lines (RFC 9143 §7.1.3). */
function offeredExtensions(
  plan: VideoPlan | undefined,
  mid: string | undefined,
  audio: HeaderExtensions | undefined,
): VideoPlan["extensions"] {
  if (plan?.bundled) return plan.extensions;
  const { transportSequence, mid: named } = audio ?? {};
  return {
    ...(transportSequence !== undefined && { transportSequence }),
    ...(named && mid !== undefined && { mid: { id: named.id, name: mid } }),
  };
}

export interface VideoAnswerReading {
  readonly video: VideoCapabilities;
  readonly srtp: SrtpPolicy;
  readonly rtcpMux: boolean;
  readonly local: LocalEnd;
  /** The line of the audio, and what is agreed of it. */
  readonly audio: { readonly index: number; readonly plan: AudioPlan };
}

/** What the answer makes of a line that was offered. A fault in it is a refusal. */
export function videoFromAnswer(
  session: SessionDescription,
  offered: VideoSlot,
  terms: VideoAnswerReading,
): { readonly slot: VideoSlot; readonly misspelled: number } {
  const { index, content, crypto = [], pending: _, ...known } = offered;
  const refused = { slot: { index, content, ...known, plan: undefined }, misspelled: 0 };
  const media = session.media[index];
  if (media?.kind !== "video" || media.port === 0) return refused;
  const { video, local, audio } = terms;
  const bundled = isDtlsProfile(media.protocol);
  if (bundled && !(audio.plan.dtls && audio.plan.rtcpMux && isBundled(session, index, audio.index)))
    return refused;
  const stream = readRtpStream(session, media, local);
  const secured = bundled
    ? undefined
    : securityFromAnswer({ session, media }, terms.srtp, { crypto, ice: undefined });
  const match = matchVideo(session, media, {
    capabilities: video,
    rtx: bundled,
    offered: new Map((known.formats ?? []).map((each) => [each.payloadType, parametersOf(each)])),
  });
  const [first] = match?.formats ?? [];
  if (!stream.ok || (secured && !secured.ok) || !match || !first) return refused;
  const payloadTypes = match.formats.map(({ payloadType }) => payloadType);
  const mid = known.extensions?.mid?.name;
  const read = bundled ? videoExtensions(session, media, { payloadTypes, mid }) : undefined;
  const extensions = agreedVideoExtensions(read, known.extensions);
  const arrivals = extensions?.transportSequence !== undefined;
  const rtcpMux = bundled || (stream.value.rtcpMux && terms.rtcpMux);
  const { remote } = bundled ? audio.plan : stream.value;
  const plan: VideoPlan = {
    content,
    ...planOfFormats(match.formats, first),
    parameterSets: match.parameterSets,
    direction: directionOf(stream.value.direction, content, video),
    remote: { ...remote, rtcpPort: rtcpMux ? remote.port : remote.rtcpPort },
    rtcpMux,
    bundled,
    feedback: feedbackFor(readFeedback(media), first.payloadType, { arrivals }),
    ...(secured?.value.srtp && { srtp: secured.value.srtp }),
    ...(extensions && { extensions }),
  };
  const unused = unusedLines(crypto, offered.plan?.srtp, plan.srtp);
  const slot = { index, content, ...known, plan: withOfferedVideo(plan, known.offered), crypto: unused };
  return { slot, misspelled: match.misspelled + (secured?.value.renumbered ? 1 : 0) };
}

const parametersOf = ({ parameters }: KnownFormat) => formatParameters([parameters]);

function agreedVideoExtensions(
  answered: VideoPlan["extensions"],
  offered: VideoPlan["extensions"],
): VideoPlan["extensions"] {
  const { transportSequence, mid } = answered ?? {};
  const agreed = {
    ...(transportSequence !== undefined &&
      transportSequence === offered?.transportSequence && { transportSequence }),
    ...(mid && mid.id === offered?.mid?.id && { mid }),
  };
  return Object.keys(agreed).length > 0 ? agreed : undefined;
}
