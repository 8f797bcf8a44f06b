// The recordings of a bridge that cannot record: there are none, and none can be started.
import { fail, ok, type RecordingId, type Result, type RoomId } from "#common";
import { roomNotFound } from "./live-rooms.ts";
import type { Recordings, Room, RoomProblem } from "./types.ts";

const notAvailable: RoomProblem = {
  code: "RECORDING_NOT_AVAILABLE",
  message: "this bridge cannot record",
};

const notFound = (id: RecordingId): RoomProblem => ({
  code: "RECORDING_NOT_FOUND",
  message: `there is no recording ${id} of this room`,
});

export function noRecordings(find: (id: RoomId) => Promise<Room | undefined>): Recordings {
  const refuse = async (id: RoomId, problem: RoomProblem): Promise<Result<never, RoomProblem>> =>
    (await find(id)) ? fail(problem) : roomNotFound(id);
  return {
    start: (id) => refuse(id, notAvailable),
    stop: (id) => refuse(id, notAvailable),
    list: async (id) => ((await find(id)) ? ok([]) : roomNotFound(id)),
    setRead: (id, recording) => refuse(id, notFound(recording)),
    destroy: (id, recording) => refuse(id, notFound(recording)),
  };
}
