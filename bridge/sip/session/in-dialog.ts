// A request inside a dialog, sent and answered (RFC 3261 §12.2.1). One that the peer challenges (401, 407) goes
// out once more with credentials, where the call has somebody who can make them (§22).

import type { Dialog } from "../dialog.ts";
import type { HeaderLines, SipRequest, SipResponse } from "../message/message.ts";
import type { Authenticate } from "./call-attempt.ts";
import { exchange, type Outcome } from "./exchange.ts";
import { detour, flowFor, type Path } from "./path.ts";
import { contactOf } from "./replies.ts";
import type { SessionStack } from "./user-agent.ts";

/** Whoever speaks inside a dialog. */
export interface Speaker {
  readonly stack: SessionStack;
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

export async function requestInDialog(
  speaker: Speaker,
  method: string,
  parts: RequestParts = {},
): Promise<Outcome> {
  const { request, outcome } = await send(speaker, method, parts);
  const path = failedToSend(outcome) ? detour(speaker.path) : undefined;
  if (path) return requestInDialog({ ...speaker, path }, method, parts);
  const credentials = credentialsFor(speaker.authenticate, request, outcome.response);
  if (!credentials) return outcome;
  const headers = [...(parts.headers ?? []), ...credentials];
  return (await send(speaker, method, { ...parts, headers })).outcome;
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
  { stack, dialog, path, contactUser }: Speaker,
  method: string,
  { headers = [], body }: RequestParts,
): Promise<{ readonly request: SipRequest; readonly outcome: Outcome }> {
  const flow = await flowFor(stack, dialog, path, body?.length);
  const request = dialog.createRequest(method, body);
  if (targetRefreshing.has(method)) request.headers.append("Contact", contactOf(stack, flow, contactUser));
  for (const [name, value] of headers) request.headers.append(name, value);
  request.headers.append("User-Agent", stack.product);
  return { request, outcome: await exchange(stack, request, flow).outcome };
}
