// A pair of sockets of one line of video: a phone whose video is not bundled with its audio. Whom it hears and where it sends
// is the latch's to say, as with the audio.
import { canonicalAddress } from "#common";
import {
  isNoAddress,
  Latch,
  looksLikeRtcp,
  type MediaAddress,
  type MediaSocket,
  type RtpHeader,
  readRtpHeader,
  type StreamSource,
} from "../../rtp/index.ts";
import type { VideoPlan } from "../../sdp/index.ts";
import type { SrtpKeys, SrtpProgress } from "../../srtp/index.ts";
import type { VideoTransport } from "./transport.ts";

/** Of RTP and of RTCP. */
export type SocketsProgress = readonly [rtp: SrtpProgress, rtcp: SrtpProgress];

/** The checkpoint of a transport, from which another process continues it. */
export interface TransportProgress {
  /** The source that the latch listens to; absent: none yet. */
  readonly from?: MediaAddress;
  readonly srtp: SocketsProgress;
}

/** Bound sockets, and what protects them. */
export interface VideoSockets {
  /** Even; RTCP is on the next. */
  readonly port: number;
  readonly rtp: MediaSocket;
  readonly rtcp: MediaSocket;
  /** From now on by these keys; undefined: in the clear. `progress`: how far another process has come by them. */
  secure(keys: SrtpKeys | undefined, progress?: SocketsProgress): void;
  readonly progress: SocketsProgress;
  /** Resolves when the ports are free; idempotent. */
  close(): Promise<void>;
}

export interface VideoSocketsHandlers {
  readonly onRtp: (packet: Uint8Array, from: MediaAddress, at?: number) => void;
  readonly onRtcp: (packet: Uint8Array, from: MediaAddress, at?: number) => void;
}

/** `wanted`: the even port to bind if that is possible. Rejects with NO_PORTS; nothing is bound then. */
export type BindVideoSockets = (
  handlers: VideoSocketsHandlers,
  wanted?: number | undefined,
) => Promise<VideoSockets>;

export class OwnTransport implements VideoTransport {
  readonly latch: Latch;
  readonly #sockets: VideoSockets;
  #plan: VideoPlan | undefined;
  /** Where the far end's RTCP came from last; undefined: it has not, or an address is signalled that it did not come from. */
  #rtcpFrom: MediaAddress | undefined;

  constructor(sockets: VideoSockets, source: StreamSource) {
    this.#sockets = sockets;
    this.latch = new Latch(source);
  }

  get port(): number {
    return this.#sockets.port;
  }

  get progress(): TransportProgress {
    const { address, port } = this.latch;
    return { ...(address !== undefined && { from: { address, port } }), srtp: this.#sockets.progress };
  }

  /** A transport of another process has come so far with what is agreed. `now`: monotonic milliseconds. */
  resume({ from, srtp }: TransportProgress, now: number): void {
    this.#sockets.secure(this.#plan?.srtp, srtp);
    if (from) this.latch.resume(from, now);
  }

  /** `sipAddress`: where the SIP messages came from. */
  configure(plan: VideoPlan, sipAddress: string | undefined): void {
    const moved = plan.remote.rtcpPort !== this.#plan?.remote.rtcpPort;
    if (moved || plan.remote.address !== this.#plan?.remote.address) this.#rtcpFrom = undefined;
    this.#plan = plan;
    this.#sockets.secure(plan.srtp);
    if (isNoAddress(plan.remote.address)) return;
    this.latch.signal({
      address: canonicalAddress(plan.remote.address) ?? plan.remote.address,
      port: plan.remote.port,
      sipAddress: sipAddress === undefined ? undefined : (canonicalAddress(sipAddress) ?? sipAddress),
      sends: plan.direction === "sendrecv" || plan.direction === "recvonly",
    });
  }

  /** Whether a packet that came to the first socket is RTCP. */
  isRtcp(packet: Uint8Array): boolean {
    return this.#plan?.rtcpMux === true && looksLikeRtcp(packet);
  }

  /** Fills `header`; false when the packet is no RTP packet of the far end, as far as its source tells. */
  admits(packet: Uint8Array, header: RtpHeader, from: MediaAddress, now: number): boolean {
    return readRtpHeader(packet, header) && this.latch.judge(from, header, now) !== "stranger";
  }

  knows({ address }: MediaAddress): boolean {
    return address === this.latch.address || address === this.latch.targetAddress;
  }

  /** RTCP that was believed came from there. */
  heardRtcp({ address, port }: MediaAddress): void {
    if (this.#rtcpFrom?.port === port && this.#rtcpFrom.address === address) return;
    this.#rtcpFrom = { address, port };
  }

  sendRtp(packet: Uint8Array): void {
    const address = this.latch.targetAddress;
    if (address !== undefined) this.#sockets.rtp.send(packet, this.latch.targetPort, address);
  }

  sendRtcp(packet: Uint8Array): void {
    const address = this.latch.targetAddress;
    const plan = this.#plan;
    if (address === undefined || !plan) return;
    if (plan.rtcpMux) this.#sockets.rtp.send(packet, this.latch.targetPort, address);
    else {
      const learnt = this.#rtcpFrom?.address === address ? this.#rtcpFrom.port : undefined;
      this.#sockets.rtcp.send(packet, learnt ?? plan.remote.rtcpPort, address);
    }
  }

  close(): Promise<void> {
    return this.#sockets.close();
  }
}
