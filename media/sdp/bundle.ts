// Reads and writes bundles: the streams that share one transport (`a=group:BUNDLE`, RFC 9143).
import { type Attribute, attribute, type MediaDescription, type SessionDescription } from "./description.ts";

const maxGroups = 8;
const maxMids = 64;
/** Of one name that are taken from another line. */
const maxAttributes = 8;

/** The identification tags of the group that `mid` is in, each once; empty: in none. */
export function bundleOf({ attributes }: Pick<SessionDescription, "attributes">, mid: string): string[] {
  for (const { value = "" } of attributes.filter(({ name }) => name === "group").slice(0, maxGroups)) {
    const [semantics, ...mids] = value.split(/[ \t]+/, maxMids);
    if (semantics?.toUpperCase() === "BUNDLE" && mids.includes(mid)) return [...new Set(mids)];
  }
  return [];
}

/** What describes the transport, and stands in one line of a bundle alone (RFC 9143 §7.1.3, RFC 8859 §5). */
const transportAttributes = [
  "ice-ufrag",
  "ice-pwd",
  "ice-lite",
  "fingerprint",
  "setup",
  "tls-id",
  "rtcp-mux",
];

/**
 * Lines that share the transport of another one have what that says of it and they do not: its attributes, and in an offer the
 * port and address of it, where they have none of their own (`bundle-only`, RFC 9143 §6).
 */
export function withBundledTransport(
  session: SessionDescription,
  kind: "offer" | "answer",
): SessionDescription {
  const lines = new Map(session.media.map((each) => [attribute(each.attributes, "mid") ?? "", each]));
  const media = session.media.map((each) => {
    const mids = bundleOf(session, attribute(each.attributes, "mid") ?? "");
    const tagged = mids.map((mid) => lines.get(mid)).find((line) => line && line.port !== 0);
    if (!tagged || tagged === each) return each;
    const attributes = [...each.attributes, ...missingIn(each, tagged)];
    const placed = kind === "offer" && each.port === 0 && attribute(attributes, "bundle-only") !== undefined;
    const place = placed ? { port: tagged.port, connection: tagged.connection } : {};
    return { ...each, attributes, ...place };
  });
  return { ...session, media };
}

const missingIn = (line: MediaDescription, tagged: MediaDescription): Attribute[] =>
  transportAttributes
    .filter((name) => attribute(line.attributes, name) === undefined)
    .flatMap((name) => tagged.attributes.filter((each) => each.name === name).slice(0, maxAttributes));

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
