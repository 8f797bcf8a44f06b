// What belongs to one hop and is therefore made by the transaction layer itself: our topmost Via (RFC 3261
// §8.1.1.7), the ACK of a non-2xx response (§17.1.1.3) and the CANCEL (§9.1).
import { formatVia, type Via } from "../message/headers.ts";
import { Headers, SipRequest, type SipResponse } from "../message/message.ts";
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
