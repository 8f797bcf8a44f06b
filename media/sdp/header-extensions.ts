// Header extensions and transport feedback in a description (RFC 8285 §5 and §7, RFC 4585 §4.2): of what is offered, what we read,
// by the offer's numbers. We send packets without extensions, so our lines say that we receive. A browser that has agreed to names of
// media descriptions in packets takes those without one for ours only if our description tells their SSRC (RFC 5576).
import type { Attribute, MediaDescription } from "./description.ts";
import type { HeaderExtensions, LocalEnd } from "./types.ts";

type Attributed = Pick<MediaDescription, "attributes">;

const audioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const midUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
const transportUri = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const feedbackName = "transport-cc";

/** Lines that are looked at. */
const maxLines = 32;
/** RFC 8285 §4.3, §5: larger ones stand for offers of which a part is to be chosen. */
const highestId = 255;
/** In our offers; the numbers that browsers use. */
const offeredIds = { audioLevel: 1, transportSequence: 3, mid: 4 } as const;

/** What bears on them in the stream around them. */
export interface ExtensionTerms {
  /** Of the codecs agreed on. */
  readonly payloadTypes: readonly number[];
  /** Of the stream, if packets may name it. */
  readonly mid: string | undefined;
  /** RTP and RTCP share a transport of which the addresses are proved: its packets are told of when they came. */
  readonly tellsArrivals: boolean;
}

/** What the far end, by its description, can send and we read. */
export function readExtensions(
  session: Attributed,
  media: Attributed,
  { payloadTypes, mid, tellsArrivals }: ExtensionTerms,
): HeaderExtensions | undefined {
  const ids = readIds(media.attributes.some(isExtension) ? media : session);
  const audioLevel = ids.get(audioLevelUri);
  const midId = mid === undefined ? undefined : ids.get(midUri);
  const feedback = tellsArrivals && feedbackTypes(media, payloadTypes).length > 0;
  const transportSequence = feedback ? ids.get(transportUri) : undefined;
  if (audioLevel === undefined && midId === undefined && transportSequence === undefined) return undefined;
  return {
    ...(audioLevel !== undefined && { audioLevel }),
    ...(transportSequence !== undefined && { transportSequence }),
    ...(mid !== undefined && midId !== undefined && { mid: { id: midId, name: mid } }),
  };
}

/** Of what the answer agrees to, what we had offered. */
export function agreedExtensions(
  answered: HeaderExtensions | undefined,
  offered: HeaderExtensions | undefined,
): HeaderExtensions | undefined {
  if (!answered || !offered) return undefined;
  const { audioLevel, transportSequence, mid } = answered;
  return {
    ...(audioLevel !== undefined && audioLevel === offered.audioLevel && { audioLevel }),
    ...(transportSequence !== undefined &&
      transportSequence === offered.transportSequence && { transportSequence }),
    ...(mid && mid.id === offered.mid?.id && { mid }),
  };
}

/** For an offer; `agreed`: in the call until now, whose numbers stay (RFC 8285 §7). */
export const offeredExtensions = (
  mid: string | undefined,
  agreed: HeaderExtensions | undefined,
): HeaderExtensions =>
  agreed ?? {
    audioLevel: offeredIds.audioLevel,
    transportSequence: offeredIds.transportSequence,
    ...(mid !== undefined && { mid: { id: offeredIds.mid, name: mid } }),
  };

/** Our lines of the extensions of a stream. */
export function extensionLines({ audioLevel, transportSequence, mid }: HeaderExtensions): Attribute[] {
  const line = (id: number | undefined, uri: string): Attribute[] =>
    id === undefined ? [] : [{ name: "extmap", value: `${id}/recvonly ${uri}` }];
  return [
    ...line(audioLevel, audioLevelUri),
    ...line(transportSequence, transportUri),
    ...line(mid?.id, midUri),
  ];
}

/** Our lines of a stream of audio. `payloadTypes`: of the codecs for which feedback is agreed, if any is. */
export function describeExtensions(
  extensions: HeaderExtensions | undefined,
  payloadTypes: readonly number[],
  { stream }: Pick<LocalEnd, "stream">,
): Attribute[] {
  if (!extensions) return [];
  const { transportSequence, mid } = extensions;
  const feedback = transportSequence === undefined ? [] : payloadTypes;
  return [
    ...extensionLines(extensions),
    ...feedback.map((each) => ({ name: "rtcp-fb", value: `${each} ${feedbackName}` })),
    ...(mid && stream ? [{ name: "ssrc", value: `${stream.ssrc} cname:${stream.cname}` }] : []),
  ];
}

const isExtension = ({ name }: Attribute): boolean => name === "extmap";

/** By URI, what the far end sends; of a number or a URI that is named twice the first counts. */
function readIds({ attributes }: Attributed): Map<string, number> {
  const ids = new Map<string, number>();
  const taken = new Set<number>();
  for (const { value = "" } of attributes.filter(isExtension).slice(0, maxLines)) {
    const match = /^(\d{1,5})(?:\/(sendrecv|sendonly|recvonly|inactive))?[ \t]+(\S{1,256})/.exec(value);
    const [, written, direction = "sendrecv", uri] = match ?? [];
    const id = Number(written);
    if (!uri || !(id >= 1 && id <= highestId) || id === reservedId || taken.has(id) || ids.has(uri)) continue;
    taken.add(id);
    if (direction.startsWith("send")) ids.set(uri, id);
  }
  return ids;
}

/** The end of the elements in packets of the form with one byte (RFC 8285 §4.2). */
const reservedId = 15;

/** Payload types for which the far end wants to be told when its packets came (RFC 4585 §4.2). */
export function feedbackTypes({ attributes }: Attributed, payloadTypes: readonly number[]): number[] {
  const wanted = attributes.flatMap(({ name, value = "" }) => {
    const [type, feedback, ...more] = name === "rtcp-fb" ? value.trim().split(/[ \t]+/, 3) : [];
    return feedback?.toLowerCase() === feedbackName && more.length === 0 ? [type] : [];
  });
  return payloadTypes.filter((each) => wanted.includes("*") || wanted.includes(String(each)));
}
