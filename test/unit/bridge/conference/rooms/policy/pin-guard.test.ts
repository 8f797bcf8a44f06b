// The guard against guessing PINs: its rules one by one, and what they make of a day of guessing with every strategy
// that a caller can choose. The bounds are those of docs/access.md.
import { describe, expect, it } from "vitest";
import type { RoomId } from "#common";
import { FakeClock, settle } from "#test/support";
import {
  type PinCaller,
  PinGuard,
  type PinGuess,
} from "../../../../../../bridge/conference/rooms/policy/pin-guard.ts";
import { FakeRecords } from "../../../../../support/fakes/state-records.ts";

const here = new AbortController().signal;
const room = "room" as RoomId;
const minutes = (count: number) => count * 60_000;
const hours = (count: number) => minutes(60 * count);

const caller = (fields: Partial<PinCaller> = {}): PinCaller => ({
  room,
  address: "198.51.100.7",
  number: "100",
  trunk: undefined,
  ...fields,
});
const from = (index: number, fields: Partial<PinCaller> = {}) =>
  caller({ address: `198.51.${Math.floor(index / 250)}.${index % 250}`, ...fields });

function setUp() {
  const clock = new FakeClock();
  const delays: [address: string, delayMs: number][] = [];
  const guard = new PinGuard({ clock, onDelayed: ({ address }, delayMs) => delays.push([address, delayMs]) });
  /** Wrong guesses, each as soon as it may be made. */
  const wrong = (by: PinCaller, times = 1) => {
    for (let count = 0; count < times; count += 1) {
      clock.advance(guard.delayMs(by));
      guard.begin(by, here);
    }
  };
  return { clock, guard, delays, wrong };
}

/** Whether the guess has its turn now; undefined while it waits. */
async function turnOf(guess: PinGuess) {
  let turn: string | undefined;
  void guess.turn().then((got) => {
    turn = got;
  });
  await settle();
  return { now: () => turn };
}

