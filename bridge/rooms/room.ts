// A live room: whoever is at its door or inside, its lock and its mute, and the meeting from the first arrival
// to the last departure. Everything that waits for a worker runs in the room's queue; leaving does not wait for
// anything, and whoever waited looks again. Never touches the database.
import type { Voice } from "#bridge/speech";
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
import {
  type Admission,
  type Door,
  type Pass,
  type PinVerdict,
  type Refusal,
  refusals,
} from "./admission.ts";
import { Announcer } from "./announcer.ts";
import { Arrangement } from "./arrangement.ts";
import { Floor } from "./floor.ts";
import type { LobbyPlace } from "./lobby.ts";
import { LiveParticipant } from "./participant.ts";
import { People } from "./people.ts";
import type { PinGuard } from "./pin-guard.ts";
import type { Placement } from "./placement.ts";
import type { Recorder, RecordingPlace } from "./recorder.ts";
import { RoomMedia } from "./room-media.ts";
import { type RecordingChange, RoomRecording } from "./room-recording.ts";
import { RoomVisit } from "./room-visit.ts";
import { Roster } from "./roster.ts";
import { type ScheduleMark, scheduleOf } from "./schedule.ts";
import { ScheduleWatch } from "./schedule-watch.ts";
import { LeftNames, type SpokenName } from "./spoken-names.ts";
import type { Participant, Room, RoomStatus, RoomsEvents } from "./types.ts";
import type { Dismissal, EntryResult, Introduction, Visit, Visitor } from "./visit.ts";

export interface LiveRoomOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Emitter<RoomsEvents>;
  readonly placement: Placement;
  readonly pinGuard: PinGuard;
  readonly recorder: Recorder;
  readonly voice: Voice;
  /** The room's serial queue. */
  readonly run: <T>(job: () => Promise<T> | T) => Promise<T>;
  /** Called when the last thing that keeps the room live may have gone. */
  readonly onIdle: () => void;
}

/** How somebody comes to the door. */
export interface Way {
  /** This room has called them. */
  readonly pass?: Pass;
  /** They have chosen it in the lobby, and have a leg already. */
  readonly lobby?: LobbyPlace;
}

type Refused = Extract<Admission, { readonly kind: "refuse" }>;
type Entered = EntryResult<never>;

const endedByHost: Dismissal = { status: 200, text: "Ended by the host", words: "over" };
const endOfBooking: Dismissal = { status: 200, text: "The booked time is over", words: "over" };

export class LiveRoom {
  readonly arrangement: Arrangement;
  readonly recording: RoomRecording;
  readonly people: People;
  /** Of those who may come back to this meeting. */
  readonly leftNames: LeftNames;
  readonly #options: LiveRoomOptions;
  readonly #media: RoomMedia;
  readonly #roster: Roster;
  readonly #floor: Floor;
  readonly #announcer: Announcer;
  readonly #schedule: ScheduleWatch;
  readonly #visits = new Map<ParticipantId, RoomVisit>();
  #record: Room;
  #locked = false;
  #meeting: MeetingId | undefined;
  /** Somebody is on the way in: the meeting does not end under them. */
  #entering = false;

