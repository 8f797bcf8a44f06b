// Challenges of servers and proxies (401, 407), met with credentials where there are any (RFC 3261 §22).
import type { Authenticate } from "../auth/index.ts";
import type { HeaderLines, SipRequest, SipResponse } from "../message/message.ts";
import type { Outcome } from "./exchange.ts";

/** Enough for two realms on the path, one of them with an outdated nonce. */
export const maxChallenges = 3;

export interface Sent {
  readonly request: SipRequest;
  readonly outcome: Outcome;
}

/** Sends a request, and again with credentials as long as it is challenged and there are credentials. */
export async function sendWithCredentials(
  authenticate: Authenticate | undefined,
  send: (credentials: HeaderLines) => Promise<Sent>,
): Promise<Outcome> {
  let credentials: HeaderLines = [];
  for (let challenges = 0; ; challenges += 1) {
    const { request, outcome } = await send(credentials);
    const answer =
      challenges < maxChallenges ? credentialsFor(authenticate, request, outcome.response) : undefined;
    if (!answer) return outcome;
    credentials = answer;
  }
}

export const isChallenge = ({ status }: SipResponse): boolean => status === 401 || status === 407;

/** Undefined: the response is no challenge, or there are no credentials for it. */
export function credentialsFor(
  authenticate: Authenticate | undefined,
  request: SipRequest,
  response: SipResponse | undefined,
): HeaderLines | undefined {
  return response && isChallenge(response) ? authenticate?.(response, request) : undefined;
}
