// A live room: its door, its lock and its mute, and whoever is at the door or inside. Everything that waits for a
// worker runs in the room's queue; leaving does not wait for anything, and whoever waited looks again. Of the
// database it knows only where lock and mute are written.

import {
  type Clock,
  type Emitter,
  errorMessage,
  type Logger,
  type MeetingId,
  type ParticipantId,
  type RoomId,
} from "#common";
import type { Voice } from "#conference/speech";
import type { MediaWorker } from "#media/client";
import { type Door, refusals } from "../policy/admission.ts";
import { LeftNames } from "../policy/left-names.ts";
import type { PinGuard } from "../policy/pin-guard.ts";
import { isOver, type ScheduleMark, scheduleOf } from "../policy/schedule.ts";
import type { Participant, Room, RoomStatus, RoomSwitches, RoomsEvents } from "../records/types.ts";
import { Announcer } from "./announcer.ts";
import { Entrance } from "./entrance.ts";
import { Floor } from "./floor.ts";
import { Meeting } from "./meeting.ts";
import { People } from "./people.ts";
import type { Placement } from "./placement.ts";
import type { Recorder, RecordingPlace } from "./recorder.ts";
import { RoomMedia } from "./room-media.ts";
import { type RecordingChange, RoomRecording } from "./room-recording.ts";
import type { RoomVisit } from "./room-visit.ts";
import { Roster } from "./roster.ts";
import { ScheduleWatch } from "./schedule-watch.ts";
import { Seating } from "./seating.ts";
import { Arrangement } from "./video-cells.ts";
import type { Dismissal } from "./visit.ts";
import { Visits } from "./visits.ts";

export interface LiveRoomOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Emitter<RoomsEvents>;
  readonly placement: Placement;
  readonly pinGuard: PinGuard;
  readonly recorder: Recorder;
  readonly voice: Voice;
  /** Writes lock and mute to the database. */
  readonly keepSwitches: (id: RoomId, switches: RoomSwitches) => Promise<void>;
  /** The daemon ends: the meetings that end with it leave lock and mute as they are. */
  readonly stopping: () => boolean;
  /** The room's serial queue. */
  readonly run: <T>(job: () => Promise<T> | T) => Promise<T>;
  /** Called when the last thing that keeps the room live may have gone. */
  readonly onIdle: () => void;
}

const endedByHost: Dismissal = { status: 200, text: "Ended by the host", words: "over" };
const endOfBooking: Dismissal = { status: 200, text: "The booked time is over", words: "over" };

/** The door of an empty room. */
export function doorOf(record: Room, now: number): Door {
  const { capacity, adminPin, roomPin, options } = record;
  const { members, waitForHost, allowEarlyJoin } = options;
  return {
    ...{ locked: false, present: 0, hostPresent: false },
    schedule: scheduleOf(record, now),
    ...{ capacity, adminPin, roomPin, members, waitForHost, allowEarlyJoin },
  };
}

export class LiveRoom {
  readonly entrance: Entrance;
  readonly seating: Seating;
  readonly people: People;
  readonly arrangement: Arrangement;
  readonly recording: RoomRecording;
  /** Of those who may come back to this meeting. */
  readonly leftNames: LeftNames;
  readonly #options: LiveRoomOptions;
  readonly #media: RoomMedia;
  readonly #roster: Roster;
  readonly #floor: Floor;
  readonly #announcer: Announcer;
  readonly #schedule: ScheduleWatch;
  readonly #meeting: Meeting;
  readonly #visits = new Visits();
  #record: Room;
  #locked = false;

