// The domain's door: rooms as they are kept, as they live, and whoever comes to them. Checks, stores, then lets
// the live room follow; every change of one room runs in that room's queue.
import { createVoice, type Voice } from "#bridge/speech";
import {
  type Clock,
  Emitter,
  fail,
  type Logger,
  type MeetingId,
  newId,
  ok,
  type ParticipantId,
  type Result,
  type RoomId,
  SerialQueue,
} from "#common";
import type { MediaWorkers } from "#media/client";
import { type Refusal, refusals } from "./admission.ts";
import { newRoom } from "./defaults.ts";
import { ExtensionAllocator, type ExtensionRange } from "./extensions.ts";
import { type Host, unlimitedHost } from "./host.ts";
import { LiveRooms, roomNotFound } from "./live-rooms.ts";
import { type LobbyOptions, type LobbyPlace, standInLobby } from "./lobby.ts";
import { PinGuard } from "./pin-guard.ts";
import { Placement } from "./placement.ts";
import type { Recorder } from "./recorder.ts";
import { noLibrary, noRecorder, type RecordingLibrary, roomRecordings } from "./recordings.ts";
import type { RoomsRepository } from "./repository.ts";
import { LiveRoom } from "./room.ts";
import { participantNotFound } from "./roster.ts";
import type {
  Participant,
  Recordings,
  Room,
  RoomChanges,
  RoomFields,
  RoomListQuery,
  RoomProblem,
  RoomStatus,
  Rooms,
  RoomsEvents,
} from "./types.ts";
import { checkFields, checkRoom } from "./validate.ts";
import type { Arrivals, Visit, Visitor } from "./visit.ts";

export interface RoomsOptions {
  readonly repository: RoomsRepository;
  readonly workers: MediaWorkers;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where numbers come from for rooms made without one. */
  readonly extensions: ExtensionRange;
  /** What this machine allows; without it, everything. */
  readonly host?: Host;
  /** Who records, and keeps what was recorded; without, nothing is. */
  readonly recordings?: Recorder & RecordingLibrary;
  /** What rooms hear; without it, in every language. */
  readonly voice?: Voice;
}

export interface RoomsService extends Rooms, Arrivals {
  /** Calls a number for a room. Set before the API listens; until then nobody is called. */
  onInvite: (room: Room, number: string) => Promise<Result<void, RoomProblem>>;
  snapshot(): RoomsSnapshot;
  /** The rooms that are on call, as they are at this moment. */
  meetings(): readonly RoomOnCall[];
  /** The conference that is on in the room with this extension. */
  conference(extensionNumber: string): RoomConference | undefined;
  /** All rooms there are, and whoever is in them. */
  occupancy(): Promise<Occupancy>;
  /** Stops listening to the workers and waits for what is queued. Calls are ended by their owner before. */
  close(): Promise<void>;
}

export interface RoomsSnapshot {
  /** Rooms in memory. */
  readonly live: number;
  readonly participants: number;
}

export interface RoomOnCall {
  readonly room: Room;
  readonly meeting: MeetingId;
  readonly status: RoomStatus;
  readonly participants: readonly Participant[];
}

export interface RoomConference {
  readonly room: Room;
  readonly locked: boolean;
  readonly participants: readonly Participant[];
}

export interface Occupancy {
  readonly rooms: number;
  readonly participants: number;
}

export function createRooms(options: RoomsOptions): RoomsService {
  return new RoomsDomain(options);
}

class RoomsDomain implements RoomsService {
  readonly events = new Emitter<RoomsEvents>();
  onInvite: RoomsService["onInvite"] = async (_, number) =>
    fail({
      code: "DIAL_OUT_NOT_ALLOWED",
      message: `no trunk allows ${number} to be dialled`,
      field: "number",
    });
  readonly recordings: Recordings;
  readonly #repository: RoomsRepository;
  readonly #clock: Clock;
  readonly #live: LiveRooms;
  readonly #placement: Placement;
  readonly #allocator: ExtensionAllocator;
  readonly #host: Host;
  readonly #lobby: LobbyOptions;
  /** Rooms are made one after the other, so that the limit is one. */
  readonly #making = new SerialQueue();
  readonly #stopListening: () => void;