describe("the guard against guessing", () => {
  it("lets an address wait twice as long after each mistake beyond three, over all rooms and numbers", async () => {
    const { clock, guard } = setUp();
    const waits: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      const guess = { number: `${count}`, room: `room ${count}` as RoomId };
      const wait = guard.delayMs(caller(guess));
      waits.push(wait);
      clock.advance(wait);
      guard.begin(caller(guess), here);
    }
    expect(waits).toEqual([0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000]);
    expect(guard.delayMs(caller({ room: undefined }))).toBe(512_000);
    expect(guard.delayMs(from(1))).toBe(0);
  });

  it("goes on over a restart: mistakes, their age, known numbers and shared addresses", () => {
    const clock = new FakeClock();
    const records = {
      mistakes: new FakeRecords<{ level: number; at: number }>(),
      known: new FakeRecords<number>(),
      rightNumbers: new FakeRecords<readonly string[]>(),
    };
    const before = new PinGuard({ clock, records });
    for (let count = 0; count < 3; count += 1) before.begin(caller({ number: "200" }), here);
    for (const number of ["1", "2", "3"]) before.begin(from(1, { number }), here).right();
    clock.advance(hours(8) + 500);
    before.begin(caller({ number: "200" }), here);
    before.begin(from(2), here).takeBack();
    clock.advance(300);

    const restarted = new FakeClock(clock.now());
    const { mistakes, known, rightNumbers } = records;
    const after = new PinGuard({
      clock: restarted,
      records: { mistakes: mistakes.next(), known: known.next(), rightNumbers: rightNumbers.next() },
    });
    const callers = [caller(), caller({ number: "200" }), from(1, { number: "1" }), from(2)];
    expect(callers.map((each) => after.delayMs(each))).toEqual([700, 700, 0, 0]);
    // A shared address has ten mistakes free, each of its numbers three.
    for (let count = 0; count < 4; count += 1) after.begin(from(1, { number: `guess ${count}` }), here);
    expect(after.delayMs(from(1, { number: "another" }))).toBe(0);
    restarted.advance(hours(8));
    expect(after.delayMs(caller())).toBe(0);
  });

  it("forgets records that are none, and counts on with the others", () => {
    const clock = new FakeClock();
    const key = "address 203.0.113.1";
    const recordsOf = <Value>(...records: [key: string, record: unknown][]) =>
      new FakeRecords<Value>(new Map(records.map(([id, record]) => [id, JSON.stringify(record)])));
    const mistakes = recordsOf<{ level: number; at: number }>(
      [key, { level: 4, at: clock.now() }],
      ...[null, 7, {}, { level: "4", at: 1 }, { level: 4 }].map((bad, index): [string, unknown] => [
        `${index}`,
        bad,
      ]),
    );
    const known = recordsOf<number>(["a", clock.now()], ["b", null], ["c", "now"]);
    const rightNumbers = recordsOf<readonly string[]>(["a", ["1"]], ["b", {}], ["c", [1]]);
    new PinGuard({ clock, records: { mistakes, known, rightNumbers } });
    expect([mistakes, known, rightNumbers].map(({ now }) => [...now.keys()])).toEqual([[key], ["a"], ["a"]]);
  });

  it("gives one mistake back every eight hours and no sooner", () => {
    const { clock, guard, wrong } = setUp();
    wrong(caller(), 3);
    expect(guard.delayMs(caller())).toBe(1000);
    clock.advance(hours(8) - 1);
    wrong(caller());
    expect(guard.delayMs(caller())).toBe(2000);
    clock.advance(hours(16));
    wrong(caller());
    expect(guard.delayMs(caller())).toBe(1000);
  });

  it("counts guesses that run at the same time, and what began counts also when its caller hangs up", async () => {
    const { guard } = setUp();
    const guesses = Array.from({ length: 100 }, (_, index) =>
      guard.begin(caller({ number: `${index}` }), here),
    );
    const turns = await Promise.all(guesses.map((guess) => turnOf(guess)));
    expect(turns.filter((turn) => turn.now() === "weigh")).toHaveLength(3);
    expect(guard.delayMs(caller())).toBe(1000);
  });

  it("puts guesses in the queue when they begin, so that a right PIN complete earlier gains nothing", async () => {
    const { clock, guard, wrong } = setUp();
    wrong(caller(), 3);
    const began = Array.from({ length: 6 }, () => guard.begin(caller(), here));
    // The last one asks first, as a right PIN would, and has no place; the first still types when its turn comes.
    expect((await turnOf(began[5]!)).now()).toBe("refused");
    const second = await turnOf(began[1]!);
    await clock.run(1000);
    expect(second.now()).toBeUndefined();
    expect(guard.delayMs(caller())).toBe(2000);
    expect(await began[0]!.turn()).toBe("weigh");
    await clock.run(2000);
    expect(second.now()).toBe("weigh");
  });

  it("takes a right PIN back from what counts", async () => {
    const { guard } = setUp();
    for (let count = 0; count < 20; count += 1) {
      const guess = guard.begin(caller(), here);
      expect(await guess.turn()).toBe("weigh");
      guess.right();
    }
    expect(guard.delayMs(caller({ number: "unknown" }))).toBe(0);
  });

  it("queues what may be weighed within two minutes, refuses the rest, and says from where it came", async () => {
    const { clock, guard, delays, wrong } = setUp();
    wrong(caller(), 3);
    const waiting = await Promise.all(Array.from({ length: 6 }, () => turnOf(guard.begin(caller(), here))));
    expect(waiting.map((turn) => turn.now())).toEqual([
      ...[undefined, undefined, undefined, undefined],
      ...["refused", "refused"],
    ]);
    await clock.run(1000);
    expect(waiting[0]!.now()).toBe("weigh");
    expect(waiting[1]!.now()).toBeUndefined();
    await clock.run(2000);
    expect(waiting[1]!.now()).toBe("weigh");
    await clock.run(minutes(2));
    expect(clock.pending).toBe(0);
    expect(delays[0]).toEqual(["198.51.100.7", 1000]);
  });

  it("keeps no caller waiting for longer than two minutes: not by the wait, nor by those who go before", async () => {
    const { clock, guard, wrong } = setUp();
    wrong(caller(), 10);
    expect(guard.delayMs(caller())).toBe(128_000);
    expect((await turnOf(guard.begin(caller(), here))).now()).toBe("refused");
    clock.advance(8000);
    const first = await turnOf(guard.begin(caller(), here));
    const second = await turnOf(guard.begin(caller(), here));
    await clock.run(minutes(2) - 1);
    expect([first.now(), second.now()]).toEqual([undefined, undefined]);
    await clock.run(1);
    expect(second.now()).toBe("refused");
    expect(clock.pending).toBe(0);
  });

  it("forgets a caller who hangs up while waiting, and does not count what was never weighed", async () => {
    const { clock, guard, wrong } = setUp();
    wrong(caller(), 3);
    const call = new AbortController();
    const turn = await turnOf(guard.begin(caller(), call.signal));
    call.abort();
    await settle();
    expect(turn.now()).toBe("refused");
    expect(clock.pending).toBe(0);
    expect(guard.delayMs(caller())).toBe(1000);
  });

  it("holds no clean address up, however many others guess at the room", async () => {
    const { guard, wrong } = setUp();
    for (let address = 0; address < 500; address += 1) wrong(from(address), 3);
    const guess = guard.begin(from(501), here);
    expect(await guess.turn()).toBe("weigh");
    expect(guard.delayMs(from(1))).toBe(minutes(10));
    expect(guard.delayMs(from(1, { room: "another" as RoomId }))).toBe(1000);
  });

  it("lets a number in that has been right before, whatever else comes from its address", async () => {
    const { guard, wrong } = setUp();
    guard.begin(caller({ number: "known" }), here).right();
    wrong(caller({ number: "other" }), 8);
    expect(guard.delayMs(caller({ number: "other" }))).toBe(32_000);
    expect(await guard.begin(caller({ number: "known" }), here).turn()).toBe("weigh");
    expect(guard.delayMs(caller({ number: "known" }))).toBe(0);
    // With the second mistake of its own it is one like others.
    wrong(caller({ number: "known" }));
    expect(guard.delayMs(caller({ number: "known" }))).toBe(128_000);
  });

  it("does not know a number in another room, nor after thirty days, nor by a lobby's number", () => {
    const { clock, guard, wrong } = setUp();
    guard.begin(caller({ number: "known" }), here).right();
    guard.begin(caller({ number: "lobby", room: undefined }), here).takeBack();
    wrong(caller(), 8);
    expect(guard.delayMs(caller({ number: "known" }))).toBe(0);
    expect(guard.delayMs(caller({ number: "lobby" }))).toBeGreaterThan(0);
    expect(guard.delayMs(caller({ number: "known", room: "another" as RoomId }))).toBeGreaterThan(0);
    clock.advance(hours(24 * 30) - minutes(1) - clock.monotonic());
    wrong(caller(), 8);
    clock.advance(hours(24 * 30) - 1 - clock.monotonic());
    expect(guard.delayMs(caller())).toBeGreaterThan(0);
    expect(guard.delayMs(caller({ number: "known" }))).toBe(0);
    clock.advance(1);
    expect(guard.delayMs(caller({ number: "known" }))).toBeGreaterThan(0);
  });

  it("counts IPv6 by the /64", () => {
    const { guard } = setUp();
    for (let count = 0; count < 4; count += 1)
      guard.begin(caller({ address: `2001:db8::${count + 1}` }), here);
    expect(guard.delayMs(caller({ address: "2001:db8::ffff" }))).toBe(1000);
    expect(guard.delayMs(caller({ address: "2001:db8:0:1::1" }))).toBe(0);
  });

  it("remembers a bounded number of addresses, the latest", () => {
    const { guard, wrong } = setUp();
    for (let address = 0; address < 20_000; address += 1)
      wrong(from(address, { room: `${address}` as RoomId }), 3);
    expect(guard.delayMs(from(0, { room: "x" as RoomId }))).toBe(0);
    expect(guard.delayMs(from(19_999, { room: "x" as RoomId }))).toBe(1000);
  });
});

