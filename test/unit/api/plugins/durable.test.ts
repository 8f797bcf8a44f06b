// A success is answered when the events of the change are on the disk, and not before.
import { beforeEach, describe, expect, test } from "vitest";
import { ok, silentLogger } from "#common";
import { type EventLog, openEventLog } from "#services/events";
import { FakeClock, FakeEventsRepository, settle } from "#test/support";
import { Fixture, key } from "../support/fixture.ts";

let disk: FakeEventsRepository;
let log: EventLog;
let api: Fixture;
let clock: FakeClock;

beforeEach(async () => {
  disk = new FakeEventsRepository();
  clock = new FakeClock();
  log = await openEventLog({ repository: disk, clock, log: silentLogger });
  api = await Fixture.create({ events: { log, onCall: () => [] }, clock });
  const create = api.rooms.create.bind(api.rooms);
  api.rooms.create = async (fields) => {
    const made = await create(fields);
    if (made.ok) log.append({ type: "server.online", data: { server: "a", name: "a" } });
    return made;
  };
  api.rooms.lock = async () => {
    log.append({ type: "server.online", data: { server: "a", name: "a" } });
    return ok(undefined);
  };
});

/** Holds every write until the returned function is called. */
function holdDisk(): () => void {
  const held = Promise.withResolvers<void>();
  disk.before = () => held.promise;
  return () => held.resolve();
}

async function answered(request: PromiseLike<{ statusCode: number }>): Promise<() => number | undefined> {
  let status: number | undefined;
  void request.then(({ statusCode }) => {
    status = statusCode;
  });
  for (let turn = 0; turn < 20; turn += 1) await settle();
  return () => status;
}

describe("the answer to a change", () => {
  test("waits for the disk", async () => {
    const release = holdDisk();
    const status = await answered(api.post("/api/conference_rooms/1/lock"));
    expect(status()).toBeUndefined();
    expect(disk.stored).toHaveLength(0);

    release();
    for (let turn = 0; turn < 20; turn += 1) await settle();
    expect(status()).toBe(200);
    expect(disk.stored).toHaveLength(1);
  });

  test("does not wait for the pause between two writes", async () => {
    await api.post("/api/conference_rooms/1/lock");
    expect((await api.post("/api/conference_rooms/1/lock")).statusCode).toBe(200);
    expect(disk.stored).toHaveLength(2);
  });

  test("is 503 when the disk refuses for five seconds", async () => {
    disk.before = () => {
      throw new Error("disk full");
    };
    const status = await answered(api.post("/api/conference_rooms/1/lock"));
    expect(status()).toBeUndefined();
    clock.advance(5000);
    for (let turn = 0; turn < 20; turn += 1) await settle();
    expect(status()).toBe(503);
  });

  test("is not kept for repetitions before its events are stored", async () => {
    const release = holdDisk();
    const body = { mode: "AUDIO", subject: "Weekly", capacity: 9 };
    const headers = { "x-api-key": key, "idempotency-key": "1" };
    const made = { method: "POST", url: "/api/conference_rooms", headers, payload: body } as const;
    const status = await answered(api.request(made));
    expect([status(), api.answers.kept.size]).toEqual([undefined, 0]);
    release();
    for (let turn = 0; turn < 20; turn += 1) await settle();
    expect([status(), api.answers.kept.size]).toEqual([201, 1]);
  });
});

test("reading waits for nothing", async () => {
  holdDisk();
  log.append({ type: "server.online", data: { server: "a", name: "a" } });
  expect((await api.get("/api/conference_rooms")).statusCode).toBe(200);
});