  constructor(options: RoomsOptions) {
    const { repository, workers, clock, logger, extensions, host = unlimitedHost } = options;
    const { voice = createVoice(), recordings } = options;
    this.#repository = repository;
    this.#clock = clock;
    this.#host = host;
    this.#placement = new Placement(workers.workers, host);
    this.#allocator = new ExtensionAllocator(extensions, (numbers) => repository.takenExtensions(numbers));
    const pinGuard = new PinGuard();
    this.#lobby = { placement: this.#placement, pinGuard, clock };
    this.#live = new LiveRooms(
      (id) => repository.get(id),
      (room, host) => {
        const log = logger.child({ room: room.id });
        const placement = this.#placement;
        const recorder = recordings ?? noRecorder;
        const shared = { clock, log, events: this.events, placement, pinGuard, recorder, voice };
        return new LiveRoom(room, { ...shared, ...host });
      },
    );
    this.recordings = roomRecordings(this.#live, (id) => repository.get(id), recordings ?? noLibrary);
    this.#stopListening = workers.events.on("down", ({ worker }) => {
      for (const room of [...this.#live]) room.workerDown(worker);
    });
  }

  async create(fields: RoomFields): Promise<Result<Room, RoomProblem>> {
    const checked = checkFields(fields);
    if (!checked.ok) return checked;
    return this.#making.run(() => this.#make(checked.value));
  }

