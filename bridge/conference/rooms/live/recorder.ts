// The recorder, as a room uses it. Failures are returned as values; `over` reports a recording that ends by itself.
import type { MeetingId, RecordingId, Result } from "#common";
import type { MediaWorker } from "#media/client";
import type { ParticipantInfo } from "../records/participant-info.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { Room } from "../records/room.ts";

/** The meeting that is recorded, and its worker. */
export interface RecordingPlace {
  readonly room: Room;
  readonly meeting: MeetingId;
  readonly participants: readonly ParticipantInfo[];
  /** The worker on which the room is open. */
  readonly worker: MediaWorker;
}

/** `interrupted`: it may go on as a new recording. */
export type RecordingEnd = "ended" | "interrupted";

export interface Recorder {
  /** Resolves once the recording is being written. `over` is called at most once, and not for a start that failed. */
  start(place: RecordingPlace, over: (how: RecordingEnd) => void): Promise<Result<RecordingId, RoomProblem>>;
  /**
   * After a restart: continues a recording of the previous process. False: it cannot be continued, the file written so far
   * will be recovered, and `over` is not called.
   */
  resume(recording: RecordingId, place: RecordingPlace, over: (how: RecordingEnd) => void): Promise<boolean>;
  /** Ends the recording at this instant; resolves once the worker has been told, or turned out to be dead. Never rejects. */
  stop(recording: RecordingId, why: "requested" | "meeting-ended"): Promise<RecordingEnd>;
}