  constructor(record: Room, options: LiveRoomOptions) {
    this.#record = record;
    this.#options = options;
    const { clock, log, events, placement, recorder, run, onIdle, voice } = options;
    const now = () => this.#record;
    this.#media = new RoomMedia(record.id, placement, log);
    this.#roster = new Roster({ clock, log, events, record: now, run });
    this.#floor = new Floor(this.#roster);
    this.#announcer = new Announcer({ media: this.#media, voice, clock, record: now });
    this.leftNames = new LeftNames(clock);
    this.#schedule = new ScheduleWatch({ clock, record: now, onMark: (mark) => this.#onMark(mark) });
    this.arrangement = new Arrangement(this.#roster, now);
    this.people = new People({
      roster: this.#roster,
      floor: this.#floor,
      announcer: this.#announcer,
      room: this,
      run,
      events,
      log,
    });
    this.recording = new RoomRecording({
      ...{ clock, log, recorder, onIdle },
      place: () => this.#recordingPlace,
      onChange: (how) => this.#recordingChanged(how),
    });
  }

  get record(): Room {
    return this.#record;
  }

  /** True when nothing would be lost by forgetting this room until somebody comes. */
  get idle(): boolean {
    return this.#visits.size === 0 && !this.#locked && !this.#floor.muted && this.recording.idle;
  }

  /** What is said is being recorded, or is going to be as soon as somebody is inside. */
  get recorded(): boolean {
    return this.recording.running || (this.#record.enableRecording && this.#roster.size <= 1);
  }

  get meeting(): MeetingId | undefined {
    return this.#meeting;
  }

  get present(): number {
    return this.#roster.size;
  }

  get status(): RoomStatus {
    const reachable = this.#options.placement.available ? "ONLINE" : "OFFLINE";
    const status = this.#roster.size > 0 ? "ON_CALL" : reachable;
    const recording = this.recording.running;
    return { status, locked: this.#locked, muted: this.#floor.muted, recording };
  }

  get participants(): readonly Participant[] {
    return this.#roster.snapshot();
  }

  /** What the door says at this moment to whoever is judged so. */
  admission(judge: (door: Door) => Admission): Admission {
    return judge(this.door);
  }

  arrive(visitor: Visitor, way: Way = {}): Result<Visit, Refusal> {
    const refusal = this.#options.placement.refusal();
    return refusal ? fail(refusal) : this.#receive(visitor, way);
  }

  #receive(
    visitor: Visitor,
    { lobby, ...way }: Way & { readonly predecessor?: LiveParticipant },
  ): Result<Visit, Refusal> {
    const worker = this.#media.hold(lobby?.worker);
    if (!worker) return fail(refusals.noWorker);
    const { pinGuard, clock } = this.#options;
    const id: ParticipantId = lobby?.id ?? newId();
    const visit = new RoomVisit({ id, visitor, worker, room: this, pinGuard, clock, ...way });
    this.#visits.set(visit.id, visit);
    this.#schedule.start();
    return ok(visit);
  }

  /** For whoever takes over from a participant who is inside. */
  succeed(predecessor: ParticipantId, visitor: Visitor): Result<Visit, Refusal> {
    const participant = this.#roster.get(predecessor);
    return participant ? this.#receive(visitor, { predecessor: participant }) : fail(refusals.notFound);
  }

  /** `judge` looks at the door as it is when this visit's turn has come. */
  enter<Verdict extends Admission | PinVerdict | Introduction>(
    visit: RoomVisit,
    leg: MediaLeg,
    judge: (door: Door) => Verdict,
  ): Promise<EntryResult<Verdict> | Refused> {
    return this.#options.run(async () => {
      if (visit.gone) return refuse(refusals.closed);
      const verdict = judge(this.door);
      if (verdict.kind !== "enter") return verdict as Exclude<Verdict, { kind: "enter" }>;
      this.#entering = true;
      try {
        return await this.#seat(visit, leg, verdict.pass);
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
    const name = visit.giveUpName();
    if (!this.#roster.remove(visit.id, reason)) name?.discard();
    else {
      void this.#sayGoodbye(visit, name);
      this.#tellWhoIsAlone();
      this.#endMeetingIfEmpty();
    }
    if (this.#visits.size === 0) this.#schedule.stop();
    this.#media.release(visit.worker);
    this.#options.onIdle();
  }

  /** The name stays until the worker has it, and then as long as its owner may come back. */
  async #sayGoodbye({ visitor }: RoomVisit, name: SpokenName | undefined): Promise<void> {
    const meeting = this.#meeting;
    if (this.#roster.size > 0) await this.#announcer.departure(name);
    if (!name) return;
    if (this.#meeting === meeting) this.leftNames.keep(visitor, name);
    else name.discard();
  }

  visitOf(id: ParticipantId): RoomVisit | undefined {
    return this.#visits.get(id);
  }

  toggleLock(): Promise<boolean> {
    return this.#options.run(() => {
      this.setLocked(!this.#locked);
      return this.#locked;
    });
  }

  endMeeting(): Promise<void> {
    return this.#options.run(() => this.dismissAll(endedByHost));
  }

  pinGuessed(source: string, delayMs: number): void {
    this.#options.events.emit("pin.guessed", { room: this.#record, source, delayMs });
  }

  setLocked(locked: boolean): void {
    if (this.#locked === locked) return;
    this.#locked = locked;
    this.doorChanged();
    this.statusChanged();
  }

  /** The record has changed in the database: what is live follows. */
  async apply(record: Room): Promise<void> {
    const control = this.#record.control;
    this.#record = record;
    this.arrangement.refit();
    this.#schedule.look();
    this.doorChanged();
    if (record.control !== control) await this.#floor.followControl(record.control);
  }

  workerDown(worker: MediaWorker): void {
    if (this.#media.isOn(worker)) this.dismissAll(refusals.mediaFailed);
  }

  /** Sends everybody away, whoever waits at the door too; the meeting ends with the last. */
  dismissAll(dismissal: Dismissal): void {
    for (const visit of [...this.#visits.values()]) visit.dismiss(this.spoken(dismissal));
  }

  /** A room without prompts has no last words. */
  spoken({ status, text, words }: Dismissal): Dismissal {
    return this.#record.enablePrompt && words !== undefined ? { status, text, words } : { status, text };
  }

  get door(): Door {
    const { capacity, adminPin, roomPin, options } = this.#record;
    const { members, waitForHost, allowEarlyJoin } = options;
    return {
      locked: this.#locked,
      schedule: scheduleOf(this.#record, this.#options.clock.now()),
      present: this.#roster.size,
      hostPresent: this.#roster.hasHost,
      ...{ capacity, adminPin, roomPin, members, waitForHost, allowEarlyJoin },
    };
  }

  #onMark(mark: ScheduleMark): void {
    switch (mark.kind) {
      case "doors":
      case "begins":
        this.doorChanged();
        return;
      case "minutes left":
        void this.#announcer.say(mark);
        return;
      case "over":
        this.dismissAll(endOfBooking);
        return;
    }
  }

  /** Whoever waits looks again. */
  doorChanged(): void {
    for (const visit of this.#visits.values()) visit.doorChanged();
  }

  /** Whoever is the only one left, or no longer is. */
  #tellWhoIsAlone(): void {
    const [first] = this.#roster.present;
    if (first) this.#visits.get(first.id)?.visitor.accompanied?.(this.#roster.size > 1);
  }

  /** Into the mix, muted as they must be, and onto the roster unless they have gone meanwhile. */
  async #seat(visit: RoomVisit, leg: MediaLeg, { role, name }: Pass): Promise<Entered | Refused> {
    const { number } = visit.visitor;
    const displayName = name ?? visit.visitor.displayName;
    const joinedAt = new Date(this.#options.clock.now()).toISOString();
    const participant = new LiveParticipant({ id: visit.id, displayName, number, role, joinedAt }, leg);
    await this.#media.open();
    const replaced = this.#presentPredecessor(visit);
    await participant.setReasons(
      replaced?.reasons ?? this.#roster.reasonsFor(participant, this.#floor.muted),
    );
    await leg.join(this.#record.id);
    if (visit.gone) return refuse(refusals.closed);
    if (this.#presentPredecessor(visit)) return this.#takeOver(visit, participant);

    this.#startMeeting();
    this.#roster.add(participant);
    const alone = this.#roster.size === 1;
    if (alone) this.statusChanged();
    else this.#announcer.arrival(visit.name);
    if (this.#roster.size === 2) this.#tellWhoIsAlone();
    if (role === "host") this.doorChanged();
    void this.#options.run(() => this.recording.arrived(this.#record.enableRecording && alone));
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
    visit.inheritName(this.#visits.get(old.id));
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
    this.leftNames.clear();
    this.recording.meetingEnded();
    this.#locked = false;
    this.#floor.reset();
    this.#options.events.emit("meeting.ended", { room: this.#record, meeting });
    this.statusChanged();
  }

  get #recordingPlace(): RecordingPlace | undefined {
    const worker = this.#media.openOn;
    if (!worker || this.#meeting === undefined || this.#roster.size === 0) return undefined;
    return { room: this.#record, meeting: this.#meeting, participants: this.participants, worker };
  }

  #recordingChanged(how: RecordingChange): void {
    this.#announcer.recording(how);
    this.statusChanged();
  }

  statusChanged(): void {
    this.#options.events.emit("room.changed", { room: this.#record, status: this.status });
  }
}

const refuse = (refusal: Refusal): Refused => ({ kind: "refuse", refusal });
