// The offerer of RFC 3264 §5 and §8: our description as an offer, first or again, and the plan that follows
// from the far end's answer (§7).

import { fail, ok, type Result } from "#common";
import type { AudioCodecName } from "../codec/index.ts";
import { newIceCredentials } from "../webrtc/index.ts";
import { readByOffer } from "./answer-by-offer.ts";
import { readAudioStream } from "./audio-stream.ts";
import { sessionLines, withBundledTransport } from "./bundle.ts";
import { codecSpelling } from "./codecs.ts";
import type { SdpProblem, SessionDescription } from "./description.ts";
import { isDtlsProfile, withoutIce } from "./dtls.ts";
import {
  agreedExtensions,
  describeExtensions,
  offeredExtensions,
  readExtensions,
} from "./header-extensions.ts";
import {
  audioMedia,
  type Capabilities,
  describe,
  type Match,
  matchCodecs,
  type OfferedTypes,
  payloadTypesOf,
  planOf,
  refusedMedia,
  type SdpState,
  slotsOf,
  withOffered,
  withProfiles,
  withRepairedLines,
} from "./negotiation.ts";
import { parseSdp } from "./parse.ts";
import { allocatePayloadType } from "./payload-types.ts";
import { withProfileNames } from "./profile-names.ts";
import { readEncodings } from "./rtp-stream.ts";
import {
  offerSecurity,
  type SrtpPolicy,
  securityFromAnswer,
  unusedLines,
  withProfilesByKeys,
} from "./security.ts";
import type { AudioPlan, HeaderExtensions, LocalEnd, VideoPlan } from "./types.ts";
import { soundOfPicture } from "./video-media.ts";
import { type OfferedVideo, offerVideo, type VideoOfferTerms, videoFromAnswer } from "./video-offer.ts";
import { type VideoSlot, withoutPlan } from "./video-plan.ts";

/** Keys on the clock of each codec: G.722's is 8000 as well (RFC 3551 §4.5.2). */
const offeredEvents = new Map([
  [8000, 101],
  [48_000, 102],
]);

/**
 * Everything we can do, with the right to send and hear (RFC 6337 §5.3: a hold of theirs is theirs to
 * keep) unless we put them on hold (RFC 3264 §8.4). Inside a call the m-lines and the payload types stay as they were, the codec in use comes first.
 */
export function createOffer(
  capabilities: Capabilities,
  local: LocalEnd,
  previous?: SdpState,
): { readonly sdp: string; readonly state: SdpState } {
  const plan = previous?.plan;
  const slots = previous?.slots ?? [];
  const audio = previous?.audio ?? 0;
  const match = offeredCodecs(capabilities, plan, previous);
  const protocol = slots[audio]?.protocol ?? firstProfile[capabilities.srtp];
  const {
    crypto,
    ice,
    attributes: security,
  } = offerSecurity(local, protocol, {
    policy: capabilities.srtp,
    current: plan,
    before: previous,
  });
  const mid = slots[audio]?.mid ?? (ice && "0");
  const extensions = isDtlsProfile(protocol)
    ? offeredExtensions(local.stream && mid, plan && agreedIn(plan))
    : undefined;
  const video = offeredVideo(capabilities, local, previous, {
    ...{ protocol, security, extensions },
    payloadTypes: [...payloadTypesOf(match), ...match.events.map(([payloadType]) => payloadType)],
    mid: ice && mid,
  });
  const bundle = [ice && mid, ...video.map(({ bundled }) => bundled)].filter((each) => each !== undefined);
  const ours = audioMedia(local, match, {
    protocol,
    security,
    mid,
    direction: local.hold ? "sendonly" : "sendrecv",
    ptimeMs: plan?.ptimeMs ?? 20,
    rtcpMux: capabilities.rtcpMux && (plan?.rtcpMux ?? true),
    extensions: [
      ...describeExtensions(extensions, payloadTypesOf(match), local),
      ...(video.some(({ bundled }) => bundled !== undefined) ? soundOfPicture(local) : []),
    ],
  });
  const end = Math.max(slots.length, 1, ...video.map(({ slot }) => slot.index + 1));
  const lines = Array.from({ length: end }, (_, at) => {
    const picture = video.find(({ slot }) => slot.index === at);
    return picture?.media ?? (at === audio ? ours : refusedMedia(slots[at]!));
  });
  const media = withProfiles(lines, slots);
  const attributes = sessionLines(ice !== undefined, bundle);
  const { sdp, version } = describe(local, { timing: "0 0", media, attributes }, previous);
  const offered: OfferedTypes = {
    codecs: new Map([
      ...(previous?.offered?.codecs ?? []),
      ...match.codecs.map(({ name, payloadType }) => [payloadType, name] as const),
    ]),
    events: new Map([...(previous?.offered?.events ?? []), ...match.events]),
  };
  return {
    sdp,
    state: {
      version,
      sent: sdp,
      slots: slotsOf({ ...emptySession, media }),
      audio,
      plan,
      offered,
      crypto,
      ...(ice && { ice }),
      ...(extensions && { extensions }),
      ...videoState(previous, video),
    },
  };
}

