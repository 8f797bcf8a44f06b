import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteFile from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newId, StartError } from "#common";
import type { Room, RoomListQuery } from "#conference/rooms";
import { openStore, type Store } from "#services/store";
import { newRoom } from "../../../../../bridge/conference/rooms/records/defaults.ts";
import { migrations } from "../../../../../bridge/services/store/migrations/index.ts";

const room = (extensionNumber: string, changes: Partial<Room> = {}): Room => ({
  ...newRoom({}, { id: newId(), extensionNumber, createdAt: "2026-01-01T00:00:00.000Z" }),
  ...changes,
});

describe("the store", () => {
  let folder: string;
  let path: string;
  const open: Store[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "parley-store-"));
    path = join(folder, "parley.sqlite");
  });
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
    rmSync(folder, { recursive: true });
  });

  async function openedStore(file = path): Promise<Store> {
    const store = await openStore(file);
    open.push(store);
    return store;
  }

  it("keeps every field of a room over a restart", async () => {
    const kept = room("8000", {
      mode: "VIDEO",
      control: "MASTER",
      subject: "Équipe 日本",
      adminPin: "0012",
      roomPin: "345678",
      enableRecording: true,
      enablePrompt: false,
      scheduledStartAt: "2026-02-01T10:00:00.000Z",
      scheduledEndAt: "2026-02-01T11:00:00.000Z",
      internalInvitees: ["a", "b"],
      outboundCallerIds: [{ providerId: "trunk", callerId: "+34", description: "x" }],
      customOptions: '{"a":1}',
    });
    const before = await openedStore();
    expect(await before.rooms.insert(kept)).toBe(true);
    await before.close();

    const after = await openedStore();

    expect(await after.rooms.get(kept.id)).toEqual(kept);
    expect(await after.rooms.findByExtension("8000")).toEqual(kept);
  });

  it("lets only the owner read the file", async () => {
    await openedStore();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("refuses a taken extension, frees it when the room goes, and updates all but identity", async () => {
    const { rooms } = await openedStore(":memory:");
    const first = room("8000");
    await rooms.insert(first);

    expect(await rooms.insert(room("8000"))).toBe(false);
    expect(await rooms.takenExtensions(["8000", "8001"])).toEqual(new Set(["8000"]));
    expect(await rooms.update({ ...first, subject: "New", extensionNumber: "9" })).toBe(true);
    expect(await rooms.get(first.id)).toEqual({ ...first, subject: "New" });

    expect(await rooms.delete(first.id)).toBe(true);
    expect(await rooms.delete(first.id)).toBe(false);
    expect(await rooms.update(first)).toBe(false);
    expect(await rooms.insert(room("8000"))).toBe(true);
  });

  it("lists in order of creation, then id, in pages with the total", async () => {
    const { rooms } = await openedStore(":memory:");
    const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
    const [late, twinB, twinA] = [
      room("8002", { createdAt: at(5) }),
      room("8000", { createdAt: at(1), id: "b" as Room["id"] }),
      room("8001", { createdAt: at(1), id: "a" as Room["id"] }),
    ];
    for (const each of [late, twinB, twinA]) await rooms.insert(each);

    const firstPage = await rooms.list({ skip: 0, top: 2 });
    const secondPage = await rooms.list({ skip: 2, top: 2 });

    expect(firstPage.items.map(({ id }) => id)).toEqual([twinA.id, twinB.id]);
    expect(secondPage.items.map(({ id }) => id)).toEqual([late.id]);
    expect([firstPage.count, secondPage.count]).toEqual([3, 3]);
  });

  it("filters, searches and orders what it lists, and counts what matches", async () => {
    const { rooms } = await openedStore(":memory:");
    const board = room("8001", { subject: "Board", capacity: 20, enablePrompt: false });
    const team = room("8002", { subject: "Team board", capacity: 9 });
    const other = room("8003", { subject: "Other", capacity: 30 });
    for (const each of [board, team, other]) await rooms.insert(each);
    const page = { skip: 0, top: 1 };
    const subjects = async (query: Partial<RoomListQuery>) => {
      const { count, items } = await rooms.list({ ...page, ...query });
      return [count, ...items.map(({ subject }) => subject)];
    };

    expect(
      await subjects({ search: [["board"]], orderBy: [{ field: "capacity", descending: false }] }),
    ).toEqual([2, "Team board"]);
    expect(
      await subjects({
        filter: { kind: "compare", field: "extensionNumber", operator: "gt", value: "8001" },
        orderBy: [{ field: "extensionNumber", descending: true }],
      }),
    ).toEqual([2, "Other"]);
    expect(
      await subjects({ filter: { kind: "compare", field: "enablePrompt", operator: "eq", value: false } }),
    ).toEqual([1, "Board"]);
  });

  it("finds rooms by id and by extension through an index", async () => {
    await openedStore();
    const file = new SqliteFile(path, { readonly: true });
    const planOf = (where: string) =>
      JSON.stringify(file.prepare(`explain query plan select * from rooms ${where}`).all());

    expect(planOf("where id = 'x'")).toMatch(/SEARCH .* USING INDEX/);
    expect(planOf("where extension_number = 'x'")).toMatch(/SEARCH .* USING INDEX/);
    expect(planOf("order by created_at, id limit 10")).toContain("USING INDEX rooms_created_at_id");
    file.close();
  });

  it("applies its migrations once", async () => {
    await (await openedStore()).close();
    await (await openedStore()).close();

    const file = new SqliteFile(path, { readonly: true });
    const applied = file.prepare("select id, name from schema_migrations order by id").all();
    file.close();
    expect(applied).toEqual(migrations.map(({ id, name }) => ({ id, name })));
    const ids = migrations.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it("refuses a database of a newer version and leaves it was", async () => {
    await (await openedStore()).close();
    const file = new SqliteFile(path);
    file.prepare("insert into schema_migrations values (999, 'future', '2027-01-01')").run();
    file.close();

    await expect(openStore(path)).rejects.toThrow(StartError);
    await expect(openStore(path)).rejects.toThrow(`${path}: a newer version of Parley wrote it (schema 999`);
  });

  it("says which file it cannot open", async () => {
    writeFileSync(path, "this is not a database, but it is long enough to be looked at as one".repeat(20));
    const missing = join(folder, "nowhere", "parley.sqlite");

    await expect(openStore(path)).rejects.toThrow(`cannot open the database ${path}`);
    await expect(openStore(missing)).rejects.toThrow(`cannot open the database ${missing}`);
    await expect(openStore(missing)).rejects.toThrow(StartError);
  });

  it("makes the admin key once and keeps only its hash", async () => {
    const store = await openedStore();
    expect(await store.adminKey.verify("anything")).toBe(false);

    const key = await store.adminKey.ensure();

    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await store.adminKey.ensure()).toBeUndefined();
    expect(await store.adminKey.verify(key ?? "")).toBe(true);
    expect(await store.adminKey.verify(`${key}0`)).toBe(false);
    expect(await store.settings.get("admin_key_hash")).not.toContain(key);
  });

  it("replaces a setting", async () => {
    const { settings } = await openedStore(":memory:");
    await settings.set("name", "one");
    await settings.set("name", "two");
    expect(await settings.get("name")).toBe("two");
    expect(await settings.get("other")).toBeUndefined();
  });
});
