// Recordings in memory: any room can be recorded, and what is stopped is there.
import type { Recording, Recordings, RoomProblem } from "#bridge/rooms";
import { fail, ok, type RecordingId, type Result, type RoomId } from "#common";

const answer = (code: RoomProblem["code"]): Result<never, RoomProblem> => fail({ code, message: code });

export class FakeRecordings implements Recordings {
  readonly kept = new Map<RoomId, Recording[]>();
  readonly running = new Set<RoomId>();
  readonly #exists: (room: RoomId) => boolean;

  constructor(exists: (room: RoomId) => boolean) {
    this.#exists = exists;
  }

  /** A recording that has ended, with what a test wants of it. */
  add(room: RoomId, id: string, more: Partial<Recording> = {}): Recording {
    const recording: Recording = {
      id: id as RecordingId,
      answeredAt: "2026-03-02T08:00:03.120Z",
      endedAt: "2026-03-02T08:00:13.120Z",
      duration: 10,
      fileName: `${id}.mp3`,
      fileSize: 80_000,
      fileUrl: `/api/recordings/${id}`,
      sha256: "ab".repeat(32),
      read: false,
      recovered: false,
      tracks: [],
      ...more,
    };
    this.kept.set(room, [...(this.kept.get(room) ?? []), recording]);
    return recording;
  }

  async start(id: RoomId): Promise<Result<void, RoomProblem>> {
    if (!this.#exists(id)) return answer("ROOM_NOT_FOUND");
    if (this.running.has(id)) return answer("ALREADY_RECORDING");
    this.running.add(id);
    return ok(undefined);
  }

  async stop(id: RoomId): Promise<Result<void, RoomProblem>> {
    if (!this.#exists(id)) return answer("ROOM_NOT_FOUND");
    return this.running.delete(id) ? ok(undefined) : answer("NOT_RECORDING");
  }

  async list(id: RoomId): Promise<Result<readonly Recording[], RoomProblem>> {
    return this.#exists(id) ? ok(this.kept.get(id) ?? []) : answer("ROOM_NOT_FOUND");
  }

  setRead(id: RoomId, recording: RecordingId, read: boolean): Promise<Result<void, RoomProblem>> {
    return this.#replace(id, recording, (found) => [{ ...found, read }]);
  }

  destroy(id: RoomId, recording: RecordingId): Promise<Result<void, RoomProblem>> {
    return this.#replace(id, recording, () => []);
  }

  async #replace(
    id: RoomId,
    recording: RecordingId,
    by: (found: Recording) => Recording[],
  ): Promise<Result<void, RoomProblem>> {
    if (!this.#exists(id)) return answer("ROOM_NOT_FOUND");
    const all = this.kept.get(id) ?? [];
    if (!all.some((each) => each.id === recording)) return answer("RECORDING_NOT_FOUND");
    this.kept.set(
      id,
      all.flatMap((each) => (each.id === recording ? by(each) : [each])),
    );
    return ok(undefined);
  }
}
