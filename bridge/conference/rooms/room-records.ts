// Creates, reads, changes and destroys the records of rooms: checks, stores, then adapts the live room. Rooms are created one
// after the other, so that max_rooms is exact.
import { isDeepStrictEqual } from "node:util";
import { type Clock, type Emitter, fail, newId, ok, type Result, type RoomId, SerialQueue } from "#common";
import type { LocalNode } from "./live/node.ts";
import type { LiveRoom } from "./live/room.ts";
import { type LiveRooms, roomNotFound } from "./live/rooms.ts";
import { refusals } from "./policy/admission.ts";
import type { RecordingLibrary } from "./recordings.ts";
import type { AccessOf } from "./records/access.ts";
import { newRoom } from "./records/defaults.ts";
import type { RoomsEvents } from "./records/events.ts";
import type { ExtensionAllocator } from "./records/extensions.ts";
import type { RoomProblem } from "./records/problem.ts";
import type { RecordingsOfDestroyed } from "./records/recording.ts";
import type { RoomsRepository } from "./records/repository.ts";
import type { Room, RoomFields } from "./records/room.ts";
import { checkFields, checkRoom, refusalOfPast } from "./records/validate.ts";
import type { Rooms } from "./service.ts";

export interface RoomRecordsOptions {
  readonly repository: RoomsRepository;
  readonly live: LiveRooms;
  readonly allocator: ExtensionAllocator;
  /** Numbers that no room may have. */
  readonly reserved: ReadonlySet<string>;
  readonly host: LocalNode;
  readonly clock: Clock;
  readonly events: Emitter<RoomsEvents>;
  readonly library: Pick<RecordingLibrary, "completed" | "removeAll">;
}

export interface RoomRecords
  extends Pick<
    Rooms,
    "create" | "get" | "list" | "update" | "updateIdle" | "endIn" | "activeRooms" | "destroy"
  > {
  /** Both run in the room's queue. */
  changeLive(room: LiveRoom, changes: RoomFields): Promise<Result<Room, RoomProblem>>;
  destroyLive(room: LiveRoom, recordings: RecordingsOfDestroyed): Promise<Result<void, RoomProblem>>;
  /** Resolves when no room is being created. */
  settled(): Promise<void>;
}

export function roomRecords(options: RoomRecordsOptions): RoomRecords {
  const { repository, live, events, library, clock } = options;
  const creating = new SerialQueue();

  async function changeLive(room: LiveRoom, changes: RoomFields): Promise<Result<Room, RoomProblem>> {
    const checked = checkFields(changes);
    if (!checked.ok) return checked;
    const { record } = room;
    const options = { ...record.options, ...checked.value.options };
    const access = { ...record.access, ...checked.value.access };
    const wanted = { ...record, ...checked.value, options, access };
    if (isDeepStrictEqual(wanted, record)) return ok(record);
    const changed = checkRoom({ ...wanted, revision: record.revision + 1 });
    if (!changed.ok) return changed;
    // While a meeting runs, a time of end that has passed is allowed: it ends the meeting.
    const ends = room.present > 0;
    const past = ends ? undefined : refusalOfPast(changed.value, clock.now(), record);
    if (past) return past;
    if (!(await repository.update(changed.value))) return roomNotFound(record.id);
    await room.apply(changed.value);
    events.emit("room.updated", { room: changed.value });
    return changed;
  }

  async function destroyLive(
    room: LiveRoom,
    recordings: RecordingsOfDestroyed,
  ): Promise<Result<void, RoomProblem>> {
    const { id } = room.record;
    if (!(await repository.delete(id))) return roomNotFound(id);
    room.roster.dismissAll(refusals.closed);
    live.forget(id);
    // The end of a running recording is emitted before the room is gone.
    await library.completed(id);
    room.close();
    if (recordings === "remove") await library.removeAll(id);
    events.emit("room.deleted", { room: room.record });
    return ok(undefined);
  }

  return {
    async create(fields, id = newId<RoomId>(), accessOf) {
      const checked = checkFields(fields);
      if (!checked.ok) return checked;
      return creating.run(() => create(checked.value, options, { id, accessOf }));
    },

    get: (id) => repository.get(id),
    list: (query) => repository.list(query),

    update: (id, changes, revisions) =>
      live.run<Room, RoomProblem>(id, (room) =>
        has(room.record, revisions) ? changeLive(room, changes) : hasChanged(id),
      ),

    updateIdle: (id, changesOf) =>
      live.run<Room, RoomProblem>(id, (room) =>
        room.present > 0 ? fail(activeMeeting) : changeLive(room, changesOf(room.record)),
      ),

    activeRooms: () => [...live].flatMap(({ record, present }) => (present > 0 ? [record.id] : [])),

    changeLive,

    endIn: (id, seconds) =>
      live.run<Room, RoomProblem>(id, async (room) => {
        const { record } = room;
        const end = new Date(clock.now() + seconds * 1000).toISOString();
        // The booked time ends sooner, or has ended.
        if (record.scheduledEndAt !== null && record.scheduledEndAt <= end) return ok(record);
        // A booking that has not begun by then will not begin.
        const start = record.scheduledStartAt;
        const scheduledStartAt = start !== null && start < end ? start : null;
        const ended = { ...record, scheduledStartAt, scheduledEndAt: end, revision: record.revision + 1 };
        if (!(await repository.update(ended))) return roomNotFound(id);
        if (seconds > 0) room.announceEnd(seconds);
        await room.apply(ended);
        events.emit("room.updated", { room: ended });
        return ok(ended);
      }),

    destroy: (id, revisions, recordings = "keep") =>
      live.run<void, RoomProblem>(id, (room) =>
        has(room.record, revisions) ? destroyLive(room, recordings) : hasChanged(id),
      ),

    destroyLive,

    settled: () => creating.idle(),
  };
}

async function create(
  fields: RoomFields,
  { repository, allocator, reserved, host, clock, events }: RoomRecordsOptions,
  { id, accessOf }: { readonly id: RoomId; readonly accessOf: AccessOf | undefined },
): Promise<Result<Room, RoomProblem>> {
  const { maxRooms } = host;
  if (maxRooms > 0 && (await repository.count()) >= maxRooms) {
    return fail({ code: "MAX_ROOMS_REACHED", message: `the server has its max_rooms of ${maxRooms}` });
  }
  const { extensionNumber } = fields;
  const numbers = extensionNumber === undefined ? allocator.free() : [extensionNumber];
  const identity = { id, createdAt: new Date(clock.now()).toISOString() };
  for await (const number of numbers) {
    const room = checkRoom(newRoom(fields, { ...identity, extensionNumber: number }, accessOf));
    if (!room.ok) return room;
    const past = refusalOfPast(room.value, clock.now());
    if (past) return past;
    if (reserved.has(number) || !(await repository.insert(room.value))) continue;
    events.emit("room.created", { room: room.value });
    return room;
  }
  const field = "extensionNumber";
  return extensionNumber === undefined
    ? fail({ code: "NO_FREE_EXTENSION", message: "every extension number of the range is taken", field })
    : fail({
        code: "EXTENSION_IN_USE",
        message: `the extension ${extensionNumber} is in use`,
        field,
      });
}

const has = ({ revision }: Room, revisions: readonly number[] | undefined): boolean =>
  revisions?.includes(revision) ?? true;

const activeMeeting: RoomProblem = {
  code: "ROOM_HAS_ACTIVE_MEETING",
  message: "a meeting runs in the room",
};

const hasChanged = (id: RoomId): { ok: false; error: RoomProblem } =>
  fail({ code: "PRECONDITION_FAILED", message: `the room ${id} has changed since it was read` });
