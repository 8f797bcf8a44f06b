// Finds the session description in a message body: the body itself, or the first application/sdp part of a
// multipart one (RFC 5621). It only cuts text out; what the description says is read elsewhere.
import type { SipMessage } from "../message.ts";
import type { HeaderLines } from "./replies.ts";

export const sdpType = "application/sdp";

/** What a 415 to an offer says that we read (RFC 3261 §8.2.3). */
export const acceptedBodies: HeaderLines = [
  ["Accept", sdpType],
  ["Accept-Encoding", "identity"],
];

export type Description =
  | { readonly kind: "none" }
  | { readonly kind: "sdp"; readonly sdp: string }
  /** There is a body, and nothing in it that we can read: 415 for an INVITE (RFC 3261 §8.2.3). */
  | { readonly kind: "unsupported" };

const maxParts = 16;
const utf8 = new TextDecoder();

export function descriptionOf(message: SipMessage): Description {
  if (message.body.length === 0) return { kind: "none" };
  const contentType = message.headers.get("Content-Type") ?? "";
  if (isEncoded(message)) return { kind: "unsupported" };
  const text = utf8.decode(message.body);
  const type = mediaType(contentType);
  if (type === sdpType) return { kind: "sdp", sdp: text };
  if (type.startsWith("multipart/")) return fromMultipart(text, contentType);
  return isOptional(message) ? { kind: "none" } : { kind: "unsupported" };
}

/** The body is compressed or otherwise not what its type says; we read no encoding. */
export function isEncoded(message: SipMessage): boolean {
  return message.headers.all("Content-Encoding").some((word) => word.trim().toLowerCase() !== "identity");
}

/** The type and subtype of a Content-Type, lower case, without parameters. */
export function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

function fromMultipart(text: string, contentType: string): Description {
  const boundary = boundaryOf(contentType);
  if (!boundary) return { kind: "unsupported" };
  const parts = `\r\n${text}`.split(`\r\n--${boundary}`, maxParts + 1);
  for (const part of parts.slice(1)) {
    if (part.startsWith("--")) break;
    const headersEnd = part.indexOf("\r\n\r\n");
    if (headersEnd < 0) continue;
    const type = /^content-type\s*:\s*([^\r\n]*)/im.exec(part.slice(0, headersEnd + 2))?.[1] ?? "text/plain";
    if (mediaType(type) !== sdpType) continue;
    const body = part.slice(headersEnd + 4);
    return { kind: "sdp", sdp: body.endsWith("\r\n") ? body : `${body}\r\n` };
  }
  return { kind: "unsupported" };
}

function boundaryOf(contentType: string): string | undefined {
  const match = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2];
}

/** A body marked `handling=optional` may be ignored by who cannot read it (RFC 3261 §20.11). */
function isOptional(message: SipMessage): boolean {
  return /;\s*handling\s*=\s*optional/i.test(message.headers.get("Content-Disposition") ?? "");
}
