// Message to bytes (RFC 3261 §7), and the response that belongs to a request (§8.2.6). The Content-Length is
// always counted here, never trusted.
import { randomToken } from "#common";
import { headerName } from "./header-names.ts";
import { parseParty, withTag } from "./headers.ts";
import { emptyBody, Headers, type SipMessage, type SipRequest, SipResponse } from "./message.ts";
import { reasonPhrase } from "./status.ts";
import { SipSyntaxError } from "./syntax-error.ts";

/** Throws SipSyntaxError when a value contains a line break, which would split the header in two. */
export function formatMessage(message: SipMessage): Uint8Array {
  let text =
    message.kind === "request"
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  if (lineBreak.test(text)) throw new SipSyntaxError("start line", "line break");
  /** The list header to whose line a further element may be added. */
  let open = "";
  for (const [name, value] of message.headers) {
    const { key, joined } = headerName(name);
    if (key === "content-length") continue;
    if (lineBreak.test(value)) throw new SipSyntaxError(name, "line break");
    const element = joined && plainElement.test(value);
    text += element && name === open ? `, ${value}` : `\r\n${name}: ${value}`;
    open = element ? name : "";
  }
  text += `\r\nContent-Length: ${message.body.length}\r\n\r\n`;
  if (message.body.length === 0) return Buffer.from(text);
  return Buffer.concat([Buffer.from(text), message.body]);
}

const lineBreak = /[\r\n]/;
const plainElement = /^[^"<>,]+$/;

export interface ResponseOptions {
  /** Default: the registered phrase. */
  readonly reason?: string;
  /** The tag for a To that has none; default: a random one. A 100 gets no tag. */
  readonly toTag?: string;
  /** Added after the copied headers. */
  readonly headers?: Iterable<readonly [name: string, value: string]>;
  readonly body?: Uint8Array | string;
}

/**
 * A response with what must be copied from the request: Via, From, To, Call-ID, CSeq, and in a 100 the
 * Timestamp. The caller copies Record-Route where a dialog is made. Also accepts the request of a failed
 * parse and then copies the headers that exist.
 */
export function createResponse(
  request: SipRequest,
  status: number,
  options: ResponseOptions = {},
): SipResponse {
  const headers = new Headers();
  for (const [name, value] of request.headers) {
    if (name === "To" && status > 100) headers.append(name, withLocalTag(value, options.toTag));
    else if (copied.has(name) || (name === "Timestamp" && status === 100)) headers.append(name, value);
  }
  for (const [name, value] of options.headers ?? []) headers.append(name, value);
  const { body = emptyBody } = options;
  const content = typeof body === "string" ? Buffer.from(body) : body;
  return new SipResponse(status, options.reason ?? reasonPhrase(status), headers, content);
}

const copied = new Set(["Via", "From", "To", "Call-ID", "CSeq"]);

/** The rest stays as written, because some peers compare it byte by byte. A To that cannot be read gets no tag. */
function withLocalTag(to: string, tag: string | undefined): string {
  try {
    const address = parseParty(to, "To");
    return address.params.get("tag") ? to : withTag(to, tag ?? randomToken(8));
  } catch {
    return to;
  }
}
