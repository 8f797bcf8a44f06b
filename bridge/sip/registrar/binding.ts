// A binding: one contact under which an address-of-record is reached (RFC 3261 §10.2.1), and the flow that it came by.
import { isIP } from "node:net";
import type { SipRequest } from "../message/message.ts";
import type { SipUri } from "../message/uri.ts";
import { returnPath } from "../session/path.ts";
import type { Flow, Protocol } from "../transport/index.ts";

export interface Binding {
  /** The URI of the Contact, as written. */
  readonly contact: string;
  /** `+sip.instance` (RFC 5626 §4.1): identifies the device, also after a restart; undefined: not given. */
  readonly instance: string | undefined;
  /** Identifies one of several flows of a device (RFC 5626 §4.2); undefined: no outbound registration. */
  readonly regId: number | undefined;
  readonly callId: string;
  readonly cseq: number;
  /** Time of that REGISTER, milliseconds since the Unix epoch. Absent in bindings stored by versions that did not record it. */
  readonly registeredAt?: number;
  /** From 0 to 1. */
  readonly q: number;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** The proxies on the way back, nearest first (RFC 3327). */
  readonly path: readonly string[];
  readonly userAgent: string;
  /** The flow that the REGISTER came by. */
  readonly flow: Flow;
  /** Requests go out on that flow; the Contact is not resolved. */
  readonly pinned: boolean;
}

/** A binding as it is stored. Connections do not survive a restart, so only bindings over datagrams are stored. */
export interface StoredBinding extends Omit<Binding, "flow"> {
  readonly addressOfRecord: string;
  readonly protocol: Protocol;
  /** The source address of its REGISTER. */
  readonly address: string;
  readonly port: number;
}

/** What the registrar needs of a database. */
export interface BindingsRepository {
  all(): Promise<readonly StoredBinding[]>;
  /** Deletes the bindings that have expired at `now`, milliseconds since the Unix epoch. */
  prune(now: number): Promise<void>;
  /** Replaces all stored bindings of that address-of-record. */
  replace(addressOfRecord: string, bindings: readonly StoredBinding[]): Promise<void>;
}

/**
 * Whether a contact is reached on the flow of its REGISTER. A Contact is only followed to the address that the REGISTER came
 * from, where a phone without NAT may listen on another port than it sends from; so no client can direct our calls elsewhere.
 */
export function isPinned(request: SipRequest, flow: Flow, contact: SipUri): boolean {
  if (flow.reliable || isIP(contact.host) === 0) return true;
  return contact.host.toLowerCase() !== flow.remote.address.toLowerCase() || returnPath(request, flow).pinned;
}

export function toStored(addressOfRecord: string, { flow, ...binding }: Binding): StoredBinding {
  const { protocol, remote } = flow;
  return { ...binding, addressOfRecord, protocol, address: remote.address, port: remote.port };
}
