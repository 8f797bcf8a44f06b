// What a line of video comes to, in an answer of ours and in an answer to us alike, and what a leg remembers of it.
import type { VideoCodecName, VideoContent } from "../video/types.ts";
import type { CryptoLine } from "./crypto-attribute.ts";
import type { MediaDescription, SessionDescription } from "./description.ts";
import { readExtensions } from "./header-extensions.ts";
import type { Direction, VideoPlan } from "./types.ts";
import type { MatchedFormat } from "./video-codecs.ts";
import type { OurFormat } from "./video-media.ts";

/** One format as it is agreed or offered in a call, in which its number keeps its meaning (RFC 3264 §8.3.2). */
export interface KnownFormat extends OurFormat {
  /** `packetization-mode` of H.264; VP8: 1. */
  readonly mode: 0 | 1;
}

/** What a leg remembers of one line of video between two rounds. */
export interface VideoSlot {
  /** Among all lines. */
  readonly index: number;
  readonly content: VideoContent;
  /** The descriptions say what it shows. */
  readonly stated?: boolean;
  /** Undefined: nothing is agreed yet, or it was refused or taken away. */
  readonly plan: VideoPlan | undefined;
  /** So many offers of ours have had it since the last answer; absent: none. */
  readonly pending?: number;
  readonly formats?: readonly KnownFormat[];
  /** What the payload types of our offers mean. */
  readonly offered?: ReadonlyMap<number, VideoCodecName>;
  /** The keys of our last offer that are not in use. */
  readonly crypto?: readonly CryptoLine[];
  /** Of our last offer. */
  readonly extensions?: VideoPlan["extensions"];
}

/** A line that carries video no more is still known by its content and its formats. */
export function withoutPlan({ plan: _, pending: __, crypto: ___, ...kept }: VideoSlot): VideoSlot {
  return { ...kept, plan: undefined };
}

/** What is known now: a number that `now` does not name keeps the meaning that it had. */
export function knownFormats(
  now: readonly MatchedFormat[],
  before: readonly KnownFormat[] = [],
): readonly KnownFormat[] {
  const numbers = new Set(now.map(({ payloadType }) => payloadType));
  return [
    ...now.map(({ format, ...each }) => ({ ...each, codec: format.codec, mode: format.packetizationMode })),
    ...before.filter(({ payloadType }) => !numbers.has(payloadType)),
  ];
}

/** What we send by and receive, from the formats in common. */
export function planOfFormats(
  formats: readonly MatchedFormat[],
  first: MatchedFormat,
): Pick<VideoPlan, "format" | "payloadType" | "receive" | "rtx"> {
  const repeats = formats.flatMap(({ rtx, payloadType }) =>
    rtx === undefined ? [] : [[rtx, payloadType] as const],
  );
  return {
    format: first.format,
    payloadType: first.payloadType,
    receive: new Map(formats.map(({ payloadType, format }) => [payloadType, format.codec])),
    ...(first.rtx !== undefined && { rtx: { payloadType: first.rtx, receive: new Map(repeats) } }),
  };
}

/** The screen's line is for what the far end shows: everyone's screen is part of the one picture that the camera's line gets. */
export function directionOf(
  theirs: Direction,
  content: VideoContent,
  { paused = false }: { readonly paused?: boolean },
): Direction {
  if (paused) return "inactive";
  const sends = theirs === "sendrecv" || theirs === "recvonly";
  const receives = theirs === "sendrecv" || theirs === "sendonly";
  if (content === "slides" || !sends) return receives ? "recvonly" : "inactive";
  return receives ? "sendrecv" : "sendonly";
}

/** `mid`: of a bundled line. */
export function videoExtensions(
  session: SessionDescription,
  media: MediaDescription,
  { payloadTypes, mid }: { readonly payloadTypes: readonly number[]; readonly mid: string | undefined },
): VideoPlan["extensions"] {
  if (mid === undefined) return undefined;
  const read = readExtensions(session, media, { payloadTypes, mid, tellsArrivals: true });
  if (read?.mid === undefined && read?.transportSequence === undefined) return undefined;
  const { audioLevel: _, ...extensions } = read;
  return extensions;
}

/** The far end may send by the numbers of our offers too (RFC 3264 §5.1), where its own description leaves them free. */
export function withOfferedVideo(plan: VideoPlan, offered: VideoSlot["offered"]): VideoPlan {
  const names = new Set(plan.receive.values());
  const free = [...(offered ?? [])].filter(
    ([payloadType, name]) =>
      names.has(name) && !plan.receive.has(payloadType) && !plan.rtx?.receive.has(payloadType),
  );
  return free.length === 0 ? plan : { ...plan, receive: new Map([...plan.receive, ...free]) };
}
