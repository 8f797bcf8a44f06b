// What is written down of a call the moment it arrives: who, from where, for whom. Cut to what a record holds.
import type { CallBeginning } from "#bridge/cdr";
import type { Caller, Invitation } from "#bridge/sip";

export const maxNameLength = 64;
const maxCallIdLength = 256;

/** What to call the caller. */
export const nameOf = ({ displayName, number }: Pick<Caller, "displayName" | "number">): string =>
  (displayName || number).slice(0, maxNameLength);

export function beginningOf(invitation: Invitation, trunk: string | undefined): CallBeginning {
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
