// Trunks as the rest of the bridge sees them: what the operator wrote, what is known of each, and what a call
// through one needs.

import type { Emitter } from "#common";
import type { Authenticate, CallOptions, Flow, Peer, SipRequest, TlsPeer } from "#sip";

export type TrunkKind = "static" | "registered";

/** The permitted codecs, in the order of our offers; an answer keeps the order of the offer. */
export type TrunkCodecs = readonly ("opus" | "G722" | "PCMA" | "PCMU")[];

export interface TrunkSettings {
  readonly name: string;
  readonly kind: TrunkKind;
  /** SIP URIs in the order in which they are tried; at least one. */
  readonly hosts: readonly [string, ...string[]];
  /** CIDR: from where it may call besides the addresses of its hosts. */
  readonly networks: readonly string[];
  /** The user we register and call as; empty when there is none. */
  readonly username: string;
  readonly password: string;
  /** For Digest, where it differs from `username`; else empty. */
  readonly authUsername: string;
  readonly tls: TrunkTls;
  /** Empty: answers every realm. */
  readonly realm: string;
  /** Of the address we register and the numbers we dial. Empty: the first host. */
  readonly domain: string;
  /** User part of From in our calls. Empty: `username`. */
  readonly fromUser: string;
  readonly registrationSeconds: number;
  /** Between two OPTIONS; 0 sends none. */
  readonly keepaliveSeconds: number;
  /** The extension that calls to our registration lead to. Empty: the number in To. */
  readonly extension: string;
  /** The codecs of the trunk, in the order of our offers. Empty: all that we have. */
  readonly codecs: TrunkCodecs;
  /** Whether media on it are encrypted; `inherit`: as on every listener. */
  readonly srtp: TrunkSrtp;
  readonly dialOut: DialOutSettings;
}

/** How the trunk is met over TLS. */
export interface TrunkTls extends Omit<TlsPeer, "names"> {
  /** Names that its certificate may be for, besides its hosts and its domain. */
  readonly names: readonly string[];
  /** Its addresses open nothing: it has to show a certificate for one of its names when it calls. */
  readonly requireCertificate: boolean;
}

export type TrunkSrtp = "inherit" | "forbid" | "allow" | "require";

/** Dialling out over one trunk. Off while no number is allowed. */
export interface DialOutSettings {
  /** Patterns of the numbers that may be dialled, and of those that never may. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** How numbers are written there: the first whose `from` a number begins with is applied. */
  readonly prefixes: readonly { readonly from: string; readonly to: string }[];
  /** Hosts may dial over it with their keys. */
  readonly byHosts: boolean;
  /** The caller's number of calls that rooms place, unless the room names one. Empty: `fromUser`. */
  readonly callerId: string;
  /** Where the caller's number goes: some carriers want their account in From. */
  readonly callerIdHeader: "from" | "p-asserted-identity";
  /** The callee presses 1 before joining. */
  readonly confirm: boolean;
  readonly ringSeconds: number;
  /** Further tries after no answer or busy. */
  readonly retries: number;
  readonly retrySeconds: number;
  /** Calls in any hour; 0: no limit. */
  readonly perHour: number;
  /** Minutes a day (UTC), after which nothing is dialled until the next day or until an administrator lifts the limit; 0: no limit. */
  readonly dailyMinutes: number;
}

/** `unwatched`: no OPTIONS are sent, so the trunk counts as up. */
export type TrunkState = "connecting" | "up" | "down" | "unwatched";

export interface TrunkStatus {
  readonly name: string;
  readonly kind: TrunkKind;
  readonly status: TrunkState;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** One sentence for the operator; no secrets. */
  readonly detail: string;
}

export type TrunkEvents = {
  /** The status has changed, or its detail. */
  changed: TrunkStatus;
};

/** The caller of a call over a trunk. */
export interface TrunkCaller {
  readonly displayName?: string | undefined;
  /** Instead of the trunk's own; `anonymous`: the callee is shown none, and no name. */
  readonly callerId?: string | undefined;
}

/** The options of `SipEndpoint.call` for one host of a trunk. */
export type TrunkRoute = Pick<CallOptions, "to" | "from" | "route" | "headers"> & {
  readonly authenticate: Authenticate | undefined;
  /** For the leg that makes the offer. Undefined: everything we have. */
  readonly codecs: TrunkCodecs | undefined;
  readonly srtp: TrunkSrtp;
};

/** Which trunk a request came by and which number it is for; answers from memory. */
export interface TrunkDirectory {
  /** Whether it is a trunk that calls: by its address, or by the certificate that it has shown. */
  knows(peer: Peer): boolean;
  /** Whether the address is one from which a trunk may call. */
  knowsAddress(address: string): boolean;
  /** How the peer behind the host of a URI is to be met over TLS: by the trunk with that host, domain or address. */
  tlsPeerOf(host: string): TlsPeer | undefined;
  /** The trunk that a request came by: by its source, and of several by the user that it is addressed to. */
  trunkOf(request: SipRequest, flow: Flow): TrunkSettings | undefined;
  /** For `SipEndpointOptions.dialled`. */
  dialled(request: SipRequest, flow: Flow): string | undefined;
  /** The codecs of the trunk that the request came by. Undefined: every codec we have. */
  codecs(request: SipRequest, flow: Flow): TrunkCodecs | undefined;
  /** The password of a trunk that calls from elsewhere. */
  passwordOf(username: string): string | undefined;
  /** From now on the trunk may call from there. Bounded; what was not heard of for an hour is forgotten with the next address. */
  learn(name: string, address: string): void;
}

export interface Trunks {
  readonly events: Emitter<TrunkEvents>;
  /** Begins to register and to ask; for when SIP listens. */
  start(): void;
  /** The ways to dial a number over the trunk, those that are up first; none for an unknown trunk. */
  routes(name: string, number: string, caller?: TrunkCaller): readonly TrunkRoute[];
  snapshot(): readonly TrunkStatus[];
  /** Unregisters, within a limit. Idempotent. */
  close(): Promise<void>;
}
