// A binding: one contact under which an address-of-record is reached (RFC 3261 §10.2.1), and the flow that it came by.
import { isIP } from "node:net";
import type { SipRequest } from "../message/message.ts";
import type { SipUri } from "../message/uri.ts";
import { returnPath } from "../session/path.ts";
import type { Flow, Protocol } from "../transport/index.ts";

export interface Binding {
  /** The URI of the Contact, as written. */
  readonly contact: string;
  /** `+sip.instance` (RFC 5626 §4.1): the device, the same after a restart; undefined: it does not say. */
  readonly instance: string | undefined;
  /** Which of several flows of one device (RFC 5626 §4.2); undefined: no outbound registration. */
  readonly regId: number | undefined;
  readonly callId: string;
  readonly cseq: number;
  /** When that REGISTER came: milliseconds since the Unix epoch. Absent: a version that did not note it has stored the binding. */
  readonly registeredAt?: number;
  /** 0 … 1. */
  readonly q: number;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** The proxies on the way back, nearest first (RFC 3327). */
  readonly path: readonly string[];
  readonly userAgent: string;
  /** What the REGISTER came by. */
  readonly flow: Flow;
  /** It is reached on that flow and not by resolving its Contact. */
  readonly pinned: boolean;
}

/** A binding as it is kept: connections do not survive a restart, so only those of datagrams are. */
export interface StoredBinding extends Omit<Binding, "flow"> {
  readonly addressOfRecord: string;
  readonly protocol: Protocol;
  /** Where its REGISTER came from. */
  readonly address: string;
  readonly port: number;
}

/** What the registrar needs of a database. */
export interface BindingsRepository {
  all(): Promise<readonly StoredBinding[]>;
  /** Forgets what has expired by then: milliseconds since the Unix epoch. */
  prune(now: number): Promise<void>;
  /** Replaces everything that is kept of that address-of-record. */
  replace(addressOfRecord: string, bindings: readonly StoredBinding[]): Promise<void>;
}

/**
 * Whether a contact is reached where its REGISTER came from. A Contact is followed only to the address that the REGISTER came
 * from, where a phone without NAT may listen on another port than it sends from: no client can have us call elsewhere.
 */
export function isPinned(request: SipRequest, flow: Flow, contact: SipUri): boolean {
  if (flow.reliable || isIP(contact.host) === 0) return true;
  return contact.host.toLowerCase() !== flow.remote.address.toLowerCase() || returnPath(request, flow).pinned;
}

export function toStored(addressOfRecord: string, { flow, ...binding }: Binding): StoredBinding {
  const { protocol, remote } = flow;
  return { ...binding, addressOfRecord, protocol, address: remote.address, port: remote.port };
}
