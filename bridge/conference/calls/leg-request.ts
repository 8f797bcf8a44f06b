// The parameters of a media leg, for inbound and outgoing calls.
import type { LegId } from "#common";
import type { LegCodecs, LegSrtp, MediaLeg, MediaWorker } from "#media/client";
import type { VideoLimits } from "#media/protocol";

export interface LegRequest {
  readonly id: LegId;
  /** `null`: the leg makes the offer. */
  readonly offer: string | null;
  readonly bindAddress: string;
  readonly advertisedAddress: string;
  /** The source address of the far end's SIP messages. */
  readonly sipAddress: string;
  /** Absent: all. */
  readonly codecs?: LegCodecs;
  /** Absent: as the far end offers. */
  readonly srtp?: LegSrtp;
  /** The replaced leg is on hold. */
  readonly held?: boolean;
  /** Limits of its pictures; absent: no video. */
  readonly video?: VideoLimits;
}

/** Rejects with the worker's code. */
export type CreateLeg = (
  worker: MediaWorker,
  request: LegRequest,
) => Promise<{ readonly leg: MediaLeg; readonly sdp: string }>;
