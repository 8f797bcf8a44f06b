// Builds responses with our capabilities and reasons, and the Contact of a flow. Decides nothing.
// decides anything.

import { formatHostPort } from "#common";
import { createResponse } from "../message/format.ts";
import type { HeaderLines, Headers, SipRequest, SipResponse } from "../message/message.ts";
import { escapeUser } from "../message/uri.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow, Protocol } from "../transport/transport.ts";
import { sdpType } from "./body.ts";
import type { Cause, Rejection } from "./reason.ts";
import { reasonOf } from "./reason.ts";
import { supported, type UserAgent } from "./user-agent.ts";

export interface ReplyParts {
  readonly toTag?: string | undefined;
  /** Sent as a Reason header. */
  readonly cause?: Cause | undefined;
  readonly headers?: HeaderLines | undefined;
  readonly sdp?: string | undefined;
  /**
   * The user part of our Contact in a response that makes or refreshes a dialog; it then also carries the
   * route and our capabilities (RFC 3261 §12.1.1, §13.3.1).
   */
  readonly contactUser?: string | undefined;
}

export function buildReply(
  ua: UserAgent,
  transaction: ServerTransaction,
  status: number,
  parts: ReplyParts = {},
): SipResponse {
  const { request, flow } = transaction;
  const response = createResponse(request, status, {
    ...(parts.toTag !== undefined && { toTag: parts.toTag }),
    ...(parts.sdp !== undefined && { body: parts.sdp }),
  });
  const { headers } = response;
  if (parts.contactUser !== undefined) {
    for (const route of request.headers.all("Record-Route")) headers.append("Record-Route", route);
    headers.append("Contact", contactOf(ua, { flow, user: parts.contactUser, request }));
    addCapabilities(ua, headers);
  }
  if (parts.cause) headers.append("Reason", reasonOf(parts.cause));
  for (const [name, value] of parts.headers ?? []) headers.append(name, value);
  headers.append("Server", ua.product);
  if (parts.sdp !== undefined) headers.append("Content-Type", sdpType);
  return response;
}

export function reply(
  ua: UserAgent,
  transaction: ServerTransaction,
  status: number,
  parts: ReplyParts = {},
): void {
  transaction.respond(buildReply(ua, transaction, status, parts));
}

/** Sends a refusal with the owner's cause. */
export function refuse(ua: UserAgent, transaction: ServerTransaction, rejection: Rejection): void {
  const headers = rejectionHeaders(rejection);
  reply(ua, transaction, Math.max(rejection.status, 300), { cause: rejection, headers });
}

/** The headers of a refusal. */
export function rejectionHeaders({ retryAfter, warning }: Rejection): HeaderLines {
  return [
    ...(retryAfter === undefined ? [] : [["Retry-After", String(retryAfter)] as const]),
    ...(warning === undefined ? [] : [["Warning", `${warning.code} parley "${warning.text}"`] as const]),
  ];
}

/** The values that our Contact in a message depends on. */
export interface ContactParts {
  readonly flow: Flow;
  readonly user: string;
  /** The request that contains it, or that is being answered. */
  readonly request: SipRequest;
}

/** The Contact within a dialog, with our capabilities (RFC 3840 §7). */
export const contactOf = (ua: UserAgent, parts: ContactParts): string =>
  `${addressOf(ua, parts)}${ua.contactFeatures}`;

/** Where the peer of this flow reaches us (RFC 3261 §8.1.1.8); `sips:` where the request demands it. */
export function addressOf(ua: UserAgent, { flow, user, request }: ContactParts): string {
  const { address, port } = ua.transport.advertised(flow);
  const userPart = user === "" ? "" : `${escapeUser(user)}@`;
  const host = `${userPart}${formatHostPort(address, port)}`;
  const secure = demandsSips(request);
  const transport = transportParameter(flow.protocol, secure);
  return `<${secure ? "sips" : "sip"}:${host}${transport === undefined ? "" : `;transport=${transport}`}>`;
}

/** `ws` stands for WebSockets with TLS too (RFC 7118 §5.2.2); `sips:` is TLS without saying so (RFC 5630 §3.1.4). */
function transportParameter(protocol: Protocol, secure: boolean): string | undefined {
  if (protocol === "WS" || protocol === "WSS") return "ws";
  if (protocol === "UDP" || (protocol === "TLS" && secure)) return undefined;
  return protocol.toLowerCase();
}

/** RFC 3261 §8.1.1.8, §12.1.1: by the Request-URI, else the route, else the peer's own Contact. */
function demandsSips({ uri, headers, contact }: SipRequest): boolean {
  if (isSips(uri)) return true;
  const route = headers.get("Record-Route") ?? headers.get("Route");
  return route === undefined ? isSips(contact?.uri ?? "") : /^[^<]*<sips:/i.test(route);
}

const isSips = (uri: string): boolean => /^sips:/i.test(uri);

/** Our capabilities, for responses and requests from which the peer may learn them. */
export function addCapabilities(ua: UserAgent, headers: Headers): void {
  for (const method of ua.allow) headers.append("Allow", method);
  for (const extension of supported) headers.append("Supported", extension);
  for (const name of ua.eventPackages) headers.append("Allow-Events", name);
}

/** Retry-After of 0 to 10 s for a request that overlaps another one (RFC 3261 §14.2). */
export function retrySoon(ua: UserAgent): HeaderLines {
  return [["Retry-After", String(Math.floor(ua.random() * 11))]];
}
