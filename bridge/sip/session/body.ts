// Finds the session description in a message body: the body itself, or the application/sdp part of a multipart one,
// however it is nested (RFC 5621). It only cuts text out; what the description says is read elsewhere.
import {
  beginsAsDescription,
  type HeaderLines,
  isMistypedDescription,
  isVagueType,
  type SipMessage,
} from "../message/message.ts";

export const sdpType = "application/sdp";

/** The Accept headers of a 415 to an offer (RFC 3261 §8.2.3). */
export const acceptedBodies: HeaderLines = [
  ["Accept", sdpType],
  ["Accept-Encoding", "identity"],
];

export type Description =
  | { readonly kind: "none" }
  | { readonly kind: "sdp"; readonly sdp: string }
  /** There is a body, but no supported part in it: 415 for an INVITE (RFC 3261 §8.2.3). */
  | { readonly kind: "unsupported" };

/** Limit over the whole body, nested multiparts included. */
const maxParts = 16;
const maxDepth = 4;
/** The longest body that is checked for being blank. */
const blankLength = 16;
const utf8 = new TextDecoder();

const none: Description = { kind: "none" };
const unsupported: Description = { kind: "unsupported" };

export function descriptionOf(message: SipMessage): Description {
  if (message.body.length === 0) return none;
  if (isEncoded(message)) return unsupported;
  const text = utf8.decode(message.body);
  // Some senders write an empty line where they have no body.
  if (text.length <= blankLength && /^[\s\0]*$/.test(text)) return none;
  if (isMistypedDescription(message)) return { kind: "sdp", sdp: text };
  const contentType = message.headers.get("Content-Type") ?? "";
  const type = mediaType(contentType);
  if (type === sdpType) return { kind: "sdp", sdp: text };
  if (type.startsWith("multipart/")) {
    const found = fromMultipart({ text, contentType, depth: 1 }, { parts: maxParts });
    if (found.kind !== "unsupported") return found;
  }
  return isOptional(message.headers.get("Content-Disposition")) ? none : unsupported;
}

/** The body is compressed or otherwise encoded; we support no encoding. */
export function isEncoded(message: SipMessage): boolean {
  if (isMistypedDescription(message)) return false;
  return message.headers.all("Content-Encoding").some((word) => word.trim().toLowerCase() !== "identity");
}

/** The type and subtype of a Content-Type, lower case, without parameters and without spaces around the slash. */
export function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").replace(/\s/g, "").toLowerCase();
}

interface Multipart {
  readonly text: string;
  readonly contentType: string;
  /** Nesting depth: 1 for the body of the message. */
  readonly depth: number;
}

/** The number of parts that may still be read, over all levels. */
interface Budget {
  parts: number;
}

/**
 * The first description of a mixed body, the last one of alternatives (RFC 2046 §5.1.4). Without one: `none` when every
 * part may be ignored (a late offer beside an ISUP part), else `unsupported`.
 */
function fromMultipart({ text, contentType, depth }: Multipart, budget: Budget): Description {
  // If the type names no boundary, the first line does.
  const boundary = boundaryOf(contentType) ?? /^(?:\r?\n)*--([^\s;"]{1,70})[ \t]*\r?\n/.exec(text)?.[1];
  if (boundary === undefined || depth > maxDepth) return unsupported;
  const prefersLast = mediaType(contentType) === "multipart/alternative";
  let found: Description | undefined;
  let required = false;
  for (const part of partsOf(text, boundary, budget)) {
    const described = describePart(part, depth, budget);
    if (described.kind === "unsupported") required = true;
    if (described.kind !== "sdp") continue;
    found = described;
    if (!prefersLast) break;
  }
  return found ?? (required || budget.parts <= 0 ? unsupported : none);
}

function describePart(part: string, depth: number, budget: Budget): Description {
  const { head, body } = splitPart(part);
  const contentType = headerOf(head, "content-type") ?? (/^v=0\r?\n/.test(body) ? sdpType : "text/plain");
  const disposition = headerOf(head, "content-disposition");
  const type = mediaType(contentType);
  const isDescription = type === sdpType || (isVagueType(contentType) && beginsAsDescription(body));
  if (isDescription && !isEarlySession(disposition)) {
    return { kind: "sdp", sdp: /\r?\n$/.test(body) ? body : `${body}\r\n` };
  }
  if (type.startsWith("multipart/")) {
    const inner = fromMultipart({ text: body, contentType, depth: depth + 1 }, budget);
    if (inner.kind !== "unsupported") return inner;
  }
  return isOptional(disposition) || isEarlySession(disposition) ? none : unsupported;
}

/** The text between the delimiter lines (RFC 2046 §5.1.1); lines may end in CRLF or LF. */
function* partsOf(text: string, boundary: string, budget: Budget): Generator<string> {
  const escaped = boundary.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  const delimiter = new RegExp(`(?:^|\\r?\\n)--${escaped}(--)?[ \\t]*(?=\\r?\\n|$)`, "g");
  let start: number | undefined;
  for (const match of text.matchAll(delimiter)) {
    if (start !== undefined) {
      budget.parts -= 1;
      yield text.slice(start, match.index);
      if (budget.parts <= 0) return;
    }
    if (match[1] !== undefined) return;
    start = match.index + match[0].length;
  }
  // The last delimiter is missing.
  if (start !== undefined) yield text.slice(start);
}

/** The part begins after the line end of its delimiter. */
function splitPart(part: string): { readonly head: string; readonly body: string } {
  const end = /\r?\n\r?\n/.exec(part);
  if (!end) return { head: part, body: "" };
  return { head: part.slice(0, end.index), body: part.slice(end.index + end[0].length) };
}

function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}[ \\t]*:[ \\t]*([^\\r\\n]*(?:\\r?\\n[ \\t]+[^\\r\\n]*)*)`, "im").exec(head)?.[1];
}

function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/** A recipient that does not support a body marked `handling=optional` may ignore it (RFC 3261 §20.11). */
const isOptional = (disposition: string | undefined): boolean =>
  /;\s*handling\s*=\s*"?optional/i.test(disposition ?? "");

/** A description of early media alone (RFC 3959): not the session's. */
const isEarlySession = (disposition: string | undefined): boolean =>
  /^\s*early-session\b/i.test(disposition ?? "");
