// A live room: whoever is at its door or inside, its lock and its mute, and the meeting from the first arrival
// to the last departure. Everything that waits for a worker runs in the room's queue; leaving does not wait for
// anything, and whoever waited looks again. Never touches the database.
import {
  type Clock,
  type Emitter,
  errorCode,
  fail,
  type Logger,
  type MeetingId,
  newId,
  ok,
  type ParticipantId,
  type Result,
} from "#common";
import type { MediaLeg, MediaWorker } from "#media/client";
import { type Admission, type Door, type PinVerdict, type Refusal, refusals } from "./admission.ts";
import { Arrangement } from "./arrangement.ts";
import { addReason, floorApplies, removeReason, roomMuteApplies, toggleSelf } from "./mute.ts";
import { LiveParticipant } from "./participant.ts";
import type { PinGuard } from "./pin-guard.ts";
import type { Placement } from "./placement.ts";
import { RoomMedia } from "./room-media.ts";
import { RoomVisit } from "./room-visit.ts";
import { participantNotFound, Roster } from "./roster.ts";
import type { Participant, Role, Room, RoomProblem, RoomStatus, RoomsEvents } from "./types.ts";
import type { Dismissal, EntryResult, ToggleOutcome, Visit, Visitor } from "./visit.ts";

export interface LiveRoomOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Emitter<RoomsEvents>;
  readonly placement: Placement;
  readonly pinGuard: PinGuard;
  /** The room's serial queue. */
  readonly run: <T>(job: () => Promise<T> | T) => Promise<T>;
  /** Called when the last thing that keeps the room live may have gone. */
  readonly onIdle: () => void;
}

type Refused = Extract<Admission, { readonly kind: "refuse" }>;
type Entered = EntryResult<never>;

const kicked = { status: 403, text: "Removed from the conference", prompt: "conf-kicked" };

export class LiveRoom {
  readonly arrangement: Arrangement;
  readonly #options: LiveRoomOptions;
  readonly #media: RoomMedia;
  readonly #roster: Roster;
  readonly #visits = new Map<ParticipantId, RoomVisit>();
  #record: Room;
  #locked = false;
  #muted = false;
  #meeting: MeetingId | undefined;
  /** Somebody is on the way in: the meeting does not end under them. */
  #entering = false;

