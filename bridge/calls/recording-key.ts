// The key that starts and stops a recording of the room.
import type { Rooms } from "#bridge/rooms";
import type { RoomId } from "#common";

export type RecordingControl = Pick<Rooms, "recordings" | "status">;

/** False when it could be neither started nor stopped. The room is told by whoever records. */
export async function toggleRecording(
  { recordings, status }: RecordingControl,
  id: RoomId,
): Promise<boolean> {
  const now = await status(id);
  if (!now.ok) return false;
  const done = now.value.recording ? await recordings.stop(id) : await recordings.start(id);
  return done.ok;
}
