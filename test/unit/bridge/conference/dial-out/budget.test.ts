// Calls an hour and minutes a day, over restarts and midnights.
import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock, settle } from "#test/support";
import { DialBudget, type DialUsage } from "../../../../../bridge/conference/dial-out/budget.ts";

const minute = 60_000;

class FakeUsage {
  readonly rows = new Map<string, DialUsage>();

  async latest(): Promise<readonly DialUsage[]> {
    return [...this.rows.values()];
  }

  async save(usage: DialUsage): Promise<void> {
    this.rows.set(usage.trunk, usage);
  }
}

let clock: FakeClock;
let repository: FakeUsage;
let told: string[];
beforeEach(() => {
  clock = new FakeClock();
  repository = new FakeUsage();
  told = [];
});

async function open(limits: { perHour?: number; dailyMinutes?: number }): Promise<DialBudget> {
  const budget = await DialBudget.open({
    clock,
    repository,
    trunks: [{ name: "carrier", perHour: 0, dailyMinutes: 0, ...limits }],
    onSaveFailed: (error) => told.push(String(error)),
  });
  budget.events.on("frozen", ({ trunk, minutes }) => told.push(`${trunk} frozen after ${minutes}`));
  budget.events.on("thawed", ({ trunk }) => told.push(`${trunk} thawed`));
  return budget;
}

describe("calls an hour", () => {
  it("are refused when there were as many in the last sixty minutes", async () => {
    const budget = await open({ perHour: 2 });
    budget.recordPlaced("carrier");
    await clock.advance(30 * minute);
    budget.recordPlaced("carrier");
    expect(budget.refusal("carrier")).toEqual({ kind: "hour-full", calls: 2 });
    await clock.advance(30 * minute);
    expect(budget.refusal("carrier")).toBeUndefined();
    budget.recordPlaced("carrier");
    expect(budget.refusal("carrier")).toEqual({ kind: "hour-full", calls: 2 });
  });

  it("are not forgotten at a restart, nor at one after midnight", async () => {
    const toMidnight = 24 * 60 * minute - (clock.now() % (24 * 60 * minute));
    await clock.advance(toMidnight - 10 * minute);
    const before = await open({ perHour: 3 });
    for (let call = 0; call < 3; call += 1) before.recordPlaced("carrier");
    await clock.advance(20 * minute);
    const after = await open({ perHour: 3 });
    expect(after.refusal("carrier")).toEqual({ kind: "hour-full", calls: 3 });
    await clock.advance(39 * minute);
    expect(after.refusal("carrier")).toEqual({ kind: "hour-full", calls: 3 });
    await clock.advance(minute);
    expect(after.refusal("carrier")).toBeUndefined();
  });

  it("are stored by the minute, however many there are", async () => {
    const budget = await open({ perHour: 100_000 });
    for (let call = 0; call < 900; call += 1) {
      budget.recordPlaced("carrier");
      await clock.advance(10_000);
    }
    const [row] = await repository.latest();
    expect(row!.placed!.length).toBeLessThanOrEqual(61);
    expect(row!.placed!.reduce((sum, { count }) => sum + count, 0)).toBe(360);
  });

  it("are not counted without a limit", async () => {
    const budget = await open({});
    for (let call = 0; call < 1000; call += 1) budget.recordPlaced("carrier");
    expect(budget.refusal("carrier")).toBeUndefined();
  });
});

describe("minutes a day", () => {
  it("freeze the trunk while the calls that used them go on", async () => {
    const budget = await open({ dailyMinutes: 10 });
    const first = budget.recordAnswered("carrier");
    const second = budget.recordAnswered("carrier");
    await clock.advance(4 * minute);
    expect(budget.refusal("carrier")).toBeUndefined();
    await clock.advance(2 * minute);
    expect(told).toEqual(["carrier frozen after 10"]);
    expect(budget.refusal("carrier")).toEqual({ kind: "frozen", minutes: 10 });
    first();
    second();
    second();
    expect(budget.snapshot()).toEqual([{ trunk: "carrier", minutes: 12, frozen: true }]);
    budget.close();
    expect(clock.pending).toBe(0);
  });

  it("stay used after a restart, and frozen", async () => {
    const before = await open({ dailyMinutes: 10 });
    before.recordAnswered("carrier");
    await clock.advance(11 * minute);
    before.close();
    await settle();
    const after = await open({ dailyMinutes: 10 });
    expect(after.refusal("carrier")).toEqual({ kind: "frozen", minutes: 10 });
  });

  it("survive a crash up to the last ten seconds", async () => {
    const before = await open({ dailyMinutes: 10 });
    before.recordAnswered("carrier");
    await clock.advance(9 * minute + 55_000);
    const [row] = await repository.latest();
    expect(row!.seconds).toBeGreaterThanOrEqual(585);
  });

  it("are granted once more each time an administrator lifts the freeze", async () => {
    const budget = await open({ dailyMinutes: 10 });
    expect(budget.lift("carrier")).toBe(false);
    const over = budget.recordAnswered("carrier");
    await clock.advance(11 * minute);
    expect(budget.lift("carrier")).toBe(true);
    expect(budget.refusal("carrier")).toBeUndefined();
    await clock.advance(10 * minute);
    expect(budget.refusal("carrier")).toEqual({ kind: "frozen", minutes: 10 });
    over();
    expect(told).toEqual(["carrier frozen after 10", "carrier thawed", "carrier frozen after 10"]);
  });

  it("restart at midnight", async () => {
    const budget = await open({ dailyMinutes: 10 });
    const over = budget.recordAnswered("carrier");
    await clock.advance(11 * minute);
    over();
    expect(budget.refusal("carrier")?.kind).toBe("frozen");
    await clock.advance(24 * 60 * minute);
    expect(budget.refusal("carrier")).toBeUndefined();
    expect(told.at(-1)).toBe("carrier thawed");
  });

  it("of an unknown trunk are not counted", async () => {
    const budget = await open({ dailyMinutes: 1 });
    budget.recordAnswered("other")();
    budget.recordPlaced("other");
    expect(budget.refusal("other")).toBeUndefined();
    expect(budget.lift("other")).toBe(false);
  });
});
