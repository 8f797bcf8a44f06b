// A visit to a live room: at the door, inside, gone. Ends once, whoever ends it: the caller by leaving or the
// room by dismissing.
import type { Clock, ParticipantId } from "#common";
import type { MediaLeg, MediaWorker } from "#media/client";
import { type Admission, admit, admitInvited, type Door, judgePin, type PinVerdict } from "./admission.ts";
import type { LiveParticipant } from "./participant.ts";
import type { PinGuard, PinGuess } from "./pin-guard.ts";
import type { LiveRoom } from "./room.ts";
import type { Room } from "./types.ts";
import type { Dismissal, EntryResult, ToggleOutcome, Visit, Visitor } from "./visit.ts";

export interface RoomVisitOptions {
  readonly id: ParticipantId;
  readonly visitor: Visitor;
  readonly worker: MediaWorker;
  readonly room: LiveRoom;
  readonly pinGuard: PinGuard;
  readonly clock: Clock;
  /** Whose place it takes. */
  readonly predecessor?: LiveParticipant | undefined;
  /** The room has called them. */
  readonly invited?: boolean;
}

export class RoomVisit implements Visit {
  readonly id: ParticipantId;
  readonly visitor: Visitor;
  readonly worker: MediaWorker;
  readonly predecessor: LiveParticipant | undefined;
  readonly #live: LiveRoom;
  readonly #pinGuard: PinGuard;
  readonly #clock: Clock;
  readonly #guess: PinGuess;
  readonly #admit: (door: Door) => Admission;
  #gone = false;

  constructor({ id, visitor, worker, room, pinGuard, clock, predecessor, invited }: RoomVisitOptions) {
    this.id = id;
    this.predecessor = predecessor;
    this.visitor = visitor;
    this.worker = worker;
    this.#live = room;
    this.#pinGuard = pinGuard;
    this.#clock = clock;
    const uninvited = invited ? admitInvited : admit;
    this.#admit = predecessor ? () => inherited(predecessor) : uninvited;
    this.#guess = { room: room.record.id, source: visitor.source };
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

  get pinDelayMs(): number {
    return this.#pinGuard.delayMs(this.#guess, this.#clock.monotonic());
  }

  admission(): Admission {
    return this.#live.admission(this.#admit);
  }

  enter(leg: MediaLeg): Promise<EntryResult<Admission>> {
    return this.#live.enter(this, leg, this.#admit);
  }

  async enterWithPin(leg: MediaLeg, pin: string): Promise<EntryResult<PinVerdict>> {
    const result = await this.#live.enter(this, leg, (door) => judgePin(door, pin));
    if (result.kind === "wrong") this.#wrongPin();
    return result;
  }

  #wrongPin(): void {
    this.#pinGuard.failed(this.#guess, this.#clock.monotonic());
    if (this.pinDelayMs > 0) this.#live.pinGuessed(this.#guess.source, this.pinDelayMs);
  }

  toggleMute(): Promise<ToggleOutcome> {
    return this.#live.toggleMute(this.id);
  }

  toggleHand(): boolean {
    return this.#live.toggleHand(this.id);
  }

  keyPressed(digit: string): void {
    this.#live.keyPressed(this.id, digit);
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

/** Who takes over from a participant has been let in with them. */
const inherited = ({ role }: LiveParticipant): Admission => ({ kind: "enter", role });
