// A visit to a live room: at the door, inside, gone. Ends once, whoever ends it: the caller by leaving or the
// room by dismissing.
import type { ParticipantId } from "#common";
import type { MediaLeg, MediaWorker } from "#media/client";
import type { Admission } from "./admission.ts";
import type { LiveRoom } from "./room.ts";
import type { Room } from "./types.ts";
import type { Dismissal, EntryResult, ToggleOutcome, Visit, Visitor } from "./visit.ts";

export interface RoomVisitOptions {
  readonly id: ParticipantId;
  readonly visitor: Visitor;
  readonly worker: MediaWorker;
  readonly room: LiveRoom;
}

export class RoomVisit implements Visit {
  readonly id: ParticipantId;
  readonly visitor: Visitor;
  readonly worker: MediaWorker;
  readonly #live: LiveRoom;
  #gone = false;

  constructor({ id, visitor, worker, room }: RoomVisitOptions) {
    this.id = id;
    this.visitor = visitor;
    this.worker = worker;
    this.#live = room;
  }

  get gone(): boolean {
    return this.#gone;
  }

  get room(): Room {
    return this.#live.record;
  }

  get present(): number {
    return this.#live.present;
  }

  admission(): Admission {
    return this.#live.admission();
  }

  enter(leg: MediaLeg, pin: string | undefined): Promise<EntryResult> {
    return this.#live.enter(this, leg, pin);
  }

  toggleMute(): Promise<ToggleOutcome> {
    return this.#live.toggleMute(this.id);
  }

  leave(reason: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#live.depart(this, reason);
  }

  dismiss(dismissal: Dismissal): void {
    if (this.#gone) return;
    this.leave(dismissal.text);
    this.visitor.dismiss(dismissal);
  }
}
