// What is written down of a call the moment it begins: who, from where, for whom. Cut to what a record holds.
import type { CallStart } from "#services/call-records";
import { type Caller, type InboundInvite, parseSipUri } from "#sip";
import type { Way } from "./outgoing-line.ts";

export const maxNameLength = 64;
export const maxCallIdLength = 256;

/** What to call the caller. */
export const nameOf = ({ displayName, number }: Pick<Caller, "number"> & Partial<Caller>): string =>
  (displayName || number).slice(0, maxNameLength);

export function cdrStartOf(invitation: InboundInvite, trunk: string | undefined): CallStart {
  const { caller, dialledNumber, flow, request } = invitation;
  const { address, port } = flow.remote;
  return {
    direction: "inbound",
    from: caller.number.slice(0, maxNameLength),
    to: dialledNumber.slice(0, maxNameLength),
    displayName: nameOf(caller),
    trunk: trunk ?? null,
    sipCallId: (request.headers.get("Call-ID") ?? "").slice(0, maxCallIdLength),
    transport: flow.protocol,
    signallingAddress: address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
  };
}

/** Of a call that we place, before anything is sent. */
export function cdrStartTo(wanted: {
  readonly number: string;
  readonly displayName?: string | undefined;
  readonly trunk?: string | undefined;
  readonly ways: readonly [Way, ...Way[]];
}): CallStart {
  const { number, displayName, trunk, ways } = wanted;
  const [{ to, route, from }] = ways;
  const { host, port, params } = parseSipUri(route ?? to);
  const address = host.includes(":") ? `[${host}]` : host;
  return {
    direction: "outbound",
    from: (parseSipUri(from.uri).user ?? "").slice(0, maxNameLength),
    to: number.slice(0, maxNameLength),
    displayName: nameOf({ number, displayName }),
    trunk: trunk ?? null,
    sipCallId: "",
    transport: (params.get("transport") ?? "UDP").toUpperCase(),
    signallingAddress: port === undefined ? address : `${address}:${port}`,
  };
}
