// Where a request inside a dialog travels: to the next hop's address as RFC 3261 §12.2.1.1 says, or back on the
// flow that brought the peer to us when its own idea of its address cannot be right (NAT, RFC 3581) or a
// connection stands open already (RFC 5626).
import { isIP } from "node:net";
import { errorMessage } from "#common";
import type { Dialog } from "../dialog.ts";
import type { SipRequest } from "../message.ts";
import type { Flow, Protocol } from "../transport/transport.ts";
import { parseSipUri, type SipUri } from "../uri.ts";
import type { Stack } from "./stack.ts";

export interface Path {
  /** What the last request of the peer, or our own, travelled on. */
  readonly flow: Flow;
  /** The peer is the neighbour itself and is reached on this flow and no other. */
  readonly pinned: boolean;
}

/** The way back to who sent `request`. */
export function pathBack(request: SipRequest, flow: Flow): Path {
  const direct = request.headers.all("Via").length === 1;
  return { flow, pinned: direct && (flow.reliable || isTranslated(request, flow)) };
}

/** The neighbour wrote an address into its Via that is not the one its packets come from. A name says nothing. */
function isTranslated(request: SipRequest, flow: Flow): boolean {
  const { host, port, params } = request.via;
  if (isIP(host) === 0) return false;
  if (host.toLowerCase() !== flow.remote.address.toLowerCase()) return true;
  return params.has("rport") && (port ?? 5060) !== flow.remote.port;
}

/** After the connection has failed: the same peer, reached where its Contact or route says. */
export function detour({ flow, pinned }: Path): Path | undefined {
  return pinned && flow.reliable ? { flow, pinned: false } : undefined;
}

/** The flow for the next request of this dialog; falls back to the last one known when nothing resolves. */
export async function flowFor(stack: Stack, dialog: Dialog, path: Path): Promise<Flow> {
  if (path.pinned) return path.flow;
  try {
    const uri = parseSipUri(dialog.nextHop, "Route");
    const destination = await stack.resolve(uri);
    if (!destination || (!path.flow.reliable && isSame(path.flow, destination))) return path.flow;
    // A connection that stands is used again; one that has gone is replaced.
    return await stack.transport.connect(destination);
  } catch (error) {
    stack.log.warn({ nextHop: dialog.nextHop, error: errorMessage(error) }, "next hop unreachable");
    return path.flow;
  }
}

function isSame(flow: Flow, to: { address: string; port: number; protocol: Protocol }): boolean {
  return flow.protocol === to.protocol && flow.remote.address === to.address && flow.remote.port === to.port;
}

/** The transport a URI asks for (RFC 3263 §4.1, without the look-up of NAPTR records). */
export function protocolOf(uri: SipUri): Protocol {
  const asked = uri.params.get("transport")?.toUpperCase();
  if (uri.scheme === "sips" || asked === "TLS") return asked === "WS" || asked === "WSS" ? "WSS" : "TLS";
  return asked === "TCP" || asked === "WS" || asked === "WSS" ? asked : "UDP";
}
