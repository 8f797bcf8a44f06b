// The lock and the mute of a room outlive the daemon, and end with the meeting otherwise.
import { describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { createRooms, type Room } from "#conference/rooms";
import { FakeClock, FakeLeg, FakeRoomsRepository, type FakeWorker, FakeWorkers, settle } from "#test/support";

function daemon(repository = new FakeRoomsRepository()) {
  const clock = new FakeClock();
  const workers = new FakeWorkers(1);
  const extensions = { first: 8000, last: 8009 };
  const rooms = createRooms({ repository, workers, clock, logger: silentLogger, extensions });
  const changes: string[] = [];
  rooms.events.on("room.changed", ({ status: { locked, muted } }) =>
    changes.push(`${locked ? "locked" : ""} ${muted ? "muted" : ""}`.trim()),
  );
  rooms.events.on("room.restored", ({ status: { locked, muted } }) =>
    changes.push(`restored ${locked ? "locked" : ""} ${muted ? "muted" : ""}`.trim()),
  );

  async function enter(room: Room, kind: string) {
    const call = {
      ...{ displayName: "Ann", number: "100", source: "100@10.0.0.1", address: "10.0.0.1", trunk: undefined },
      dismiss: () => {},
    };
    const arrived = await rooms.arrive(room.extensionNumber, call);
    if (!arrived.ok) return arrived.error.text;
    const participant = arrived.value;
    const result = await participant.join(new FakeLeg(participant.id, participant.worker as FakeWorker));
    expect(result.kind).toBe(kind);
    return participant;
  }

  /** As the daemon does it: the meetings end with it. */
  async function restart(end: () => void = () => {}) {
    rooms.stopping();
    end();
    await rooms.close();
    const next = daemon(repository);
    await next.rooms.restore();
    return next;
  }

  return { repository, rooms, changes, enter, restart };
}

async function made({ rooms }: ReturnType<typeof daemon>): Promise<Room> {
  const room = await rooms.create({ enablePrompt: false });
  if (!room.ok) throw new Error(room.error.message);
  return room.value;
}

describe("lock and mute", () => {
  it("are on after a restart, and told as no change", async () => {
    const before = daemon();
    const room = await made(before);
    await before.rooms.lock(room.id, true);
    await before.rooms.mute(room.id, true);
    const after = await before.restart();

    expect(await after.rooms.status(room.id)).toMatchObject({ value: { locked: true, muted: true } });
    expect(after.changes).toEqual(["restored locked muted"]);
    await after.enter(room, "refuse");
    await after.rooms.lock(room.id, false);
    await after.rooms.mute(room.id, false);
    expect(await (await after.restart()).rooms.status(room.id)).toMatchObject({
      value: { locked: false, muted: false },
    });
  });

  it("stay when the daemon ends the meeting, and go when the meeting ends", async () => {
    const before = daemon();
    const room = await made(before);
    const participant = await before.enter(room, "entered");
    await before.rooms.lock(room.id, true);
    const after = await before.restart(
      () => typeof participant === "object" && participant.leave("Server stopped"),
    );
    expect(await after.rooms.status(room.id)).toMatchObject({ value: { locked: true } });

    await after.rooms.lock(room.id, false);
    const second = await after.enter(room, "entered");
    await after.rooms.lock(room.id, true);
    if (typeof second === "object") second.leave("gone");
    await settle();
    expect(await (await after.restart()).rooms.status(room.id)).toMatchObject({ value: { locked: false } });
  });

  it("are on the disk before the answer, or the answer is no success", async () => {
    const { rooms, repository, changes } = daemon();
    const made = await rooms.create({ enablePrompt: false });
    const { id } = made.ok ? made.value : (undefined as never);
    repository.keepSwitches = async () => {
      throw new Error("disk full");
    };
    await expect(rooms.lock(id, true)).rejects.toThrow("disk full");
    await expect(rooms.mute(id, true)).rejects.toThrow("disk full");
    expect(changes).toEqual([]);
    expect(await rooms.status(id)).toMatchObject({ value: { locked: false, muted: false } });
  });

  it("go with their room", async () => {
    const { rooms, repository, restart } = daemon();
    const made = await rooms.create({ enablePrompt: false });
    const { id } = made.ok ? made.value : (undefined as never);
    await rooms.lock(id, true);
    await rooms.destroy(id);
    expect(repository.switches.size).toBe(0);
    expect((await restart()).changes).toEqual([]);
  });
});
