// The ways into a room: by an extension, through the lobby, called by the room itself, or in the place of a participant. A room
// that does not exist is refused with the same type of refusal.
import { fail, ok, type Result, type RoomId } from "#common";
import type { MediaLeg } from "#media/client";
import { enterLobby, type LobbyOptions, type LobbyPlace } from "./live/lobby.ts";
import type { Arrival, Participant, ParticipantSnapshot } from "./live/participant.ts";
import type { ParticipantCall } from "./live/participant-call.ts";
import type { LiveRooms } from "./live/rooms.ts";
import { type AdmissionRefusal, type Pass, refusals } from "./policy/admission.ts";
import type { SpokenName } from "./policy/left-names.ts";
import type { RoomsRepository } from "./records/repository.ts";

export interface Arrivals {
  /**
   * Looks the room up and makes a participant on its worker; refuses with 404 or 503. `from`: the place in the lobby,
   * which is given up when there is such a room.
   */
  arrive(
    extensionNumber: string,
    call: ParticipantCall,
    from?: LobbyPlace,
  ): Promise<Result<Participant, AdmissionRefusal>>;
  /** Like `arrive`, with credentials for one room: refuses with 403 for any other. */
  arriveWith(
    extensionNumber: string,
    call: ParticipantCall,
    terms: { readonly room: RoomId; readonly pass: Pass },
  ): Promise<Result<Participant, AdmissionRefusal>>;
  /** Makes a place in the lobby for a caller who has not chosen a room yet. Refuses with 503. */
  enterLobby(call: ParticipantCall): Result<LobbyPlace, AdmissionRefusal>;
  /** Makes a participant whom the room calls itself: needs no PIN and passes the lock. Refuses with 404 or 503. */
  bring(room: RoomId, call: ParticipantCall): Promise<Result<Participant, AdmissionRefusal>>;
  /**
   * For a transfer: a participant who takes over from another one. Joining asks for no PIN and passes lock and capacity;
   * role, chair and mute go over, and the predecessor has then left. Refuses with 404 when the predecessor is not inside.
   */
  takeOver(predecessor: Participant, call: ParticipantCall): Promise<Result<Participant, AdmissionRefusal>>;
  /**
   * Resumes a participant of the previous process with their leg; called first for those inside, in order of joining.
   * Refuses with 404 when their room is gone, with 503 when their worker is.
   */
  resume(
    kept: ParticipantSnapshot,
    call: ParticipantCall,
    media: { readonly leg: MediaLeg; readonly name: SpokenName | undefined },
  ): Promise<Result<Participant, AdmissionRefusal>>;
}

export interface ArrivalsOptions {
  readonly live: LiveRooms;
  readonly repository: Pick<RoomsRepository, "findByExtension">;
  readonly lobby: LobbyOptions;
}

export function roomArrivals({ live, repository, lobby }: ArrivalsOptions): Arrivals {
  async function come(
    room: RoomId,
    call: ParticipantCall,
    { arrival, from }: { readonly arrival: Arrival; readonly from?: LobbyPlace | undefined },
  ): Promise<Result<Participant, AdmissionRefusal>> {
    const arrived = await live.run<Participant, AdmissionRefusal>(room, (there) => {
      // Only now, so that no other caller takes their place on this machine in the meantime.
      from?.leave();
      return there.arrive(call, arrival, from);
    });
    if (arrived.ok) return arrived;
    return "status" in arrived.error ? fail(arrived.error) : fail(refusals.notFound);
  }

  return {
    async resume(kept, call, { leg, name }) {
      const resumed = await live.run<Participant, AdmissionRefusal>(kept.room, async (room) => {
        const participant = await room.resume(call, leg, { kept, name });
        return participant ? ok(participant) : fail(refusals.mediaFailed);
      });
      if (resumed.ok) return resumed;
      return "status" in resumed.error ? fail(resumed.error) : fail(refusals.notFound);
    },

    enterLobby: (call) => enterLobby(lobby, call),

    async arrive(extensionNumber, call, from) {
      const room = await repository.findByExtension(extensionNumber);
      if (!room) return fail(refusals.notFound);
      return come(room.id, call, { arrival: { kind: "call" }, from });
    },

    async arriveWith(extensionNumber, call, { room: id, pass }) {
      const room = await repository.findByExtension(extensionNumber);
      if (room?.id !== id) return fail(room ? refusals.otherRoom : refusals.notFound);
      return come(id, call, { arrival: { kind: "admitted", pass } });
    },

    bring: (room, call) =>
      come(room, call, { arrival: { kind: "invited", pass: { role: "participant", invited: true } } }),

    async takeOver(predecessor, call) {
      const room = live.peek(predecessor.room.record.id);
      return room ? room.takeOver(predecessor, call) : fail(refusals.notFound);
    },
  };
}
