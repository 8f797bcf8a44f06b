// Rooms that were written before the process died, and their events not: told at the next start, once.
import { afterEach, beforeEach, expect, it } from "vitest";
import { newId, silentLogger } from "#common";
import type { Room } from "#conference/rooms";
import { appendMissingEvents, type EventLog, openEventLog } from "#services/events";
import { openStore, type Store } from "#services/store";
import { FakeClock } from "#test/support";
import { newRoom } from "../../../../../bridge/conference/rooms/records/defaults.ts";
import { roomOnWire } from "../../../../../bridge/services/events/wire.ts";

let store: Store;
let log: EventLog;

beforeEach(async () => {
  const clock = new FakeClock();
  store = await openStore(":memory:", clock);
  log = await openEventLog({ repository: store.events, clock, log: silentLogger });
});
afterEach(() => store.close());

async function room(extensionNumber: string, told: boolean): Promise<Room> {
  const made = newRoom({}, { id: newId(), extensionNumber, createdAt: "2026-01-01T00:00:00.000Z" });
  await store.rooms.insert(made);
  if (told) log.append({ type: "room.created", room: made.id, data: { room: roomOnWire(made) } });
  await log.settled();
  return made;
}

async function toldAtTheStart() {
  const before = log.newest;
  await appendMissingEvents({ log, repository: store.events, rooms: store.rooms });
  await log.settled();
  return (await log.read(before, 100)).map(({ type, room: id, data }) => [
    ...[type, id, (data as { room: { subject: string } }).room.subject],
  ]);
}

it("what was made, changed and destroyed without an event is told once", async () => {
  const [known, changed, destroyed] = [await room("1", true), await room("2", true), await room("3", true)];
  const made = await room("4", false);
  await store.rooms.update({ ...changed, subject: "Changed", revision: 2 });
  await store.rooms.delete(destroyed.id);

  const told = await toldAtTheStart();
  expect(told).toHaveLength(3);
  expect(told).toContainEqual(["room.updated", changed.id, "Changed"]);
  expect(told).toContainEqual(["room.created", made.id, made.subject]);
  expect(told).toContainEqual(["room.deleted", destroyed.id, destroyed.subject]);
  expect(JSON.stringify(told)).not.toContain(known.id);
  expect(await toldAtTheStart()).toEqual([]);
});

it("a lock and a mute that were switched without an event are told once", async () => {
  const [locked, unlocked, muted] = [await room("1", true), await room("2", true), await room("3", true)];
  const both = await room("4", false);
  const data = (of: Room) => ({ room: roomOnWire(of) });
  await store.rooms.keepSwitches(locked.id, { locked: true, muted: false });
  log.append({ type: "room.locked", room: unlocked.id, data: data(unlocked) });
  await store.rooms.keepSwitches(muted.id, { locked: false, muted: true });
  log.append({ type: "room.muted", room: muted.id, data: data(muted) });
  log.append({ type: "room.unmuted", room: muted.id, data: data(muted) });
  await store.rooms.keepSwitches(both.id, { locked: true, muted: true });
  await log.settled();

  const told = (await toldAtTheStart()).map(([type, id]) => [type, id]);
  expect(told).toHaveLength(6);
  expect(told).toContainEqual(["room.locked", locked.id]);
  expect(told).toContainEqual(["room.unlocked", unlocked.id]);
  expect(told).toContainEqual(["room.muted", muted.id]);
  const ofBoth = told.filter(([, id]) => id === both.id).map(([type]) => type);
  expect(ofBoth).toEqual(["room.created", "room.locked", "room.muted"]);
  expect(await toldAtTheStart()).toEqual([]);
});

it("a change of a room leaves what was told of its lock", async () => {
  const known = await room("1", true);
  await store.rooms.keepSwitches(known.id, { locked: true, muted: false });
  log.append({ type: "room.locked", room: known.id, data: { room: roomOnWire(known) } });
  const changed = { ...known, revision: 2 };
  await store.rooms.update(changed);
  log.append({ type: "room.updated", room: known.id, data: { room: roomOnWire(changed) } });
  await log.settled();
  expect(await toldAtTheStart()).toEqual([]);
});

it("what the log has forgotten counts as told", async () => {
  const known = await room("1", true);
  await room("2", true);
  await log.forget(1);
  expect(await toldAtTheStart()).toEqual([]);
  await store.rooms.delete(known.id);
  expect(await toldAtTheStart()).toEqual([["room.deleted", known.id, known.subject]]);
});
