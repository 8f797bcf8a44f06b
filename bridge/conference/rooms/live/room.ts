// A live room: participants arrive, join and leave; the meeting lasts from the first participant to the last; changes are
// passed on to the parts of the room. Everything that waits for a worker runs in the room's queue; leaving waits for nothing,
// so code that has waited checks again whether the participant is still there.

import { isDeepStrictEqual } from "node:util";
import { errorCode, fail, type MeetingId, newId, ok, type ParticipantId, type Result, within } from "#common";
import type { MediaLeg, MediaWorker } from "#media/client";
import { lastWholeStep, type VideoLimits } from "#media/protocol";
import {
  type Admission,
  type AdmissionRefusal,
  type EntryConditions,
  entryConditionsOf,
  type Introduction,
  type JoinResult,
  type Pass,
  type PinVerdict,
  passOf,
  problemOf,
  type Refused,
  refusalOfMoved,
  refusals,
} from "../policy/admission.ts";
import { LeftNames, type SpokenName } from "../policy/left-names.ts";
import { type PinGuess, pinCaller } from "../policy/pin-guard.ts";
import { isOver, type ScheduleMark } from "../policy/schedule.ts";
import { videoLimitsOf } from "../policy/video-limits.ts";
import type { Role } from "../records/options.ts";
import type { Identity, PlacedParticipant } from "../records/participant-info.ts";
import type { RoomProblem } from "../records/problem.ts";
import type { Room, RoomStatus, RoomSwitches } from "../records/room.ts";
import { Announcer } from "./announcer.ts";
import type { ResumedRoom, RoomContext } from "./context.ts";
import type { LobbyPlace } from "./lobby.ts";
import { Meeting } from "./meeting.ts";
import { type Joined, MixEntry } from "./mix-entry.ts";
import { type Arrival, Participant, type ParticipantRoom, type ParticipantSnapshot } from "./participant.ts";
import type { Dismissal, ParticipantCall } from "./participant-call.ts";
import type { RecordingPlace } from "./recorder.ts";
import { RoomMedia } from "./room-media.ts";
import type { RoomMute } from "./room-mute.ts";
import { type RecordingChange, RoomRecording } from "./room-recording.ts";
import { RoomScene } from "./room-scene.ts";
import { Roster } from "./roster.ts";
import { ScheduleWatch } from "./schedule-watch.ts";
import { Switches } from "./switches.ts";
import { VideoCells } from "./video-cells.ts";

const endOfBooking: Dismissal = {
  status: 200,
  text: "The booked time is over",
  code: "TIME_OVER",
  words: "over",
};

/** The longest time that a caller waits to learn whether a recording has begun. */
const recordingLimitMs = 3000;

const refuse = (refusal: AdmissionRefusal): Joined => ({ kind: "refuse", refusal });

export class LiveRoom implements ParticipantRoom {
  readonly roster: Roster;
  readonly media: RoomMedia;
  readonly switches: Switches;
  readonly videoCells: VideoCells;
  readonly #scene: RoomScene;
  readonly recording: RoomRecording;
  /** The recorded names of participants who may come back to this meeting. */
  readonly leftNames: LeftNames;
  readonly #context: RoomContext;
  readonly #mixEntry: MixEntry;
  readonly #announcer: Announcer;
  readonly #schedule: ScheduleWatch;
  readonly #meeting: Meeting;
  #record: Room;
  /** A participant is being put into the mix: the meeting does not end meanwhile. */
  #joining = false;

