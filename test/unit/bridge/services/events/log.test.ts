// The log itself: order, durability before visibility, and what happens when the disk does not want to.
import { beforeEach, describe, expect, it } from "vitest";
import { type RoomId, silentLogger } from "#common";
import {
  type EventLog,
  EventRetention,
  EventsGone,
  Follower,
  matcherOf,
  openEventLog,
  replay,
} from "#services/events";
import { openStore } from "#services/store";
import { FakeClock, FakeEventsRepository, settle } from "#test/support";

let clock: FakeClock;
let disk: FakeEventsRepository;
let log: EventLog;

beforeEach(async () => {
  clock = new FakeClock();
  disk = new FakeEventsRepository();
  log = await open();
});

const open = () => openEventLog({ repository: disk, clock, log: silentLogger });
const all = matcherOf({});

const online = (server: string) =>
  log.append({ type: "server.online", room: server as RoomId, data: { server, name: server } });
const serversOf = (events: readonly { readonly room: string | null }[]) => events.map(({ room }) => room);

describe("the log", () => {
  it("shows nothing before it is on disk, and everything in the order in which it happened", async () => {
    const disks = Promise.withResolvers<void>();
    disk.before = () => disks.promise;
    const follower = new Follower(log, 0, all);
    let seen: unknown[] = [];
    void follower.next().then((events) => {
      seen = serversOf(events);
    });

    online("a");
    online("b");
    await settle();
    expect(seen).toEqual([]);
    expect([log.newest, log.last]).toEqual([0, 2]);
    expect(await log.read(0, 10)).toEqual([]);

    disks.resolve();
    await settle();
    expect(seen).toEqual(["a", "b"]);
    expect(disk.stored.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(disk.stored[0]).toMatchObject({ time: "2026-01-01T00:00:00.000Z", meeting: null });
  });

  it("does not pause between writes while a caller waits for what comes behind the one under way", async () => {
    const disks = Promise.withResolvers<void>();
    disk.before = () => disks.promise;
    online("a");
    await settle();
    online("b");
    const settled = log.settled();
    disks.resolve();
    expect(await settled).toBe(true);
    expect(disk.batches).toEqual([1, 1]);
    online("c");
    await settle();
    expect(disk.batches).toEqual([1, 1]);
    await clock.run(20);
    expect(disk.batches).toEqual([1, 1, 1]);
  });

  it("writes at once, and together what happens while that is under way", async () => {
    online("a");
    await settle();
    expect(disk.batches).toEqual([1]);
    for (const name of ["b", "c", "d"]) online(name);
    await settle();
    expect(disk.batches).toEqual([1]);

    await clock.run(20);
    expect(disk.batches).toEqual([1, 3]);
    await clock.run(20);
    expect(clock.pending).toBe(0);
  });

  it("goes on counting after a restart, also when the old ones were forgotten", async () => {
    for (const name of ["a", "b", "c"]) online(name);
    await settle();
    await log.forget(99);
    expect(log.oldest).toBe(3);
    await log.close();

    log = await open();
    online("d");
    await settle();
    expect(disk.stored.map(({ seq }) => seq)).toEqual([3, 4]);
  });

  it("tries again when the disk refuses, loses nothing and leaves no gap", async () => {
    let refusals = 2;
    disk.before = () => {
      if (refusals-- > 0) throw new Error("disk full");
    };
    online("a");
    await settle();
    online("b");
    const settled = log.settled();
    await clock.run(3000);
    await settled;
    expect(serversOf(disk.stored)).toEqual(["a", "b"]);
  });

  it("takes only so many while the disk refuses, and counts what it lost", async () => {
    disk.before = () => {
      throw new Error("disk full");
    };
    for (let count = 0; count < 10_005; count += 1) online("x");
    await settle();
    expect(log.snapshot()).toMatchObject({ waiting: 10_000, lost: 5, newest: 0 });
    disk.before = () => {};
    await clock.run(5000);
    expect(disk.stored.at(-1)?.seq).toBe(10_000);
  });

  it("writes what waits when it closes, and takes nothing afterwards", async () => {
    online("a");
    await settle();
    online("b");
    await log.close();
    online("c");
    await settle();
    expect(serversOf(disk.stored)).toEqual(["a", "b"]);
    expect(clock.pending).toBe(0);
  });

  it("is the same in a real database, from memory and from the file", async () => {
    const store = await openStore(":memory:", clock);
    log = await openEventLog({ repository: store.events, clock, log: silentLogger });
    online("a");
    online("b");
    await log.settled();
    const before = await log.read(0, 10);
    await log.close();

    log = await openEventLog({ repository: store.events, clock, log: silentLogger });
    expect(await log.read(0, 10)).toEqual(before);
    expect(before).toMatchObject([
      { seq: 1, type: "server.online", data: { server: "a" } },
      { seq: 2, participant: null },
    ]);
    expect(await store.events.lastBefore("2026-01-01T00:00:00.000Z")).toBeUndefined();
    expect(await store.events.lastBefore("2026-01-02T00:00:00.000Z")).toBe(2);
    await store.close();
  });
});

describe("reading", () => {
  it("follows with a filter, waits, and can be ended while it waits", async () => {
    const follower = new Follower(log, 0, matcherOf({ types: ["server.*"], room: "b" }));
    for (const name of ["a", "b", "c"]) online(name);
    expect(serversOf(await follower.next())).toEqual(["b"]);
    expect(follower.position).toBe(3);

    const waiting = follower.next();
    follower.close();
    expect(await waiting).toEqual([]);
  });

  it("tells a follower that the log has forgotten what it has not read", async () => {
    const follower = new Follower(log, 0, all);
    for (let count = 0; count < 5000; count += 1) online("x");
    await clock.run(1000);
    await log.forget(10);
    await expect(follower.next()).rejects.toBeInstanceOf(EventsGone);
  });

  it("replays in pieces that join up, whatever the filter leaves out", async () => {
    for (let count = 1; count <= 1200; count += 1) online(count % 400 === 0 ? "rare" : "x");
    await clock.run(1000);
    const matches = matcherOf({ room: "rare" });
    const first = await replay(log, { after: 0, top: 2, matches });
    expect(first).toMatchObject({ events: [{ seq: 400 }, { seq: 800 }], next: 800 });
    expect(await replay(log, { after: first.next, top: 2, matches })).toMatchObject({
      events: [{ seq: 1200 }],
      next: 1200,
    });
    expect(await replay(log, { after: 1200, top: 2, matches })).toEqual({ events: [], next: 1200 });
  });

  it("refuses places that the log does not have: forgotten ones, and ones that never were", async () => {
    for (const name of ["a", "b", "c"]) online(name);
    await settle();
    await log.forget(2);
    const ask = (after: number) => replay(log, { after, top: 9, matches: all });
    await expect(ask(1)).rejects.toMatchObject({ code: "EVENTS_GONE", oldest: 3 });
    await expect(ask(4)).rejects.toMatchObject({ code: "EVENTS_GONE" });
    expect((await ask(2)).events).toHaveLength(1);
  });
});

describe("keeping the log within bounds", () => {
  const retain = (maxEvents: number, maxAgeMs = 86_400_000) =>
    new EventRetention({ log, repository: disk, clock, logger: silentLogger, maxAgeMs, maxEvents });

  it("forgets by number, a portion at a time, and when many come not only once an hour", async () => {
    const retention = retain(100);
    for (let count = 0; count < 3100; count += 1) online("x");
    await clock.run(2000);
    expect(disk.stored.length).toBeLessThan(1100);
    await clock.run(3_600_000);
    expect([log.oldest, log.newest]).toEqual([3001, 3100]);
    expect(disk.stored).toHaveLength(100);
    retention.close();
    expect(clock.pending).toBe(0);
  });

  it("forgets by age, but never the newest", async () => {
    const retention = retain(100, 7_200_000);
    online("a");
    await clock.run(3_600_000);
    online("b");
    await clock.run(2 * 3_600_000);
    expect(serversOf(disk.stored)).toEqual(["b"]);
    await clock.run(9 * 3_600_000);
    expect(serversOf(disk.stored)).toEqual(["b"]);
    retention.close();
  });
});
