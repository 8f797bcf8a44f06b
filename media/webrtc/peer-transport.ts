// One socket of a leg whose far end speaks DTLS, with or without ICE: tells apart what comes (RFC 7983), hears only whom ICE
// has proved, and gives the leg's SRTP the keys of the handshake. While neither is agreed packets pass as they are.
//
//   datagram → STUN → ice-lite.ts     DTLS → dtls-connection.ts → keys → srtp/session.ts     RTP, RTCP → onwards
//
// Towards the leg the far end of ICE has one address for good, wherever it is: the address of `icePeer`.
import type { Clock } from "#common";
import type { MediaAddress, MediaSocket, SocketFactory, SocketOptions } from "../rtp/index.ts";
import type { SrtpKeys } from "../srtp/index.ts";
import { DtlsConnection, type DtlsRole, type Fingerprints } from "./dtls-connection.ts";
import { type IceCredentials, IceLite, type IceProgress } from "./ice-lite.ts";
import type { DtlsIdentity } from "./identity.ts";
import { isDtls, isStun } from "./stun.ts";

/** The result of offer/answer for the transport. */
export interface PeerTerms {
  readonly role: DtlsRole;
  readonly fingerprints: Fingerprints;
  /** The far end's name of the association: another one is another association (RFC 8842 §3). Absent: it says none. */
  readonly tlsId?: string;
  /** The destination of DTLS without ICE. */
  readonly remote: MediaAddress;
  /** The source address of the SIP messages: behind NAT, DTLS comes from there, too. */
  readonly sipAddress?: string | undefined;
  readonly ice?: { readonly local: IceCredentials; readonly remote: IceCredentials };
}

/** Counters of refused packets, raised in place. */
export interface PeerRefusals {
  /** STUN messages that were not answered. */
  stunRefused: number;
  /** DTLS of others than the far end, or too much of it; and handshakes for RTCP alone that failed. */
  dtlsRefused: number;
  /** Packets of addresses that ICE has not proved. */
  packetsIgnored: number;
}

export interface PeerOptions {
  readonly clock: Clock;
  readonly identity: DtlsIdentity | undefined;
  /** Packets are protected by these from now on. */
  readonly onKeys: (keys: SrtpKeys) => void;
  /** There will be no media. Once for each terms. */
  readonly onFailed: (why: string) => void;
  readonly refusals: PeerRefusals;
}

/** The state from which another transport continues this one: the keys, and the far end's address. */
export interface PeerProgress {
  /** Those of the handshake; absent: it is not done, or there is none. */
  readonly keys?: SrtpKeys;
  readonly ice?: IceProgress;
}

/** An address that no host has: where media for the far end of ICE is sent, and where it seems to come from. */
export const icePeer: MediaAddress = { address: "0.0.0.1", port: 9 };

