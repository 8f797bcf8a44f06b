// The rooms in memory: those with participants, a lock, a mute, or a change under way. Each has one serial queue; a room
// is loaded in its queue and forgotten when nothing keeps it.
import { fail, type Result, type RoomId, SerialQueue } from "#common";
import type { RoomProblem } from "../records/problem.ts";
import type { Room } from "../records/room.ts";
import type { RoomContext } from "./context.ts";
import type { LiveRoom } from "./room.ts";

interface Entry {
  readonly queue: SerialQueue;
  live: LiveRoom | undefined;
}

/** What a live room gets of its entry. */
export type LiveRoomEntry = Pick<RoomContext, "run" | "onIdle">;

export class LiveRooms {
  readonly #entries = new Map<RoomId, Entry>();
  readonly #load: (id: RoomId) => Promise<Room | undefined>;
  readonly #make: (room: Room, entry: LiveRoomEntry) => LiveRoom;

  constructor(
    load: (id: RoomId) => Promise<Room | undefined>,
    make: (room: Room, entry: LiveRoomEntry) => LiveRoom,
  ) {
    this.#load = load;
    this.#make = make;
  }

  /** Runs the job in the room's queue; ROOM_NOT_FOUND when the room is not there once its turn has come. */
  run<T, Problem>(
    id: RoomId,
    job: (room: LiveRoom) => Promise<Result<T, Problem>> | Result<T, Problem>,
  ): Promise<Result<T, Problem | RoomProblem>> {
    return this.#runIn(id, async (entry) => {
      entry.live ??= await this.#createLiveRoom(id);
      return entry.live ? job(entry.live) : roomNotFound(id);
    });
  }

  /** The room as it is in memory, without waiting. */
  peek(id: RoomId): LiveRoom | undefined {
    return this.#entries.get(id)?.live;
  }

  /** The room has been deleted: whatever still waits in its queue looks it up again. */
  forget(id: RoomId): void {
    const entry = this.#entries.get(id);
    if (entry) entry.live = undefined;
  }

  *[Symbol.iterator](): IterableIterator<LiveRoom> {
    for (const { live } of this.#entries.values()) if (live) yield live;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Resolves when every queue has run empty, and nothing of any room goes on by itself. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ queue }) => queue.idle()));
    for (const { live } of this.#entries.values()) live?.close();
  }

  #runIn<T>(id: RoomId, job: (entry: Entry) => Promise<T> | T): Promise<T> {
    let entry = this.#entries.get(id);
    if (!entry) {
      entry = { queue: new SerialQueue(), live: undefined };
      this.#entries.set(id, entry);
    }
    const own = entry;
    return own.queue.run(() => job(own)).finally(() => this.#sweep(id, own));
  }

  async #createLiveRoom(id: RoomId): Promise<LiveRoom | undefined> {
    const room = await this.#load(id);
    const entry: LiveRoomEntry = {
      run: (job) => this.#runIn(id, job),
      onIdle: () => {
        const entry = this.#entries.get(id);
        if (entry) this.#sweep(id, entry);
      },
    };
    return room && this.#make(room, entry);
  }

  #sweep(id: RoomId, entry: Entry): void {
    if (this.#entries.get(id) !== entry || entry.queue.size > 0) return;
    if (!entry.live || entry.live.idle) this.#entries.delete(id);
  }
}

export const roomNotFound = (id: RoomId): { ok: false; error: RoomProblem } =>
  fail({ code: "ROOM_NOT_FOUND", message: `there is no room ${id}` });