  constructor(record: Room, context: RoomContext) {
    this.#record = record;
    this.#context = context;
    const { clock, log, events, placement, recorder, run, onIdle, voice } = context;
    const now = () => this.#record;
    this.#meeting = new Meeting({
      room: record.id,
      stateRecords: context.stateRecords,
      state: () => this.#meetingState,
    });
    this.media = new RoomMedia({ room: record.id, placement, log, video: () => this.video });
    this.#announcer = new Announcer({ media: this.media, voice, clock, record: now });
    this.#schedule = new ScheduleWatch({ clock, record: now, onMark: (mark) => this.#onMark(mark) });
    this.roster = new Roster({ clock, log, events, record: now, run, onChange: () => this.#rosterChanged() });
    this.#scene = new RoomScene({
      ...{ clock, log, media: this.media, record: now, run, style: context.picture },
      participants: () => this.roster.present,
      onScene: () => this.#meeting.changed(),
    });
    this.switches = new Switches({
      ...{ context, roster: this.roster, record: now },
      onLock: () => this.#lockChanged(),
      onMute: (muted) => this.#muteChanged(muted),
    });
    this.#mixEntry = new MixEntry({
      ...{ context, media: this.media, roster: this.roster, record: now },
      roomMuted: () => this.mute.muted,
      welcome: (participant) => this.#welcome(participant),
    });
    this.videoCells = new VideoCells(this.roster, now);
    this.leftNames = new LeftNames(clock);
    this.recording = new RoomRecording({
      ...{ clock, log, recorder, onIdle },
      place: () => this.#recordingPlace,
      enabled: () => this.#record.access.config.recording.enabled,
      onChange: (how) => this.#recordingChanged(how),
      onRefused: (problem) => events.emit("recording.refused", { room: this.#record, problem }),
      onDue: () => this.#recordIfDue(false),
    });
  }

  get record(): Room {
    return this.#record;
  }

  get meeting(): MeetingId | undefined {
    return this.#meeting.id;
  }

  get mute(): RoomMute {
    return this.switches.mute;
  }

  get present(): number {
    return this.roster.size;
  }

  get participants(): readonly PlacedParticipant[] {
    return this.roster.info().map((participant) => {
      const { id, position, pinnedTo } = participant;
      return { ...participant, cell: pinnedTo === null ? this.#scene.cellOf(id) : position };
    });
  }

  /** True when nothing would be lost by forgetting this room until the next caller. */
  get idle(): boolean {
    return this.roster.isEmpty && !this.switches.on && this.recording.idle;
  }

  /** Stops the timers, when the process ends or the room was deleted. */
  close(): void {
    this.recording.close();
    this.#schedule.stop();
  }

  async isRecorded(): Promise<boolean> {
    const { run, clock } = this.#context;
    const running = await within(
      run(async () => this.recording.running),
      { clock, limitMs: recordingLimitMs },
    );
    // If it is not known in time, announcing a recording that does not run is better than not announcing one that does.
    return running ?? (this.recording.running || this.#recordsItself);
  }

  /** The room records automatically, from the first participant of each meeting on. */
  get #recordsItself(): boolean {
    return this.#record.enableRecording && this.#record.access.config.recording.enabled;
  }

  get full(): boolean {
    const { present, capacity } = this.entryConditions;
    return present >= capacity;
  }

  get status(): RoomStatus {
    const { clock, placement } = this.#context;
    const open = placement.available && !this.#record.closed && !isOver(this.#record, clock.now());
    const status = this.present > 0 ? "ON_CALL" : open ? "ONLINE" : "OFFLINE";
    const recording = this.recording.running;
    const { degradation } = this.media;
    const pictureDegradation = recording ? Math.min(degradation, lastWholeStep) : degradation;
    return { status, locked: this.switches.locked, muted: this.mute.muted, recording, pictureDegradation };
  }

  /** The limits of the picture; undefined: the room has none. */
  get video(): VideoLimits | undefined {
    return this.#context.video ? videoLimitsOf(this.#record) : undefined;
  }

  /** The worker is overloaded: nothing new may begin in the room. */
  get overloaded(): boolean {
    return this.media.overloaded;
  }

  get entryConditions(): EntryConditions {
    return {
      ...entryConditionsOf(this.#record, this.#context.clock.now()),
      locked: this.switches.locked,
      present: this.present + this.roster.placesHeld,
      hostPresent: this.roster.hasHost,
    };
  }

  // Arriving.

  /** Makes a participant on the room's worker. `lobby`: the caller comes from the lobby and has a leg already. */
  arrive(call: ParticipantCall, arrival: Arrival, lobby?: LobbyPlace): Result<Participant, AdmissionRefusal> {
    const refusal = this.media.refusal(lobby !== undefined);
    return refusal ? fail(refusal) : this.#receive(call, arrival, lobby);
  }

  /** Makes a participant for a transfer target that takes over the place of a participant inside. */
  takeOver(predecessor: Participant, call: ParticipantCall): Result<Participant, AdmissionRefusal> {
    if (!this.roster.has(predecessor)) return fail(refusals.notFound);
    return this.#receive(call, { kind: "transfer", from: predecessor });
  }

  /** Holds a place for a participant of another room, on the same worker when this room is free to choose. */
  expect(from: Participant, role: Role): Result<Participant, RoomProblem> {
    const { displayName: name, externalUserId } = from;
    const pass: Pass = { role, name, invited: true, ...(externalUserId !== undefined && { externalUserId }) };
    const problem = refusalOfMoved(this.entryConditions, pass);
    if (problem) return fail(problem);
    const expected = this.#receive(from.call, { kind: "move", from, pass }, from);
    return expected.ok ? expected : fail(problemOf(expected.error));
  }

  #receive(
    call: ParticipantCall,
    arrival: Arrival,
    before?: Pick<Participant, "id" | "worker">,
  ): Result<Participant, AdmissionRefusal> {
    const worker = this.media.hold(before?.worker);
    if (!worker) return fail(refusals.noWorker);
    const id = before?.id ?? this.#idOf(arrival);
    const participant = new Participant({ id, call, worker, room: this, arrival, log: this.#context.log });
    this.roster.register(participant);
    this.#schedule.start();
    return ok(participant);
  }

  /** A member always gets the same id, unless another participant of this room or a leg on a worker has it at the moment. */
  #idOf(arrival: Arrival): ParticipantId {
    const own = arrival.kind === "admitted" ? arrival.pass.member?.participantId : undefined;
    const inUse = own !== undefined && (this.roster.knows(own) || this.#context.placement.hasLeg(own));
    return own === undefined || inUse ? newId() : own;
  }

  /**
   * Resumes a participant of the previous process; `leg`: their leg, in the mix if they were inside. Nothing is announced and no
   * event is written. Participants inside are resumed first, in order of joining. Undefined: their worker does not serve, or they
   * have left. Runs in the room's queue; rejects when the worker does not obey, and nothing of the participant is left then.
   */
  async resume(
    call: ParticipantCall,
    leg: MediaLeg,
    { kept, name }: { readonly kept: ParticipantSnapshot; readonly name: SpokenName | undefined },
  ): Promise<Participant | undefined> {
    const worker = this.media.hold(leg.worker);
    if (!worker) return undefined;
    const arrival: Arrival = { kind: "resumed", kept, name };
    const participant = new Participant({
      ...{ id: kept.id, call, worker, room: this, arrival, log: this.#context.log },
    });
    this.roster.register(participant);
    this.#schedule.start();
    if (!kept.inside) return participant;
    participant.resume(leg, kept.inside);
    try {
      await this.media.open();
      await leg.mute(participant.reasons.length > 0);
    } catch (error) {
      participant.leave(refusals.mediaFailed.text);
      this.#endMeetingIfEmpty();
      throw error;
    }
    if (participant.gone) {
      this.#endMeetingIfEmpty();
      return undefined;
    }
    const { scene } = this.#meeting.resume() ?? {};
    if (scene) this.#scene.resume(scene.cells, scene.layout);
    this.roster.resume(participant);
    return participant;
  }

  /** Resumes the recording of the previous process, after all participants. Runs in the room's queue. */
  async resumeRecording(): Promise<void> {
    const recording = this.#meeting.recordingToResume;
    if (recording !== undefined) await this.recording.resume(recording);
    this.#meeting.resumed();
  }

  /** Handles the marks of the schedule that came due while no process ran; `since`: when the last one ran, ms since 1970. */
  catchUpWithSchedule(since: number): void {
    this.#schedule.catchUp(since);
  }

  /** The state that is saved for the next process. */
  get #meetingState(): Omit<ResumedRoom, "meeting"> {
    const { scene } = this.#scene;
    return {
      inside: this.roster.present.map(({ id }) => id),
      recording: this.recording.id,
      scene: scene ? { layout: scene.layout, cells: scene.cells } : null,
    };
  }

  #rosterChanged(): void {
    this.#scene.look();
    this.#meeting.changed();
  }

  beginPin({ call }: Participant, ended: AbortSignal): PinGuess {
    return this.#context.pinGuard.begin({ ...pinCaller(call), room: this.#record.id }, ended);
  }

  relocate(refused: ReadonlySet<MediaWorker>): boolean {
    const other = this.media.another(refused);
    return other !== undefined && this.relocateTo(other);
  }

  relocateTo(worker: MediaWorker): boolean {
    if (!this.media.relocate(worker)) return false;
    this.roster.relocate(worker);
    return true;
  }

  // Joining and leaving the mix.

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
        return await this.#mixEntry.enter(participant, leg, verdict.pass);
      } catch (error) {
        log.warn({ leg: leg.id, code: errorCode(error) }, "the leg could not join");
        return refuse(refusals.mediaFailed);
      } finally {
        this.#joining = false;
        this.#endMeetingIfEmpty();
      }
    });
  }

  /** Puts the participant onto the roster and announces them. */
  #welcome(participant: Participant): Joined {
    const { role } = participant;
    this.#startMeeting();
    this.roster.add(participant);
    const alone = this.present === 1;
    if (alone) this.#statusChanged();
    else this.#announcer.arrival(participant.name);
    if (this.present === 2) this.roster.reportAlone();
    if (role === "host") this.roster.admissionChanged();
    this.#recordIfDue(this.#recordsItself && alone);
    return { kind: "entered", role, alone };
  }

  #recordIfDue(automatic: boolean): void {
    const { run, log } = this.#context;
    run(() => this.recording.arrived(automatic)).catch((error) => {
      log.warn({ code: errorCode(error) }, "the room is not recorded");
    });
  }

  /** After a move that failed: puts the leg back into this mix with the mute as it was, or sends the participant away. */
  stay(participant: Participant): Promise<void> {
    return this.#context.run(() => this.#mixEntry.stay(participant));
  }

  departed(participant: Participant, reason: string, lent?: SpokenName): void {
    const name = participant.giveUpName();
    if (!this.roster.remove(participant, reason)) name?.discard();
    else {
      void this.#sayGoodbye(participant, name, lent);
      this.roster.reportAlone();
      this.#endMeetingIfEmpty();
    }
    if (this.roster.isEmpty) this.#schedule.stop();
    this.media.release(participant.worker);
    this.#context.onIdle();
  }

  /** The recorded name is kept until the worker has played it, and then for a while in case the participant comes back. */
  async #sayGoodbye({ call }: Participant, name?: SpokenName, lent?: SpokenName): Promise<void> {
    const meeting = this.meeting;
    const leftAlone = this.present === 1;
    if (this.present > 0) await this.#announcer.departure(name ?? lent);
    // When all are sent away at once, the last one is alone for an instant.
    if (leftAlone && this.present === 1) this.#announcer.leftAlone();
    if (!name) return;
    if (this.meeting === meeting) this.leftNames.keep(call, name);
    else name.discard();
  }

  // The meeting: from the first participant inside to the last.

  #startMeeting(): void {
    const meeting = this.#meeting.begin();
    if (meeting !== undefined) this.#context.events.emit("meeting.started", { room: this.#record, meeting });
  }

  #endMeetingIfEmpty(): void {
    if (this.present > 0 || this.#joining) return;
    this.media.close();
    this.#scene.end();
    const meeting = this.#meeting.end();
    if (meeting === undefined) return;
    this.leftNames.clear();
    this.recording.meetingEnded();
    this.switches.meetingEnded();
    this.#context.events.emit("meeting.ended", { room: this.#record, meeting });
    this.#statusChanged();
  }

  workerDown(worker: MediaWorker): void {
    if (this.media.isOn(worker)) this.roster.dismissAll(refusals.mediaFailed);
  }

  // Changes by participants and the API.

  /** Makes a host of the participant when the PIN is a host's. Runs in the room's queue. */
  async promote(participant: Participant, pin: string): Promise<boolean> {
    const right = this.roster.has(participant) && passOf(this.entryConditions, pin)?.role === "host";
    if (!right) return false;
    await this.roster.promote(participant);
    return true;
  }

  identify(participant: Participant, who: Identity): void {
    // The recorded name belongs to the previous person.
    if (this.roster.identify(participant, who)) participant.giveUpName()?.discard();
  }

  /** Adapts the live room to a record that has changed in the database. */
  async apply(record: Room): Promise<void> {
    const { control, access, closed } = this.#record;
    const before = this.roster.rolesAndPermissionsOf(this.roster.present);
    const videoBefore = this.video;
    this.#record = record;
    this.videoCells.refit();
    if (!isDeepStrictEqual(this.video, videoBefore)) await this.media.followVideo();
    if (!this.video) this.#scene.end();
    if (!this.video !== !videoBefore) {
      for (const { call } of this.roster.present) void call.followPicture?.();
    }
    this.#scene.look();
    this.#schedule.look();
    this.roster.admissionChanged();
    if (record.closed !== closed) this.#statusChanged();
    if (record.control !== control) await this.mute.followControl(record.control);
    if (isDeepStrictEqual(record.access.permissions, access.permissions)) return;
    await this.roster.followPermissions(before);
  }

  /** Announces to the participants inside that the meeting will be ended. */
  announceEnd(seconds: number): void {
    if (this.present > 0) void this.#announcer.say({ kind: "ends in", seconds });
  }

  /** Restores lock and mute as they were before a restart. */
  restore(switches: RoomSwitches): void {
    this.switches.restore(switches);
    this.#context.events.emit("room.restored", { room: this.#record, status: this.status });
  }

  // Consequences of changes.

  #onMark(mark: ScheduleMark): void {
    switch (mark.kind) {
      case "waiting opens":
      case "begins":
        this.roster.admissionChanged();
        return;
      case "minutes left":
        void this.#announcer.say(mark);
        return;
      case "over":
        this.roster.dismissAll(endOfBooking);
        return;
    }
  }

  #lockChanged(): void {
    this.roster.admissionChanged();
    this.#statusChanged();
  }

  #muteChanged(muted: boolean): void {
    void this.#announcer.say(muted ? "room muted" : "room unmuted");
    this.#statusChanged();
  }

  #recordingChanged(how: RecordingChange): void {
    this.#announcer.recording(how);
    this.#meeting.changed();
    this.#statusChanged();
  }

  #statusChanged(): void {
    this.#context.events.emit("room.changed", { room: this.#record, status: this.status });
  }

  get #recordingPlace(): RecordingPlace | undefined {
    const worker = this.media.openOn;
    const { meeting } = this;
    if (!worker || meeting === undefined || this.present === 0) return undefined;
    return { room: this.#record, meeting, participants: this.participants, worker };
  }
}
