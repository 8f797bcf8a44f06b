// When ticks are due, and the loop that runs and measures them.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { DueTicks, Ticker } from "../../../../media/clock/index.ts";

describe("due ticks", () => {
  const options = { tickMs: 20, maxCatchUp: 10 };

  it("are one every 20 ms on the grid, however late each runs", () => {
    const ticks = new DueTicks(options, 0);
    expect(ticks.due(19.9)).toBe(0);
    expect(ticks.due(27)).toBe(1);
    expect(ticks.take()).toBe(20);
    expect(ticks.due(39)).toBe(0);
    expect(ticks.due(40)).toBe(1);
  });

  it("are caught up after a stall, at most ten, and the rest is skipped and counted", () => {
    const ticks = new DueTicks(options, 0);
    expect(ticks.due(100)).toBe(5);
    for (let index = 0; index < 5; index += 1) ticks.take();
    expect(ticks.due(1100)).toBe(10);
    expect(ticks.skipped).toBe(40);
    for (let index = 0; index < 10; index += 1) ticks.take();
    expect(ticks.due(1100)).toBe(0);
    expect(ticks.due(1120)).toBe(1);
  });
});

describe("the ticker", () => {
  it("runs every tick with the instant it was due at, and measures each second", () => {
    const clock = new FakeClock();
    const ticks: number[] = [];
    const ticker = new Ticker({ clock, tickMs: 20, maxCatchUp: 10, tick: (at) => ticks.push(at) });
    ticker.start();
    ticker.start();
    clock.advance(1000);
    expect(ticks).toEqual(Array.from({ length: 50 }, (_, index) => 20 * (index + 1)));
    expect(ticker.lateness).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
    ticker.stop();
    expect(clock.pending).toBe(0);
  });

  it("counts every tick by how late it was", () => {
    const timers = new FakeClock();
    let late = 0;
    const clock = { ...timers, after: timers.after.bind(timers), monotonic: () => timers.monotonic() + late };
    const options = { clock, tickMs: 20, maxCatchUp: 10, lateBoundsMs: [1, 3, 10], tick: () => {} };
    const ticker = new Ticker(options);
    ticker.start();
    timers.advance(1000);
    late = 2.5;
    timers.advance(40);
    late += 15;
    timers.advance(20);
    ticker.stop();
    expect(ticker.lateBuckets).toEqual([51, 1, 0, 1]);
    expect(ticker.lateSumMs).toBeCloseTo(17.5, 6);
  });

  it("lets the sockets be read before it catches up after a stall", () => {
    const timers = new FakeClock();
    let stall = 0;
    const clock = {
      ...timers,
      after: timers.after.bind(timers),
      monotonic: () => timers.monotonic() + stall,
    };
    const order: string[] = [];
    const tick = (at: number) => {
      order.push(`tick ${at}`);
      if (stall > 0) return;
      stall = 70;
      timers.after(20, () => order.push("sockets"));
    };
    const ticker = new Ticker({ clock, tickMs: 20, maxCatchUp: 10, tick });
    ticker.start();
    timers.advance(45);
    expect(order).toEqual(["tick 20", "sockets", "tick 40", "tick 60", "tick 80", "tick 100"]);
    expect(ticker.skipped).toBe(0);
  });
});

describe("the ticker that can sleep", () => {
  /** Timers come so much too early or, as a negative figure, too late. */
  function sleeping(earlyMs: number) {
    let now = 0;
    let timer: { readonly at: number; readonly callback: () => void } | undefined;
    const slept: number[] = [];
    const clock = {
      now: () => now,
      monotonic: () => now,
      after: (delayMs: number, callback: () => void) => {
        timer = { at: now + Math.max(0.5, delayMs - earlyMs), callback };
        return { cancel: () => {} };
      },
    };
    const sleep = (ms: number) => {
      slept.push(ms);
      now += ms;
    };
    const ran: number[] = [];
    const ticker = new Ticker({ clock, tickMs: 20, maxCatchUp: 10, sleep, tick: () => ran.push(now) });
    ticker.start();
    while (ran.length < 50) {
      const { at, callback } = timer!;
      now = at;
      callback();
    }
    ticker.stop();
    const latest = Math.max(...ran.map((at, index) => Math.abs(at - 20 * (index + 1))));
    return { ticker, latest, slept };
  }

  it("runs ticks when they are due, however early the timer comes", () => {
    for (const earlyMs of [0, 0.7, 2, 2.5]) {
      const { ticker, latest } = sleeping(earlyMs);
      expect(latest).toBeLessThan(0.05);
      expect(ticker.lateness.maxMs).toBeLessThan(0.05);
    }
  });

  it("sleeps for a few milliseconds at most", () => {
    const { latest, slept } = sleeping(12);
    expect(latest).toBeLessThan(0.05);
    expect(Math.max(...slept)).toBeLessThan(3.1);
  });

  it("does not sleep when it is late", () => {
    const { ticker, slept } = sleeping(-4);
    expect(slept).toEqual([]);
    expect(ticker.lateness.p50Ms).toBeCloseTo(3, 1);
  });
});

describe("the ticker, when there is nothing to do,", () => {
  function started() {
    const clock = new FakeClock();
    const ticks: number[] = [];
    const ticker = new Ticker({ clock, tickMs: 20, maxCatchUp: 10, tick: (at) => ticks.push(at) });
    ticker.start();
    clock.advance(40);
    return { clock, ticks, ticker };
  }

  it("runs no timer until it is woken, and then begins a new grid", () => {
    const { clock, ticks, ticker } = started();
    ticker.rest();
    expect(clock.pending).toBe(0);
    clock.advance(10_007);
    expect(ticker.wake()).toBe(true);
    expect(ticker.wake()).toBe(false);
    clock.advance(40);
    expect(ticks).toEqual([20, 40, 10_067, 10_087]);
    expect(ticker.skipped).toBe(0);
    ticker.stop();
  });

  it("is not woken once it has stopped", () => {
    const { clock, ticker } = started();
    ticker.rest();
    ticker.stop();
    expect(ticker.wake()).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