describe("behind a shared address", () => {
  const office = (number: string) => caller({ number, trunk: "office" });

  it("one bad caller waits alone", async () => {
    const { clock, guard } = setUp();
    for (let count = 0; count < 30; count += 1) {
      guard.begin(office("666"), here);
      clock.advance(minutes(10));
    }
    expect(guard.delayMs(office("666"))).toBeGreaterThan(hours(1));
    expect(await guard.begin(office("100"), here).turn()).toBe("weigh");
  });

  it("made-up numbers hold the others up for a minute at most, who go before worse ones", async () => {
    const { clock, guard } = setUp();
    for (let count = 0; count < 10; count += 1) guard.begin(office(`a${count}`), here);
    for (let count = 0; count < 10; count += 1) {
      clock.advance(guard.delayMs(office("new")));
      guard.begin(office(`b${count}`), here);
    }
    expect(guard.delayMs(office("new"))).toBe(minutes(1));
    const worse = await turnOf(guard.begin(office("a1"), here));
    const clean = await turnOf(guard.begin(office("100"), here));
    await clock.run(minutes(1));
    expect(clean.now()).toBe("weigh");
    expect(worse.now()).toBeUndefined();
    await clock.run(minutes(1));
  });

  it("sixteen guesses may wait, and no further one", async () => {
    const { clock, guard } = setUp();
    for (let count = 0; count < 10; count += 1) guard.begin(office(`a${count}`), here);
    expect(guard.delayMs(office("new"))).toBe(1000);
    const waiting = await Promise.all(
      Array.from({ length: 18 }, (_, count) => turnOf(guard.begin(office(`b${count}`), here))),
    );
    expect(waiting.filter((turn) => turn.now() === undefined).length).toBe(16);
    expect(waiting.slice(16).map((turn) => turn.now())).toEqual(["refused", "refused"]);
    guard.close();
    expect([waiting[0]!.now(), clock.pending]).toEqual([undefined, 0]);
  });

  it("is no more than one however many addresses a trunk has", async () => {
    const { clock, guard } = setUp();
    const gateway = (index: number, number: string) => from(index, { number, trunk: "carrier" });
    guard.begin(gateway(0, "known"), here).right();
    for (let index = 0; index < 16; index += 1) {
      clock.advance(guard.delayMs(gateway(index, `${index}`)));
      guard.begin(gateway(index, `${index}`), here);
    }
    expect(guard.delayMs(gateway(99, "new"))).toBe(minutes(1));
    expect(await guard.begin(gateway(98, "known"), here).turn()).toBe("weigh");
  });

  it("is shared in that room alone: who knows one PIN guesses no others by it, nor waits for its users' mistakes", () => {
    const { clock, guard } = setUp();
    for (const number of ["1", "2", "3"]) guard.begin(caller({ number }), here).right();
    for (let count = 0; count < 16; count += 1) {
      clock.advance(guard.delayMs(caller({ number: `a${count}` })));
      guard.begin(caller({ number: `a${count}` }), here);
    }
    expect(guard.delayMs(caller({ number: "new" }))).toBe(minutes(1));
    const elsewhere = (number: string) => caller({ number, room: "another" as RoomId });
    for (let count = 0; count < 10; count += 1) {
      clock.advance(guard.delayMs(elsewhere(`b${count}`)));
      guard.begin(elsewhere(`b${count}`), here);
    }
    expect(guard.delayMs(elsewhere("new"))).toBe(128_000);
  });

  it("is one that three numbers have given right PINs from, without a trunk", () => {
    const { guard, wrong } = setUp();
    for (const number of ["1", "2"]) guard.begin(caller({ number }), here).right();
    wrong(caller({ number: "4" }), 3);
    expect(guard.delayMs(caller({ number: "5" }))).toBe(1000);
    guard.begin(caller({ number: "3" }), here).right();
    expect(guard.delayMs(caller({ number: "5" }))).toBe(0);
  });
});

