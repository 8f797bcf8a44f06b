// The key that starts and stops a recording of the room.

import type { RoomId } from "#common";
import type { Rooms } from "#conference/rooms";

export type RecordingControl = Pick<Rooms, "recordings" | "status">;

/** False when it could be neither started nor stopped. The room is told by whoever records. */
export async function toggleRecording(rooms: RecordingControl, id: RoomId): Promise<boolean> {
  const now = await rooms.status(id);
  if (!now.ok) return false;
  const done = await (now.value.recording ? rooms.recordings.stop(id) : rooms.recordings.start(id));
  return done.ok;
}
