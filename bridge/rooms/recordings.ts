// The recordings of a room: what runs is the live room's and goes through its queue, what there is lies in a
// library. A bridge that cannot record has an empty one.
import { fail, ok, type RecordingId, type Result, type RoomId } from "#common";
import { type LiveRooms, roomNotFound } from "./live-rooms.ts";
import type { Recorder } from "./recorder.ts";
import type { Recording, Recordings, Room, RoomProblem } from "./types.ts";

/** False: there is no such recording of this room. */
export interface RecordingLibrary {
  list(room: RoomId): Promise<readonly Recording[]>;
  setRead(room: RoomId, recording: RecordingId, read: boolean): Promise<boolean>;
  /** One that is still being written is not removed: `running`. */
  remove(room: RoomId, recording: RecordingId): Promise<boolean | "running">;
}

export const recordingNotFound = (id: RecordingId): { ok: false; error: RoomProblem } =>
  fail({ code: "RECORDING_NOT_FOUND", message: `there is no recording ${id} of this room` });

const stillRunning: RoomProblem = {
  code: "RECORDING_RUNNING",
  message: "the recording still runs: stop it first",
};

export function roomRecordings(
  live: LiveRooms,
  find: (id: RoomId) => Promise<Room | undefined>,
  library: RecordingLibrary,
): Recordings {
  const known = async (id: RoomId): Promise<boolean> => live.peek(id) !== undefined || !!(await find(id));
  return {
    start: (id) => live.run<void, RoomProblem>(id, ({ recording }) => recording.start()),
    stop: (id) => live.run<void, RoomProblem>(id, ({ recording }) => recording.stop()),
    list: async (id) => ((await known(id)) ? ok(await library.list(id)) : roomNotFound(id)),
    async setRead(id, recording, read): Promise<Result<void, RoomProblem>> {
      if (!(await known(id))) return roomNotFound(id);
      return (await library.setRead(id, recording, read)) ? ok(undefined) : recordingNotFound(recording);
    },
    async destroy(id, recording): Promise<Result<void, RoomProblem>> {
      if (!(await known(id))) return roomNotFound(id);
      const removed = await library.remove(id, recording);
      if (removed === "running") return fail(stillRunning);
      return removed ? ok(undefined) : recordingNotFound(recording);
    },
  };
}

/** A bridge that cannot record. */
export const noRecorder: Recorder = {
  start: async () => fail({ code: "RECORDING_NOT_AVAILABLE", message: "this bridge cannot record" }),
  stop: async () => "ended",
};

export const noLibrary: RecordingLibrary = {
  list: async () => [],
  setRead: async () => false,
  remove: async () => false,
};
