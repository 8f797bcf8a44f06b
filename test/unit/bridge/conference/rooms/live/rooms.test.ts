// The rooms in memory: loaded in their queue, kept while there is a reason, looked up again after they were deleted.
import { describe, expect, it } from "vitest";
import { ok, type RoomId } from "#common";
import type { LiveRoom } from "../../../../../../bridge/conference/rooms/live/room.ts";
import { type LiveRoomEntry, LiveRooms } from "../../../../../../bridge/conference/rooms/live/rooms.ts";
import { recordOf } from "./fake-room.ts";

const id = "room-1" as RoomId;

/** Rooms that are nothing but a record, and idle when the test says so. */
function liveRooms({ exists = true } = {}) {
  const state = { exists, idle: true, loads: 0, closed: 0 };
  const made: LiveRoomEntry[] = [];
  const rooms = new LiveRooms(
    async () => {
      state.loads += 1;
      return state.exists ? recordOf() : undefined;
    },
    (record, entry) => {
      made.push(entry);
      const room = {
        record,
        get idle() {
          return state.idle;
        },
        close() {
          state.closed += 1;
        },
      };
      return room as LiveRoom;
    },
  );
  const use = () => rooms.run<LiveRoom, never>(id, (room) => ok(room));
  return { rooms, state, made, use };
}

describe("the rooms in memory", () => {
  it("are loaded once while something keeps them, and forgotten with the last reason", async () => {
    const { rooms, state, made, use } = liveRooms();
    state.idle = false;
    const [first, second] = await Promise.all([use(), use()]);
    expect(first).toMatchObject({ ok: true });
    expect(first).toEqual(second);
    expect([state.loads, rooms.size, [...rooms].length]).toEqual([1, 1, 1]);
    made[0]!.onIdle();
    expect(rooms.size).toBe(1);
    state.idle = true;
    made[0]!.onIdle();
    expect([rooms.size, rooms.peek(id)]).toEqual([0, undefined]);
  });

  it("that are idle are forgotten when their queue is empty, and not before", async () => {
    const { rooms, state, made } = liveRooms();
    const during: number[] = [];
    await rooms.run<void, never>(id, () => {
      made[0]!.onIdle();
      during.push(rooms.size);
      return ok(undefined);
    });
    expect(during).toEqual([1]);
    expect(rooms.size).toBe(0);
    expect(state.loads).toBe(1);
  });

  it("do one thing after the other, the room's own jobs included", async () => {
    const { rooms, made, state } = liveRooms();
    state.idle = false;
    const order: string[] = [];
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const slow = rooms.run<void, never>(id, async () => {
      await held;
      order.push("slow");
      return ok(undefined);
    });
    const next = rooms.run<void, never>(id, () => {
      order.push("next");
      return ok(undefined);
    });
    await Promise.resolve();
    const own = slow.then(() => made[0]!.run(() => void order.push("own")));
    expect(order).toEqual([]);
    release();
    await Promise.all([slow, next, own]);
    expect(order).toEqual(["slow", "next", "own"]);
  });

  it("answer that there is no such room, and hold nothing for it", async () => {
    const { rooms, use } = liveRooms({ exists: false });
    expect(await use()).toMatchObject({ ok: false, error: { code: "ROOM_NOT_FOUND" } });
    expect([rooms.size, [...rooms]]).toEqual([0, []]);
  });

  it("look a room up again that was deleted while a job waited", async () => {
    const { rooms, state, use } = liveRooms();
    state.idle = false;
    const deleting = rooms.run<void, never>(id, () => {
      state.exists = false;
      rooms.forget(id);
      return ok(undefined);
    });
    const waiting = use();
    await deleting;
    expect(await waiting).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
    expect([state.loads, rooms.size]).toEqual([2, 0]);
  });

  it("go on after a job that failed, and are closed when every queue is empty", async () => {
    const { rooms, state } = liveRooms();
    state.idle = false;
    const failing = rooms.run<void, never>(id, () => {
      throw new Error("no answer");
    });
    await expect(failing).rejects.toThrow("no answer");
    let done = false;
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const slow = rooms.run<void, never>(id, async () => {
      await held;
      return ok(undefined);
    });
    const closing = rooms.close().then(() => {
      done = true;
    });
    expect(done).toBe(false);
    release();
    await Promise.all([slow, closing]);
    expect([done, state.closed]).toEqual([true, 1]);
  });
});
