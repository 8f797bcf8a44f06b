// The lines of video in an answer (RFC 3264 §6): those of the camera and of the shared screen that can be used. A line that
// can not is refused, and decides nothing of the audio or of the other lines.
import { type Attribute, attribute, type MediaDescription, type SessionDescription } from "./description.ts";
import { slotsOf } from "./negotiation.ts";
import { readRtpStream } from "./rtp-stream.ts";
import { answerSecurity, type SrtpPolicy, unusedLines } from "./security.ts";
import type { AudioPlan, LocalEnd, VideoPlan } from "./types.ts";
import type { VideoCapabilities } from "./video-codecs.ts";
import { describeFeedback, feedbackFor, readFeedback } from "./video-feedback.ts";
import { localVideoOf, selectVideo, type VideoLine } from "./video-lines.ts";
import { videoMedia } from "./video-media.ts";
import {
  directionOf,
  knownFormats,
  planOfFormats,
  type VideoSlot,
  videoExtensions,
  withOfferedVideo,
} from "./video-plan.ts";

export interface AnsweredVideo {
  readonly slot: VideoSlot & { readonly plan: VideoPlan };
  /** Our line. */
  readonly media: MediaDescription;
  /** By which name it is in the audio's bundle; undefined: it is not. */
  readonly bundled: string | undefined;
  readonly misspelled: number;
}

export interface VideoAnswerTerms {
  readonly video: VideoCapabilities;
  readonly srtp: SrtpPolicy;
  readonly rtcpMux: boolean;
  readonly local: LocalEnd;
  /** The line of the audio as it is answered. */
  readonly audio: {
    readonly index: number;
    readonly plan: AudioPlan;
    readonly security: readonly Attribute[];
  };
  readonly previous: readonly VideoSlot[];
}

/** The camera's first. */
export function answerVideo(session: SessionDescription, terms: VideoAnswerTerms): AnsweredVideo[] {
  const { video, srtp, previous, local } = terms;
  const reaches = (media: MediaDescription) => readRtpStream(session, media, local).ok;
  const lines = selectVideo(session, { video, srtp, audio: terms.audio.index, reaches, previous });
  return lines.flatMap((line) => answerLine(session, line, terms) ?? []);
}

function answerLine(
  session: SessionDescription,
  line: VideoLine,
  { video, srtp, local, audio, previous, ...terms }: VideoAnswerTerms,
): AnsweredVideo | undefined {
  const { index, content, bundled, match } = line;
  const media = session.media[index]!;
  const ours = localVideoOf(local, content, { bundled });
  const stream = readRtpStream(session, media, local);
  const { mid } = slotsOf(session)[index]!;
  if (!ours || !stream.ok || (bundled && (mid === undefined || !audio.plan.rtcpMux))) return undefined;
  const before = previous.find((slot) => slot.index === index);
  const secured = bundled
    ? undefined
    : answerSecurity({ session, media, local, current: before?.plan }, srtp);
  if (secured && !secured.ok) return undefined;
  const [first] = match.formats;
  if (!first) return undefined;
  const payloadTypes = match.formats.map(({ payloadType }) => payloadType);
  const extensions = videoExtensions(session, media, { payloadTypes, mid: bundled ? mid : undefined });
  const arrivals = extensions?.transportSequence !== undefined;
  const feedback = readFeedback(media);
  const direction = directionOf(stream.value.direction, content, video);
  const rtcpMux = bundled || (stream.value.rtcpMux && terms.rtcpMux);
  const security = secured?.value?.plan.srtp;
  const { remote } = bundled ? audio.plan : stream.value;
  const plan: VideoPlan = {
    content,
    ...planOfFormats(match.formats, first),
    parameterSets: match.parameterSets,
    direction,
    remote: { ...remote, rtcpPort: rtcpMux ? remote.port : remote.rtcpPort },
    rtcpMux,
    bundled,
    feedback: feedbackFor(feedback, first.payloadType, { arrivals }),
    ...(security && { srtp: security }),
    ...(extensions && { extensions }),
  };
  const stated = attribute(media.attributes, "content") !== undefined;
  const described = videoMedia({
    port: bundled ? local.port : ours.port,
    local: ours,
    protocol: media.protocol,
    formats: match.formats.map(({ format, ...each }) => ({ ...each, codec: format.codec })),
    capabilities: video,
    direction,
    rtcpMux,
    feedback: describeFeedback(feedback, payloadTypes, { arrivals }),
    content: stated ? content : undefined,
    mid,
    extensions,
    security: bundled ? audio.security : (secured?.value?.attributes ?? []),
    bundled,
  });
  const { offered } = before ?? {};
  const crypto = unusedLines(before?.crypto, before?.plan?.srtp, plan.srtp);
  const slot = {
    ...{ index, content, stated, plan: withOfferedVideo(plan, offered), crypto },
    formats: knownFormats(match.formats, before?.formats),
    ...(offered && { offered }),
  };
  return { slot, media: described, bundled: bundled ? mid : undefined, misspelled: match.misspelled };
}
