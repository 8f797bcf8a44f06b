// The topmost Via as the receiving side treats it: where a request really came from (RFC 3261 §18.2.1,
// RFC 3581 §4), and where its response goes (§18.2.2). Pure, apart from writing the header back.
import { formatVia, type Via } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import { defaultPortOf, type SocketAddress } from "./transport.ts";

/** Notes the true source in the topmost Via. What the sender claims there is never believed. */
export function stampReceived(request: SipRequest, source: SocketAddress): void {
  const via = request.via;
  const symmetric = via.params.has("rport");
  const claimed = via.params.has("received");
  if (!symmetric && !claimed && via.host.toLowerCase() === source.address) return;
  const params = new Map(via.params).set("received", source.address);
  if (symmetric) params.set("rport", String(source.port));
  request.headers.replaceFirst("Via", formatVia({ ...via, params }));
}

/**
 * Where a response over an unreliable transport goes, given the source of its request. `maddr` is ignored: it
 * serves multicast alone, and would let a sender direct our responses to a third party.
 */
export function responseTarget(via: Via, source: SocketAddress): SocketAddress {
  if (via.params.has("rport")) return source;
  return { address: source.address, port: via.port ?? defaultPortOf("UDP") };
}
