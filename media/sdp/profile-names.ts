// The profile of a line (RFC 8866 §5.14) by the name that is registered, where the far end writes another one: with words in another
// order or left out, with the transport named beside it, with a stray mark. The answer has the far end's name.
import { hasCryptoLine } from "./crypto-attribute.ts";
import type { MediaDescription, SessionDescription } from "./description.ts";
import { isSecureProfile } from "./security.ts";

const words: ReadonlySet<string> = new Set(["RTP", "UDP", "AVP", "AVPF", "SAVP", "SAVPF"]);
/** A name with more is none. */
const maxWords = 4;

/** Undefined where it is one, or means something else: another transport than UDP, keys of DTLS. */
function registeredProfile(protocol: string): string | undefined {
  if (isSecureProfile(protocol) !== undefined) return undefined;
  const written = protocol
    .toUpperCase()
    .split(/[^A-Z]+/, maxWords + 1)
    .filter(Boolean);
  if (written.length > maxWords || !written.every((word) => words.has(word))) return undefined;
  const profiles = written.filter((word) => word.endsWith("AVP") || word.endsWith("AVPF"));
  if (profiles.length > 1 || (profiles.length === 0 && !written.includes("RTP"))) return undefined;
  return `RTP/${profiles[0] ?? "AVP"}`;
}

/** Lines by their registered profiles; encrypted ones with the keys that stand before the first line, where RFC 4568 §5 knows none. */
export function withProfileNames(session: SessionDescription): SessionDescription {
  const keys = session.attributes.filter(({ name }) => name === "crypto");
  let mended = 0;
  const media = session.media.map((each): MediaDescription => {
    const meant = registeredProfile(each.protocol);
    const named = meant === undefined ? each : { ...each, protocol: meant, profile: each.protocol };
    const takesKeys = keys.length > 0 && isSecureProfile(named.protocol) === true && !hasCryptoLine(each);
    if (meant !== undefined || takesKeys) mended += 1;
    return takesKeys ? { ...named, attributes: [...named.attributes, ...keys] } : named;
  });
  return mended === 0 ? session : { ...session, media, mended: session.mended + mended };
}
