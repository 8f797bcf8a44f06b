// The body of a NOTIFY about a REFER: the status line of the call it led to (RFC 3420, RFC 3515 §2.4.5).
import { reasonPhrase } from "../message/status.ts";

export const sipfragType = "message/sipfrag;version=2.0";

export interface StatusLine {
  /** 100 to 699. */
  readonly status: number;
  readonly reason: string;
}

const maxReasonLength = 100;

export function formatSipfrag(status: number, reason = reasonPhrase(status)): string {
  const plain = reason.replace(/\p{Cc}/gu, " ").slice(0, maxReasonLength);
  return `SIP/2.0 ${status} ${plain}\r\n`;
}

/** Undefined when the fragment does not begin with a status line; blank lines before it and additional spaces are skipped. */
export function parseSipfrag(body: string): StatusLine | undefined {
  const [, status, reason = ""] = /^\s{0,8}SIP\/2\.0 {1,8}([1-6]\d\d)(?: ([^\r\n]*))?/i.exec(body) ?? [];
  if (status === undefined) return undefined;
  return { status: Number(status), reason: reason.trim().slice(0, maxReasonLength) };
}
