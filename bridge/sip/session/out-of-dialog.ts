// Sends a request outside any dialog and waits for its outcome: REGISTER, OPTIONS, MESSAGE (RFC 3261 §8.1). A
// challenge is answered where the request has an `authenticate`; redirections are left to the sender.

import { errorMessage, randomToken } from "#common";
import type { Authenticate } from "../auth/index.ts";
import { formatNameAddr } from "../message/headers.ts";
import { type HeaderLines, Headers, SipRequest, type SipResponse } from "../message/message.ts";
import { parseSipUri } from "../message/uri.ts";
import { failureOf } from "../routing/index.ts";
import type { Destination, Flow } from "../transport/index.ts";
import { sendWithCredentials } from "./challenges.ts";
import { exchange } from "./exchange.ts";
import { addressOf } from "./replies.ts";
import type { UserAgent } from "./user-agent.ts";

/** Call-ID and CSeq that related requests share, such as those of one registration (RFC 3261 §10.2). */
export interface RequestSequence {
  readonly callId: string;
  readonly fromTag: string;
  /** Of the last request sent. */
  cseq: number;
}

/** A request outside any dialog, other than INVITE. */
export interface RequestOptions {
  readonly method: string;
  /** The Request-URI. */
  readonly uri: string;
  readonly from: { readonly uri: string; readonly displayName?: string | undefined };
  readonly to: string;
  /** The URI that the request is sent to when that is not the Request-URI; no Route header is made of it. */
  readonly nextHop?: string;
  /** The user part of our Contact; undefined: the request has no Contact. */
  readonly contactUser?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Default: a sequence of its own. */
  readonly sequence?: RequestSequence;
  readonly authenticate?: Authenticate;
  /** Called with the flow before anything is sent on it. */
  readonly onFlow?: (flow: Flow) => void;
}

export interface RequestOutcome {
  /** 200 to 699; 408 when no answer came, 503 when nothing could be sent. */
  readonly status: number;
  readonly reason: string;
  /** Undefined when no response came and the status is our own. */
  readonly response: SipResponse | undefined;
  readonly flow: Flow | undefined;
}

/** Upper bound of the size of these requests without the headers that the sender adds. */
const smallBytes = 800;
/** Each may take 32 s. */
const maxDestinations = 4;

export const createSequence = (): RequestSequence => ({
  callId: randomToken(16),
  fromTag: randomToken(8),
  cseq: 0,
});

/** Tries one destination after the other, until the outcome of one is final (RFC 3263 §4.3). */
export async function requestOutside(ua: UserAgent, options: RequestOptions): Promise<RequestOutcome> {
  const { uri, nextHop = uri } = options;
  const sequence = options.sequence ?? createSequence();
  const { router } = ua;
  try {
    const hop = parseSipUri(nextHop);
    const destinations = await router.locate(hop);
    // As with calls, `transport=udp` is binding, even for a large message.
    const bytes = hop.params.has("transport") ? 0 : bytesOf(options);
    const outcome = await router.attempt(destinations.slice(0, maxDestinations), async (destination) => {
      const done = await requestAt(ua, options, { sequence, destination, bytes });
      return { outcome: done, failure: failureOf(done.status, done.response) };
    });
    return outcome ?? unsent(`${nextHop} has no address`);
  } catch (error) {
    return unsent(`${nextHop} cannot be reached: ${errorMessage(error)}`);
  }
}

const bytesOf = ({ headers = [] }: RequestOptions): number =>
  headers.reduce((sum, [name, value]) => sum + name.length + value.length + ": \r\n".length, smallBytes);

const unsent = (reason: string): RequestOutcome => ({
  status: 503,
  reason,
  response: undefined,
  flow: undefined,
});

interface Sending {
  readonly sequence: RequestSequence;
  readonly destination: Destination;
  /** The approximate size of the request. */
  readonly bytes: number;
}

async function requestAt(
  ua: UserAgent,
  options: RequestOptions,
  { sequence, destination, bytes }: Sending,
): Promise<RequestOutcome> {
  let flow: Flow;
  try {
    flow = await ua.router.connect(destination, bytes);
  } catch (error) {
    return unsent(`${options.nextHop ?? options.uri} cannot be reached: ${errorMessage(error)}`);
  }
  options.onFlow?.(flow);
  const outcome = await sendWithCredentials(options.authenticate, async (credentials) => {
    const request = build(ua, options, { sequence, flow, credentials });
    return { request, outcome: await exchange(ua, request, flow).outcome };
  });
  return { ...outcome, flow };
}

function build(
  ua: UserAgent,
  options: RequestOptions,
  sent: { readonly sequence: RequestSequence; readonly flow: Flow; readonly credentials: HeaderLines },
): SipRequest {
  const { method, uri, from, to, contactUser } = options;
  const { sequence, flow, credentials } = sent;
  sequence.cseq += 1;
  const params = new Map([["tag", sequence.fromTag]]);
  const headers = new Headers();
  headers
    .append("Max-Forwards", "70")
    .append("From", formatNameAddr({ displayName: from.displayName, uri: from.uri, params }))
    .append("To", `<${to}>`)
    .append("Call-ID", sequence.callId)
    .append("CSeq", `${sequence.cseq} ${method}`);
  const request = new SipRequest(method, uri, headers);
  if (contactUser !== undefined)
    headers.append("Contact", addressOf(ua, { flow, user: contactUser, request }));
  for (const [name, value] of options.headers ?? []) headers.append(name, value);
  for (const [name, value] of credentials) headers.append(name, value);
  headers.append("User-Agent", ua.product);
  return request;
}
