// Queries over all rooms, about their state at this moment. Changes nothing, loads no room into memory.
import type { MeetingId, RoomId } from "#common";
import type { LiveRooms } from "./live/rooms.ts";
import type { ParticipantInfo } from "./records/participant-info.ts";
import type { RoomsRepository } from "./records/repository.ts";
import type { Room, RoomStatus } from "./records/room.ts";

export interface RoomCounts {
  /** Rooms in memory. */
  readonly live: number;
  readonly participants: number;
}

export interface RoomOnCall {
  readonly room: Room;
  readonly meeting: MeetingId;
  readonly status: RoomStatus;
  readonly participants: readonly ParticipantInfo[];
}

/** The state of a running conference at this moment. */
export interface RoomConference {
  readonly room: Room;
  readonly locked: boolean;
  readonly participants: readonly ParticipantInfo[];
}

export interface Occupancy {
  readonly rooms: number;
  readonly participants: number;
}

export interface RoomsOverview {
  snapshot(): RoomCounts;
  /** The state of the rooms that are on call, at this moment. */
  meetings(): readonly RoomOnCall[];
  /** The meeting that runs in that room. */
  meetingOf(id: RoomId): MeetingId | undefined;
  /** The running conference in the room with this extension. */
  conference(extensionNumber: string): RoomConference | undefined;
  /** The number of rooms and of participants inside. */
  occupancy(): Promise<Occupancy>;
}

export function roomsOverview(live: LiveRooms, repository: Pick<RoomsRepository, "count">): RoomsOverview {
  const present = (): number => [...live].reduce((sum, room) => sum + room.present, 0);
  return {
    snapshot: () => ({ live: live.size, participants: present() }),
    meetings: () =>
      [...live].flatMap((room) => {
        const { record, meeting } = room;
        if (meeting === undefined) return [];
        return [{ room: record, meeting, status: room.status, participants: room.participants }];
      }),
    conference(extensionNumber) {
      for (const room of live) {
        // Checked first, because describing all participants costs more.
        if (room.record.extensionNumber !== extensionNumber || room.present === 0) continue;
        return { room: room.record, locked: room.switches.locked, participants: room.participants };
      }
      return undefined;
    },
    meetingOf: (id) => live.peek(id)?.meeting,
    occupancy: async () => ({ rooms: await repository.count(), participants: present() }),
  };
}
