// What recordings need to know of the rooms: who comes in while one runs.
import type { Logger } from "#common";
import type { RecordingsService } from "#conference/recordings";
import type { RoomsService } from "#conference/rooms";

export function followRooms(
  rooms: Pick<RoomsService, "events">,
  recordings: Pick<RecordingsService, "named">,
  log: Logger,
): void {
  rooms.events.on("participant.joined", ({ room, participant }) => {
    recordings.named(room.id, participant.id, participant.displayName).catch((err) => {
      log.error({ room: room.id, err }, "a recording does not know the name of a participant");
    });
  });
}
