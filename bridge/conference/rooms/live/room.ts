// A live room: its queue, lock, meeting and roster, and the one way in and out of its mix. Everything that waits for a
// worker runs in the queue; leaving waits for nothing, so what has waited looks again whether the participant is still
// there. Of the database it knows only where lock and mute are written.

import {
  errorCode,
  errorMessage,
  fail,
  type MeetingId,
  newId,
  ok,
  type ParticipantId,
  type Result,
} from "#common";
import type { MediaLeg, MediaWorker } from "#media/client";
import {
  type Admission,
  admitAs,
  type EntryConditions,
  entryConditionsOf,
  type Introduction,
  type JoinResult,
  type Pass,
  type PinVerdict,
  passOf,
  problemOf,
  type Refusal,
  type Refused,
  refusals,
} from "../policy/admission.ts";
import { LeftNames, type SpokenName } from "../policy/left-names.ts";
import { addReason, type ToggleOutcome } from "../policy/mute.ts";
import { type PinGuess, pinCaller } from "../policy/pin-guard.ts";
import { isOver, type ScheduleMark } from "../policy/schedule.ts";
import type { Role } from "../records/options.ts";
import type { Identity, ParticipantInfo } from "../records/participant-info.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { Room, RoomStatus, RoomSwitches } from "../records/room.ts";
import { Announcer } from "./announcer.ts";
import type { RoomContext } from "./context.ts";
import type { LobbyPlace } from "./lobby.ts";
import {
  type Arrival,
  type Dismissal,
  Participant,
  type ParticipantCall,
  type ParticipantRoom,
} from "./participant.ts";
import type { RecordingPlace } from "./recorder.ts";
import { RoomMedia } from "./room-media.ts";
import { RoomMute } from "./room-mute.ts";
import { type RecordingChange, RoomRecording } from "./room-recording.ts";
import { participantNotFound, Roster } from "./roster.ts";
import { ScheduleWatch } from "./schedule-watch.ts";
import { VideoCells } from "./video-cells.ts";

type Joined = JoinResult<Refused>;

const endedByHost: Dismissal = { status: 200, text: "Ended by the host", words: "over" };
const endOfBooking: Dismissal = { status: 200, text: "The booked time is over", words: "over" };
const kicked: Dismissal = { status: 403, text: "Removed from the conference", words: "kicked" };

const refuse = (refusal: Refusal): Joined => ({ kind: "refuse", refusal });

export class LiveRoom implements ParticipantRoom {
  readonly roster: Roster;
  readonly mute: RoomMute;
  readonly videoCells: VideoCells;
  readonly recording: RoomRecording;
  /** Of those who may come back to this meeting. */
  readonly leftNames: LeftNames;
  readonly #context: RoomContext;
  readonly #media: RoomMedia;
  readonly #announcer: Announcer;
  readonly #schedule: ScheduleWatch;
  #record: Room;
  #locked = false;
  #meeting: MeetingId | undefined;
  /** One participant is on the way into the mix: the meeting does not end under them. */
  #joining = false;

  constructor(record: Room, context: RoomContext) {
    this.#record = record;
    this.#context = context;
    const { clock, log, events, placement, recorder, run, onIdle, voice } = context;
    const now = () => this.#record;
    this.#media = new RoomMedia(record.id, placement, log);
    this.#announcer = new Announcer({ media: this.#media, voice, clock, record: now });
    this.#schedule = new ScheduleWatch({ clock, record: now, onMark: (mark) => this.#onMark(mark) });
    this.roster = new Roster({ clock, log, events, record: now, run });
    this.mute = new RoomMute({
      roster: this.roster,
      keep: (muted) => this.#keepSwitches({ muted }),
      onChange: (muted) => this.#muteChanged(muted),
    });
    this.videoCells = new VideoCells(this.roster, now);
    this.leftNames = new LeftNames(clock);
    this.recording = new RoomRecording({
      ...{ clock, log, recorder, onIdle },
      place: () => this.#recordingPlace,
      onChange: (how) => this.#recordingChanged(how),
    });
  }

  get record(): Room {
    return this.#record;
  }

  get meeting(): MeetingId | undefined {
    return this.#meeting;
  }

  get present(): number {
    return this.roster.size;
  }

  get participants(): readonly ParticipantInfo[] {
    return this.roster.info();
  }

  /** True when nothing would be lost by forgetting this room until the next caller. */
  get idle(): boolean {
    return this.roster.isEmpty && !this.#locked && !this.mute.muted && this.recording.idle;
  }

