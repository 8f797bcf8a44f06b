// Headers that carry a value with parameters, a number or a list of words: Reason (RFC 3326), Session-Expires
// (RFC 4028), RAck (RFC 3262), Replaces (RFC 3891), Event and Subscription-State (RFC 6665), Accept,
// Retry-After, Privacy (RFC 3323). Pure, like everything in headers.ts.
import { isToken, maxUint32, type Params, parseParams, parseUnsigned, quote, splitList } from "./grammar.ts";
import { SipSyntaxError } from "./syntax-error.ts";

/** `value;name=value;flag`, the shape that most headers share. */
export interface ValueWithParams {
  readonly value: string;
  readonly params: Params;
}

function parseValueWithParams(text: string, header: string): ValueWithParams {
  const semicolon = text.indexOf(";");
  const end = semicolon < 0 ? text.length : semicolon;
  const value = text.slice(0, end).trim();
  if (value === "") throw new SipSyntaxError(header, "empty value");
  return { value, params: parseParams(header, text, end) };
}

/** Privacy separates its words by semicolons (RFC 3323 §4.2), and some senders by commas, as elsewhere. */
export const parsePrivacy = (value: string): string[] =>
  splitList(value.replaceAll(",", ";"), ";").map((word) => word.toLowerCase());

/** Seconds, or another plain number: Expires, Min-Expires, Min-SE, RSeq, Max-Forwards … */
export const parseNumber = (value: string, header: string, max = maxUint32): number =>
  parseUnsigned(header, value.trim(), max);

export interface Reason {
  /** `SIP`, `Q.850` … */
  readonly protocol: string;
  readonly cause: number | undefined;
  readonly text: string | undefined;
}

/** Lenient: a cause that is not a number is omitted. */
export function parseReason(value: string): Reason {
  const { value: protocol, params } = parseValueWithParams(value, "Reason");
  const cause = params.get("cause") ?? "";
  return { protocol, cause: /^\d{1,9}$/.test(cause) ? Number(cause) : undefined, text: params.get("text") };
}

export function formatReason(reason: Reason): string {
  const cause = reason.cause === undefined ? "" : `;cause=${reason.cause}`;
  const text = reason.text === undefined ? "" : `;text=${quote(reason.text)}`;
  return `${reason.protocol}${cause}${text}`;
}

export interface SessionExpires {
  readonly seconds: number;
  /** The side that refreshes; undefined when it is left open. */
  readonly refresher: "uac" | "uas" | undefined;
}

export function parseSessionExpires(value: string): SessionExpires {
  const { value: seconds, params } = parseValueWithParams(value, "Session-Expires");
  const refresher = params.get("refresher")?.toLowerCase();
  return {
    seconds: parseUnsigned("Session-Expires", seconds, maxUint32),
    refresher: refresher === "uac" || refresher === "uas" ? refresher : undefined,
  };
}

export interface RAck {
  readonly rseq: number;
  readonly cseq: number;
  readonly method: string;
}

export function parseRAck(value: string): RAck {
  const [rseq = "", cseq = "", method = "", ...rest] = value.trim().split(/[ \t]+/, 4);
  if (!isToken(method) || rest.length > 0) throw new SipSyntaxError("RAck", "malformed method");
  return {
    rseq: parseUnsigned("RAck", rseq, maxUint32),
    cseq: parseUnsigned("RAck", cseq, maxUint32),
    method,
  };
}

export const formatRAck = (rack: RAck): string => `${rack.rseq} ${rack.cseq} ${rack.method}`;

export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly earlyOnly: boolean;
}

export function parseReplaces(value: string): Replaces {
  const { value: callId, params } = parseValueWithParams(value, "Replaces");
  const toTag = params.get("to-tag");
  const fromTag = params.get("from-tag");
  if (toTag === undefined || fromTag === undefined) throw new SipSyntaxError("Replaces", "a tag is missing");
  return { callId, toTag, fromTag, earlyOnly: params.has("early-only") };
}

export const formatReplaces = (dialog: Replaces): string =>
  `${dialog.callId};to-tag=${dialog.toTag};from-tag=${dialog.fromTag}${dialog.earlyOnly ? ";early-only" : ""}`;

export interface EventHeader {
  /** The package in lower case: `conference`, `dialog`, `refer` … */
  readonly package: string;
  readonly id: string | undefined;
  readonly params: Params;
}

export function parseEvent(value: string): EventHeader {
  const event = parseValueWithParams(value, "Event");
  if (!isToken(event.value)) throw new SipSyntaxError("Event", "malformed package");
  return { package: event.value.toLowerCase(), id: event.params.get("id"), params: event.params };
}

export interface SubscriptionState {
  /** `active`, `pending`, `terminated` or an extension, in lower case. */
  readonly state: string;
  readonly expires: number | undefined;
  readonly reason: string | undefined;
  readonly retryAfter: number | undefined;
}

export function parseSubscriptionState(value: string): SubscriptionState {
  const { value: state, params } = parseValueWithParams(value, "Subscription-State");
  const seconds = (name: string) => {
    const text = params.get(name);
    return text === undefined ? undefined : parseUnsigned("Subscription-State", text, maxUint32);
  };
  return {
    state: state.toLowerCase(),
    expires: seconds("expires"),
    reason: params.get("reason"),
    retryAfter: seconds("retry-after"),
  };
}

/** Whether one of the Accept values allows `type`. No Accept at all means SDP alone (RFC 3261 §20.1). */
export function accepts(values: readonly string[], type: string): boolean {
  if (values.length === 0) return type === "application/sdp";
  const [main] = type.split("/", 1);
  return values
    .flatMap((value) => splitList(value))
    .some((element) => {
      const range = element.split(";", 1)[0]!.replace(/\s/g, "").toLowerCase();
      return (
        (range === type || range === `${main}/*` || range === "*/*") &&
        !/;\s*q\s*=\s*0(\.0*)?\s*($|;)/i.test(element)
      );
    });
}

export interface RetryAfter {
  readonly seconds: number;
  /** How long the callee will be available from then, seconds. */
  readonly duration: number | undefined;
}

/** `120 (I am in a meeting);duration=3600`; the comment is not kept. */
export function parseRetryAfter(value: string): RetryAfter {
  const [, seconds = "", rest = ""] = /^\s*(\d{1,10})(.*)$/s.exec(value) ?? [];
  const comment = rest.lastIndexOf(")");
  const params = parseParams("Retry-After", rest, comment + 1);
  const duration = params.get("duration");
  return {
    seconds: parseUnsigned("Retry-After", seconds, maxUint32),
    duration: duration === undefined ? undefined : parseUnsigned("Retry-After", duration, maxUint32),
  };
}
