// The protection of a leg's packets: SRTP on each of its two sockets, with DTLS and ICE where they were negotiated. Notifies when
// packets become encrypted, and when that has failed. If RTCP has its own DTLS association, its failure costs only the reports.
//
//   socket → webrtc/peer-transport.ts (STUN, DTLS) → srtp/secure-socket.ts → leg
import type { Clock, LegId } from "#common";
import type { MediaAddress, SocketErrors, SocketFactory } from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";
import { RtcpIndices, type SrtpCrypto, SrtpSession, secureSockets } from "../srtp/index.ts";
import { type DtlsIdentity, type PeerRefusals, PeerTransport } from "../webrtc/index.ts";
import type { SecurityProgress } from "./checkpoint.ts";
import type { NotificationSink } from "./options.ts";
import type { SocketPair } from "./ports.ts";

export interface LegSecurityOptions {
  readonly id: LegId;
  readonly clock: Clock;
  readonly crypto: SrtpCrypto;
  readonly identity: DtlsIdentity | undefined;
  readonly notify: NotificationSink;
  readonly refusals: PeerRefusals;
}

/** A pair of sockets, and the protection of their packets. */
export interface LegSockets extends SocketPair {
  readonly security: LegSecurity;
  /** The errors of all sockets of the leg, video included. */
  readonly errors: SocketErrors;
}

interface Path {
  readonly srtp: SrtpSession;
  readonly peer: PeerTransport;
}

export class LegSecurity {
  readonly #options: LegSecurityOptions;
  readonly #rtcpIndices = new RtcpIndices();
  readonly #rtp: Path;
  readonly #rtcp: Path;
  #dtls = false;
  #told: string | null = null;
  #failed = false;

  constructor(options: LegSecurityOptions) {
    this.#options = options;
    this.#rtp = this.#path((why) => this.#fail(why));
    this.#rtcp = this.#path(() => {
      options.refusals.dtlsRefused += 1;
    });
  }

  /** The SRTP suite that encrypts packets; undefined: they are in the clear, or the keys are not known yet. */
  get suite(): string | undefined {
    return this.#rtp.srtp.suite;
  }

  get forged(): number {
    return this.#rtp.srtp.forged + this.#rtcp.srtp.forged;
  }

  get replayed(): number {
    return this.#rtp.srtp.replayed + this.#rtcp.srtp.replayed;
  }

  /** The number of far-end streams that have restarted with the same key. */
  get restarts(): number {
    return this.#rtp.srtp.tolerated.restarts + this.#rtcp.srtp.tolerated.restarts;
  }

  /** Master key identifiers that are not as they were announced. */
  get otherMkis(): number {
    return this.#rtp.srtp.tolerated.mkis + this.#rtcp.srtp.tolerated.mkis;
  }

  /** The far end's address by ICE, which goes before the latch; undefined without ICE. */
  get remote(): MediaAddress | undefined {
    return this.#rtp.peer.remote;
  }

  rtpSockets(open: SocketFactory): SocketFactory {
    return this.#sockets(open, this.#rtp);
  }

  rtcpSockets(open: SocketFactory): SocketFactory {
    return this.#sockets(open, this.#rtcp);
  }

  get progress(): SecurityProgress {
    const of = ({ srtp, peer }: Path) => ({ srtp: srtp.progress, peer: peer.progress });
    return { rtp: of(this.#rtp), rtcp: of(this.#rtcp) };
  }

  /**
   * Applies the result of offer/answer. `sipAddress`: the source address of the SIP messages. `progress`: the SRTP state of another
   * process with the same terms.
   */
  configure(
    { srtp, dtls, remote, rtcpMux }: AudioPlan,
    sipAddress: string | undefined,
    progress?: SecurityProgress,
  ): void {
    const now = this.#options.clock.monotonic();
    this.#dtls = dtls !== undefined;
    this.#failed = false;
    for (const [path, port] of [
      [this.#rtp, remote.port],
      [this.#rtcp, remote.rtcpPort],
    ] as const) {
      // With rtcp-mux the second socket is not used.
      const needed = path === this.#rtp || !rtcpMux ? dtls : undefined;
      const terms = needed && { ...needed, remote: { address: remote.address, port }, sipAddress };
      const before = path === this.#rtp ? progress?.rtp : progress?.rtcp;
      const begins = path.peer.configure(terms, before?.peer);
      if (begins) path.srtp.awaitKeys();
      if (!dtls) path.srtp.use(srtp, now);
      else if (!begins) path.srtp.renegotiated(now);
      if (before && !begins) path.srtp.resume(before.srtp, now);
    }
    this.#tell();
  }

  /** The sockets are closed. */
  close(): void {
    this.#rtp.srtp.close();
    this.#rtcp.srtp.close();
  }

  #path(onFailed: (why: string) => void): Path {
    const { clock, crypto, identity, refusals } = this.#options;
    const srtp = new SrtpSession(crypto, this.#rtcpIndices);
    const peer = new PeerTransport({
      ...{ clock, identity, refusals },
      onKeys: (keys) => {
        srtp.use(keys, clock.monotonic());
        this.#tell();
      },
      onFailed,
    });
    return { srtp, peer };
  }

  /** A packet that SRTP accepts confirms the far end's address to ICE. */
  #sockets(open: SocketFactory, { srtp, peer }: Path): SocketFactory {
    const secure = secureSockets(peer.sockets(open), srtp, this.#options.clock);
    return (options) =>
      secure({
        ...options,
        onPacket: (packet, from, at) => {
          peer.confirm(at);
          options.onPacket(packet, from, at);
        },
      });
  }

  #tell(): void {
    const suite = this.suite ?? null;
    if (suite === this.#told) return;
    this.#told = suite;
    const { id, notify } = this.#options;
    notify("leg.secured", { leg: id, suite, dtls: this.#dtls });
  }

  #fail(why: string): void {
    if (this.#failed) return;
    this.#failed = true;
    const { id, notify } = this.#options;
    notify("leg.failed", { leg: id, why });
  }
}
