// Whom wrong credentials ban, and what right ones forget: never the guesses at other users' passwords.
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock } from "#test/support";
import { type BanRecords, Bans, type Claim } from "../../../../../bridge/sip/auth/bans.ts";
import type { BanRecord } from "../../../../../bridge/sip/auth/failure-budget.ts";
import { FakeRecords } from "../../../../support/fakes/state-records.ts";

const address = "203.0.113.5";
const from = (username?: string, known = false): Claim => ({ address, known, username });

let bans: Bans;
let clock: FakeClock;
let told: number;

beforeEach(() => {
  told = 0;
  clock = new FakeClock();
  bans = new Bans({
    clock,
    log: silentLogger,
    onBanned: () => {
      told += 1;
    },
  });
});

const guess = (username: string, times: number, known = false) => {
  for (let time = 0; time < times; time += 1) bans.fail(from(username, known), "wrong-password");
};
const banned = () => bans.list().map(({ source, user }) => [source, user]);

describe("wrong passwords", () => {
  it("ban the source after five, of whichever users, and are told once", () => {
    for (const user of ["1001", "1002", "1003", "1004", "1005"]) guess(user, 1);
    expect(banned()).toEqual([[address, undefined]]);
    expect(bans.isBanned(from())).toBe(true);
    expect(told).toBe(1);
  });

  it("are not forgotten for what a token or another user proves", () => {
    for (const proven of [undefined, "1001"]) {
      guess("1002", 2);
      bans.succeed(from(proven));
    }
    guess("1002", 1);
    expect(bans.isBanned(from("1001"))).toBe(true);
  });

  it("ban the user alone where others have given right credentials", () => {
    bans.noteTrusted(address);
    for (let round = 0; round < 5; round += 1) {
      guess("1002", 1);
      bans.succeed(from("1001"));
    }
    expect(banned()).toEqual([[address, "1002"]]);
    expect(["1001", "1002", undefined].map((user) => bans.isBanned(from(user)))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("ban such a source, too, when it tries the passwords of many users", () => {
    bans.noteTrusted(address);
    for (let user = 0; user < 25; user += 1) guess(String(user), 1);
    expect(banned()).toEqual([[address, undefined]]);
    expect(bans.dropsAll(address), "calls of its users go on").toBe(false);
  });

  it("are forgotten when the same user proves who they are", () => {
    bans.noteTrusted(address);
    guess("1002", 4);
    bans.succeed(from("1002"));
    guess("1002", 4);
    expect(banned()).toEqual([]);
  });

  it("at a known source ban the user alone, however many there are", () => {
    for (let user = 0; user < 40; user += 1) guess(String(user), 1, true);
    guess("1002", 5, true);
    expect(banned()).toEqual([[address, "1002"]]);
  });
});

describe("requests without a password", () => {
  it.each(["no-credentials", "wrong-token"] as const)("(%s) ban an unknown source after 25", (failure) => {
    for (let request = 0; request < 24; request += 1) bans.fail(from(), failure);
    expect(banned()).toEqual([]);
    bans.fail(from(), failure);
    expect(banned()).toEqual([[address, undefined]]);
  });

  it.each(["no-credentials", "wrong-token"] as const)("(%s) cost a trusted source nothing", (failure) => {
    bans.noteTrusted(address);
    for (let request = 0; request < 100; request += 1) bans.fail(from(), failure);
    expect(banned()).toEqual([]);
    expect(bans.isBanned(from("1001"))).toBe(false);
  });

  it.each(["no-credentials", "wrong-token"] as const)("(%s) ban no browsers", (failure) => {
    for (let request = 0; request < 100; request += 1) bans.fail({ ...from(), webSocket: true }, failure);
    expect(banned()).toEqual([]);
  });

  it("count again when right credentials are an hour old", () => {
    bans.noteTrusted(address);
    clock.advance(3_600_000);
    for (let request = 0; request < 25; request += 1) bans.fail(from(), "no-credentials");
    expect(banned()).toEqual([[address, undefined]]);
  });

  it("cost nothing once somebody there has proved who they are, nor at a known source", () => {
    for (let round = 0; round < 5; round += 1) {
      for (let request = 0; request < 20; request += 1) bans.fail(from(), "no-credentials");
      bans.succeed(from());
    }
    for (let request = 0; request < 100; request += 1) bans.fail(from(undefined, true), "wrong-token");
    expect(banned()).toEqual([]);
  });
});

describe("a restart", () => {
  const open = (records: BanRecords, on: FakeClock) =>
    new Bans({ clock: on, log: silentLogger, onBanned: () => {}, records });

  it("goes on with the bans and with who is trusted, and with nothing that was lifted or forgiven", () => {
    const records = {
      sources: new FakeRecords<BanRecord>(),
      users: new FakeRecords<BanRecord>(),
      trusted: new FakeRecords<number>(),
    };
    const before = open(records, clock);
    clock.advance(1000);
    const ban = (source: string) => before.offend(source, "scanner");
    for (const source of [address, "203.0.113.6", "203.0.113.7"]) ban(source);
    before.lift("203.0.113.6");
    before.noteTrusted("203.0.113.7");
    for (const username of ["1001", "1002"]) {
      const claim = from(username, true);
      for (let time = 0; time < 5; time += 1) before.fail(claim, "wrong-password");
    }
    before.succeed(from("1001", true));
    clock.advance(20_000);

    const restarted = new FakeClock(clock.now() + 1000);
    const { sources, users, trusted } = records;
    const after = open({ sources: sources.next(), users: users.next(), trusted: trusted.next() }, restarted);
    const list = (bans: Bans) =>
      bans.list().map(({ until, ...ban }) => ({ ...ban, until: Math.round(until) }));
    expect(list(after)).toEqual(list(before));
    expect(after.list().map(({ source, user }) => [source, user])).toEqual([
      [address, undefined],
      ["203.0.113.7", undefined],
      [address, "1002"],
    ]);
    expect([after.dropsAll(address), after.dropsAll("203.0.113.7")]).toEqual([true, false]);
    restarted.advance(39_000);
    expect(after.dropsAll(address)).toBe(false);
    // The next one lasts twice as long.
    after.offend(address, "scanner");
    expect(after.list()[0]).toMatchObject({ times: 2, until: restarted.now() + 120_000 });
  });

  it("forgets records that are none, and goes on with the others", () => {
    const ban = {
      address,
      offence: "scanner",
      since: 1,
      until: clock.now() + 60_000,
      times: 1,
      silenceMs: 60_000,
    };
    const recordsOf = <Value>(good: Value, ...bad: unknown[]) => {
      const kept = bad.map((record, index) => [`10.0.0.${index}`, JSON.stringify(record)] as const);
      return new FakeRecords<Value>(new Map([[address, JSON.stringify(good)], ...kept]));
    };
    const { silenceMs: _, ...incomplete } = ban;
    const sources = recordsOf<BanRecord>(ban as BanRecord, null, 7, {}, incomplete, {
      ...ban,
      until: "soon",
    });
    const trusted = recordsOf(clock.now() + 1000, null, "soon", {});
    const after = open({ sources, users: new FakeRecords(), trusted }, clock);
    expect(after.list()).toMatchObject([{ source: address, times: 1 }]);
    expect([...sources.now.keys(), ...trusted.now.keys()]).toEqual([address, address]);
  });
});
