// What recordings need to know of the rooms: who comes in while one runs.
import type { RecordingsService } from "#conference/recordings";
import type { RoomsService } from "#conference/rooms";

export function followRooms(rooms: RoomsService, recordings: RecordingsService): void {
  rooms.events.on("participant.joined", ({ room, participant }) => {
    void recordings.named(room.id, participant.id, participant.displayName);
  });
}
