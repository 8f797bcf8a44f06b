// Makes a leg on a worker, or takes up one that the previous control process has left, and finds where rooms of that one are.
import { errorCode, type LegId, ParleyError, type RoomId } from "#common";
import type { VideoLimits } from "../protocol.ts";
import { WorkerLeg } from "./leg.ts";
import { SupervisedWorker } from "./supervised-worker.ts";
import type { LegCodecs, LegSrtp, MediaLeg, MediaWorker, MediaWorkers } from "./types.ts";

export interface CreateLegOptions {
  readonly id: LegId;
  /** Theirs; null when the far end expects an offer from us. */
  readonly offer: string | null;
  readonly bindAddress: string;
  readonly advertisedAddress: string;
  /** Where the far end's SIP messages come from: behind NAT, so does its media. */
  readonly sipAddress?: string;
  /** What may be spoken, in the order of our offers. Default: everything the worker has. */
  readonly codecs?: LegCodecs;
  /** Whether it is encrypted. Default: as the far end offers. */
  readonly srtp?: LegSrtp;
  /** The leg before this one is on hold: what the far end sends while it only sends is no voice. */
  readonly held?: boolean;
  /** Video may be agreed on, of that size at most. Absent: none is. */
  readonly video?: VideoLimits;
}

export interface CreatedLeg {
  readonly leg: MediaLeg;
  /** The answer to `offer`, or our offer. */
  readonly sdp: string;
}

/** Rejects with a ParleyError: BAD_SDP, NO_COMMON_CODEC, NO_PORTS, WORKER_DOWN, WORKER_TIMEOUT … */
export async function createLeg(worker: MediaWorker, options: CreateLegOptions): Promise<CreatedLeg> {
  if (!(worker instanceof SupervisedWorker)) throw new TypeError("not a worker of startMediaWorkers");
  if (worker.hasLeg(options.id)) throw new ParleyError("WRONG_STATE", `leg ${options.id} exists`);
  const leg = new WorkerLeg(worker, options);
  worker.legs.add(options.id, leg);
  try {
    const { id, codecs, ...rest } = options;
    const params = { leg: id, ...rest, ...(codecs && { codecs: [...codecs] }) };
    const { sdp } = await worker.request("leg.create", params);
    return { leg, sdp };
  } catch (error) {
    worker.legs.remove(options.id);
    // A reply that came too late must not leave ports behind.
    if (errorCode(error) === "WORKER_TIMEOUT") void leg.close().catch(() => {});
    throw error;
  }
}

/**
 * A leg that the previous control process has left, in the worker process that it was in or in another one that goes on with it.
 * Undefined: it is gone, or was resumed before. Until `settle` nothing is told of it.
 */
export function resumeLeg(workers: MediaWorkers, id: LegId): MediaLeg | undefined {
  for (const worker of workers.workers) {
    if (!(worker instanceof SupervisedWorker)) continue;
    const leg = worker.resumption?.resumeLeg(id, (record) => new WorkerLeg(worker, { id }, record));
    if (leg) return leg;
  }
  return undefined;
}

/** Where a room is that the previous control process has left; undefined: it is gone. It is resumed from now on. */
export function resumeRoom(workers: MediaWorkers, room: RoomId): MediaWorker | undefined {
  return workers.workers.find(
    (worker) => worker instanceof SupervisedWorker && worker.resumption?.resumeRoom(room),
  );
}
