// Handles the topmost Via on the receiving side: the true source of a request (RFC 3261 §18.2.1,
// RFC 3581 §4), and the destination of its response (§18.2.2). Pure, apart from writing the header back.
import { isIP } from "node:net";
import { isTranslatedAddress } from "#common";
import type { Via } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import { defaultPortOf, type SocketAddress } from "./transport.ts";

/** A parameter with its semicolon, as written. */
const parameter = /;(?:[^;"]|"(?:[^"\\]|\\.)*")*/g;

/**
 * Writes the true source into the topmost Via and leaves its other text: the sender compares the returned Via with its own
 * (RFC 3261 §8.2.6.2). Values that the sender wrote there are never believed.
 */
export function stampReceived(request: SipRequest, source: SocketAddress): void {
  const via = request.via;
  const symmetric = via.params.has("rport");
  const claimed = via.params.has("received");
  if (!symmetric && !claimed && via.host.toLowerCase() === source.address) return;
  const received = `;received=${source.address}`;
  let noted = false;
  const stamped = request.headers.get("Via")!.replace(parameter, (written) => {
    const name = /^;\s*([^\s=]*)/.exec(written)?.[1]?.toLowerCase();
    if (name === "rport") return `;rport=${source.port}`;
    if (name !== "received") return written;
    const again = noted;
    noted = true;
    return again ? "" : received;
  });
  request.headers.replaceFirst("Via", noted ? stamped : `${stamped}${received}`);
}

/**
 * Whether the sender is behind an address translator without knowing it: its Via names a private address, its packets
 * come from a public one, and it has not asked for `rport`, as many phones. The port in its Via is not open anywhere.
 */
export function isUnknowinglyTranslated({ host, params }: Via, { address }: SocketAddress): boolean {
  return (
    !params.has("rport") && isTranslatedAddress(host) && isIP(address) !== 0 && !isTranslatedAddress(address)
  );
}

/**
 * Where a response over an unreliable transport goes, given the source of its request. `maddr` is ignored: it
 * serves multicast alone, and would let a sender direct our responses to a third party.
 */
export function responseTarget(via: Via, source: SocketAddress): SocketAddress {
  if (via.params.has("rport") || isUnknowinglyTranslated(via, source)) return source;
  return { address: source.address, port: via.port ?? defaultPortOf("UDP") };
}
