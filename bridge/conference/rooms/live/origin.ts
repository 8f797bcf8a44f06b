// The room that a participant is being moved away from, as the room they are to come to sees it. They are in it
// until the other one has them, and are put back when that comes to nothing.
import { type Emitter, errorCode, type Logger } from "#common";
import { refusals } from "../policy/admission.ts";
import type { RoomsEvents } from "../records/types.ts";
import type { LiveParticipant } from "./participant.ts";
import type { RoomVisit } from "./room-visit.ts";

export interface OriginOptions {
  readonly visit: RoomVisit;
  readonly participant: LiveParticipant;
  readonly events: Emitter<RoomsEvents>;
  readonly log: Logger;
  /** The serial queue of the room they are in. */
  readonly run: <T>(job: () => Promise<T> | T) => Promise<T>;
}

export class Origin {
  readonly #options: OriginOptions;

  constructor(options: OriginOptions) {
    this.#options = options;
  }

  get visit(): RoomVisit {
    return this.#options.visit;
  }

  get participant(): LiveParticipant {
    return this.#options.participant;
  }

  /** They have left it, or were sent away. */
  get gone(): boolean {
    return this.visit.gone;
  }

  /** They are in the mix of the other room: out of this one, which hears it. */
  leaveFor(other: RoomVisit): void {
    const { visit, participant, events } = this.#options;
    const moved = { room: visit.room, participant: participant.snapshot(), to: other.room };
    events.emit("participant.moved", moved);
    visit.leaveFor(other);
  }

  /** They were not moved: their leg is in this room's mix, as muted as before, or they are sent away. */
  stay(): Promise<void> {
    const { visit, participant, log, run } = this.#options;
    return run(async () => {
      if (this.gone) return;
      try {
        await participant.leg.join(visit.room.id);
        await participant.leg.mute(participant.reasons.length > 0);
      } catch (error) {
        log.warn({ leg: visit.id, code: errorCode(error) }, "the leg could not come back");
        visit.dismiss(refusals.mediaFailed);
      }
    });
  }
}
