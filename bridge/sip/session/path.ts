// The path of requests inside a dialog: to the next hop's address as RFC 3261 §12.2.1.1 says, or back on the flow of the
// peer's or our own last request, when the address that the peer gave cannot be right (NAT, RFC 3581) or a
// connection is open already (RFC 5626).
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
  /** The flow of the peer's last request, or of our own. */
  readonly flow: Flow;
  /** The peer is our direct neighbour and is reached only on this flow. */
  readonly pinned: boolean;
}

/** The path back to the sender of `request`. */
export function returnPath(request: SipRequest, flow: Flow): Path {
  return { flow, pinned: request.direct && (flow.reliable || isTranslated(request, flow)) };
}

/** The neighbour wrote an IP address into its Via that differs from the source of its packets. A host name proves nothing. */
function isTranslated(request: SipRequest, flow: Flow): boolean {
  const { host, port, params } = request.via;
  if (isIP(host) === 0) return false;
  if (host.toLowerCase() !== flow.remote.address.toLowerCase()) return true;
  return params.has("rport") && (port ?? 5060) !== flow.remote.port;
}

/** The path after the connection has failed: to the peer's Contact or route. Undefined for a browser, which cannot be reached. */
export function unpinnedPath({ flow, pinned }: Path): Path | undefined {
  return pinned && flow.reliable && !isWebSocket(flow) ? { flow, pinned: false } : undefined;
}

export interface PathSnapshot {
  readonly flow: FlowSnapshot;
  readonly pinned: boolean;
}

export const snapshotPath = ({ flow, pinned }: Path): PathSnapshot => ({ flow: snapshotFlow(flow), pinned });

/** The path of a call of the previous process, whose connections are gone: it is pinned to none; a browser has to reconnect. */
export function restorePath({ flow, pinned }: PathSnapshot): Path {
  const path = { flow: restoreFlow(flow), pinned };
  return unpinnedPath(path) ?? path;
}

/**
 * The flow for the next request of this dialog, with a body of `bodyBytes` bytes; falls back to the last known flow
 * when nothing resolves.
 */
export async function flowFor(ua: UserAgent, dialog: Dialog, path: Path, bodyBytes = 0): Promise<Flow> {
  if (path.pinned) return path.flow;
  try {
    const uri = parseSipUri(dialog.nextHop, "Route");
    if (dialog.routeSet.length === 0 && isBehindNat(uri.host, path.flow)) return path.flow;
    const destination = await ua.router.resolve(uri, path.flow);
    // If port or address is unspecified, the flow of the peer's messages is kept.
    if (!destination || destination.port === 0 || unspecified.has(destination.address)) return path.flow;
    // An open connection is reused; a lost one is replaced.
    const bytes = uri.params.has("transport") ? 0 : headBytes(dialog) + bodyBytes;
    return await ua.router.connect(destination, bytes, path.flow);
  } catch (error) {
    ua.log.warn({ nextHop: dialog.nextHop, error: errorMessage(error) }, "next hop unreachable");
    return path.flow;
  }
}

/** The peer names a private address, but its packets come from a public one. */
const isBehindNat = (host: string, { remote }: Flow): boolean =>
  isTranslatedAddress(host) && isIP(remote.address) !== 0 && !isTranslatedAddress(remote.address);

/** The approximate size of a request of ours in this dialog without its body: the variable parts plus an allowance. */
function headBytes({ local, remote, remoteTarget, routeSet }: Dialog): number {
  const routes = routeSet.reduce((sum, route) => sum + route.length + "Route: \r\n".length, 0);
  return local.length + remote.length + remoteTarget.length + routes + 450;
}
