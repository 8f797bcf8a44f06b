// Interprets a registrar's final response (RFC 3261 §10.2.4, §10.2.8). Pure.
import { parseNameAddr, parseNumber } from "../message/headers.ts";
import type { SipResponse } from "../message/message.ts";
import { ifReadable } from "../message/syntax-error.ts";
import { parseUri, requestUriOf } from "../message/uri.ts";
import type { RequestOutcome } from "../session/out-of-dialog.ts";

export type RegistrarResponse =
  | { readonly kind: "granted"; readonly seconds: number }
  /** 423: the interval is too short. */
  | { readonly kind: "too-brief"; readonly minSeconds: number }
  | { readonly kind: "moved"; readonly to: readonly string[] }
  /** The registrar refuses us; another host would refuse, too. */
  | Failure<"refused">
  /** The registrar does not answer or cannot serve us: another host may. */
  | Failure<"unavailable">;

interface Failure<Kind extends string> {
  readonly kind: Kind;
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;
}

const maxSeconds = 86_400;
const maxTargets = 4;
/** Statuses that concern the host rather than us: request timeout, flow failed. */
const anotherMayDo = new Set([408, 430]);

export interface RequestedBinding {
  /** The user part of the Contact that was registered. */
  readonly contactUser: string;
  readonly seconds: number;
}

export function readResponse(outcome: RequestOutcome, asked: RequestedBinding): RegistrarResponse {
  const { status, reason, response } = outcome;
  if (!response) {
    const detail = status === 408 ? "no answer" : reason;
    return { kind: "unavailable", detail, retryAfterSeconds: undefined };
  }
  if (status < 300) return readSuccess(response, asked);
  const detail = `${status} ${reason}`;
  const { retryAfterSeconds } = response;
  if (status < 400) {
    const to = redirectionsOf(response);
    return to.length > 0 ? { kind: "moved", to } : { kind: "refused", detail, retryAfterSeconds };
  }
  if (status === 423) {
    const minSeconds = ifReadable(() => response.headers.view("Min-Expires", minExpires)) ?? 0;
    if (minSeconds > asked.seconds && minSeconds <= maxSeconds) return { kind: "too-brief", minSeconds };
  }
  const elsewhere = status >= 500 ? status < 600 : anotherMayDo.has(status);
  return { kind: elsewhere ? "unavailable" : "refused", detail, retryAfterSeconds };
}

const minExpires = (value: string) => parseNumber(value, "Min-Expires");

function readSuccess(response: SipResponse, asked: RequestedBinding): RegistrarResponse {
  const seconds = grantedSeconds(response, asked);
  if (seconds > 0) return { kind: "granted", seconds: Math.min(seconds, maxSeconds) };
  const detail = "the registrar keeps no binding";
  return { kind: "unavailable", detail, retryAfterSeconds: undefined };
}

/** Seconds granted to our binding, as far as it can be identified; a border element may have rewritten its host. */
function grantedSeconds(response: SipResponse, asked: RequestedBinding): number {
  const header = ifReadable(() => response.expires) ?? asked.seconds;
  const bindings = response.headers.all("Contact").flatMap((value) => {
    const contact = ifReadable(() => parseNameAddr(value, "Contact"));
    const uri = contact && ifReadable(() => parseUri(contact.uri, "Contact"));
    return contact && uri?.kind === "sip" ? [{ uri, expires: contact.params.get("expires") }] : [];
  });
  const own = bindings.filter(({ uri }) => uri.user === asked.contactUser);
  const seconds = (own.length > 0 ? own : bindings)
    .map(({ expires }) => (expires !== undefined && /^\d{1,10}$/.test(expires) ? Number(expires) : header))
    .filter((value) => value > 0);
  // Several bindings with our user may belong to other clients: an early refresh does no harm, a late one does.
  return seconds.length > 0 ? Math.min(...seconds) : bindings.length > 0 ? 0 : header;
}

function redirectionsOf(response: SipResponse): string[] {
  return response.headers
    .all("Contact")
    .flatMap((value) => ifReadable(() => parseNameAddr(value, "Contact").uri) ?? [])
    .map(requestUriOf)
    .filter((uri) => ifReadable(() => parseUri(uri).kind) === "sip")
    .slice(0, maxTargets);
}