function offeredVideo(
  { video, srtp, rtcpMux }: Capabilities,
  local: LocalEnd,
  previous: SdpState | undefined,
  audio: VideoOfferTerms["audio"],
): OfferedVideo[] {
  return video && local.video ? offerVideo({ video, srtp, rtcpMux, local, previous, audio }) : [];
}

/** Lines that are not offered any more stay known. */
function videoState(
  previous: SdpState | undefined,
  offered: readonly OfferedVideo[],
): Pick<SdpState, "video" | "spareVideo" | "hadVideo"> {
  const now = offered.map(({ slot }) => slot);
  const isOffered = (index: number) => now.some((slot) => slot.index === index);
  const gone = (previous?.video ?? []).filter(({ index }) => !isOffered(index)).map(withoutPlan);
  const spare = (previous?.spareVideo ?? []).filter((index) => !isOffered(index));
  return {
    ...(now.length + gone.length > 0 && { video: [...now, ...gone] }),
    ...(spare.length > 0 && { spareVideo: spare }),
    ...(previous?.hadVideo && { hadVideo: true }),
  };
}

/**
 * With a new name and password of ours in ICE, for a leg that has moved to another port: by them its far end sees in our next offer that
 * ICE begins again, and takes the candidates that stand there (RFC 8445 §9, RFC 8839 §4.4.1.1.1).
 */
export function restartIce(sdp: SdpState): SdpState {
  const { plan } = sdp;
  if (!plan?.dtls?.ice) return sdp;
  const local = newIceCredentials();
  const agreed = { ...plan, dtls: { ...plan.dtls, ice: { ...plan.dtls.ice, local } } };
  return { ...sdp, plan: agreed, ...(sdp.ice && { ice: local }) };
}

export interface Agreed {
  readonly plan: AudioPlan;
  /** The camera's line first; empty: there is no video. */
  readonly video: readonly VideoPlan[];
  readonly state: SdpState;
}

/** The plan that the answer to our last description (`state.sent`) leads to. */
export function planFromAnswer(
  answer: string,
  capabilities: Capabilities,
  local: LocalEnd,
  state: SdpState,
): Result<Agreed, SdpProblem> {
  const parsed = parseSdp(answer);
  if (!parsed.ok) return parsed;
  const ofDtls = isDtlsProfile(state.slots[state.audio]?.protocol ?? "");
  const placed = readByOffer(withProfileNames(parsed.value), state);
  const read = withBundledTransport(state.ice ? placed : withoutIce(placed), "answer");
  const session = ofDtls ? withProfilesByKeys(read) : read;
  const media = session.media[state.audio];
  if (media?.kind !== "audio") {
    return fail({ code: "BAD_SDP", message: "the answer has no audio in the place where it was offered" });
  }
  if (media.problem) return fail(media.problem);
  if (media.port === 0) {
    return fail({ code: "NO_COMMON_CODEC", message: "the far end answered our audio with port 0" });
  }
  const stream = readAudioStream(session, media, local);
  if (!stream.ok) return stream;
  const match = matchCodecs(stream.value, capabilities);
  const answered = match && planOf(stream.value, match, { capabilities, mended: session.mended });
  if (!answered) {
    const names = readEncodings(media).map((each) => `${each.name}/${each.clockRate}`);
    return fail({
      code: "NO_COMMON_CODEC",
      message: `the answer holds none of our codecs: ${names.join(" ")}`,
    });
  }
  const offered = { crypto: state.crypto ?? [], ice: state.ice };
  const security = securityFromAnswer({ session, media }, capabilities.srtp, offered);
  if (!security.ok) return security;
  const { renumbered, ...protection } = security.value;
  const stated = readExtensions(session, media, {
    payloadTypes: payloadTypesOf(match),
    mid: local.stream && state.slots[state.audio]?.mid,
    tellsArrivals: protection.dtls !== undefined && answered.rtcpMux,
  });
  const extensions = agreedExtensions(stated, state.extensions);
  const secured = { ...answered, ...protection, ...(extensions && { extensions }) };
  const audio = withOffered(secured, state.offered);
  const video = readVideo(session, { ...state, plan: audio }, { capabilities, local });
  const plan = withRepairedLines(audio, video.misspelled + (renumbered ? 1 : 0));
  const crypto = unusedLines(state.crypto, state.plan?.srtp, plan.srtp);
  const plans = video.slots.flatMap((slot) => slot.plan ?? []);
  return ok({
    plan,
    video: plans,
    state: {
      ...{ ...state, plan, crypto },
      ...(video.slots.length > 0 && { video: video.slots }),
      ...(video.answered && { hadVideo: true }),
    },
  });
}

