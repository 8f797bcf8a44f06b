// Recordings in the database: one row each, the tracks of participants as JSON.
import { sql } from "kysely";
import type { MeetingId, RecordingId, RoomId } from "#common";
import type {
  RecordingChanges,
  RecordingFormat,
  RecordingState,
  RecordingsRepository,
  RemovalCause,
  StoredRecording,
  StoredTrack,
} from "#conference/recordings";
import { recordingSearchFields } from "#conference/rooms";
import { createListing } from "./listing.ts";
import { rowsOf } from "./rows.ts";
import type { Database, RecordingRow } from "./schema.ts";

export function createRecordingsRepository(database: Database): RecordingsRepository {
  const listing = createListing(database, {
    table: "recordings",
    searchFields: recordingSearchFields,
    order: sql`answered_at, id`,
    toItem: toRecording,
  });
  const oldestFirst = () =>
    database.selectFrom("recordings").selectAll().orderBy("answered_at").orderBy("id");
  const rows = rowsOf(database, "recordings");

  return {
    async insert(recording) {
      await database.insertInto("recordings").values(toRow(recording)).execute();
    },

    async get(id) {
      const row = await rows.get(id);
      return row && toRecording(row);
    },

    async ofRoom(room) {
      return (await oldestFirst().where("room_id", "=", room).execute()).map(toRecording);
    },

    list: (query) => listing.list(query),

    async inState(state) {
      return (await oldestFirst().where("state", "=", state).execute()).map(toRecording);
    },

    async ended() {
      return (await oldestFirst().where("state", "<>", "running").execute()).map(toRecording);
    },

    async update(id, changes) {
      const columns = toColumns(changes);
      if (Object.keys(columns).length === 0) return (await this.get(id)) !== undefined;
      return rows.update(id, columns);
    },

    delete: (id) => rows.delete(id),
  };
}

function toRow(recording: StoredRecording): RecordingRow {
  return {
    id: recording.id,
    room_id: recording.room,
    room_subject: recording.roomSubject,
    room_extension_number: recording.roomExtensionNumber,
    meeting_id: recording.meeting,
    state: recording.state,
    answered_at: recording.answeredAt,
    ended_at: recording.endedAt,
    duration_ms: recording.durationMs,
    format: recording.format,
    path: recording.path,
    size: recording.size,
    sha256: recording.sha256,
    tracks: JSON.stringify(recording.tracks),
    poster_bytes: recording.posterBytes,
    read: Number(recording.read),
    warned_at: recording.warnedAt,
    warned_for: recording.warnedFor,
  };
}

/** The columns of what changes, and of nothing else. */
function toColumns(changes: RecordingChanges): Partial<RecordingRow> {
  const { state, endedAt, durationMs, size, sha256, tracks, posterBytes, read } = changes;
  const { warnedAt, warnedFor } = changes;
  return {
    ...(state !== undefined && { state }),
    ...(endedAt !== undefined && { ended_at: endedAt }),
    ...(durationMs !== undefined && { duration_ms: durationMs }),
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
    ...(tracks !== undefined && { tracks: JSON.stringify(tracks) }),
    ...(posterBytes !== undefined && { poster_bytes: posterBytes }),
    ...(read !== undefined && { read: Number(read) }),
    ...(warnedAt !== undefined && { warned_at: warnedAt }),
    ...(warnedFor !== undefined && { warned_for: warnedFor }),
  };
}

function toRecording(row: RecordingRow): StoredRecording {
  return {
    id: row.id as RecordingId,
    room: row.room_id as RoomId,
    roomSubject: row.room_subject,
    roomExtensionNumber: row.room_extension_number,
    meeting: row.meeting_id as MeetingId,
    state: row.state as RecordingState,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    durationMs: row.duration_ms,
    format: row.format as RecordingFormat,
    path: row.path,
    size: Number(row.size),
    sha256: row.sha256,
    tracks: JSON.parse(row.tracks) as StoredTrack[],
    posterBytes: row.poster_bytes,
    read: row.read !== 0,
    warnedAt: row.warned_at,
    warnedFor: row.warned_for as RemovalCause | null,
  };
}
