// Listens to the rooms and writes what happens there into the log. Knows of every room that is on call which meeting
// it is, and who is inside; decides nothing.

import type { Clock, Emitter, MeetingId, ParticipantId, RoomId } from "#common";
import type { ParticipantInfo, Room, RoomOnCall, RoomStatus, RoomsEvents } from "#conference/rooms";
import type { EventLog } from "./log.ts";
import {
  type EmitParticipantEvent,
  ParticipantEvents,
  type ReportedParticipant,
} from "./participant-events.ts";
import type { EventData, NewEvent, OpenEvent } from "./types.ts";
import { participantOnWire, roomOnWire } from "./wire.ts";

export interface RoomsRecorderOptions {
  readonly events: Emitter<RoomsEvents>;
  readonly log: Pick<EventLog, "append">;
  readonly clock: Clock;
  /** Whether keys are told that were no command. */
  readonly keys: boolean;
}

interface Meeting {
  readonly id: MeetingId;
  readonly startedAt: number;
}

type Switches = Pick<RoomStatus, "locked" | "muted">;
const off: Switches = { locked: false, muted: false };

export class RoomsRecorder {
  readonly #options: RoomsRecorderOptions;
  readonly #meetings = new Map<RoomId, Meeting>();
  /** Of rooms in which something is switched on. */
  readonly #switches = new Map<RoomId, Switches>();
  readonly #people = new Map<ParticipantId, ParticipantEvents>();
  readonly #unsubscribe: readonly (() => void)[];

  constructor(options: RoomsRecorderOptions) {
    this.#options = options;
    const { events } = options;
    this.#unsubscribe = [
      events.on("room.created", ({ room }) => this.#room("room.created", room)),
      events.on("room.updated", ({ room }) => this.#room("room.updated", room)),
      events.on("room.deleted", ({ room }) => this.#room("room.deleted", room)),
      events.on("room.restored", ({ room: { id }, status: { locked, muted } }) =>
        this.#switches.set(id, { locked, muted }),
      ),
      events.on("room.changed", (event) => this.#switched(event)),
      events.on("recording.refused", ({ room, problem }) =>
        this.#append({ type: "recording.refused", room: room.id, data: { reason: problem.code } }),
      ),
      events.on("meeting.started", (event) => this.#started(event)),
      events.on("meeting.ended", (event) => this.#ended(event)),
      events.on("participant.joined", (event) => this.#joined(event)),
      events.on("participant.moved", (event) => this.#moved(event)),
      events.on("participant.changed", ({ participant }) =>
        this.#people.get(participant.id)?.update(participant),
      ),
      events.on("participant.left", ({ participant, reason }) => {
        this.#people.get(participant.id)?.left(participant, reason);
        this.#people.delete(participant.id);
      }),
      events.on("participant.key", (event) => this.#key(event)),
    ];
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const person of this.#people.values()) person.close();
  }

  /**
   * The room goes on after a restart. `open`: what followers were told of it; what they were not, in the last instant of the
   * process before, is told now.
   */
  resume({ room, meeting, participants }: RoomOnCall, open: readonly OpenEvent[]): void {
    const { clock } = this.#options;
    const told = open.find(({ kind, id }) => kind === "meeting" && id === meeting);
    const lasted = told ? Math.max(0, clock.now() - Date.parse(told.since)) : 0;
    this.#meetings.set(room.id, { id: meeting, startedAt: clock.monotonic() - lasted });
    if (!told) this.#room("room.started", room);
    for (const participant of participants) {
      const theirs = open.filter((event) => event.participant === participant.id && event.room === room.id);
      const person = toldPerson(theirs);
      if (person) this.#follow(room, participant, person).update(participant);
      else this.#joined({ room, participant });
    }
  }

  #room(
    type: `room.${"created" | "updated" | "deleted" | "started" | "locked" | "unlocked" | "muted" | "unmuted"}`,
    room: RoomOnCall["room"],
  ): void {
    this.#append({ type, room: room.id, data: { room: roomOnWire(room) } });
    if (type === "room.deleted") this.#switches.delete(room.id);
  }

  #switched({ room, status }: RoomsEvents["room.changed"]): void {
    const before = this.#switches.get(room.id) ?? off;
    const { locked, muted } = status;
    if (locked || muted) this.#switches.set(room.id, { locked, muted });
    else this.#switches.delete(room.id);
    if (locked !== before.locked) this.#room(locked ? "room.locked" : "room.unlocked", room);
    if (muted !== before.muted) this.#room(muted ? "room.muted" : "room.unmuted", room);
  }

  #started({ room, meeting }: RoomsEvents["meeting.started"]): void {
    this.#meetings.set(room.id, { id: meeting, startedAt: this.#options.clock.monotonic() });
    this.#room("room.started", room);
  }

  #ended({ room }: RoomsEvents["meeting.ended"]): void {
    const startedAt = this.#meetings.get(room.id)?.startedAt ?? this.#options.clock.monotonic();
    const duration = Math.round((this.#options.clock.monotonic() - startedAt) / 1000);
    this.#append({ type: "room.ended", room: room.id, data: { room: roomOnWire(room), duration } });
    this.#meetings.delete(room.id);
  }

  #joined({ room, participant }: RoomsEvents["participant.joined"]): void {
    this.#follow(room, participant).arrived();
  }

  #follow(
    { id: room }: Pick<Room, "id">,
    participant: ParticipantInfo,
    told?: ReportedParticipant,
  ): ParticipantEvents {
    const tell: EmitParticipantEvent = (type, data) =>
      this.#append({ type, room, participant: participant.id, data } as NewEvent);
    const person = new ParticipantEvents(participant, this.#options.clock, tell, told);
    this.#people.set(participant.id, person);
    return person;
  }

  #moved({ room, participant, to }: RoomsEvents["participant.moved"]): void {
    const data = { participant: participantOnWire(participant), to: roomOnWire(to) };
    this.#append({ type: "participant.moved", room: room.id, participant: participant.id, data });
  }

  #key({ room, participant, digit }: RoomsEvents["participant.key"]): void {
    if (!this.#options.keys) return;
    this.#append({ type: "participant.dtmf", room: room.id, participant: participant.id, data: { digit } });
  }

  #append(event: NewEvent): void {
    const meeting = event.room && this.#meetings.get(event.room)?.id;
    this.#options.log.append({ ...event, meeting });
  }
}

/** `open`: what was told of one participant; undefined: not that they came. */
function toldPerson(open: readonly OpenEvent[]): ReportedParticipant | undefined {
  const joined = open.find(({ kind }) => kind === "participant");
  if (!joined) return undefined;
  const quality = open.find(({ kind }) => kind === "quality");
  return {
    participant: (joined.data as EventData<"participant.joined">).participant,
    since: joined.since,
    ...(quality && { quality: (quality.data as EventData<"participant.quality">).class }),
    findings: open
      .filter(({ kind }) => kind === "finding")
      .map(({ data }) => data as EventData<"participant.finding">),
  };
}

/** A room that is on call, for those who begin to listen in the middle. */
export const roomOnCall = ({ room, meeting, status, participants }: RoomOnCall) => ({
  room: roomOnWire(room),
  meeting,
  locked: status.locked,
  muted: status.muted,
  recording: status.recording,
  participants: participants.map(participantOnWire),
});

export type RoomState = ReturnType<typeof roomOnCall>;