function readVideo(
  session: SessionDescription,
  state: SdpState & { readonly plan: AudioPlan },
  { capabilities, local }: { readonly capabilities: Capabilities; readonly local: LocalEnd },
): { readonly slots: readonly VideoSlot[]; readonly misspelled: number; readonly answered: boolean } {
  const { video, srtp, rtcpMux } = capabilities;
  const slots = state.video ?? [];
  if (!video) return { slots: slots.map(withoutPlan), misspelled: 0, answered: false };
  const terms = { video, srtp, rtcpMux, local, audio: { index: state.audio, plan: state.plan } };
  const read = slots.map((slot) =>
    slot.pending ? videoFromAnswer(session, slot, terms) : { slot, misspelled: 0 },
  );
  return {
    slots: read.map(({ slot }) => slot),
    misspelled: read.reduce((sum, each) => sum + each.misspelled, 0),
    answered: slots.some(({ pending }) => pending),
  };
}

/** In a call whose far end has agreed to none they are not offered again. */
const agreedIn = ({ extensions }: AudioPlan): HeaderExtensions => extensions ?? {};

/** Of an offer that is the first. */
const firstProfile = {
  forbid: "RTP/AVP",
  accept: "RTP/AVP",
  offer: "RTP/AVP",
  require: "RTP/SAVP",
  dtls: "UDP/TLS/RTP/SAVPF",
} as const satisfies Record<SrtpPolicy, string>;

const emptySession = {
  mended: 0,
  origin: { sessionId: "0", version: 0, address: "0.0.0.0" },
  connection: undefined,
  timing: "0 0",
  attributes: [],
} as const;

function offeredCodecs(
  capabilities: Capabilities,
  plan: AudioPlan | undefined,
  previous: SdpState | undefined,
): Match {
  const offered = previous?.offered;
  const first = plan && capabilities.codecs.includes(plan.codec) ? [plan.codec] : [];
  const names = new Set<AudioCodecName>([...first, ...capabilities.codecs]);
  const clockRates = new Set([...names].map((name) => codecSpelling(name).clockRate));
  // A number keeps its meaning for the life of the call (RFC 3264 §8.3.2): what is new takes a free one. A number of
  // ours stays ours although the far end calls the same thing otherwise.
  const codecTypes = [...(plan?.receive ?? []), ...(offered?.codecs ?? [])];
  const eventTypes = [...(plan?.events ?? []), ...(offered?.events ?? [])];
  const agreedCodecs = new Map(codecTypes.map(([payloadType, name]) => [name, payloadType]));
  const agreedEvents = new Map(eventTypes.map(([payloadType, rate]) => [rate, payloadType]));
  const taken = new Set([...codecTypes, ...eventTypes].map(([payloadType]) => payloadType));
  // In a bundle a number belongs to one line.
  for (const { formats } of previous?.video ?? [])
    for (const { payloadType, rtx } of formats ?? []) taken.add(payloadType).add(rtx ?? payloadType);
  // What finds no number is not offered; the codec in use has one.
  return {
    codecs: [...names].flatMap((name) => {
      const payloadType =
        agreedCodecs.get(name) ?? allocatePayloadType(codecSpelling(name).payloadType, taken);
      return payloadType === undefined ? [] : [{ name, payloadType }];
    }),
    events: [...clockRates].flatMap((rate) => {
      const payloadType = agreedEvents.get(rate) ?? allocatePayloadType(offeredEvents.get(rate)!, taken);
      return payloadType === undefined ? [] : [[payloadType, rate] as const];
    }),
    comfortNoise: plan?.comfortNoise,
    misspelled: 0,
  };
}