  async #make(fields: RoomFields): Promise<Result<Room, RoomProblem>> {
    const { maxRooms } = this.#host;
    if (maxRooms > 0 && (await this.#repository.count()) >= maxRooms) {
      return fail({ code: "MAX_ROOMS_REACHED", message: `the server has its max_rooms of ${maxRooms}` });
    }
    const { extensionNumber } = fields;
    const numbers = extensionNumber === undefined ? this.#allocator.free() : [extensionNumber];
    const identity = { id: newId<RoomId>(), createdAt: new Date(this.#clock.now()).toISOString() };
    for await (const number of numbers) {
      const room = checkRoom(newRoom(fields, { ...identity, extensionNumber: number }));
      if (!room.ok) return room;
      if (!(await this.#repository.insert(room.value))) continue;
      this.events.emit("room.created", { room: room.value });
      return room;
    }
    const field = "extensionNumber";
    return extensionNumber === undefined
      ? fail({ code: "NO_FREE_EXTENSION", message: "every extension number of the range is taken", field })
      : fail({
          code: "EXTENSION_IN_USE",
          message: `another room has the extension ${extensionNumber}`,
          field,
        });
  }

  get(id: RoomId): Promise<Room | undefined> {
    return this.#repository.get(id);
  }

  list(query: RoomListQuery): Promise<{ readonly count: number; readonly items: readonly Room[] }> {
    return this.#repository.list(query);
  }

  async update(
    id: RoomId,
    changes: RoomChanges,
    revisions?: readonly number[],
  ): Promise<Result<Room, RoomProblem>> {
    const checked = checkFields(changes);
    if (!checked.ok) return checked;
    return this.#live.run<Room, RoomProblem>(id, async (live) => {
      if (!has(live.record, revisions)) return hasChanged(id);
      const revision = live.record.revision + 1;
      const options = { ...live.record.options, ...checked.value.options };
      const room = checkRoom({ ...live.record, ...checked.value, options, revision });
      if (!room.ok) return room;
      if (!(await this.#repository.update(room.value))) return roomNotFound(id);
      await live.apply(room.value);
      this.events.emit("room.updated", { room: room.value });
      return room;
    });
  }

  destroy(id: RoomId, revisions?: readonly number[]): Promise<Result<void, RoomProblem>> {
    return this.#live.run<void, RoomProblem>(id, async (live) => {
      if (!has(live.record, revisions)) return hasChanged(id);
      if (!(await this.#repository.delete(id))) return roomNotFound(id);
      live.dismissAll(refusals.closed);
      this.#live.forget(id);
      this.events.emit("room.deleted", { room: live.record });
      return ok(undefined);
    });
  }

  async status(id: RoomId): Promise<Result<RoomStatus, RoomProblem>> {
    const live = this.#live.peek(id);
    if (live) return ok(live.status);
    if (!(await this.#repository.get(id))) return roomNotFound(id);
    const status = this.#placement.available ? "ONLINE" : "OFFLINE";
    return ok({ status, locked: false, muted: false, recording: false });
  }

  lock(id: RoomId, locked: boolean): Promise<Result<void, RoomProblem>> {
    return this.#live.run<void, RoomProblem>(id, (live) => ok(live.setLocked(locked)));
  }

  mute(id: RoomId, muted: boolean): Promise<Result<void, RoomProblem>> {
    return this.#live.run<void, RoomProblem>(id, async (live) => ok(await live.people.setRoomMuted(muted)));
  }

  async participants(id: RoomId): Promise<Result<readonly Participant[], RoomProblem>> {
    const live = this.#live.peek(id);
    if (live) return ok(live.participants);
    return (await this.#repository.get(id)) ? ok([]) : roomNotFound(id);
  }

  async participant(id: RoomId, participant: ParticipantId): Promise<Result<Participant, RoomProblem>> {
    const all = await this.participants(id);
    if (!all.ok) return all;
    const found = all.value.find((candidate) => candidate.id === participant);
    if (found) return ok(found);
    return participantNotFound(participant);
  }

  muteParticipant(
    id: RoomId,
    participant: ParticipantId,
    muted: boolean,
  ): Promise<Result<void, RoomProblem>> {
    return this.#live.run<void, RoomProblem>(id, (live) => live.people.mute(participant, muted));
  }

  kick(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>> {
    return this.#live.run<void, RoomProblem>(id, (live) => live.people.kick(participant));
  }

  giveChair(id: RoomId, participant: ParticipantId): Promise<Result<void, RoomProblem>> {
    return this.#live.run<void, RoomProblem>(id, (live) => live.people.giveChair(participant));
  }

  setPosition(id: RoomId, participant: ParticipantId, position: number): Promise<Result<void, RoomProblem>> {
    return this.#live.run<void, RoomProblem>(id, ({ arrangement }) =>
      arrangement.place(participant, position),
    );
  }

  arrange(id: RoomId, participants: readonly ParticipantId[]): Promise<Result<void, RoomProblem>> {
    return this.#live.run<void, RoomProblem>(id, ({ arrangement }) => arrangement.arrange(participants));
  }

  async invite(id: RoomId, number: string): Promise<Result<void, RoomProblem>> {
    const room = await this.#repository.get(id);
    return room ? this.onInvite(room, number) : roomNotFound(id);
  }

  async bring(room: RoomId, visitor: Visitor): Promise<Result<Visit, Refusal>> {
    const arrival = await this.#live.run<Visit, Refusal>(room, (live) =>
      live.arrive(visitor, { pass: { role: "participant", invited: true } }),
    );
    if (arrival.ok) return arrival;
    return "status" in arrival.error ? fail(arrival.error) : fail(refusals.notFound);
  }

  standInLobby(visitor: Visitor): Result<LobbyPlace, Refusal> {
    return standInLobby(this.#lobby, visitor);
  }

  async arrive(
    extensionNumber: string,
    visitor: Visitor,
    from?: LobbyPlace,
  ): Promise<Result<Visit, Refusal>> {
    const room = await this.#repository.findByExtension(extensionNumber);
    if (!room) return fail(refusals.notFound);
    from?.leave();
    const way = from ? { lobby: from } : {};
    const arrival = await this.#live.run<Visit, Refusal>(room.id, (live) => live.arrive(visitor, way));
    if (arrival.ok) return arrival;
    return "status" in arrival.error ? fail(arrival.error) : fail(refusals.notFound);
  }

  async succeed(predecessor: Visit, visitor: Visitor): Promise<Result<Visit, Refusal>> {
    const live = this.#live.peek(predecessor.room.id);
    return live ? live.succeed(predecessor.id, visitor) : fail(refusals.notFound);
  }

  snapshot(): RoomsSnapshot {
    const participants = [...this.#live].reduce((sum, room) => sum + room.present, 0);
    return { live: this.#live.size, participants };
  }

  meetings(): readonly RoomOnCall[] {
    return [...this.#live].flatMap(({ record, meeting, status, participants }) =>
      meeting === undefined ? [] : [{ room: record, meeting, status, participants }],
    );
  }

  conference(extensionNumber: string): RoomConference | undefined {
    for (const { record: room, present, status, participants } of this.#live) {
      if (room.extensionNumber === extensionNumber && present > 0) {
        return { room, locked: status.locked, participants };
      }
    }
    return undefined;
  }

  async occupancy(): Promise<Occupancy> {
    return { rooms: await this.#repository.count(), participants: this.snapshot().participants };
  }

  async close(): Promise<void> {
    this.#stopListening();
    await this.#making.idle();
    await this.#live.settled();
  }
}

const has = ({ revision }: Room, revisions: readonly number[] | undefined): boolean =>
  revisions?.includes(revision) ?? true;

const hasChanged = (id: RoomId): { ok: false; error: RoomProblem } =>
  fail({ code: "PRECONDITION_FAILED", message: `the room ${id} has changed since it was read` });
