// Builds an INVITE of ours, and decides what to try after a final response that is not the end: a challenge, a
// redirection, a session interval (RFC 3261 §13.2.1, §8.1.3.4, §22.2, RFC 4028 §7.3). Pure.

import { formatNameAddr, type NameAddr } from "../message/headers.ts";
import { type HeaderLines, Headers, SipRequest, type SipResponse } from "../message/message.ts";
import { parseUri, requestUriOf } from "../message/uri.ts";
import type { CallOptions } from "./call-attempt.ts";
import { credentialsFor, isChallenge, maxChallenges } from "./challenges.ts";
import { demandedSeconds } from "./session-timer.ts";

/** Everything that differs from one try of a call to the next. */
export interface Plan {
  readonly uri: string;
  readonly cseq: number;
  readonly credentials: HeaderLines;
  readonly intervalSeconds: number | undefined;
  /** Request-URIs still to be tried, and those that were tried. */
  readonly targets: readonly string[];
  readonly visited: readonly string[];
  readonly redirects: number;
  readonly challenges: number;
}

const maxTargets = 5;

export const firstPlan = (options: CallOptions): Plan => ({
  uri: options.to,
  cseq: 1,
  credentials: [],
  intervalSeconds: undefined,
  targets: [],
  visited: [options.to],
  redirects: 0,
  challenges: 0,
});

/** The next try after a final response; undefined when that response is the outcome. */
export function nextPlan(
  plan: Plan,
  options: CallOptions,
  exchange: { readonly request: SipRequest; readonly response: SipResponse },
): Plan | undefined {
  const { request, response } = exchange;
  const next = { ...plan, cseq: plan.cseq + 1 };
  if (isChallenge(response)) {
    if (plan.challenges >= maxChallenges) return undefined;
    const credentials = credentialsFor(options.authenticate, request, response);
    return credentials && { ...next, credentials, challenges: plan.challenges + 1 };
  }
  if (response.status === 422) {
    const intervalSeconds = demandedSeconds(response.headers);
    const helps = intervalSeconds !== undefined && intervalSeconds > (plan.intervalSeconds ?? 0);
    // The nonce count of credentials must not be used twice (RFC 7616 §3.4).
    return helps ? { ...next, intervalSeconds, credentials: [] } : undefined;
  }
  const redirected = response.status < 400 && plan.redirects < (options.maxRedirects ?? 3);
  const found = redirected ? contactsOf(response).filter((uri) => !plan.visited.includes(uri)) : [];
  const [uri, ...targets] = [...found, ...plan.targets].slice(0, maxTargets);
  // A 6xx declines for every target of the callee: no other one is tried (§16.7).
  if (uri === undefined || response.status >= 600) return undefined;
  const redirects = plan.redirects + (redirected ? 1 : 0);
  return { ...next, uri, targets, visited: [...plan.visited, uri], redirects, credentials: [] };
}

/** The targets of a 3xx, best first; a Contact without `q` precedes all others. */
function contactsOf(response: SipResponse): string[] {
  const quality = ({ params }: NameAddr) => Number(params.get("q") ?? 1) || 0;
  return response.contacts
    .sort((a, b) => quality(b) - quality(a))
    .map(({ uri }) => requestUriOf(uri))
    .filter((uri) => /^sips?:/i.test(uri));
}

/** Without Contact, capabilities and timer, which depend on the flow and the stack. */
export function buildInvite(
  options: CallOptions,
  plan: Plan,
  identity: { readonly callId: string; readonly tag: string },
): SipRequest {
  const headers = new Headers();
  if (options.route !== undefined) headers.append("Route", `<${looseRoute(options.route)}>`);
  const { displayName, uri } = options.from;
  headers
    .append("Max-Forwards", "70")
    .append("From", formatNameAddr({ displayName, uri, params: new Map([["tag", identity.tag]]) }))
    .append("To", `<${options.to}>`)
    .append("Call-ID", identity.callId)
    .append("CSeq", `${plan.cseq} INVITE`);
  for (const [name, value] of options.headers ?? []) headers.append(name, value);
  for (const [name, value] of plan.credentials) headers.append(name, value);
  return new SipRequest("INVITE", plan.uri, headers, new TextEncoder().encode(options.offer));
}

function looseRoute(uri: string): string {
  const parsed = parseUri(uri, "Route");
  return parsed.kind === "sip" && !parsed.params.has("lr") ? `${uri};lr` : uri;
}
