// The recordings of rooms: a running one belongs to the live room and is started and stopped in its queue; the library has all
// recordings, also of rooms that are gone. A bridge that cannot record has an empty library.
import { fail, ok, type Page, type Result, type RoomId } from "#common";
import type { Recorder } from "./live/recorder.ts";
import { overloaded } from "./live/room-media.ts";
import { type LiveRooms, roomNotFound } from "./live/rooms.ts";
import type { RoomProblem } from "./records/problem.ts";
import type { Recording, RecordingListQuery, RecordingPath } from "./records/recording.ts";
import type { Room } from "./records/room.ts";
import type { Recordings } from "./service.ts";

export interface RecordingLibrary {
  list(room: RoomId): Promise<readonly Recording[]>;
  all(query: RecordingListQuery): Promise<Page<Recording>>;
  /** Undefined: there is no such recording, or it belongs to another room. */
  get(at: RecordingPath): Promise<Recording | undefined>;
  /** False: there is no such recording, or it belongs to another room. */
  setRead(at: RecordingPath, read: boolean): Promise<boolean>;
  /** `running`: the recording is still being written and was not removed. */
  remove(at: RecordingPath): Promise<boolean | "running">;
  /** Resolves once the recordings of the room are complete and their end has been emitted, or after a few seconds. */
  completed(room: RoomId): Promise<void>;
  /** Removes all recordings of a room that is gone; one that is still being written is removed when it is complete. */
  removeAll(room: RoomId): Promise<void>;
}

const recordingNotFound = ({ room, recording }: RecordingPath): { ok: false; error: RoomProblem } =>
  fail({
    code: "RECORDING_NOT_FOUND",
    message: `there is no recording ${recording}${room === undefined ? "" : " of this room"}`,
  });

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

  /** The problem to report: the room is missing, or else the recording. */
  async function missing(at: RecordingPath): Promise<{ ok: false; error: RoomProblem }> {
    const { room } = at;
    if (room === undefined || (await known(room))) return recordingNotFound(at);
    return (await library.list(room)).length > 0 ? recordingNotFound(at) : roomNotFound(room);
  }

  return {
    // Overload refuses only recordings begun by command or key, not automatic ones and those that follow an interruption.
    start: (id) =>
      live.run<void, RoomProblem>(id, (room) =>
        room.overloaded && !room.recording.running ? fail(overloaded) : room.recording.start(),
      ),
    stop: (id) => live.run<void, RoomProblem>(id, ({ recording }) => recording.stop()),

    async list(id) {
      const found = await library.list(id);
      return found.length > 0 || (await known(id)) ? ok(found) : roomNotFound(id);
    },

    all: (query) => library.all(query),

    async get(at): Promise<Result<Recording, RoomProblem>> {
      const found = await library.get(at);
      return found ? ok(found) : missing(at);
    },

    async setRead(at, read): Promise<Result<void, RoomProblem>> {
      return (await library.setRead(at, read)) ? ok(undefined) : missing(at);
    },

    async destroy(at): Promise<Result<void, RoomProblem>> {
      const removed = await library.remove(at);
      if (removed === "running") return fail(stillRunning);
      return removed ? ok(undefined) : missing(at);
    },
  };
}

/** A bridge that cannot record. */
export const noRecorder: Recorder = {
  start: async () => fail({ code: "RECORDING_NOT_AVAILABLE", message: "this bridge cannot record" }),
  resume: async () => false,
  stop: async () => "ended",
};

export const noLibrary: RecordingLibrary = {
  list: async () => [],
  all: async () => ({ count: 0, items: [] }),
  get: async () => undefined,
  setRead: async () => false,
  remove: async () => false,
  completed: async () => {},
  removeAll: async () => {},
};