  constructor(record: Room, options: LiveRoomOptions) {
    this.#record = record;
    this.#options = options;
    const { clock, log, events, placement, run } = options;
    this.#media = new RoomMedia(record.id, placement, log);
    this.#roster = new Roster({ clock, log, events, record: () => this.#record, run });
    this.arrangement = new Arrangement(this.#roster, () => this.#record);
  }

  get record(): Room {
    return this.#record;
  }

  /** True when nothing would be lost by forgetting this room until somebody comes. */
  get idle(): boolean {
    return this.#visits.size === 0 && !this.#locked && !this.#muted;
  }

  get present(): number {
    return this.#roster.size;
  }

  get status(): RoomStatus {
    const reachable = this.#options.placement.available ? "ONLINE" : "OFFLINE";
    const status = this.#roster.size > 0 ? "ON_CALL" : reachable;
    return { status, locked: this.#locked, muted: this.#muted, recording: false };
  }

  get participants(): readonly Participant[] {
    return this.#roster.snapshot();
  }

  /** Undefined while nobody is inside. */
  get meeting(): MeetingId | undefined {
    return this.#meeting;
  }

  /** What the door says at this moment to whoever is judged so. */
  admission(judge: (door: Door) => Admission): Admission {
    return judge(this.#door);
  }

  /** `invited`: this room has called them. */
  arrive(visitor: Visitor, invited = false): Result<Visit, Refusal> {
    const refusal = this.#options.placement.refusal();
    return refusal ? fail(refusal) : this.#receive(visitor, { invited });
  }

  #receive(
    visitor: Visitor,
    way: { readonly invited: boolean } | { readonly predecessor: LiveParticipant },
  ): Result<Visit, Refusal> {
    const worker = this.#media.hold();
    if (!worker) return fail(refusals.noWorker);
    const { pinGuard, clock } = this.#options;
    const id: ParticipantId = newId();
    const visit = new RoomVisit({ id, visitor, worker, room: this, pinGuard, clock, ...way });
    this.#visits.set(visit.id, visit);
    return ok(visit);
  }

  /** For whoever takes over from a participant who is inside. */
  succeed(predecessor: ParticipantId, visitor: Visitor): Result<Visit, Refusal> {
    const participant = this.#roster.get(predecessor);
    return participant ? this.#receive(visitor, { predecessor: participant }) : fail(refusals.notFound);
  }

  /** `judge` looks at the door as it is when this visit's turn has come. */
  enter<Verdict extends Admission | PinVerdict>(
    visit: RoomVisit,
    leg: MediaLeg,
    judge: (door: Door) => Verdict,
  ): Promise<EntryResult<Verdict> | Refused> {
    return this.#options.run(async () => {
      if (visit.gone) return refuse(refusals.closed);
      const verdict = judge(this.#door);
      if (verdict.kind !== "enter") return verdict as Exclude<Verdict, { kind: "enter" }>;
      this.#entering = true;
      try {
        return await this.#seat(visit, leg, verdict.role);
      } catch (error) {
        this.#options.log.warn({ leg: leg.id, code: errorCode(error) }, "the leg could not join");
        return refuse(refusals.mediaFailed);
      } finally {
        this.#entering = false;
        this.#endMeetingIfEmpty();
      }
    });
  }

  /** The caller is no longer here, inside or not. */
  depart(visit: RoomVisit, reason: string): void {
    this.#visits.delete(visit.id);
    if (this.#roster.remove(visit.id, reason)) {
      this.#tone("leave");
      this.#endMeetingIfEmpty();
    }
    this.#media.release(visit.worker);
    this.#options.onIdle();
  }

  toggleMute(id: ParticipantId): Promise<ToggleOutcome> {
    return this.#options.run(async () => {
      const participant = this.#roster.get(id);
      const reasons = participant && toggleSelf(participant.reasons);
      if (!participant || !reasons) return "held";
      await this.#roster.setReasons(participant, reasons);
      return reasons.length > 0 ? "muted" : "unmuted";
    });
  }

  /** Whether the hand is up now. */
  toggleHand(id: ParticipantId): boolean {
    const participant = this.#roster.get(id);
    if (participant) this.#roster.setHand(participant, !participant.handRaised);
    return participant?.handRaised ?? false;
  }

  keyPressed(id: ParticipantId, digit: string): void {
    const participant = this.#roster.get(id)?.snapshot();
    if (participant) this.#options.events.emit("participant.key", { room: this.#record, participant, digit });
  }

  pinGuessed(source: string, delayMs: number): void {
    this.#options.events.emit("pin.guessed", { room: this.#record, source, delayMs });
  }

  setLocked(locked: boolean): void {
    if (this.#locked === locked) return;
    this.#locked = locked;
    this.#statusChanged();
  }

  async setMuted(muted: boolean): Promise<void> {
    const changed = this.#muted !== muted;
    this.#muted = muted;
    await this.#roster.setAllReasons((participant) => {
      if (!muted) return removeReason(participant.reasons, "room");
      return roomMuteApplies(participant) ? addReason(participant.reasons, "room") : participant.reasons;
    });
    if (changed) this.#statusChanged();
  }

  /** `true` adds the reason `host`; `false` clears every reason. Rejects when the worker does not obey. */
  async muteParticipant(id: ParticipantId, muted: boolean): Promise<Result<void, RoomProblem>> {
    const participant = this.#roster.get(id);
    if (!participant) return participantNotFound(id);
    await this.#roster.setReasons(participant, muted ? addReason(participant.reasons, "host") : []);
    return ok(undefined);
  }

  /** Rejects when the worker does not obey. */
  async giveChair(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const participant = this.#roster.get(id);
    const given = participant !== undefined && (await this.#roster.giveChair(participant));
    return given ? ok(undefined) : participantNotFound(id);
  }

  /** Takes them out of the mix, then sends them away. */
  async kick(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const participant = this.#roster.get(id);
    if (!participant) return participantNotFound(id);
    const outOfTheMix = participant.leg.leave().catch((error) => {
      this.#options.log.warn({ leg: id, code: errorCode(error) }, "the leg did not leave the mix");
    });
    const { status, text } = kicked;
    this.#visits.get(id)?.dismiss(this.#record.enablePrompt ? kicked : { status, text });
    await outOfTheMix;
    return ok(undefined);
  }

  /** The record has changed in the database: what is live follows. */
  async apply(record: Room): Promise<void> {
    const control = this.#record.control;
    this.#record = record;
    this.arrangement.refit();
    if (record.control === control) return;
    await this.#roster.setAllReasons((participant) =>
      record.control === "MASTER" && floorApplies(participant)
        ? addReason(participant.reasons, "floor")
        : removeReason(participant.reasons, "floor"),
    );
  }

  workerDown(worker: MediaWorker): void {
    if (this.#media.isOn(worker)) this.dismissAll(refusals.mediaFailed);
  }

  /** Sends everybody away, whoever waits at the door too; the meeting ends with the last. */
  dismissAll({ status, text }: Dismissal): void {
    for (const visit of [...this.#visits.values()]) visit.dismiss({ status, text });
  }

  get #door(): Door {
    const { capacity, adminPin, roomPin } = this.#record;
    return { locked: this.#locked, present: this.#roster.size, capacity, adminPin, roomPin };
  }

  /** Into the mix, muted as they must be, and onto the roster unless they have gone meanwhile. */
  async #seat(visit: RoomVisit, leg: MediaLeg, role: Role): Promise<Entered | Refused> {
    const { displayName, number } = visit.visitor;
    const joinedAt = new Date(this.#options.clock.now()).toISOString();
    const participant = new LiveParticipant({ id: visit.id, displayName, number, role, joinedAt }, leg);
    await this.#media.open();
    const replaced = this.#presentPredecessor(visit);
    await participant.setReasons(replaced?.reasons ?? this.#roster.reasonsFor(participant, this.#muted));
    await leg.join(this.#record.id);
    if (visit.gone) return refuse(refusals.closed);
    if (this.#presentPredecessor(visit)) return this.#takeOver(visit, participant);

    this.#startMeeting();
    this.#roster.add(participant);
    const alone = this.#roster.size === 1;
    if (alone) this.#statusChanged();
    else this.#tone("join");
    return { kind: "entered", role, alone };
  }

  /** Whom this visit takes over from, as long as they are inside. */
  #presentPredecessor({ predecessor }: RoomVisit): LiveParticipant | undefined {
    return predecessor && this.#roster.get(predecessor.id);
  }

  /** One leaves and one comes, and the room hears neither. */
  #takeOver(visit: RoomVisit, participant: LiveParticipant): Entered {
    const old = this.#presentPredecessor(visit)!;
    this.#roster.replace(old.id, participant);
    this.#visits.get(old.id)?.leave("Transferred");
    return { kind: "entered", role: participant.role, alone: this.#roster.size === 1 };
  }

  #startMeeting(): void {
    if (this.#meeting !== undefined) return;
    this.#meeting = newId();
    this.#options.events.emit("meeting.started", { room: this.#record, meeting: this.#meeting });
  }

  /** Lock and mute belong to the meeting and end with it. */
  #endMeetingIfEmpty(): void {
    if (this.#roster.size > 0 || this.#entering) return;
    this.#media.close();
    if (this.#meeting === undefined) return;
    const meeting = this.#meeting;
    this.#meeting = undefined;
    this.#locked = false;
    this.#muted = false;
    this.#options.events.emit("meeting.ended", { room: this.#record, meeting });
    this.#statusChanged();
  }

  /** What the room hears; a room without prompts stays silent. */
  #tone(name: "join" | "leave"): void {
    if (!this.#record.enablePrompt || this.#roster.size === 0) return;
    this.#media.play([{ kind: "tone", name }], this.#record.language);
  }

  #statusChanged(): void {
    this.#options.events.emit("room.changed", { room: this.#record, status: this.status });
  }
}

const refuse = (refusal: Refusal): Refused => ({ kind: "refuse", refusal });
