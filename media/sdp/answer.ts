// The answerer of RFC 3264 §6: one audio m-line is accepted, and lines of video as far as there is video; every other is
// answered with port 0, in the offer's order. Pure: text in, text and plans out.
import { fail, ok, type Result } from "#common";
import { type AudioStream, readAudioStream } from "./audio-stream.ts";
import { bundleOf, sessionLines, withBundledTransport } from "./bundle.ts";
import type { MediaDescription, SdpProblem, SessionDescription } from "./description.ts";
import { describeExtensions, feedbackTypes, readExtensions } from "./header-extensions.ts";
import {
  audioMedia,
  type Capabilities,
  describe,
  type Match,
  matchCodecs,
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
import { withProfileNames } from "./profile-names.ts";
import { readEncodings } from "./rtp-stream.ts";
import {
  answerSecurity,
  isSecureProfile,
  type Security,
  unusedLines,
  withProfilesByKeys,
} from "./security.ts";
import type { AudioPlan, LocalEnd, VideoPlan } from "./types.ts";
import { type AnsweredVideo, answerVideo } from "./video-answer.ts";
import { soundOfPicture } from "./video-media.ts";
import { type VideoSlot, withoutPlan } from "./video-plan.ts";

export interface Answered {
  readonly sdp: string;
  readonly plan: AudioPlan;
  /** The camera's line first; empty: there is no video. */
  readonly video: readonly VideoPlan[];
  readonly state: SdpState;
}

interface Choice {
  readonly index: number;
  readonly stream: AudioStream;
  readonly match: Match;
  /** Undefined: in the clear. */
  readonly security: Security | undefined;
}

/**
 * Answers an offer, the first or a later one (`previous`). The plan says what to do from now on; keep the
 * state for the next round. On a problem nothing has changed.
 */
export function planAnswer(
  offer: string,
  capabilities: Capabilities,
  local: LocalEnd,
  previous?: SdpState,
): Result<Answered, SdpProblem> {
  const parsed = parseSdp(offer);
  if (!parsed.ok) return parsed;
  const session = withProfilesByKeys(withBundledTransport(withProfileNames(parsed.value), "offer"));
  const chosen = chooseAudio(session, capabilities, local, previous);
  if (!chosen.ok) {
    const kept = previous?.plan && stoppedPlan(session, previous.plan);
    return kept ? ok(answerMedia(session, undefined, kept, { local, previous, video: [] })) : chosen;
  }
  const audio = planAudio(session, chosen.value, { capabilities, local, previous });
  if (!audio) return fail(nothingFits(session, capabilities));
  const video = planVideo(session, { ...chosen.value, plan: audio }, { capabilities, local, previous });
  const misspelled = video.reduce((sum, each) => sum + each.misspelled, 0);
  const plan = withRepairedLines(audio, misspelled);
  const answered = answerMedia(session, chosen.value, plan, { local, previous, video });
  if (capabilities.video && local.video)
    return ok({ ...answered, state: { ...answered.state, hadVideo: true } });
  const spareVideo = unusedVideo(session);
  return ok(spareVideo.length === 0 ? answered : { ...answered, state: { ...answered.state, spareVideo } });
}

/** The input of a round of offer and answer. */
interface Round {
  readonly capabilities: Capabilities;
  readonly local: LocalEnd;
  readonly previous: SdpState | undefined;
}

function planAudio(
  session: SessionDescription,
  choice: Choice,
  { capabilities, local, previous }: Round,
): AudioPlan | undefined {
  const stated = planOf(choice.stream, choice.match, { capabilities, mended: session.mended });
  if (!stated) return undefined;
  const extensions = extensionsOf(session, choice, { plan: stated, stream: local.stream });
  const secured = { ...stated, ...choice.security?.plan, ...(extensions && { extensions }) };
  return withOffered(secured, previous?.offered);
}

function planVideo(
  session: SessionDescription,
  { index, plan, security }: Choice & { readonly plan: AudioPlan },
  { capabilities, local, previous }: Round,
): AnsweredVideo[] {
  const { video, srtp, rtcpMux } = capabilities;
  if (!video || !local.video) return [];
  const audio = { index, plan, security: security?.attributes ?? [] };
  return answerVideo(session, { video, srtp, rtcpMux, local, audio, previous: previous?.video ?? [] });
}

/** Lines of video that could have been used if there were video. */
const unusedVideo = ({ media }: SessionDescription): number[] =>
  media.flatMap(({ kind, port, protocol, problem }, index) =>
    kind === "video" && port !== 0 && !problem && isSecureProfile(protocol) !== undefined ? [index] : [],
  );

function answerMedia(
  session: SessionDescription,
  choice: Choice | undefined,
  plan: AudioPlan,
  {
    local,
    previous,
    video,
  }: {
    readonly local: LocalEnd;
    readonly previous: SdpState | undefined;
    readonly video: readonly AnsweredVideo[];
  },
): Answered {
  const slots = slotsOf(session);
  const mid = choice && slots[choice.index]?.mid;
  const group = mid === undefined ? [] : bundleOf(session, mid);
  const mids = new Set([mid, ...video.map(({ bundled }) => bundled)]);
  const media = slots.map((slot, index) => {
    const picture = video.find((each) => each.slot.index === index);
    if (picture) return picture.media;
    if (index !== choice?.index) return refusedMedia(slot);
    const feedback = feedbackTypes(session.media[index]!, payloadTypesOf(choice.match));
    const withPicture = video.some(({ bundled }) => bundled !== undefined);
    return audioMedia(local, choice.match, {
      protocol: slot.protocol,
      direction: plan.direction,
      ptimeMs: plan.ptimeMs,
      rtcpMux: plan.rtcpMux,
      security: choice.security?.attributes ?? [],
      mid: slot.mid,
      extensions: [
        ...describeExtensions(plan.extensions, feedback, local),
        ...(withPicture ? soundOfPicture(local) : []),
      ],
    });
  });
  const ice = plan.dtls?.ice !== undefined;
  const attributes = sessionLines(
    ice,
    group.filter((each) => mids.has(each)),
  );
  const { sdp, version } = describe(
    local,
    { timing: session.timing, media: withProfiles(media, slots), attributes },
    previous,
  );
  const audio = choice?.index ?? previous?.audio ?? 0;
  const offered = previous?.offered;
  const crypto = unusedLines(previous?.crypto, previous?.plan?.srtp, plan.srtp);
  const known = videoSlots(previous?.video, video, slots);
  const state = {
    ...{ version, sent: sdp, slots, audio, plan, crypto },
    ...(offered && { offered }),
    ...(known.length > 0 && { video: known }),
    ...(previous?.hadVideo && { hadVideo: true as const }),
  };
  return { sdp, plan, video: video.map(({ slot }) => slot.plan), state };
}

/** Lines that carry video no more stay known by their content. */
function videoSlots(
  before: readonly VideoSlot[] | undefined,
  answered: readonly AnsweredVideo[],
  slots: SdpState["slots"],
): readonly VideoSlot[] {
  const now = answered.map(({ slot }) => slot);
  const gone = (before ?? []).filter(
    ({ index, content }) =>
      slots[index]?.kind === "video" && now.every((slot) => slot.index !== index && slot.content !== content),
  );
  return [...now, ...gone.map(withoutPlan)];
}

function extensionsOf(
  session: SessionDescription,
  { index, match, security }: Choice,
  { plan, stream }: { readonly plan: AudioPlan; readonly stream: LocalEnd["stream"] },
): AudioPlan["extensions"] {
  return readExtensions(session, session.media[index]!, {
    payloadTypes: payloadTypesOf(match),
    mid: stream && slotsOf(session)[index]?.mid,
    tellsArrivals: security?.plan.dtls !== undefined && plan.rtcpMux,
  });
}

/** The slot that carried audio before, if it still can; else the first that can, rather a protected one. */
function chooseAudio(
  session: SessionDescription,
  capabilities: Capabilities,
  local: LocalEnd,
  previous: SdpState | undefined,
): Result<Choice, SdpProblem> {
  const order = [...session.media.keys()];
  if (previous)
    order.sort((left, right) => Number(right === previous.audio) - Number(left === previous.audio));
  let problem: SdpProblem | undefined;
  let inTheClear: Choice | undefined;
  for (const index of order) {
    const media = session.media[index];
    if (media?.kind === "audio") problem ??= media.problem;
    if (!media || !isRtpAudio(media)) continue;
    const stream = readAudioStream(session, media, local);
    if (!stream.ok) {
      problem ??= stream.error;
      continue;
    }
    const offered = { session, media, local, current: previous?.plan };
    const security = answerSecurity(offered, capabilities.srtp);
    if (!security.ok) {
      problem ??= security.error;
      continue;
    }
    const match = matchCodecs(stream.value, capabilities);
    if (!match) continue;
    const choice = { index, stream: stream.value, match, security: security.value };
    if (security.value || index === previous?.audio) return ok(choice);
    inTheClear ??= choice;
  }
  if (inTheClear) return ok(inTheClear);
  return fail(problem ?? nothingFits(session, capabilities));
}

/** RTP/AVPF is answered in kind but spoken as RTP/AVP: we send no early feedback (RFC 4585 §3.1). */
const isRtpAudio = (media: MediaDescription): boolean =>
  media.kind === "audio" && media.port !== 0 && isSecureProfile(media.protocol) !== undefined;

/**
 * A later offer that takes the audio away (port 0) leaves a call without sound, not a refused call; unless it is for a fax: refused, a
 * gateway goes on with the audio there was, and with nothing at all it hangs up.
 */
function stoppedPlan(session: SessionDescription, plan: AudioPlan): AudioPlan | undefined {
  if (session.media.some(({ kind, port }) => kind === "image" && port !== 0)) return undefined;
  const audio = session.media.filter((media) => media.kind === "audio");
  const taken = audio.length > 0 && audio.every((media) => media.port === 0 && !media.problem);
  return taken ? { ...plan, direction: "inactive" } : undefined;
}

/** The error lists the offered codecs, so that the log of a refused call shows the reason. */
function nothingFits(session: SessionDescription, capabilities: Capabilities): SdpProblem {
  const offered = session.media.slice(0, 4).map((media) => {
    const names = readEncodings(media).slice(0, 12);
    const codecs = names.map((each) => `${each.name}/${each.clockRate}`).join(" ");
    return `${media.kind} ${media.protocol}${media.port === 0 ? " (port 0)" : ""} ${codecs}`.trim();
  });
  const list = offered.length > 0 ? offered.join("; ").slice(0, 400) : "no media at all";
  return {
    code: "NO_COMMON_CODEC",
    message: `nothing offered can be used: ${list}. Usable is audio over RTP/AVP or RTP/SAVP with ${capabilities.codecs.join(" or ")}`,
  };
}
