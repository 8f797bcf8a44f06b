// What of RTCP feedback is agreed for a line of video, `a=rtcp-fb` (RFC 4585 §4.2, RFC 5104 §7.1): of what the other side
// names, what we have, for all formats (`*`) or for each. Some name it without an AVPF profile, and mean it all the same.
import type { Attribute, MediaDescription } from "./description.ts";
import type { VideoFeedback } from "./types.ts";

/** Lines that are looked at. */
const maxLines = 256;

const spellings = {
  nack: "nack",
  pli: "nack pli",
  fir: "ccm fir",
  remb: "goog-remb",
  transportCc: "transport-cc",
} as const satisfies Record<keyof VideoFeedback, string>;

const kinds = Object.keys(spellings) as (keyof VideoFeedback)[];

/** By payload type, or `*`. */
export type FeedbackLines = ReadonlyMap<string, ReadonlySet<keyof VideoFeedback>>;

export function readFeedback({ attributes }: Pick<MediaDescription, "attributes">): FeedbackLines {
  const lines = new Map<string, Set<keyof VideoFeedback>>();
  for (const { value = "" } of attributes.filter(({ name }) => name === "rtcp-fb").slice(0, maxLines)) {
    const [type = "", ...words] = value
      .trim()
      .toLowerCase()
      .split(/[ \t]+/);
    const kind = kinds.find((each) => spellings[each] === words.join(" "));
    if (!kind || !/^(?:\*|\d{1,3})$/.test(type)) continue;
    const before = lines.get(type) ?? new Set();
    lines.set(type, before.add(kind));
  }
  return lines;
}

/** `arrivals`: the far end is told when its packets came, which is one kind. */
export function feedbackFor(
  lines: FeedbackLines,
  payloadType: number,
  { arrivals }: { readonly arrivals: boolean },
): VideoFeedback {
  const has = (kind: keyof VideoFeedback): boolean =>
    lines.get("*")?.has(kind) === true || lines.get(String(payloadType))?.has(kind) === true;
  return {
    nack: has("nack"),
    pli: has("pli"),
    fir: has("fir"),
    remb: has("remb"),
    transportCc: has("transportCc") && arrivals,
  };
}

/** Our lines in an answer: what was named, as it was named. */
export function describeFeedback(
  lines: FeedbackLines,
  payloadTypes: readonly number[],
  { arrivals }: { readonly arrivals: boolean },
): Attribute[] {
  return ["*", ...payloadTypes.map(String)].flatMap((type) =>
    kinds
      .filter((kind) => lines.get(type)?.has(kind) && (kind !== "transportCc" || arrivals))
      .map((kind) => line(type, kind)),
  );
}

/** Of what we offer for all formats; how much a far end can be sent is asked of browsers alone. */
export const offeredFeedback = (bundled: boolean): FeedbackLines =>
  new Map([["*", new Set(kinds.filter((kind) => bundled || (kind !== "transportCc" && kind !== "remb")))]]);

const line = (type: string, kind: keyof VideoFeedback): Attribute => ({
  name: "rtcp-fb",
  value: `${type} ${spellings[kind]}`,
});
