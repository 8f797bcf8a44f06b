// The way of a line's packets: sockets of its own, or those of the audio that it is bundled with.
import type { MediaAddress } from "../../rtp/index.ts";

export interface VideoTransport {
  /** The memory is the caller's again on return. Dropped while the far end is not known. */
  sendRtp(packet: Uint8Array): void;
  sendRtcp(packet: Uint8Array): void;
  /** Whether RTCP from there is the far end's. */
  knows(from: MediaAddress): boolean;
}
