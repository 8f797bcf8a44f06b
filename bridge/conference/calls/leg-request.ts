// What a media leg is made with, for a call that comes in as for one of ours.
import type { LegId } from "#common";
import type { LegCodecs, LegSrtp, MediaLeg, MediaWorker } from "#media/client";
import type { VideoLimits } from "#media/protocol";

export interface LegRequest {
  readonly id: LegId;
  /** `null`: the leg makes the offer. */
  readonly offer: string | null;
  readonly bindAddress: string;
  readonly advertisedAddress: string;
  /** Where the far end's SIP messages come from. */
  readonly sipAddress: string;
  /** Absent: everything we have. */
  readonly codecs?: LegCodecs;
  /** Absent: as the far end offers. */
  readonly srtp?: LegSrtp;
  /** The leg before this one is on hold. */
  readonly held?: boolean;
  /** What its pictures may be at most; absent: it has none. */
  readonly video?: VideoLimits;
}

/** Rejects with the worker's code. */
export type CreateLeg = (
  worker: MediaWorker,
  request: LegRequest,
) => Promise<{ readonly leg: MediaLeg; readonly sdp: string }>;
