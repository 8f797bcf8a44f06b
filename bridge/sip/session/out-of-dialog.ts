// A request of ours outside any dialog, sent and answered: REGISTER, OPTIONS, MESSAGE (RFC 3261 §8.1). Challenges
// are met with credentials where there is somebody who can make them; redirections are the caller's to follow.
import { errorMessage, randomToken } from "#common";
import { formatNameAddr } from "../headers.ts";
import { Headers, SipRequest } from "../message.ts";
import type { Flow } from "../transport/index.ts";
import { parseSipUri } from "../uri.ts";
import { exchange } from "./exchange.ts";
import { contactOf, type HeaderLines } from "./replies.ts";
import type { RequestOptions, RequestOutcome, RequestSequence } from "./session.ts";
import type { Stack } from "./stack.ts";

/** None of these requests comes near the size that asks for TCP. */
const smallBytes = 800;
/** Two realms on the way, one of them with a nonce that is too old. */
const maxChallenges = 3;

export const createSequence = (): RequestSequence => ({
  callId: randomToken(16),
  fromTag: randomToken(8),
  cseq: 0,
});

export async function requestOutside(stack: Stack, options: RequestOptions): Promise<RequestOutcome> {
  const sequence = options.sequence ?? createSequence();
  const connected = await connect(stack, options);
  if ("problem" in connected) {
    return { status: 503, reason: connected.problem, response: undefined, flow: undefined };
  }
  const { flow } = connected;
  let credentials: HeaderLines = [];
  for (let challenges = 0; ; challenges += 1) {
    const request = build(stack, options, { sequence, flow, credentials });
    const outcome = await exchange(stack, request, flow).outcome;
    const { response } = outcome;
    const challenged = response && (response.status === 401 || response.status === 407);
    const answer =
      challenged && challenges < maxChallenges ? options.authenticate?.(response, request) : undefined;
    if (!answer) return { ...outcome, flow };
    credentials = answer;
  }
}

async function connect(
  stack: Stack,
  { uri, hop = uri, onFlow }: RequestOptions,
): Promise<{ readonly flow: Flow } | { readonly problem: string }> {
  try {
    const destination = await stack.router.resolve(parseSipUri(hop));
    if (!destination) return { problem: `${hop} has no address` };
    const flow = await stack.router.connect(destination, smallBytes);
    onFlow?.(flow);
    return { flow };
  } catch (error) {
    return { problem: `${hop} cannot be reached: ${errorMessage(error)}` };
  }
}

function build(
  stack: Stack,
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
  if (contactUser !== undefined) headers.append("Contact", contactOf(stack, flow, contactUser));
  for (const [name, value] of options.headers ?? []) headers.append(name, value);
  for (const [name, value] of credentials) headers.append(name, value);
  headers.append("User-Agent", stack.product);
  return new SipRequest(method, uri, headers);
}
