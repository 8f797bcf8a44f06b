// The rooms in memory: those with participants, a lock, a mute, a recording that is not over, or a job in the queue. Each has
// one serial queue, in which it is loaded; a room is forgotten when nothing keeps it.
import { fail, type Result, type RoomId, SerialQueue } from "#common";
import type { RoomProblem } from "../records/problem.ts";
import type { Room } from "../records/room.ts";
import type { RoomContext } from "./context.ts";
import type { LiveRoom } from "./room.ts";

interface Entry {
  readonly queue: SerialQueue;
  live: LiveRoom | undefined;
}

/** The functions of its entry that a live room gets. */
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

  /** Called when the room has been deleted: jobs that still wait in its queue load it again. */
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

  /** Resolves when every queue has run empty and the timers of all rooms are stopped. */
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