  get recorded(): boolean {
    return this.recording.running || (this.#record.enableRecording && this.present <= 1);
  }

  get full(): boolean {
    const { present, capacity } = this.entryConditions;
    return present >= capacity;
  }

  get status(): RoomStatus {
    const { clock, placement } = this.#context;
    const open = placement.available && !isOver(this.#record, clock.now());
    const status = this.present > 0 ? "ON_CALL" : open ? "ONLINE" : "OFFLINE";
    const recording = this.recording.running;
    return { status, locked: this.#locked, muted: this.mute.muted, recording };
  }

  get entryConditions(): EntryConditions {
    return {
      ...entryConditionsOf(this.#record, this.#context.clock.now()),
      locked: this.#locked,
      present: this.present + this.roster.expected,
      hostPresent: this.roster.hasHost,
    };
  }

  // Coming to the room.

  /** A participant on the room's worker. `lobby`: has chosen the room there and has a leg already. */
  arrive(call: ParticipantCall, arrival: Arrival, lobby?: LobbyPlace): Result<Participant, Refusal> {
    const refusal = this.#context.placement.refusal();
    return refusal ? fail(refusal) : this.#receive(call, arrival, lobby);
  }

  /** One who takes over from a participant who is inside. */
  takeOver(predecessor: Participant, call: ParticipantCall): Result<Participant, Refusal> {
    if (!this.roster.has(predecessor)) return fail(refusals.notFound);
    return this.#receive(call, { kind: "transfer", from: predecessor });
  }

  /** Holds a place for a participant of another room, on the same worker when this room is free to choose. */
  expect(from: Participant, role: Role): Result<Participant, RoomProblem> {
    const pass: Pass = { role, name: from.displayName, invited: true };
    const verdict = admitAs(this.entryConditions, pass);
    if (verdict.kind === "wait") return fail(notOpen);
    if (verdict.kind === "refuse") return fail(problemOf(verdict.refusal));
    const expected = this.#receive(from.call, { kind: "move", from, pass }, from);
    return expected.ok ? expected : fail(problemOf(expected.error));
  }

  #receive(
    call: ParticipantCall,
    arrival: Arrival,
    before?: Pick<Participant, "id" | "worker">,
  ): Result<Participant, Refusal> {
    const worker = this.#media.hold(before?.worker);
    if (!worker) return fail(refusals.noWorker);
    const id: ParticipantId = before?.id ?? newId();
    const participant = new Participant({ id, call, worker, room: this, arrival, log: this.#context.log });
    this.roster.expect(participant);
    this.#schedule.start();
    return ok(participant);
  }

  beginPin({ call }: Participant, ended: AbortSignal): PinGuess {
    return this.#context.pinGuard.begin({ ...pinCaller(call), room: this.#record.id }, ended);
  }

  relocate(refused: ReadonlySet<MediaWorker>): boolean {
    const other = this.#media.another(refused);
    return other !== undefined && this.relocateTo(other);
  }

  relocateTo(worker: MediaWorker): boolean {
    if (!this.#media.relocate(worker)) return false;
    this.roster.relocate(worker);
    return true;
  }

  // Into the mix and out of it.

  join<Verdict extends Admission | PinVerdict | Introduction>(
    participant: Participant,
    leg: MediaLeg,
    judge: (conditions: EntryConditions) => Verdict,
  ): Promise<JoinResult<Verdict | Refused>> {
    const { run, log } = this.#context;
    return run(async () => {
      if (participant.gone) return refuse(refusals.closed);
      const verdict = judge(this.entryConditions);
      if (verdict.kind !== "enter") return verdict as Exclude<Verdict, { readonly kind: "enter" }>;
      if (leg.worker !== participant.worker) return { kind: "leg-elsewhere", pass: verdict.pass };
      this.#joining = true;
      try {
        return await this.#enterMix(participant, leg, verdict.pass);
      } catch (error) {
        log.warn({ leg: leg.id, code: errorCode(error) }, "the leg could not join");
        return refuse(refusals.mediaFailed);
      } finally {
        this.#joining = false;
        this.#endMeetingIfEmpty();
      }
    });
  }

  /** Muted as it must be, into the mix, and onto the roster unless the participant has left meanwhile. */
  async #enterMix(participant: Participant, leg: MediaLeg, pass: Pass): Promise<Joined> {
    const { arrival } = participant;
    participant.prepare(leg, pass, new Date(this.#context.clock.now()).toISOString());
    await this.#media.open();
    if (arrival.kind === "move") return this.#bringOver(participant, arrival.from);
    const predecessor = () =>
      arrival.kind === "transfer" && this.roster.has(arrival.from) ? arrival.from : undefined;
    const reasons = predecessor()?.reasons ?? this.roster.reasonsFor(participant, this.mute.muted);
    await participant.setReasons(reasons);
    await leg.join(this.#record.id);
    if (participant.gone) return refuse(refusals.closed);
    const replaced = predecessor();
    return replaced ? this.#replace(participant, replaced) : this.#welcome(participant);
  }

  /** Onto the roster; the room hears it. */
  #welcome(participant: Participant): Joined {
    const { run } = this.#context;
    const { role } = participant;
    this.#startMeeting();
    this.roster.add(participant);
    const alone = this.present === 1;
    if (alone) this.#statusChanged();
    else this.#announcer.arrival(participant.name);
    if (this.present === 2) this.roster.tellWhoIsAlone();
    if (role === "host") this.#admissionChanged();
    void run(() => this.recording.arrived(this.#record.enableRecording && alone));
    return { kind: "entered", role, alone };
  }

  /** From the mix of another room into this one, heard by neither on the way, with the reason `self` if it held. */
  async #bringOver(participant: Participant, from: Participant): Promise<Joined> {
    const { events, log } = this.#context;
    const { leg } = participant;
    await leg.mute(true);
    await leg.join(this.#record.id);
    if (participant.gone || from.gone) return refuse(refusals.closed);
    const here = this.roster.reasonsFor(participant, this.mute.muted);
    participant.assumeReasons(from.reasons.includes("self") ? addReason(here, "self") : here);
    participant.talking = from.talking && leg === from.leg;
    events.emit("participant.moved", {
      ...{ room: from.room.record, participant: from.info(), to: this.#record },
    });
    from.leaveFor(participant);
    const joined = this.#welcome(participant);
    await leg.mute(participant.reasons.length > 0).catch((error) => {
      log.warn({ leg: leg.id, code: errorCode(error) }, "mute did not change");
    });
    return joined;
  }

  /** A transfer: one leaves and one comes, and the room hears neither. */
  #replace(participant: Participant, replaced: Participant): Joined {
    this.roster.replace(replaced, participant);
    participant.inheritName(replaced);
    replaced.leave("Transferred");
    return { kind: "entered", role: participant.role, alone: this.present === 1 };
  }

  /** A move came to nothing: the leg is in this mix, as muted as before, or the participant is sent away. */
  stay(participant: Participant): Promise<void> {
    const { run, log } = this.#context;
    return run(async () => {
      if (participant.gone) return;
      try {
        await participant.leg.join(this.#record.id);
        await participant.leg.mute(participant.reasons.length > 0);
      } catch (error) {
        log.warn({ leg: participant.id, code: errorCode(error) }, "the leg could not come back");
        participant.dismiss(refusals.mediaFailed);
      }
    });
  }

  departed(participant: Participant, reason: string, lent?: SpokenName): void {
    const name = participant.giveUpName();
    if (!this.roster.remove(participant, reason)) name?.discard();
    else {
      void this.#sayGoodbye(participant, name, lent);
      this.roster.tellWhoIsAlone();
      this.#endMeetingIfEmpty();
    }
    if (this.roster.isEmpty) this.#schedule.stop();
    this.#media.release(participant.worker);
    this.#context.onIdle();
  }

  /** The name stays until the worker has it, and then as long as its owner may come back. */
  async #sayGoodbye({ call }: Participant, name?: SpokenName, lent?: SpokenName): Promise<void> {
    const meeting = this.#meeting;
    if (this.present > 0) await this.#announcer.departure(name ?? lent);
    if (!name) return;
    if (this.#meeting === meeting) this.leftNames.keep(call, name);
    else name.discard();
  }

  // The meeting: from the first participant inside to the last.

  #startMeeting(): void {
    if (this.#meeting !== undefined) return;
    this.#meeting = newId();
    this.#context.events.emit("meeting.started", { room: this.#record, meeting: this.#meeting });
  }

  #endMeetingIfEmpty(): void {
    if (this.present > 0 || this.#joining) return;
    this.#media.close();
    const meeting = this.#meeting;
    if (meeting === undefined) return;
    this.#meeting = undefined;
    this.leftNames.clear();
    this.recording.meetingEnded();
    this.#resetSwitches();
    this.#context.events.emit("meeting.ended", { room: this.#record, meeting });
    this.#statusChanged();
  }

  /** Lock and mute end with the meeting, unless the daemon has ended it. */
  #resetSwitches(): void {
    const { run, log, stopping } = this.#context;
    if (stopping() || !(this.#locked || this.mute.muted)) return;
    this.#locked = false;
    this.mute.reset();
    run(() => this.#keepSwitches()).catch((error: unknown) => {
      log.warn(
        { why: errorMessage(error) },
        "the end of lock and mute was not written: a restart brings them back",
      );
    });
  }

  endMeeting(): Promise<void> {
    return this.#context.run(() => this.dismissAll(endedByHost));
  }

  /** Sends all participants away, those who wait too; the meeting ends with the last. */
  dismissAll(dismissal: Dismissal): void {
    this.roster.dismissAll(this.#spoken(dismissal));
  }

  workerDown(worker: MediaWorker): void {
    if (this.#media.isOn(worker)) this.dismissAll(refusals.mediaFailed);
  }

  // What participants and the API change.

  toggleLock(): Promise<boolean> {
    return this.#context.run(async () => {
      await this.setLocked(!this.#locked);
      return this.#locked;
    });
  }

  /** On the disk before anything follows it. */
  async setLocked(locked: boolean): Promise<void> {
    if (this.#locked === locked) return;
    await this.#keepSwitches({ locked });
    this.#locked = locked;
    this.#admissionChanged();
    this.#statusChanged();
  }

  toggleMute(participant: Participant): Promise<ToggleOutcome> {
    return this.#context.run(() => this.mute.toggleSelf(participant));
  }

  toggleMuteOthers(participant: Participant): Promise<boolean> {
    return this.#context.run(() => this.mute.toggleOthers(participant));
  }

  toggleHand(participant: Participant): boolean {
    if (!this.roster.has(participant)) return false;
    this.roster.setHand(participant, !participant.handRaised);
    return participant.handRaised;
  }

  keyPressed(participant: Participant, digit: string): void {
    if (!this.roster.has(participant)) return;
    this.#context.events.emit("participant.key", {
      ...{ room: this.#record, participant: participant.info(), digit },
    });
  }

  async becomeHost(participant: Participant, pin: string, guess: PinGuess): Promise<boolean> {
    const became = await this.#context.run(async () => {
      const right = this.roster.has(participant) && passOf(this.entryConditions, pin)?.role === "host";
      if (!right) return false;
      await this.roster.promote(participant);
      this.#admissionChanged();
      return true;
    });
    if (became) guess.right();
    return became;
  }

  identify(participant: Participant, who: Identity): void {
    // The name that was said is that of the person before.
    if (this.roster.identify(participant, who)) participant.giveUpName()?.discard();
  }

  async giveChair(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const participant = this.roster.get(id);
    const given = participant !== undefined && (await this.roster.giveChair(participant));
    return given ? ok(undefined) : participantNotFound(id);
  }

  /** Takes the participant out of the mix, then sends them away. */
  async kick(id: ParticipantId): Promise<Result<void, RoomProblem>> {
    const participant = this.roster.get(id);
    if (!participant) return participantNotFound(id);
    const outOfTheMix = participant.leg.leave().catch((error) => {
      this.#context.log.warn({ leg: id, code: errorCode(error) }, "the leg did not leave the mix");
    });
    participant.dismiss(this.#spoken(kicked));
    await outOfTheMix;
    return ok(undefined);
  }

  /** The record has changed in the database: what is live follows. */
  async apply(record: Room): Promise<void> {
    const { control } = this.#record;
    this.#record = record;
    this.videoCells.refit();
    this.#schedule.look();
    this.#admissionChanged();
    if (record.control !== control) await this.mute.followControl(record.control);
  }

  /** What was on before a restart. */
  restore({ locked, muted }: RoomSwitches): void {
    this.#locked = locked;
    this.mute.restore(muted);
    this.#context.events.emit("room.restored", { room: this.#record, status: this.status });
  }

  #keepSwitches(change: Partial<RoomSwitches> = {}): Promise<void> {
    const switches = { locked: this.#locked, muted: this.mute.muted, ...change };
    return this.#context.keepSwitches(this.#record.id, switches);
  }

  // What follows from changes.

  #onMark(mark: ScheduleMark): void {
    switch (mark.kind) {
      case "doors":
      case "begins":
        this.#admissionChanged();
        return;
      case "minutes left":
        void this.#announcer.say(mark);
        return;
      case "over":
        this.dismissAll(endOfBooking);
        return;
    }
  }

  #muteChanged(muted: boolean): void {
    void this.#announcer.say(muted ? "room muted" : "room unmuted");
    this.#statusChanged();
  }

  #recordingChanged(how: RecordingChange): void {
    this.#announcer.recording(how);
    this.#statusChanged();
  }

  /** Those who wait look again. */
  #admissionChanged(): void {
    this.roster.admissionChanged();
  }

  #statusChanged(): void {
    this.#context.events.emit("room.changed", { room: this.#record, status: this.status });
  }

  /** A room without prompts has no last words. */
  #spoken({ status, text, words }: Dismissal): Dismissal {
    return this.#record.enablePrompt && words !== undefined ? { status, text, words } : { status, text };
  }

  get #recordingPlace(): RecordingPlace | undefined {
    const worker = this.#media.openOn;
    const meeting = this.#meeting;
    if (!worker || meeting === undefined || this.present === 0) return undefined;
    return { room: this.#record, meeting, participants: this.participants, worker };
  }
}

const notOpen: RoomProblem = {
  code: "ROOM_NOT_OPEN",
  message: "the room has not begun: participants would have to wait",
};
