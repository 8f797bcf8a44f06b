// Causes and the Reason header (RFC 3326): why a call was refused or ended, told to the peer and read from it.

import { formatReason, parseReason } from "../message/headers.ts";
import type { Headers, SipResponse } from "../message/message.ts";
import type { RepairCounters } from "../message/repairs.ts";
import { reasonPhrase } from "../message/status.ts";
import { ifReadable } from "../message/syntax-error.ts";

/** A refusal or an end in terms of RFC 3326: `Reason: SIP;cause=403;text="Conference locked"`. */
export interface Cause {
  /** The SIP status that fits best, even at the end of an answered call. */
  readonly status: number;
  readonly text: string;
  /** A token that programs can branch on, defined by the owner. Written, not read. */
  readonly code?: string;
}

export interface Rejection extends Cause {
  /** Seconds, for 503 and 486 when a later try makes sense. */
  readonly retryAfter?: number;
  /** RFC 3261 §20.43: the part of a description that could not be used, and its code. */
  readonly warning?: { readonly code: number; readonly text: string };
}

export interface SessionEnd {
  readonly by: "local" | "remote" | "failure";
  readonly cause: Cause;
}

const maxTextLength = 200;
/** A generic-param (RFC 3261 §25.1) whose name no other implementation uses. */
const codeParameter = "parley-code";

/** The code is an extension parameter of ours in the same value, which other peers ignore (RFC 3326 §2). */
export function reasonOf({ status, text, code }: Cause): string {
  const reason = formatReason({ protocol: "SIP", cause: status, text: printable(text) });
  return code === undefined ? reason : `${reason};${codeParameter}=${code}`;
}

/**
 * The peer's reason; undefined when there is none that can be read. A Q.850 cause, which gateways
 * send, becomes part of the text, because the status of a Cause is one of SIP. A cause that is no final status and
 * no Q.850 cause (`SIP;cause=0`, `Q.850;cause=900`) is left out, and only its text is used.
 */
export function causeOf(headers: Headers, repairs?: RepairCounters): Cause | undefined {
  let other: Cause | undefined;
  for (const value of headers.all("Reason")) {
    // The reason is only informative: if it cannot be parsed, a BYE is still accepted.
    const reason = ifReadable(() => parseReason(value));
    if (reason?.cause === undefined) continue;
    const { cause } = reason;
    const text = printable(reason.text ?? "");
    const protocol = reason.protocol.toUpperCase();
    if (protocol !== "SIP" && protocol !== "Q.850") continue;
    if (!isCause(protocol, cause)) {
      repairs?.add("reason");
      if (text !== "") other ??= { status: 200, text };
    } else if (protocol === "SIP") return { status: cause, text };
    else other ??= { status: 200, text: text || `Q.850 cause ${cause}` };
  }
  return other;
}

/** A final status of SIP; one of the seven bits of Q.850 (ITU-T Q.850 §2.2.5). */
const isCause = (protocol: "SIP" | "Q.850", cause: number): boolean =>
  protocol === "SIP" ? cause >= 200 && cause <= 699 : cause >= 1 && cause <= 127;

/** The reason phrase of a status line; the registered one when it is empty. */
export const phraseOf = ({ status, reason }: Pick<SipResponse, "status" | "reason">): string =>
  printable(reason).trim() || reasonPhrase(status);

/** What a refusal carries besides its status line, as written: its Reason, else its Warning (RFC 3261 §20.43). */
export function sipReasonOf(headers: Headers): string | undefined {
  const reasons = headers.all("Reason");
  const text = printable((reasons.length > 0 ? reasons : headers.all("Warning")).join(", ")).trim();
  return text === "" ? undefined : text;
}

function printable(text: string): string {
  let clean = "";
  for (const character of text.slice(0, maxTextLength)) {
    const code = character.codePointAt(0)!;
    clean += code < 0x20 || code === 0x7f ? " " : character;
  }
  return clean;
}
