// The messages that the transaction layer makes by itself because they never go beyond the next hop: the ACK of
// a non-2xx response (RFC 3261 §17.1.1.3), the CANCEL (§9.1), the 100 and the stateless answers (§8.2.6, §8.2.7).
import { formatVia, type Via } from "../headers.ts";
import { Headers, SipRequest, SipResponse } from "../message.ts";
import { reasonPhrase } from "../status.ts";
import type { Flow, SocketAddress } from "../transport/transport.ts";

/** A copy of the request under our own topmost Via; `rport` asks for symmetric responses (RFC 3581 §3). */
export function withVia(request: SipRequest, flow: Flow, sentBy: SocketAddress, branch: string): SipRequest {
  const via: Via = {
    transport: flow.protocol,
    host: sentBy.address,
    port: sentBy.port,
    params: new Map([
      ["rport", ""],
      ["branch", branch],
    ]),
  };
  const headers = request.headers.clone().prepend("Via", formatVia(via));
  return new SipRequest(request.method, request.uri, headers, request.body);
}

export function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  return sameHop(invite, "ACK", response.headers.get("To") ?? "");
}

/** `reason` is the value of a Reason header (RFC 3326). */
export function cancelFor(invite: SipRequest, reason: string | undefined): SipRequest {
  const cancel = sameHop(invite, "CANCEL", invite.headers.get("To") ?? "");
  if (reason !== undefined) cancel.headers.append("Reason", reason);
  return cancel;
}

/** Same Request-URI, topmost Via with its branch, Route, dialog identifiers and CSeq number. */
function sameHop(invite: SipRequest, method: "ACK" | "CANCEL", to: string): SipRequest {
  const headers = new Headers().append("Via", invite.headers.get("Via") ?? "").append("Max-Forwards", "70");
  for (const route of invite.headers.all("Route")) headers.append("Route", route);
  headers
    .append("From", invite.headers.get("From") ?? "")
    .append("To", to)
    .append("Call-ID", invite.callId)
    .append("CSeq", `${invite.cseq.number} ${method}`);
  return new SipRequest(method, invite.uri, headers);
}

/** A response without body; `toTag` is added where the request has none. A 100 gets none (§8.2.6.2). */
export function answerTo(request: SipRequest, status: number, toTag?: string): SipResponse {
  const headers = new Headers();
  for (const via of request.headers.all("Via")) headers.append("Via", via);
  const to = request.headers.get("To") ?? "";
  const tagged = toTag === undefined || request.to.params.has("tag") ? to : `${to};tag=${toTag}`;
  headers
    .append("From", request.headers.get("From") ?? "")
    .append("To", tagged)
    .append("Call-ID", request.callId)
    .append("CSeq", request.headers.get("CSeq") ?? "");
  const timestamp = request.headers.get("Timestamp");
  if (status === 100 && timestamp !== undefined) headers.append("Timestamp", timestamp);
  return new SipResponse(status, reasonPhrase(status), headers);
}
