// Sends a request inside a dialog and waits for its outcome (RFC 3261 §12.2.1). A challenge is answered where the
// call has an `authenticate`.

import type { Authenticate } from "../auth/index.ts";
import type { HeaderLines } from "../message/message.ts";
import { type Sent, sendWithCredentials } from "./challenges.ts";
import type { Dialog } from "./dialog.ts";
import { exchange, type Outcome } from "./exchange.ts";
import { flowFor, type Path, unpinnedPath } from "./path.ts";
import { contactOf } from "./replies.ts";
import type { UserAgent } from "./user-agent.ts";

/** The dialog of a request, its path and its credentials. */
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

/** The Contact of these methods tells the peer our current address (RFC 3261 §12.2, RFC 6665 §4.4.1). */
const targetRefreshing = new Set(["UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"]);

export async function requestInDialog(
  sender: DialogSender,
  method: string,
  parts: RequestParts = {},
): Promise<Outcome> {
  const outcome = await sendWithCredentials(sender.authenticate, (credentials) =>
    send(sender, method, { ...parts, headers: [...(parts.headers ?? []), ...credentials] }),
  );
  const path = failedToSend(outcome) ? unpinnedPath(sender.path) : undefined;
  return path ? requestInDialog({ ...sender, path }, method, parts) : outcome;
}

/** Whether the transport failed, so that the peer has received nothing. */
export function failedToSend({ status, response }: Outcome): boolean {
  return status === 503 && response === undefined;
}

async function send(
  { ua, dialog, path, contactUser }: DialogSender,
  method: string,
  { headers = [], body }: RequestParts,
): Promise<Sent> {
  const flow = await flowFor(ua, dialog, path, body?.length);
  const request = dialog.createRequest(method, body);
  if (targetRefreshing.has(method)) {
    request.headers.append("Contact", contactOf(ua, { flow, user: contactUser, request }));
  }
  for (const [name, value] of headers) request.headers.append(name, value);
  request.headers.append("User-Agent", ua.product);
  return { request, outcome: await exchange(ua, request, flow).outcome };
}
