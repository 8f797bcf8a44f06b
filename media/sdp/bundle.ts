// Which streams share one transport (`a=group:BUNDLE`, RFC 9143).
import { type Attribute, attribute, type SessionDescription } from "./description.ts";

const mostGroups = 8;
const mostMids = 64;

/** The identification tags of the group that `mid` is in, each once; empty: in none. */
export function bundleOf({ attributes }: Pick<SessionDescription, "attributes">, mid: string): string[] {
  for (const { value = "" } of attributes.filter(({ name }) => name === "group").slice(0, mostGroups)) {
    const [semantics, ...mids] = value.split(/[ \t]+/, mostMids);
    if (semantics?.toUpperCase() === "BUNDLE" && mids.includes(mid)) return [...new Set(mids)];
  }
  return [];
}

/** Whether the stream of one line is in a group with that of another. */
export function isBundled(session: SessionDescription, index: number, other: number): boolean {
  const midOf = (at: number) => attribute(session.media[at]?.attributes ?? [], "mid") ?? "";
  const [mid, around] = [midOf(index), midOf(other)];
  return mid !== "" && around !== "" && mid !== around && bundleOf(session, mid).includes(around);
}

/** What our description says of all its streams: that our ICE is the lite one, and which of them share our one port. */
export const sessionLines = (ice: boolean, bundled: readonly string[]): Attribute[] => [
  ...(ice ? [{ name: "ice-lite", value: undefined }] : []),
  ...(bundled.length === 0 ? [] : [{ name: "group", value: `BUNDLE ${bundled.join(" ")}` }]),
];
