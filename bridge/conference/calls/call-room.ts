// The room's side of a call: a place in the lobby, then a visit, and what the call's record knows of it. Decides
// nothing about rooms.

import type { Clock, RoomId } from "#common";
import type { LobbyPlace, Visit } from "#conference/rooms";
import type { CallEntry, CallPlace } from "#services/call-records";

/** A record holds no more. */
const mostRooms = 50;

export class CallRoom {
  readonly #record: Pick<CallEntry, "note">;
  readonly #clock: Clock;
  #place: LobbyPlace | undefined;
  #visit: Visit | undefined;
  /** The rooms that they were inside, the last ones. */
  #rooms: readonly RoomId[] = [];

  constructor(record: Pick<CallEntry, "note">, clock: Clock) {
    this.#record = record;
    this.#clock = clock;
  }

  get visit(): Visit | undefined {
    return this.#visit;
  }

  holdPlace(place: LobbyPlace): void {
    this.#place = place;
  }

  holdVisit(visit: Visit): void {
    this.#visit = visit;
    const { id: roomId, extensionNumber, subject } = visit.room;
    const participantId = visit.id;
    this.#record.note({ roomId, roomExtension: extensionNumber, roomSubject: subject, participantId });
  }

  /** They are inside. */
  entered(): void {
    const joinedAt = new Date(this.#clock.now()).toISOString();
    this.#record.note({ ...this.#inside(), joinedAt });
  }

  /** They are inside another room. */
  moved(): void {
    this.#record.note(this.#inside());
  }

  /** Also for a call that never came to a room. */
  async leave(reason: string): Promise<void> {
    this.#place?.leave();
    this.#visit?.leave(reason);
  }

  #inside(): Pick<CallPlace, "meetingId" | "rooms"> {
    if (!this.#visit) return { meetingId: null, rooms: null };
    const { room, meeting } = this.#visit;
    this.#rooms = [...this.#rooms, room.id].slice(-mostRooms);
    return { meetingId: meeting, rooms: this.#rooms.join(",") };
  }
}