export class PeerTransport {
  readonly #options: PeerOptions;
  #terms: PeerTerms | undefined;
  #ice: IceLite | undefined;
  #dtls: DtlsConnection | undefined;
  #socket: MediaSocket | undefined;
  /** The source of the far end's last DTLS packet, without ICE. */
  #far: MediaAddress | undefined;
  /** The source address of the last media packet, with ICE. */
  #cameFromAddress = "";
  #cameFromPort = 0;
  #failed = false;
  /** Those of the last handshake that was done. */
  #keys: SrtpKeys | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
  }

  /** Something is agreed: sockets must not be used past this. */
  get active(): boolean {
    return this.#terms !== undefined;
  }

  /** The far end's address by ICE. */
  get remote(): MediaAddress | undefined {
    return this.#ice?.selected;
  }

  get progress(): PeerProgress {
    return { ...(this.#keys && { keys: this.#keys }), ...(this.#ice && { ice: this.#ice.progress }) };
  }

  /** Sockets of `open` behind this; one at a time. */
  sockets(open: SocketFactory): SocketFactory {
    return async (options) => {
      const onPacket: SocketOptions["onPacket"] = (packet, from, at) => {
        if (!this.#terms) options.onPacket(packet, from, at);
        else if (isStun(packet)) this.#receiveStun(packet, from);
        else if (isDtls(packet)) this.#receiveDtls(packet, from);
        else if (!this.#ice) options.onPacket(packet, from, at);
        else if (this.#ice.hears(from)) {
          this.#cameFromAddress = from.address;
          this.#cameFromPort = from.port;
          options.onPacket(packet, icePeer, at);
        } else this.#options.refusals.packetsIgnored += 1;
      };
      const inner = await open({ ...options, onPacket });
      this.#socket = inner;
      return new PeerSocket(inner, this);
    };
  }

  /**
   * Acts on what offer/answer agreed; undefined: there is no DTLS. True: a handshake begins, and keys will follow. One that has
   * failed begins again. `progress`: a transport of the same terms has come so far in another process, and this one goes on.
   */
  configure(terms: PeerTerms | undefined, progress?: PeerProgress): boolean {
    const before = this.#terms;
    this.#terms = terms;
    if (!terms) {
      this.#drop();
      return false;
    }
    this.#configureIce(terms);
    if (progress?.ice) this.#ice?.resume(progress.ice);
    if (progress?.keys) {
      this.#takeKeys(progress.keys);
      return false;
    }
    const same = before?.role === terms.role && isSameAssociation(before, terms);
    if (same && (this.#dtls || this.#keys) && !this.#failed) return false;
    this.#begin(terms);
    return true;
  }

  /** The last packet that the socket delivered was authentic. `at`: its arrival, monotonic milliseconds. */
  confirm(at: number | undefined): void {
    this.#ice?.hearMedia(this.#cameFromAddress, this.#cameFromPort, at);
  }

  send(packet: Uint8Array, port: number, address: string): void {
    if (!this.#ice) {
      this.#socket?.send(packet, port, address);
      return;
    }
    const to = this.#ice.selected;
    if (to) this.#socket?.send(packet, to.port, to.address);
  }

  /** Idempotent; the socket is still open. */
  close(): void {
    this.#drop();
    this.#terms = undefined;
  }

  #configureIce({ ice }: PeerTerms): void {
    if (!ice) {
      this.#ice?.close();
      this.#ice = undefined;
      return;
    }
    this.#ice ??= new IceLite({
      clock: this.#options.clock,
      send: (packet, to) => this.#socket?.send(packet, to.port, to.address),
      onUnreached: () => this.#fail("no connectivity check has come for thirty seconds"),
    });
    this.#ice.configure(ice.local, ice.remote);
  }

  #begin({ role, fingerprints }: PeerTerms): void {
    this.#dtls?.close();
    this.#keys = undefined;
    this.#failed = false;
    this.#far = undefined;
    const identity = this.#options.identity;
    if (!identity) {
      this.#fail("there is no DTLS on this machine");
      return;
    }
    const dtls = new DtlsConnection({
      ...{ identity, role, fingerprints, clock: this.#options.clock },
      send: (datagram) => this.#sendDtls(datagram),
      onKeys: (keys) => this.#takeKeys(keys),
      onFailed: (why) => this.#fail(why),
    });
    this.#dtls = dtls;
    // With ICE what is sent before the first check is lost, and repeated by the timer.
    if (role === "client") dtls.start();
  }

  #takeKeys(keys: SrtpKeys): void {
    this.#keys = keys;
    this.#options.onKeys(keys);
  }

  #receiveStun(packet: Uint8Array, from: MediaAddress): void {
    if (!this.#ice?.receive(packet, from)) this.#options.refusals.stunRefused += 1;
  }

  #receiveDtls(packet: Uint8Array, from: MediaAddress): void {
    const terms = this.#terms!;
    // Without ICE only the address tells a stranger; the port may be that of a NAT.
    const expected = from.address === terms.remote.address || from.address === terms.sipAddress;
    if (this.#ice ? !this.#ice.hears(from) : !expected) {
      this.#options.refusals.dtlsRefused += 1;
      return;
    }
    this.#far = { address: from.address, port: from.port };
    if (!this.#dtls?.receive(packet)) this.#options.refusals.dtlsRefused += 1;
  }

  #sendDtls(datagram: Uint8Array): void {
    const to = this.#ice ? (this.#ice.selected ?? this.#far) : (this.#far ?? this.#terms?.remote);
    if (to) this.#socket?.send(datagram, to.port, to.address);
  }

  #fail(why: string): void {
    if (this.#failed || !this.#terms) return;
    this.#failed = true;
    this.#options.onFailed(why);
  }

  #drop(): void {
    this.#dtls?.close();
    this.#ice?.close();
    this.#dtls = this.#ice = this.#far = this.#keys = undefined;
  }
}

/** Whether the far end of both is one, as far as its description tells (RFC 8842 §3.1). */
export const isSameAssociation = (
  one: Pick<PeerTerms, "fingerprints" | "tlsId">,
  other: Pick<PeerTerms, "fingerprints" | "tlsId">,
): boolean =>
  JSON.stringify(one.fingerprints) === JSON.stringify(other.fingerprints) &&
  (one.tlsId ?? other.tlsId) === (other.tlsId ?? one.tlsId);

class PeerSocket implements MediaSocket {
  readonly unfollow?: () => void;
  readonly #inner: MediaSocket;
  readonly #transport: PeerTransport;
  readonly #follow: MediaSocket["follow"];

  constructor(inner: MediaSocket, transport: PeerTransport) {
    this.#inner = inner;
    this.#transport = transport;
    this.#follow = inner.follow?.bind(inner);
    if (inner.unfollow) this.unfollow = inner.unfollow.bind(inner);
  }

  get follow(): MediaSocket["follow"] {
    return this.#transport.active ? undefined : this.#follow;
  }

  send(packet: Uint8Array, port: number, address: string): void {
    if (this.#transport.active) this.#transport.send(packet, port, address);
    else this.#inner.send(packet, port, address);
  }

  close(): Promise<void> {
    this.#transport.close();
    return this.#inner.close();
  }
}
