// The room's side of a call: a place in the lobby, then the participant, and the entries in the call's record.
// Decides nothing about rooms.

import type { Clock, RoomId } from "#common";
import type { LobbyPlace, Participant } from "#conference/rooms";
import type { CallEntry, CallProgress } from "#services/call-records";

/** The limit of a record. */
const maxRooms = 50;

export class CallRoom {
  readonly #record: Pick<CallEntry, "note">;
  readonly #clock: Clock;
  #place: LobbyPlace | undefined;
  #participant: Participant | undefined;
  /** The rooms that the participant was inside, the last ones. */
  #rooms: readonly RoomId[];

  /** `rooms`: those of the previous process, as in a record. */
  constructor(record: Pick<CallEntry, "note">, clock: Clock, rooms: string | null) {
    this.#record = record;
    this.#clock = clock;
    this.#rooms = rooms ? (rooms.split(",") as RoomId[]) : [];
  }

  get participant(): Participant | undefined {
    return this.#participant;
  }

  holdPlace(place: LobbyPlace): void {
    this.#place = place;
  }

  holdParticipant(participant: Participant): void {
    this.#participant = participant;
    const { id: roomId, extensionNumber, subject } = participant.room.record;
    const participantId = participant.id;
    this.#record.note({ roomId, roomExtension: extensionNumber, roomSubject: subject, participantId });
  }

  /** The participant is inside. */
  entered(): void {
    const joinedAt = new Date(this.#clock.now()).toISOString();
    this.#record.note({ ...this.#inside(), joinedAt });
  }

  /** The participant is inside another room. */
  moved(): void {
    this.#record.note(this.#inside());
  }

  /** Also for a call that has not come to any room. */
  async leave(reason: string): Promise<void> {
    this.#place?.leave();
    this.#participant?.leave(reason);
  }

  #inside(): Pick<CallProgress, "meetingId" | "rooms"> {
    if (!this.#participant) return { meetingId: null, rooms: null };
    const { record, meeting } = this.#participant.room;
    this.#rooms = [...this.#rooms, record.id].slice(-maxRooms);
    return { meetingId: meeting ?? null, rooms: this.#rooms.join(",") };
  }
}
