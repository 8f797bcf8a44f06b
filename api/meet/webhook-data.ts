// What webhooks of the meet family tell of an event: the room of a meeting, or the recording. The secrets of links are not
// told.
import type { RecordingId, RoomId } from "#common";
import type { Recording, Rooms } from "#conference/rooms";
import type { Access } from "#services/access";
import type { MeetData } from "#services/webhooks";
import { nameOfUser } from "./owners.ts";
import { sampleRoom } from "./schemas.ts";
import { meetRoomOf } from "./view.ts";

export interface WebhookDataOptions {
  readonly rooms: Pick<Rooms, "get" | "activeRooms" | "recordings">;
  readonly owners: Pick<Access, "users" | "oidcUsers">;
  /** The address with which links begin. */
  readonly joinPage: string;
}

export function meetWebhookData({ rooms, owners, joinPage }: WebhookDataOptions): MeetData {
  return async ({ type, room: id, data }) => {
    if (type === "webhook.test") return sampleRoom;
    if (type.startsWith("recording.")) {
      const recording = (data as { readonly recording: RecordingId }).recording;
      const found = await rooms.recordings.get({ recording });
      return found.ok ? meetRecordingOf(found.value, type === "recording.failed") : undefined;
    }
    if (id === null) return undefined;
    const room = await rooms.get(id as RoomId);
    // It went with the meeting.
    if (!room)
      return { roomId: id, roomName: (data as { readonly room: { readonly subject: string } }).room.subject };
    return meetRoomOf(room, {
      active: type === "room.started" || rooms.activeRooms().includes(room.id),
      owner: await nameOfUser(owners, room.access.owner),
      ...{ joinPage, secrets: [] },
    });
  };
}

const meetRecordingOf = (recording: Recording, failed: boolean) => ({
  ...{ recordingId: recording.id, roomId: recording.roomId, roomName: recording.roomSubject },
  status: failed ? "failed" : recording.endedAt === null ? "active" : "complete",
  filename: recording.fileName,
  startDate: Date.parse(recording.answeredAt),
  ...(recording.endedAt !== null && {
    ...{ endDate: Date.parse(recording.endedAt), duration: recording.duration, size: recording.fileSize },
  }),
});
