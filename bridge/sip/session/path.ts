// Where a request inside a dialog travels: to the next hop's address as RFC 3261 §12.2.1.1 says, or back on the flow that
// brought the peer to us, or that our request took, when its own idea of its address cannot be right (NAT, RFC 3581) or a
// connection stands open already (RFC 5626).
import { isIP } from "node:net";
import { errorMessage, isTranslatedAddress } from "#common";
import type { SipRequest } from "../message/message.ts";
import { parseSipUri } from "../message/uri.ts";
import { type Flow, isWebSocket } from "../transport/transport.ts";
import type { Dialog } from "./dialog.ts";
import { type FlowSnapshot, restoreFlow, snapshotFlow } from "./snapshot.ts";
import type { UserAgent } from "./user-agent.ts";

const unspecified: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

export interface Path {
  /** What the last request of the peer, or our own, travelled on. */
  readonly flow: Flow;
  /** The peer is the neighbour itself and is reached on this flow and no other. */
  readonly pinned: boolean;
}

/** The way back to who sent `request`. */
export function returnPath(request: SipRequest, flow: Flow): Path {
  return { flow, pinned: request.direct && (flow.reliable || isTranslated(request, flow)) };
}

/** The neighbour wrote an address into its Via that is not the one its packets come from. A name says nothing. */
function isTranslated(request: SipRequest, flow: Flow): boolean {
  const { host, port, params } = request.via;
  if (isIP(host) === 0) return false;
  if (host.toLowerCase() !== flow.remote.address.toLowerCase()) return true;
  return params.has("rport") && (port ?? 5060) !== flow.remote.port;
}

/** After the connection has failed: the same peer, reached where its Contact or route says. A browser is reached nowhere else. */
export function unpinnedPath({ flow, pinned }: Path): Path | undefined {
  return pinned && flow.reliable && !isWebSocket(flow) ? { flow, pinned: false } : undefined;
}

export interface PathSnapshot {
  readonly flow: FlowSnapshot;
  readonly pinned: boolean;
}

export const snapshotPath = ({ flow, pinned }: Path): PathSnapshot => ({ flow: snapshotFlow(flow), pinned });

/** Of the previous process: its connections are gone, so that it is pinned to none; a browser has to come back by itself. */
export function restorePath({ flow, pinned }: PathSnapshot): Path {
  const path = { flow: restoreFlow(flow), pinned };
  return unpinnedPath(path) ?? path;
}

/**
 * The flow for the next request of this dialog, whose body has so many bytes; falls back to the last one known
 * when nothing resolves.
 */
export async function flowFor(ua: UserAgent, dialog: Dialog, path: Path, bodyBytes = 0): Promise<Flow> {
  if (path.pinned) return path.flow;
  try {
    const uri = parseSipUri(dialog.nextHop, "Route");
    if (dialog.routeSet.length === 0 && isBehindNat(uri.host, path.flow)) return path.flow;
    const destination = await ua.router.resolve(uri, path.flow);
    // A port or an address that is none leaves where its messages come from.
    if (!destination || destination.port === 0 || unspecified.has(destination.address)) return path.flow;
    // A connection that stands is used again; one that has gone is replaced.
    const bytes = uri.params.has("transport") ? 0 : headBytes(dialog) + bodyBytes;
    return await ua.router.connect(destination, bytes, path.flow);
  } catch (error) {
    ua.log.warn({ nextHop: dialog.nextHop, error: errorMessage(error) }, "next hop unreachable");
    return path.flow;
  }
}

/** The peer names an address of a private network, and its packets come from a public one. */
const isBehindNat = (host: string, { remote }: Flow): boolean =>
  isTranslatedAddress(host) && isIP(remote.address) !== 0 && !isTranslatedAddress(remote.address);

/** About what a request of ours in this dialog has without its body: what varies, and an ample rest. */
function headBytes({ local, remote, remoteTarget, routeSet }: Dialog): number {
  const routes = routeSet.reduce((sum, route) => sum + route.length + "Route: \r\n".length, 0);
  return local.length + remote.length + remoteTarget.length + routes + 450;
}
