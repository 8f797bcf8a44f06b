// A request inside a dialog that the peer challenges (401, 407) is sent once more with credentials, where the
// call has somebody who can make them (RFC 3261 §22).
import type { SipRequest, SipResponse } from "../message.ts";
import type { HeaderLines } from "./replies.ts";
import type { Authenticate } from "./session.ts";

export function credentialsFor(
  authenticate: Authenticate | undefined,
  request: SipRequest,
  response: SipResponse | undefined,
): HeaderLines | undefined {
  if (!response || (response.status !== 401 && response.status !== 407)) return undefined;
  return authenticate?.(response, request);
}
