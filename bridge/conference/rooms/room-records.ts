// The records of rooms: created, read, changed and destroyed. Checks, stores, then lets the live room follow. Rooms are
// created one after the other, so that max_rooms is exact.
import { isDeepStrictEqual } from "node:util";
import { type Clock, type Emitter, fail, newId, ok, type Result, type RoomId, SerialQueue } from "#common";
import type { LocalNode } from "./live/node.ts";
import { type LiveRooms, roomNotFound } from "./live/rooms.ts";
import { refusals } from "./policy/admission.ts";
import type { RecordingLibrary } from "./recordings.ts";
import { newRoom } from "./records/defaults.ts";
import type { RoomsEvents } from "./records/events.ts";
import type { ExtensionAllocator } from "./records/extensions.ts";
import type { RoomProblem } from "./records/problem.ts";
import type { RoomsRepository } from "./records/repository.ts";
import type { Room, RoomFields } from "./records/room.ts";
import { checkFields, checkRoom, refusalOfPast } from "./records/validate.ts";
import type { Rooms } from "./service.ts";

export interface RoomRecordsOptions {
  readonly repository: RoomsRepository;
  readonly live: LiveRooms;
  readonly allocator: ExtensionAllocator;
  readonly host: LocalNode;
  readonly clock: Clock;
  readonly events: Emitter<RoomsEvents>;
  readonly library: Pick<RecordingLibrary, "completed" | "removeAll">;
}

export interface RoomRecords extends Pick<Rooms, "create" | "get" | "list" | "update" | "endIn" | "destroy"> {
  /** Resolves when no room is being created. */
  settled(): Promise<void>;
}

export function roomRecords(options: RoomRecordsOptions): RoomRecords {
  const { repository, live, events, library, clock } = options;
  const creating = new SerialQueue();
  return {
    async create(fields) {
      const checked = checkFields(fields);
      return checked.ok ? creating.run(() => create(checked.value, options)) : checked;
    },

    get: (id) => repository.get(id),
    list: (query) => repository.list(query),

    async update(id, changes, revisions) {
      const checked = checkFields(changes);
      if (!checked.ok) return checked;
      return live.run<Room, RoomProblem>(id, async (room) => {
        if (!has(room.record, revisions)) return hasChanged(id);
        const { record } = room;
        const options = { ...record.options, ...checked.value.options };
        const wanted = { ...record, ...checked.value, options };
        if (isDeepStrictEqual(wanted, record)) return ok(record);
        const changed = checkRoom({ ...wanted, revision: record.revision + 1 });
        if (!changed.ok) return changed;
        // The end of a meeting that is running may be moved to this moment: it ends it.
        const ends = room.present > 0;
        const past = ends ? undefined : refusalOfPast(changed.value, clock.now(), record);
        if (past) return past;
        if (!(await repository.update(changed.value))) return roomNotFound(id);
        await room.apply(changed.value);
        events.emit("room.updated", { room: changed.value });
        return changed;
      });
    },

    endIn: (id, seconds) =>
      live.run<Room, RoomProblem>(id, async (room) => {
        const { record } = room;
        const end = new Date(clock.now() + seconds * 1000).toISOString();
        // A booking that has not begun never will.
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
      live.run<void, RoomProblem>(id, async (room) => {
        if (!has(room.record, revisions)) return hasChanged(id);
        if (!(await repository.delete(id))) return roomNotFound(id);
        room.dismissAll(refusals.closed);
        live.forget(id);
        // The end of what was being recorded is emitted before the room is gone.
        await library.completed(id);
        if (recordings === "remove") await library.removeAll(id);
        events.emit("room.deleted", { room: room.record });
        return ok(undefined);
      }),

    settled: () => creating.idle(),
  };
}

async function create(
  fields: RoomFields,
  { repository, allocator, host, clock, events }: RoomRecordsOptions,
): Promise<Result<Room, RoomProblem>> {
  const { maxRooms } = host;
  if (maxRooms > 0 && (await repository.count()) >= maxRooms) {
    return fail({ code: "MAX_ROOMS_REACHED", message: `the server has its max_rooms of ${maxRooms}` });
  }
  const { extensionNumber } = fields;
  const numbers = extensionNumber === undefined ? allocator.free() : [extensionNumber];
  const identity = { id: newId<RoomId>(), createdAt: new Date(clock.now()).toISOString() };
  for await (const number of numbers) {
    const room = checkRoom(newRoom(fields, { ...identity, extensionNumber: number }));
    if (!room.ok) return room;
    const past = refusalOfPast(room.value, clock.now());
    if (past) return past;
    if (!(await repository.insert(room.value))) continue;
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

const hasChanged = (id: RoomId): { ok: false; error: RoomProblem } =>
  fail({ code: "PRECONDITION_FAILED", message: `the room ${id} has changed since it was read` });
