// What a room asks of the keeper of recordings. The answers are values; `over` tells of a recording that ends by itself.
import type { MeetingId, RecordingId, Result } from "#common";
import type { MediaWorker } from "#media/client";
import type { ParticipantInfo } from "../records/participant-info.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { Room } from "../records/room.ts";

/** Where there is something to record. */
export interface RecordingPlace {
  readonly room: Room;
  readonly meeting: MeetingId;
  readonly participants: readonly ParticipantInfo[];
  /** The room is open on it. */
  readonly worker: MediaWorker;
}

/** `interrupted`: it may go on as a new recording. */
export type RecordingEnd = "ended" | "interrupted";

export interface Recorder {
  /** Resolves once it is being written. `over` is called at most once, and not for a start that failed. */
  start(place: RecordingPlace, over: (how: RecordingEnd) => void): Promise<Result<RecordingId, RoomProblem>>;
  /**
   * After a restart: goes on with what the previous process has begun. False: that cannot be, and what there is of it will be
   * recovered; `over` is not called then.
   */
  resume(recording: RecordingId, place: RecordingPlace, over: (how: RecordingEnd) => void): Promise<boolean>;
  /** Its last instant is now; resolves once the worker has been told, or turned out to be dead. Never rejects. */
  stop(recording: RecordingId, why: "requested" | "meeting-ended"): Promise<RecordingEnd>;
}
