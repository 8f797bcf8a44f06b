// The start of a call's record: from, to, address. Cut to the limits of a record.
import { formatHostPort } from "#common";
import type { CdrStart } from "#services/call-records";
import { type Caller, type InboundInvite, parseSipUri } from "#sip";
import type { DialTarget } from "./outgoing-line.ts";

export const maxNameLength = 64;
export const maxCallIdLength = 256;

/** The caller's name, or else the number. */
export const nameOf = ({ displayName, number }: Pick<Caller, "number"> & Partial<Caller>): string =>
  (displayName || number).slice(0, maxNameLength);

export function cdrStartOf(invitation: InboundInvite, trunk: string | undefined): CdrStart {
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
    signallingAddress: formatHostPort(address, port),
  };
}

/** The record of a call that we place, before anything is sent. */
export function cdrStartTo(wanted: {
  readonly number: string;
  readonly displayName?: string | undefined;
  readonly trunk?: string | undefined;
  readonly targets: readonly [DialTarget, ...DialTarget[]];
}): CdrStart {
  const { number, displayName, trunk, targets } = wanted;
  const [{ to, route, from }] = targets;
  const { host, port, params } = parseSipUri(route ?? to);
  return {
    direction: "outbound",
    from: (parseSipUri(from.uri).user ?? "").slice(0, maxNameLength),
    to: number.slice(0, maxNameLength),
    displayName: nameOf({ number, displayName }),
    trunk: trunk ?? null,
    sipCallId: "",
    transport: (params.get("transport") ?? "UDP").toUpperCase(),
    signallingAddress: formatHostPort(host, port),
  };
}
