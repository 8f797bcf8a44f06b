// Recordings kept in memory, oldest first.

import type { RecordingId, RoomId } from "#common";
import type {
  RecordingChanges,
  RecordingState,
  RecordingsRepository,
  StoredRecording,
} from "#conference/recordings";
import type { RecordingListQuery } from "#conference/rooms";

export class FakeRecordingsRepository implements RecordingsRepository {
  readonly kept = new Map<RecordingId, StoredRecording>();

  async insert(recording: StoredRecording): Promise<void> {
    this.kept.set(recording.id, recording);
  }

  async get(id: RecordingId): Promise<StoredRecording | undefined> {
    return this.kept.get(id);
  }

  async ofRoom(room: RoomId): Promise<readonly StoredRecording[]> {
    return this.#sorted().filter((recording) => recording.room === room);
  }

  async list({ skip, top }: RecordingListQuery) {
    const all = this.#sorted();
    return { count: all.length, items: all.slice(skip, skip + top) };
  }

  async inState(state: RecordingState): Promise<readonly StoredRecording[]> {
    return this.#sorted().filter((recording) => recording.state === state);
  }

  async ended(): Promise<readonly StoredRecording[]> {
    return this.#sorted().filter((recording) => recording.state !== "running");
  }

  async update(id: RecordingId, changes: RecordingChanges): Promise<boolean> {
    const found = this.kept.get(id);
    if (found) this.kept.set(id, { ...found, ...changes });
    return found !== undefined;
  }

  async delete(id: RecordingId): Promise<boolean> {
    return this.kept.delete(id);
  }

  #sorted(): StoredRecording[] {
    return [...this.kept.values()].sort((a, b) => a.answeredAt.localeCompare(b.answeredAt));
  }
}
