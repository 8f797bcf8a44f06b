// How far a leg has come, for a leg of another worker process that takes up its place: what offer/answer does not say. Told
// every few seconds; what has passed since then is made up for by jumps forward, which receivers take for lost packets.
import type { MediaAddress } from "../rtp/index.ts";
import type { SrtpProgress } from "../srtp/index.ts";
import type { LineProgress } from "../video/stream/index.ts";
import type { PeerProgress } from "../webrtc/index.ts";

export interface LegCheckpoint {
  readonly out: OutboundProgress;
  /** The source that the latch listens to; absent: none yet. */
  readonly from?: MediaAddress;
  readonly security: SecurityProgress;
  /** One a line; absent: it cannot have video. */
  readonly video?: readonly LineProgress[];
}

/** The next packet's sequence number and timestamp. */
export interface OutboundProgress {
  readonly sequence: number;
  readonly timestamp: number;
}

/** Of each of the two sockets. */
export interface SecurityProgress {
  readonly rtp: PathProgress;
  readonly rtcp: PathProgress;
}

export interface PathProgress {
  readonly srtp: SrtpProgress;
  readonly peer: PeerProgress;
}

/** A checkpoint, and how long ago the leg was there, milliseconds. */
export interface Resumed {
  readonly checkpoint: LegCheckpoint;
  readonly ageMs: number;
}
