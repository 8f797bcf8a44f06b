// How callers come to rooms: by an extension, through the lobby, called by the room itself, or in somebody's place.
// A room that is not there refuses like any other.
import { fail, type Result, type RoomId } from "#common";
import type { Way } from "./live/entrance.ts";
import type { LiveRooms } from "./live/live-rooms.ts";
import { type LobbyOptions, standInLobby } from "./live/lobby.ts";
import type { Arrivals, Visit, Visitor } from "./live/visit.ts";
import { type Refusal, refusals } from "./policy/admission.ts";
import type { RoomsRepository } from "./records/repository.ts";

export interface ArrivalsOptions {
  readonly live: LiveRooms;
  readonly repository: Pick<RoomsRepository, "findByExtension">;
  readonly lobby: LobbyOptions;
}

export function roomArrivals({ live, repository, lobby }: ArrivalsOptions): Arrivals {
  async function come(room: RoomId, visitor: Visitor, way: Way): Promise<Result<Visit, Refusal>> {
    const arrival = await live.run<Visit, Refusal>(room, ({ entrance }) => {
      // Not before: nobody else takes their place on this machine meanwhile.
      way.lobby?.leave();
      return entrance.arrive(visitor, way);
    });
    if (arrival.ok) return arrival;
    return "status" in arrival.error ? fail(arrival.error) : fail(refusals.notFound);
  }

  return {
    standInLobby: (visitor) => standInLobby(lobby, visitor),

    async arrive(extensionNumber, visitor, from) {
      const room = await repository.findByExtension(extensionNumber);
      if (!room) return fail(refusals.notFound);
      return come(room.id, visitor, from ? { lobby: from } : {});
    },

    bring: (room, visitor) => come(room, visitor, { pass: { role: "participant", invited: true } }),

    async succeed(predecessor, visitor) {
      const room = live.peek(predecessor.room.id);
      return room ? room.entrance.succeed(predecessor.id, visitor) : fail(refusals.notFound);
    },
  };
}
