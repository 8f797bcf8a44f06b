// Recordings in memory: any room can be recorded, and what is stopped is there.

import {
  compareRows,
  fail,
  type MeetingId,
  matchesFilter,
  matchesSearch,
  ok,
  type Page,
  type RecordingId,
  type Result,
  type RoomId,
} from "#common";
import type {
  Recording,
  RecordingListQuery,
  RecordingPath,
  Recordings,
  RoomProblem,
} from "#conference/rooms";

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
      meetingId: "meeting" as MeetingId,
      roomId: room,
      roomSubject: "Weekly",
      roomExtensionNumber: "8000",
      answeredAt: "2026-03-02T08:00:03.120Z",
      endedAt: "2026-03-02T08:00:13.120Z",
      duration: 10,
      fileName: `${id}.mp3`,
      fileSize: 80_000,
      fileUrl: `/api/recordings/${id}`,
      posterUrl: null,
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
    const kept = this.kept.get(id) ?? [];
    return this.#exists(id) || kept.length > 0 ? ok(kept) : answer("ROOM_NOT_FOUND");
  }

  async all({ skip, top, filter, search, orderBy = [] }: RecordingListQuery): Promise<Page<Recording>> {
    const found = [...this.kept.values()]
      .flat()
      .filter((each) => !filter || matchesFilter(filter, each))
      .filter((each) => !search || matchesSearch(search, each, ["roomSubject", "roomExtensionNumber"]))
      .sort((left, right) => compareRows(orderBy, left, right));
    return { count: found.length, items: found.slice(skip, skip + top) };
  }

  async get({ room, recording }: RecordingPath): Promise<Result<Recording, RoomProblem>> {
    const all = [...this.kept.values()].flat();
    const found = all.find((each) => each.id === recording && (room === undefined || each.roomId === room));
    if (found) return ok(found);
    const gone = room !== undefined && !this.#exists(room) && !this.kept.get(room)?.length;
    return answer(gone ? "ROOM_NOT_FOUND" : "RECORDING_NOT_FOUND");
  }

  setRead(at: RecordingPath, read: boolean): Promise<Result<void, RoomProblem>> {
    return this.#replace(at, (found) => [{ ...found, read }]);
  }

  destroy(at: RecordingPath): Promise<Result<void, RoomProblem>> {
    return this.#replace(at, () => []);
  }

  async #replace(
    at: RecordingPath,
    by: (found: Recording) => Recording[],
  ): Promise<Result<void, RoomProblem>> {
    const found = await this.get(at);
    if (!found.ok) return found;
    const { roomId, id } = found.value;
    const all = this.kept.get(roomId) ?? [];
    this.kept.set(
      roomId,
      all.flatMap((each) => (each.id === id ? by(each) : [each])),
    );
    return ok(undefined);
  }
}
