// The room's side of a call: a place in the lobby, then a visit, and what the call's record knows of it. Decides
// nothing about rooms.
import type { CallEntry } from "#bridge/cdr";
import type { LobbyPlace, Visit } from "#bridge/rooms";
import type { Clock } from "#common";

export class CallRoom {
  readonly #record: Pick<CallEntry, "note">;
  readonly #clock: Clock;
  #place: LobbyPlace | undefined;
  #visit: Visit | undefined;

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
    this.#record.note({ meetingId: this.#visit?.meeting ?? null, joinedAt });
  }

  /** Also for a call that never came to a room. */
  async leave(reason: string): Promise<void> {
    this.#place?.leave();
    this.#visit?.leave(reason);
  }
}
