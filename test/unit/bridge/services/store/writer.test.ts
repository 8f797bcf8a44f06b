// A database file that is slow to write, as one is that another program holds: what writes waits, and nothing else does.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import SqliteFile from "better-sqlite3";
import { expect, it, onTestFinished } from "vitest";
import { newId, systemClock } from "#common";
import { openStore, type Store } from "#services/store";
import { newRoom } from "../../../../../bridge/conference/rooms/records/defaults.ts";

const room = (extensionNumber: string) =>
  newRoom({}, { id: newId(), extensionNumber, createdAt: "2026-01-01T00:00:00.000Z" });

async function world() {
  const folder = mkdtempSync(join(tmpdir(), "parley-writer-"));
  const path = join(folder, "parley.sqlite");
  const started = once(process, "worker") as Promise<[Worker]>;
  const store = await openStore(path, systemClock, { inThread: true });
  const [thread] = await started;
  const other = new SqliteFile(path);
  onTestFinished(async () => {
    other.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return { path, store, other, thread };
}

const extensions = async ({ rooms }: Store) =>
  (await rooms.list({ skip: 0, top: 10 })).items.map(({ extensionNumber }) => extensionNumber);

it("a change waits while another program holds the file; reading goes on, and sees what was committed", async () => {
  const { store, other } = await world();
  const kept = room("8000");
  await store.rooms.insert(kept);
  other.exec("begin immediate");
  let written = false;
  const writing = store.rooms.insert(room("8001")).then((inserted) => {
    written = true;
    return inserted;
  });
  const noted = store.settings.set("name", "value");

  expect(await store.rooms.findByExtension("8000")).toEqual(kept);
  expect(await extensions(store)).toEqual(["8000"]);
  expect(written).toBe(false);

  other.exec("rollback");
  expect(await writing).toBe(true);
  expect((await extensions(store)).sort()).toEqual(["8000", "8001"]);
  await noted;
  expect(await store.settings.get("name")).toBe("value");
});

it("changes are made in the order in which they were asked for, and one that fails takes no other along", async () => {
  const { store } = await world();
  const numbers = ["8000", "8001", "8000", "8002"];
  expect(await Promise.all(numbers.map((number) => store.rooms.insert(room(number))))).toEqual([
    ...[true, true, false, true],
  ]);
  const twice = room("8003");
  const outcomes = await Promise.allSettled([
    store.rooms.insert(twice),
    store.rooms.insert({ ...twice, extensionNumber: "8004" }),
    store.rooms.insert(room("8005")),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[1]).toMatchObject({ reason: { code: expect.stringMatching(/^SQLITE_CONSTRAINT/) } });
  expect(store.errors).toBe(1);
  expect((await extensions(store)).sort()).toEqual(["8000", "8001", "8002", "8003", "8005"]);
});

it("what the thread was doing when it died has failed, and the next change has another one", async () => {
  const { store, other, thread } = await world();
  other.exec("begin immediate");
  const lost = store.rooms.insert(room("8000"));
  const next = store.rooms.insert(room("8001"));
  const ended = thread.terminate();
  other.exec("rollback");
  await expect(lost).rejects.toThrow(/thread of the database/);
  await ended;
  expect(await next).toBe(true);
  expect(await extensions(store)).toEqual(["8001"]);
});
