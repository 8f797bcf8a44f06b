// What the database keeps of rooms beside their records, of recordings over all rooms, and what becomes of older rows.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { newId, type RoomId } from "#common";
import type { StoredRecording } from "#conference/recordings";
import { openStore } from "#services/store";
import { FakeClock } from "#test/support";
import { newRoom } from "../../../../../bridge/conference/rooms/records/defaults.ts";
import { hangUpScope } from "../../../../../bridge/services/store/migrations/0033-hang-up-scope.ts";

const room = (extensionNumber: string) =>
  newRoom({}, { id: newId<RoomId>(), extensionNumber, createdAt: "2026-01-01T00:00:00.000Z" });

const recording = (fields: Partial<StoredRecording>): StoredRecording => ({
  ...{ id: newId(), room: newId(), roomSubject: "Weekly", roomExtensionNumber: "8000", meeting: newId() },
  ...{ state: "finished", answeredAt: "2026-01-01T00:00:00.000Z", endedAt: null, durationMs: 1999 },
  ...{
    format: "wav",
    path: "room/one",
    size: 5_000_000_000,
    sha256: null,
    tracks: [],
    posterBytes: 0,
    read: false,
  },
  ...{ warnedAt: null, warnedFor: null },
  ...fields,
});

it("lock and mute are kept while one is on, and go with the room", async () => {
  const { rooms, close } = await openStore(":memory:", new FakeClock());
  const [one, two] = [room("8000"), room("8001")];
  await rooms.insert(one);
  await rooms.insert(two);
  await rooms.keepSwitches(one.id, { locked: true, muted: false });
  await rooms.keepSwitches(one.id, { locked: true, muted: true });
  await rooms.keepSwitches(two.id, { locked: false, muted: true });
  await rooms.keepSwitches(two.id, { locked: false, muted: false });
  expect(await rooms.switchedOn()).toEqual([{ id: one.id, switches: { locked: true, muted: true } }]);
  await rooms.delete(one.id);
  expect(await rooms.switchedOn()).toEqual([]);
  await close();
});

it("recordings are listed over all rooms by what a list may be asked for", async () => {
  const { recordings, close } = await openStore(":memory:", new FakeClock());
  const first = recording({ roomSubject: "Board" });
  const second = recording({
    answeredAt: "2026-01-02T00:00:00.000Z",
    durationMs: 61_000,
    posterBytes: 9000,
    read: true,
  });
  await recordings.insert(second);
  await recordings.insert(first);
  const ids = async (query: object) =>
    (await recordings.list({ skip: 0, top: 10, ...query })).items.map(({ id }) => id);
  const compare = (field: string, operator: string, value: unknown) =>
    ids({ filter: { kind: "compare", field, operator, value } });
  expect(await ids({})).toEqual([first.id, second.id]);
  expect(await ids({ search: [["board"]] })).toEqual([first.id]);
  expect(await ids({ orderBy: [{ field: "duration", descending: true }] })).toEqual([second.id, first.id]);
  expect(await compare("duration", "eq", 1)).toEqual([first.id]);
  expect(await compare("fileSize", "gt", 4_999_999_999)).toEqual([first.id, second.id]);
  expect(await compare("read", "eq", true)).toEqual([second.id]);
  expect(await compare("roomId", "eq", first.room)).toEqual([first.id]);
  await close();
});

it("keys that could hang up still can, and others still cannot", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "parley.db");
  const before = await openStore(path, new FakeClock());
  const key = (id: string, scopes: string[]) => ({
    ...{ id, name: id, addresses: [], expiresAt: null, createdAt: "2026-01-01T00:00:00.000Z" },
    ...{ lastUsedAt: null, hash: "00", scopes: scopes as ["read"] },
  });
  await before.keys.insert(key("a", ["read", "calls"]), 10);
  await before.keys.insert(key("b", ["calls"]), 10);
  await before.keys.insert(key("c", ["read", "recordings"]), 10);
  await before.close();
  const file = new SqliteFile(path);
  file.prepare("delete from schema_migrations where id = ?").run(hangUpScope.id);
  file.close();

  const after = await openStore(path, new FakeClock());
  const scopesOf = async (id: string) => (await after.keys.get(id))?.scopes;
  expect(await scopesOf("a")).toEqual(["read", "calls", "calls:hangup"]);
  expect(await scopesOf("b")).toEqual(["calls", "calls:hangup"]);
  expect(await scopesOf("c")).toEqual(["read", "recordings"]);
  await after.close();
});
