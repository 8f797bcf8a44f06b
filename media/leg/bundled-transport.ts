// The transport of video that is bundled with the audio of its leg (RFC 9143): the audio's sockets and the address of its latch.
import type { LegDump } from "../record/index.ts";
import type { Latch, MediaAddress, MediaSocket } from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";
import type { VideoTransport } from "../video/stream/index.ts";
import type { LegSecurity } from "./leg-security.ts";

/** The parts of the leg that the transport uses; they change with each negotiation. */
export interface BundledLeg {
  readonly dump: LegDump | undefined;
  readonly plan: Pick<AudioPlan, "rtcpMux" | "remote"> | undefined;
}

export interface BundledTransportOptions {
  readonly rtp: Pick<MediaSocket, "send">;
  readonly rtcp: Pick<MediaSocket, "send">;
  readonly port: number;
  readonly security: Pick<LegSecurity, "suite">;
  readonly latch: Pick<Latch, "address" | "targetAddress" | "targetPort">;
}

export class BundledTransport implements VideoTransport {
  readonly #leg: BundledLeg;
  readonly #options: BundledTransportOptions;

  constructor(leg: BundledLeg, options: BundledTransportOptions) {
    this.#leg = leg;
    this.#options = options;
  }

  sendRtp(packet: Uint8Array): void {
    const { latch, port, rtp } = this.#options;
    const address = latch.targetAddress;
    if (address === undefined) return;
    this.#leg.dump?.sent(packet, { address, port: latch.targetPort }, port);
    rtp.send(packet, latch.targetPort, address);
  }

  sendRtcp(packet: Uint8Array): void {
    const { latch, rtp, rtcp, port: ownPort } = this.#options;
    const { plan, dump } = this.#leg;
    const address = latch.targetAddress;
    if (address === undefined || !plan) return;
    const mux = plan.rtcpMux;
    const port = mux ? latch.targetPort : plan.remote.rtcpPort;
    dump?.sent(packet, { address, port }, mux ? ownPort : ownPort + 1);
    (mux ? rtp : rtcp).send(packet, port, address);
  }

  /** With SRTP every packet that arrives here is authentic. */
  knows({ address }: MediaAddress): boolean {
    const { security, latch } = this.#options;
    return security.suite !== undefined || address === latch.address || address === latch.targetAddress;
  }
}
