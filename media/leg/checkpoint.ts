// The checkpoint of a leg: the state that offer/answer does not contain, for a leg of another worker process that replaces it. It
// is sent every few seconds; the successor skips forward by the time since then, which receivers take for lost packets.
import type { MediaAddress } from "../rtp/index.ts";
import type { SrtpProgress } from "../srtp/index.ts";
import type { LineProgress } from "../video/stream/index.ts";
import type { PeerProgress } from "../webrtc/index.ts";

export interface LegCheckpoint {
  readonly out: OutboundProgress;
  /** The source address that the latch accepts; absent: none yet. */
  readonly from?: MediaAddress;
  readonly security: SecurityProgress;
  /** The progress of each media line of video; absent: the leg cannot have video. */
  readonly video?: readonly LineProgress[];
}

/** The next packet's sequence number and timestamp. */
export interface OutboundProgress {
  readonly sequence: number;
  readonly timestamp: number;
}

/** The progress of SRTP on each of the two sockets. */
export interface SecurityProgress {
  readonly rtp: PathProgress;
  readonly rtcp: PathProgress;
}

export interface PathProgress {
  readonly srtp: SrtpProgress;
  readonly peer: PeerProgress;
}

/** A checkpoint and its age in milliseconds. */
export interface Resumed {
  readonly checkpoint: LegCheckpoint;
  readonly ageMs: number;
}