  constructor(record: Room, options: LiveRoomOptions) {
    this.#record = record;
    this.#options = options;
    const { clock, log, events, placement, recorder, run, onIdle, voice } = options;
    const now = () => this.#record;
    const media = new RoomMedia(record.id, placement, log);
    const roster = new Roster({ clock, log, events, record: now, run });
    const floor = new Floor(roster);
    const announcer = new Announcer({ media, voice, clock, record: now });
    const schedule = new ScheduleWatch({ clock, record: now, onMark: (mark) => this.#onMark(mark) });
    const meeting = new Meeting({
      ...{ roster, media, events, record: now },
      onEnd: () => this.#meetingEnded(),
      statusChanged: () => this.statusChanged(),
    });
    this.#media = media;
    this.#roster = roster;
    this.#floor = floor;
    this.#announcer = announcer;
    this.#schedule = schedule;
    this.#meeting = meeting;
    this.recording = new RoomRecording({
      ...{ clock, log, recorder, onIdle },
      place: () => this.#recordingPlace,
      onChange: (how) => this.#recordingChanged(how),
    });
    this.arrangement = new Arrangement(roster, now);
    this.leftNames = new LeftNames(clock);
    const parts = { ...options, room: this, visits: this.#visits, roster, media, floor, announcer };
    this.people = new People(parts);
    this.seating = new Seating({ ...parts, meeting });
    this.entrance = new Entrance({ ...parts, meeting, schedule });
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
    return this.#meeting.id;
  }

  get present(): number {
    return this.#roster.size;
  }

  get status(): RoomStatus {
    const { clock, placement } = this.#options;
    const open = placement.available && !isOver(this.#record, clock.now());
    const status = this.#roster.size > 0 ? "ON_CALL" : open ? "ONLINE" : "OFFLINE";
    const recording = this.recording.running;
    return { status, locked: this.#locked, muted: this.#floor.muted, recording };
  }

  get participants(): readonly Participant[] {
    return this.#roster.snapshot();
  }

  visitOf(id: ParticipantId): RoomVisit | undefined {
    return this.#visits.get(id);
  }

  toggleLock(): Promise<boolean> {
    return this.#options.run(async () => {
      await this.setLocked(!this.#locked);
      return this.#locked;
    });
  }

  endMeeting(): Promise<void> {
    return this.#options.run(() => this.dismissAll(endedByHost));
  }

  /** On the disk before anything follows it. */
  async setLocked(locked: boolean): Promise<void> {
    if (this.#locked === locked) return;
    await this.keepSwitches({ locked });
    this.#locked = locked;
    this.doorChanged();
    this.statusChanged();
  }

  /** What was on before a restart. */
  restore({ locked, muted }: RoomSwitches): void {
    this.#locked = locked;
    this.#floor.restore(muted);
    this.#options.events.emit("room.restored", { room: this.#record, status: this.status });
  }

  keepSwitches(change: Partial<RoomSwitches> = {}): Promise<void> {
    const switches = { locked: this.#locked, muted: this.#floor.muted, ...change };
    return this.#options.keepSwitches(this.#record.id, switches);
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
    this.#visits.dismissAll(this.spoken(dismissal));
  }

  /** A room without prompts has no last words. */
  spoken({ status, text, words }: Dismissal): Dismissal {
    return this.#record.enablePrompt && words !== undefined ? { status, text, words } : { status, text };
  }

  get door(): Door {
    return {
      ...doorOf(this.#record, this.#options.clock.now()),
      locked: this.#locked,
      present: this.#roster.size + this.#visits.expected,
      hostPresent: this.#roster.hasHost,
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
    this.#visits.doorChanged();
  }

  /** Lock, mute and names belong to the meeting and end with it, unless the daemon has ended it. */
  #meetingEnded(): void {
    this.leftNames.clear();
    this.recording.meetingEnded();
    if (this.#options.stopping() || !(this.#locked || this.#floor.muted)) return;
    this.#locked = false;
    this.#floor.reset();
    const { run, log } = this.#options;
    run(() => this.keepSwitches()).catch((error: unknown) => {
      log.warn(
        { why: errorMessage(error) },
        "the end of lock and mute was not written: a restart brings them back",
      );
    });
  }

  get #recordingPlace(): RecordingPlace | undefined {
    const worker = this.#media.openOn;
    const { id: meeting } = this.#meeting;
    if (!worker || meeting === undefined || this.#roster.size === 0) return undefined;
    return { room: this.#record, meeting, participants: this.participants, worker };
  }

  #recordingChanged(how: RecordingChange): void {
    this.#announcer.recording(how);
    this.statusChanged();
  }

  statusChanged(): void {
    this.#options.events.emit("room.changed", { room: this.#record, status: this.status });
  }
}
