// Which lines of an offer are the camera's and the shared screen's. Of each there is one at most; what it says of its content
// decides (RFC 4796), and of lines that say nothing the second is the screen, as of phones that have no BFCP. Further lines, and
// those that can not be used, are refused.
import type { VideoContent } from "../video/types.ts";
import { isBundled } from "./bundle.ts";
import { attribute, type MediaDescription, type SessionDescription } from "./description.ts";
import { isDtlsProfile } from "./dtls.ts";
import { parseSdp } from "./parse.ts";
import { offeredProtection, type SrtpPolicy } from "./security.ts";
import type { LocalEnd, LocalVideo } from "./types.ts";
import { matchVideo, type VideoCapabilities, type VideoMatch } from "./video-codecs.ts";

export interface VideoLine {
  readonly index: number;
  readonly content: VideoContent;
  readonly match: VideoMatch;
  /** It uses the transport of the audio. */
  readonly bundled: boolean;
}

interface Candidate extends Omit<VideoLine, "content"> {
  readonly stated: VideoContent | undefined;
  readonly protected: boolean;
  readonly protocol: string;
}

interface Terms {
  readonly video: VideoCapabilities;
  readonly srtp: SrtpPolicy;
  /** The line of the audio, with which others may be bundled. */
  readonly audio: number;
  /** Whether media can be sent to where a line says. */
  readonly reaches: (media: MediaDescription) => boolean;
  /** Lines by their content until now. */
  readonly previous: readonly { readonly index: number; readonly content: VideoContent }[];
}

/** In the order of `LocalEnd.video`. */
export const videoContents: readonly VideoContent[] = ["main", "slides"];

/** Our end of a line; undefined: there is none. One with the port of the audio is for the bundle alone. */
export function localVideoOf(
  local: LocalEnd,
  content: VideoContent,
  { bundled }: { readonly bundled: boolean },
): LocalVideo | undefined {
  const ours = local.video?.[videoContents.indexOf(content)];
  return bundled || ours?.port !== local.port ? ours : undefined;
}

/** The camera's first. */
export function selectVideo(session: SessionDescription, terms: Terms): VideoLine[] {
  const candidates = session.media.flatMap((media, index) => candidateOf(session, media, { index, terms }));
  // If a stream is offered twice, protected and in the clear, the protected one is accepted.
  candidates.sort((left, right) => Number(right.protected) - Number(left.protected));
  const chosen = new Map<VideoContent, Candidate>();
  const choose = (content: VideoContent, fits: (candidate: Candidate) => boolean): void => {
    if (chosen.has(content)) return;
    const free = candidates.find((each) => !isChosen(each) && fits(each));
    if (free) chosen.set(content, free);
  };
  const isChosen = (candidate: Candidate): boolean => [...chosen.values()].includes(candidate);
  for (const { index, content } of terms.previous)
    choose(content, (each) => each.index === index && (each.stated ?? content) === content);
  for (const content of videoContents) choose(content, (each) => each.stated === content);
  choose("main", (each) => each.stated === undefined);
  const main = chosen.get("main");
  // What differs in its protection is the same picture once more.
  choose("slides", (each) => each.stated === undefined && main !== undefined && isAlike(each, main));
  return videoContents.flatMap((content) => {
    const candidate = chosen.get(content);
    if (!candidate) return [];
    const { index, match, bundled } = candidate;
    return [{ index, content, match, bundled }];
  });
}

const isAlike = (one: Candidate, other: Candidate): boolean =>
  one.protocol === other.protocol && one.protected === other.protected && one.index !== other.index;

function candidateOf(
  session: SessionDescription,
  media: MediaDescription,
  { index, terms }: { readonly index: number; readonly terms: Terms },
): Candidate[] {
  if (media.kind !== "video" || media.problem) return [];
  const bundled = isDtlsProfile(media.protocol);
  if (bundled && !isBundled(session, index, terms.audio)) return [];
  // RFC 9143 §6: port 0 of a line that has no transport but the bundle's is no refusal.
  const offered = media.port !== 0 || (bundled && attribute(media.attributes, "bundle-only") !== undefined);
  if (!offered || !terms.reaches(media)) return [];
  const protection = bundled ? "protected" : offeredProtection(media, terms.srtp);
  if (!protection || (bundled && terms.srtp === "forbid")) return [];
  const match = matchVideo(session, media, { capabilities: terms.video, rtx: bundled });
  if (!match) return [];
  return [
    {
      ...{ index, match, bundled },
      stated: contentOf(media),
      protected: protection === "protected",
      protocol: media.protocol.toUpperCase(),
    },
  ];
}

/** RFC 4796 §5: others than these are the camera's or the screen's as those who say nothing. */
function contentOf({ attributes }: MediaDescription): VideoContent | undefined {
  const words =
    attribute(attributes, "content")
      ?.toLowerCase()
      .split(/[,\s]+/, 8) ?? [];
  return words.includes("slides") ? "slides" : words.includes("main") ? "main" : undefined;
}

/**
 * How many pairs of ports must be there before `offer` is answered: of `LocalEnd.video`, from its beginning. Bundled video uses
 * the audio's. It may be more than the answer uses. `previous`: what was agreed in the call until now.
 */
export function videoPortsNeeded(
  offer: string,
  capabilities: { readonly video?: VideoCapabilities; readonly srtp: SrtpPolicy },
  previous?: { readonly video?: Terms["previous"] },
): number {
  const { video, srtp } = capabilities;
  if (!video) return 0;
  const parsed = parseSdp(offer);
  if (!parsed.ok) return 0;
  const audio = parsed.value.media.findIndex(({ kind }) => kind === "audio");
  const known = previous?.video ?? [];
  const lines = selectVideo(parsed.value, { video, srtp, audio, reaches: () => true, previous: known });
  return Math.max(
    0,
    ...lines.filter(({ bundled }) => !bundled).map(({ content }) => videoContents.indexOf(content) + 1),
  );
}
