// Creates a leg on a worker, or resumes a leg or a room that the previous control process has left.
import { errorCode, type LegId, ParleyError, type RoomId } from "#common";
import type { VideoLimits } from "../protocol.ts";
import { WorkerLeg } from "./leg.ts";
import { SupervisedWorker } from "./supervised-worker.ts";
import type { LegCodecs, LegSrtp, MediaLeg, MediaWorker, MediaWorkers } from "./types.ts";

export interface CreateLegOptions {
  readonly id: LegId;
  /** The far end's SDP offer; null when it expects an offer from us. */
  readonly offer: string | null;
  readonly bindAddress: string;
  readonly advertisedAddress: string;
  /** The source address of the far end's SIP messages: behind NAT its media comes from there, too. */
  readonly sipAddress?: string;
  /** The permitted audio codecs, in the order of our offers. Default: all that the worker has. */
  readonly codecs?: LegCodecs;
  /** Whether media is encrypted. Default: as the far end offers. */
  readonly srtp?: LegSrtp;
  /** The leg that this one replaces is on hold: while the far end only sends, it sends music on hold and not a voice. */
  readonly held?: boolean;
  /** Video may be negotiated, within these limits. Absent: no video. */
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
 * Resumes a leg that the previous control process has left, in its worker process or in the successor of that.
 * Undefined: the leg is gone, or was resumed before. It emits no event before `MediaWorkers.settle`.
 */
export function resumeLeg(workers: MediaWorkers, id: LegId): MediaLeg | undefined {
  for (const worker of workers.workers) {
    if (!(worker instanceof SupervisedWorker)) continue;
    const leg = worker.resumption?.resumeLeg(id, (record) => new WorkerLeg(worker, { id }, record));
    if (leg) return leg;
  }
  return undefined;
}

/** Resumes a room that the previous control process has left, and returns its worker; undefined: the room is gone. */
export function resumeRoom(workers: MediaWorkers, room: RoomId): MediaWorker | undefined {
  return workers.workers.find(
    (worker) => worker instanceof SupervisedWorker && worker.resumption?.resumeRoom(room),
  );
}
