// Causes and the Reason header (RFC 3326): why a call was refused or ended, told to the peer and read from it.
import { formatReason, parseReason } from "../headers.ts";
import type { Headers } from "../message.ts";
import type { Cause } from "./session.ts";

const maxTextLength = 200;

export function reasonOf(cause: Cause): string {
  return formatReason({ protocol: "SIP", cause: cause.status, text: printable(cause.text) });
}

/**
 * What the peer gave as its reason; undefined when there is none that can be read. A Q.850 cause, as gateways
 * send it, becomes part of the text, because the status of a Cause is one of SIP.
 */
export function causeOf(headers: Headers): Cause | undefined {
  let telephony: Cause | undefined;
  for (const value of headers.all("Reason")) {
    const reason = readable(value);
    if (reason?.cause === undefined) continue;
    const text = printable(reason.text ?? "");
    const protocol = reason.protocol.toUpperCase();
    if (protocol === "SIP") return { status: reason.cause, text };
    if (protocol === "Q.850") telephony ??= { status: 200, text: text || `Q.850 cause ${reason.cause}` };
  }
  return telephony;
}

/** A Reason is advice: one that cannot be parsed is no reason to refuse a BYE. */
function readable(value: string): ReturnType<typeof parseReason> | undefined {
  try {
    return parseReason(value);
  } catch {
    return undefined;
  }
}

function printable(text: string): string {
  let clean = "";
  for (const character of text.slice(0, maxTextLength)) {
    const code = character.codePointAt(0)!;
    clean += code < 0x20 || code === 0x7f ? " " : character;
  }
  return clean;
}
