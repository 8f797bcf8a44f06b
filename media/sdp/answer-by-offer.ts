// An answer read by our offer, where it does not have what RFC 3264 §6 asks of it: each of our lines in its place, and an rtpmap
// for each dynamic number. Some leave out the lines that they refuse or write them in an order of their own, and some
// answer with our numbers alone. What is put right is counted. Pure.
import { codecSpelling, staticEncoding } from "./codecs.ts";
import type { Attribute, MediaDescription, SessionDescription } from "./description.ts";
import type { OfferedTypes, SdpState } from "./negotiation.ts";

/** The answer with its lines in the places of ours, and names for the numbers of the audio that are ours. */
export function readByOffer(
  answer: SessionDescription,
  { slots, audio, offered }: SdpState,
): SessionDescription {
  const placed = answer.media.some(({ kind }) => kind === "audio") ? inPlaces(answer, slots) : answer;
  const media = placed.media[audio];
  if (media?.kind !== "audio" || !offered) return placed;
  const names = missingNames(media, placed, offered);
  if (names.length === 0) return placed;
  const named = { ...media, attributes: [...media.attributes, ...names] };
  return { ...placed, media: placed.media.with(audio, named), mended: placed.mended + names.length };
}

/**
 * A line of ours whose place has another kind of media, or one that is refused while a line too many is not, is answered by the
 * first line of its kind that no other has; without one it is refused.
 */
function inPlaces(answer: SessionDescription, slots: SdpState["slots"]): SessionDescription {
  const { media } = answer;
  const isTooMany = (index: number) => index >= slots.length && media[index]?.port !== 0;
  const fits = slots.map(({ kind }, index) => {
    const here = media[index];
    if (here?.kind !== kind) return here === undefined && index >= media.length;
    return here.port !== 0 || !media.some((each, at) => each.kind === kind && isTooMany(at));
  });
  if (fits.every(Boolean)) return answer;
  const free = new Set(media.keys());
  for (const [index, fit] of fits.entries()) if (fit) free.delete(index);
  const placed = slots.map((slot, index): MediaDescription => {
    if (fits[index] && media[index]) return media[index];
    const candidates = [...free].filter((at) => media[at]?.kind === slot.kind);
    const found = candidates.find((at) => media[at]?.port !== 0) ?? candidates[0];
    if (found === undefined) return { ...slot, port: 0, connection: undefined, attributes: [] };
    free.delete(found);
    return media[found]!;
  });
  return { ...answer, media: placed, mended: answer.mended + 1 };
}

/** What numbers of our offer without an rtpmap in the answer stand for: what they stand for in the offer (RFC 3264 §6.1). */
function missingNames(
  media: MediaDescription,
  { attributes }: SessionDescription,
  { codecs, events }: OfferedTypes,
): Attribute[] {
  const mapped = new Set(
    [...media.attributes, ...attributes].flatMap(({ name, value }) =>
      name === "rtpmap" ? [Number.parseInt(value ?? "", 10)] : [],
    ),
  );
  return [...new Set(media.formats)].flatMap((format) => {
    const payloadType = Number(format);
    if (mapped.has(payloadType) || staticEncoding(payloadType)) return [];
    const codec = codecs.get(payloadType);
    const clockRate = events.get(payloadType);
    if (codec !== undefined) {
      const spelling = codecSpelling(codec);
      const value = `${payloadType} ${codec}/${spelling.clockRate}/${spelling.channels}`;
      return [{ name: "rtpmap", value }];
    }
    if (clockRate === undefined) return [];
    return [{ name: "rtpmap", value: `${payloadType} telephone-event/${clockRate}` }];
  });
}
