// Sends a request inside a dialog and waits for its outcome (RFC 3261 §12.2.1). After a challenge (401, 407) it is sent once
// more with credentials, where the call has an `authenticate` (§22).

import type { Authenticate } from "../auth/index.ts";
import type { HeaderLines, SipRequest, SipResponse } from "../message/message.ts";
import type { Dialog } from "./dialog.ts";
import { exchange, type Outcome } from "./exchange.ts";
import { detour, flowFor, type Path } from "./path.ts";
import { contactOf } from "./replies.ts";
import type { UserAgent } from "./user-agent.ts";

/** What a request inside a dialog is made of, and the path it takes. */
export interface DialogSender {
  readonly ua: UserAgent;
  readonly dialog: Dialog;
  readonly path: Path;
  readonly contactUser: string;
  readonly authenticate: Authenticate | undefined;
}

export interface RequestParts {
  readonly headers?: HeaderLines;
  readonly body?: Uint8Array;
}

/** Their Contact tells the peer where we are now (RFC 3261 §12.2, RFC 6665 §4.4.1). */
const targetRefreshing = new Set(["UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"]);

/** A proxy and the peer behind it, one of them with a nonce that is too old. */
const maxChallenges = 3;

export async function requestInDialog(
  sender: DialogSender,
  method: string,
  parts: RequestParts = {},
): Promise<Outcome> {
  let credentials: HeaderLines = [];
  for (let challenges = 0; ; challenges += 1) {
    const headers = [...(parts.headers ?? []), ...credentials];
    const { request, outcome } = await send(sender, method, { ...parts, headers });
    const path = failedToSend(outcome) ? detour(sender.path) : undefined;
    if (path) return requestInDialog({ ...sender, path }, method, parts);
    const answered = credentialsFor(sender.authenticate, request, outcome.response);
    if (!answered || challenges === maxChallenges) return outcome;
    credentials = answered;
  }
}

/** The transport failed: nothing has reached the peer. */
export function failedToSend({ status, response }: Outcome): boolean {
  return status === 503 && response === undefined;
}

export function credentialsFor(
  authenticate: Authenticate | undefined,
  request: SipRequest,
  response: SipResponse | undefined,
): HeaderLines | undefined {
  if (!response || (response.status !== 401 && response.status !== 407)) return undefined;
  return authenticate?.(response, request);
}

async function send(
  { ua, dialog, path, contactUser }: DialogSender,
  method: string,
  { headers = [], body }: RequestParts,
): Promise<{ readonly request: SipRequest; readonly outcome: Outcome }> {
  const flow = await flowFor(ua, dialog, path, body?.length);
  const request = dialog.createRequest(method, body);
  if (targetRefreshing.has(method)) {
    request.headers.append("Contact", contactOf(ua, { flow, user: contactUser, request }));
  }
  for (const [name, value] of headers) request.headers.append(name, value);
  request.headers.append("User-Agent", ua.product);
  return { request, outcome: await exchange(ua, request, flow).outcome };
}
