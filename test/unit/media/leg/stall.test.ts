// A worker that stood still says for how long, and the reason if it was the garbage collector.
import { describe, expect, it } from "vitest";
import type { Logger } from "#common";
import { FakeClock } from "#test/support";
import { GcWatch, Ticker } from "../../../../media/clock/index.ts";
import { Worker } from "../../../../media/worker/worker.ts";
import { FakeEngine, health, noHostNames } from "../support/fakes.ts";

describe("a stall", () => {
  it("is measured whole, also where ticks were given up", () => {
    const clock = new FakeClock();
    let stoodStillMs = 0;
    // The event loop is held up: the timer fires late.
    const late = {
      now: clock.now,
      monotonic: () => clock.monotonic() + stoodStillMs,
      after: clock.after.bind(clock),
    };
    const ticker = new Ticker({ clock: late, tickMs: 20, maxCatchUp: 10, tick: () => {} });
    ticker.start();
    clock.advance(1000);
    expect(ticker.takeLongestStallMs()).toBe(0);
    stoodStillMs = 900;
    clock.advance(100);
    expect(ticker.skipped).toBeGreaterThan(30);
    expect(ticker.takeLongestStallMs()).toBeCloseTo(900, -2);
    expect(ticker.takeLongestStallMs()).toBe(0);
    ticker.stop();
  });

  it("is logged once, with its length", () => {
    const clock = new FakeClock();
    const lines: unknown[] = [];
    const log = {
      warn: (fields: object, text: string) => lines.push({ ...fields, text }),
    } as unknown as Logger;
    const engine = new FakeEngine();
    let now = { ...health };
    engine.health = () => now;
    const worker = new Worker(engine, { clock, log, newSessionId: () => "1", hostNames: noHostNames });
    clock.advance(1000);
    now = { ...health, ticksSkipped: 35, stallMs: 900.4, gcMaxMs: 850.2 };
    clock.advance(3000);
    worker.close();
    expect(lines).toEqual([
      { stalledMs: 900, ticksSkipped: 35, gcMaxMs: 850, text: "the mixing stood still" },
    ]);
  });
});

describe("garbage collection", () => {
  it("is counted, with its longest pause since it was last asked for", async () => {
    const watch = new GcWatch();
    let rubbish: unknown[] = [];
    for (let round = 0; round < 200 && watch.pauses === 0; round += 1) {
      rubbish = Array.from({ length: 20_000 }, (_, index) => ({ index, rubbish: `${round} ${index}` }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(rubbish).toHaveLength(20_000);
    expect(watch.pauses).toBeGreaterThan(0);
    expect(watch.totalMs).toBeGreaterThan(0);
    expect(watch.takeLongestMs()).toBeGreaterThan(0);
    expect(watch.takeLongestMs()).toBe(0);
    watch.close();
  });
});
