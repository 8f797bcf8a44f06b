// Rooms that were written before the process died, and their events not: told at the next start, once.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type MeetingId, newId, type RecordingId, silentLogger } from "#common";
import type { StoredRecording } from "#conference/recordings";
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
  await appendMissingEvents({
    log,
    repository: store.events,
    rooms: store.rooms,
    recordings: store.recordings,
  });
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

const kept = (id: string, of: Room, state: StoredRecording["state"]): StoredRecording => ({
  ...{ id: id as RecordingId, room: of.id, roomSubject: of.subject, roomExtensionNumber: of.extensionNumber },
  ...{ meeting: "meeting" as MeetingId, state, answeredAt: "2026-01-01T00:00:00.000Z", endedAt: null },
  ...{
    durationMs: 5000,
    format: "mp3",
    path: id,
    tracks: [],
    posterBytes: 0,
    read: false,
    warnedAt: null,
    warnedFor: null,
  },
  ...{ size: 10, sha256: null },
});

it("a recording that began or ended without an event is told once, and none that is still to be recovered", async () => {
  const known = await room("1", true);
  const states = { stopped: "finished", recovered: "recovered", broken: "broken", on: "running" } as const;
  const told = [...Object.keys(states), "gone"];
  for (const id of told) {
    const data = { recording: id, format: "mp3", duration: 0, file_size: 0 };
    log.append({ type: "recording.started", room: known.id, meeting: "meeting" as MeetingId, data });
  }
  for (const [id, state] of Object.entries(states)) await store.recordings.insert(kept(id, known, state));
  await store.recordings.insert(kept("begun", known, "running"));
  await log.settled();
  const before = log.newest;
  const append = () =>
    appendMissingEvents({ log, repository: store.events, rooms: store.rooms, recordings: store.recordings });
  await append();
  await log.settled();
  const events = (await log.read(before, 100)).map(({ type, data, meeting }) => [
    ...[(data as { recording: string }).recording, type, meeting],
  ]);
  expect(events.sort()).toEqual([
    ["begun", "recording.started", "meeting"],
    ["broken", "recording.failed", "meeting"],
    ["gone", "recording.removed", "meeting"],
    ["recovered", "recording.recovered", "meeting"],
    ["stopped", "recording.stopped", "meeting"],
  ]);
  await append();
  await log.settled();
  expect(log.newest).toBe(before + 5);
});
