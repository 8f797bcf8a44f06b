// The answerer of RFC 3264 §6: one audio m-line is accepted, every other is answered with port 0, in the
// offer's order. Pure: text in, text and plan out.
import { fail, ok, type Result } from "#common";
import { type AudioStream, readAudioStream, readEncodings } from "./audio-stream.ts";
import type { MediaDescription, SdpProblem, SessionDescription } from "./description.ts";
import { describeExtensions, feedbackTypes, readExtensions } from "./header-extensions.ts";
import {
  audioMedia,
  type Capabilities,
  describe,
  type Match,
  matchCodecs,
  planOf,
  refusedMedia,
  type SdpState,
  sessionLines,
  slotsOf,
  withOffered,
} from "./negotiation.ts";
import { parseSdp } from "./parse.ts";
import { answerSecurity, isSecureProfile, type Security, unusedLines } from "./security.ts";
import type { AudioPlan, LocalEnd } from "./types.ts";

export interface Answered {
  readonly sdp: string;
  readonly plan: AudioPlan;
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
  const session = parsed.value;
  const chosen = chooseAudio(session, capabilities, local, previous);
  if (!chosen.ok) {
    const kept = previous?.plan && stoppedPlan(session, previous.plan);
    return kept ? ok(answerMedia(session, undefined, kept, { local, previous })) : chosen;
  }
  const stated = planOf(chosen.value.stream, chosen.value.match, { capabilities, mended: session.mended });
  if (!stated) return fail(nothingFits(session, capabilities));
  const { stream } = local;
  const extensions = extensionsOf(session, chosen.value, { plan: stated, stream });
  const secured = { ...stated, ...chosen.value.security?.plan, ...(extensions && { extensions }) };
  const plan = withOffered(secured, previous?.offered);
  return ok(answerMedia(session, chosen.value, plan, { local, previous }));
}

function answerMedia(
  session: SessionDescription,
  choice: Choice | undefined,
  plan: AudioPlan,
  { local, previous }: { local: LocalEnd; previous: SdpState | undefined },
): Answered {
  const slots = slotsOf(session);
  const media = slots.map((slot, index) =>
    index === choice?.index
      ? audioMedia(local, choice.match, {
          protocol: slot.protocol,
          direction: plan.direction,
          ptimeMs: plan.ptimeMs,
          rtcpMux: plan.rtcpMux,
          security: choice.security?.attributes ?? [],
          mid: slot.mid,
          extensions: describeExtensions(
            plan.extensions,
            feedbackTypes(session.media[index]!, choice.match),
            local,
          ),
        })
      : refusedMedia(slot),
  );
  const mid = choice && slots[choice.index]?.mid;
  const ice = plan.dtls?.ice !== undefined;
  const attributes = sessionLines(ice, mid !== undefined && isBundled(session, mid) ? mid : undefined);
  const { sdp, version } = describe(local, { timing: session.timing, media, attributes }, previous);
  const audio = choice?.index ?? previous?.audio ?? 0;
  const offered = previous?.offered;
  const crypto = unusedLines(previous?.crypto, previous?.plan?.srtp, plan.srtp);
  const state = { version, sent: sdp, slots, audio, plan, crypto, ...(offered && { offered }) };
  return { sdp, plan, state };
}

function extensionsOf(
  session: SessionDescription,
  { index, match, security }: Choice,
  { plan, stream }: { readonly plan: AudioPlan; readonly stream: LocalEnd["stream"] },
): AudioPlan["extensions"] {
  return readExtensions(session, session.media[index]!, {
    match,
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

const isBundled = ({ attributes }: SessionDescription, mid: string): boolean =>
  attributes.some(({ name, value = "" }) => {
    const [semantics, ...mids] = name === "group" ? value.split(/[ \t]+/) : [];
    return semantics?.toUpperCase() === "BUNDLE" && mids.includes(mid);
  });

/** A later offer that takes the audio away (port 0) leaves a call without sound, not a refused call. */
function stoppedPlan(session: SessionDescription, plan: AudioPlan): AudioPlan | undefined {
  const audio = session.media.filter((media) => media.kind === "audio");
  const taken = audio.length > 0 && audio.every((media) => media.port === 0 && !media.problem);
  return taken ? { ...plan, direction: "inactive" } : undefined;
}

/** Says what was offered, so that the log of a refused call answers the question at once. */
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