/** Each guess is made at the first instant that the guard allows; how many there are in `days`. */
function guessesIn(days: number, callers: readonly (() => PinCaller)[]) {
  const { clock, guard } = setUp();
  const perRoom = new Map<RoomId | undefined, number>();
  let total = 0;
  const until = hours(24 * days);
  while (clock.monotonic() < until) {
    let soonest = Number.POSITIVE_INFINITY;
    for (const next of callers) {
      for (let by = next(); ; by = next()) {
        const waitMs = guard.delayMs(by);
        if (waitMs > 0) {
          soonest = Math.min(soonest, waitMs);
          break;
        }
        guard.begin(by, here);
        total += 1;
        perRoom.set(by.room, (perRoom.get(by.room) ?? 0) + 1);
      }
    }
    clock.advance(Math.max(soonest, 1));
  }
  return { total, maxAtOneRoom: Math.max(...perRoom.values()) };
}

describe("a day of guessing", () => {
  const counter = () => {
    let count = 0;
    return () => `${count++}`;
  };

  it("from one address makes no more than twenty-three guesses, whatever is varied", () => {
    const number = counter();
    const strategies: (() => PinCaller)[] = [
      () => caller(),
      () => caller({ number: number() }),
      () => caller({ number: number(), room: number() as RoomId }),
      () => caller({ number: number(), room: undefined }),
    ];
    for (const strategy of strategies) expect(guessesIn(1, [strategy]).total).toBeLessThanOrEqual(23);
    expect(guessesIn(1, strategies).total).toBeLessThanOrEqual(23);
    expect(guessesIn(30, strategies).total).toBeLessThanOrEqual(20 + 3 * 30);
  });

  it("from a hundred addresses makes no more than 640 at one room, and 450 on later days", () => {
    const callers = Array.from({ length: 100 }, (_, address) => () => from(address));
    const day = guessesIn(1, callers).total;
    expect(day).toBeLessThanOrEqual(640);
    expect((guessesIn(3, callers).total - day) / 2).toBeLessThanOrEqual(450);
  });

  it("from a hundred addresses over many rooms makes no more than 2300 in all", () => {
    const number = counter();
    const callers = Array.from(
      { length: 100 },
      (_, address) => () => from(address, { room: number() as RoomId }),
    );
    const { total, maxAtOneRoom } = guessesIn(1, callers);
    expect(total).toBeLessThanOrEqual(2300);
    expect(maxAtOneRoom).toBe(1);
  });

  it("through a trunk makes no more than one a minute", () => {
    const number = counter();
    const callers = [() => caller({ trunk: "office", number: number() })];
    expect(guessesIn(1, callers).total).toBeLessThanOrEqual(24 * 60 + 20);
  });
});
