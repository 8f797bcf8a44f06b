// Pictures while the machine is near its limit: fewer a second, then smaller, and back.
import { describe, expect, it } from "vitest";
import type { WorkerLoad } from "../../../../../media/protocol.ts";
import { LoadGuard, limitsAt } from "../../../../../media/video/canvas/load-guard.ts";

const calm: WorkerLoad = { lateTicks: 0, mixerCpu: 0.2, videoCpu: 0.5, machineCpu: 0.4 };
const busy: WorkerLoad = { ...calm, machineCpu: 0.95 };

/** The steps at which it was after so many seconds. */
const steps = (guard: LoadGuard, load: WorkerLoad, seconds: number): number[] =>
  Array.from({ length: seconds }, () => {
    guard.judge(load);
    return guard.step;
  });

describe("a machine that is near its limit", () => {
  it("takes two seconds of it for a step, and lets each step take effect before the next", () => {
    const guard = new LoadGuard();
    expect(steps(guard, busy, 14)).toEqual([0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4]);
    expect(guard.limit).toBe("machineCpu");
    expect(steps(guard, busy, 20).at(-1)).toBe(4);
  });

  it("is not one that is busy for a second now and then", () => {
    const guard = new LoadGuard();
    for (let second = 0; second < 60; second += 1) guard.judge(second % 2 ? busy : calm);
    expect(guard.step).toBe(0);
  });

  it("takes a step at once when many ticks of the audio are late", () => {
    const guard = new LoadGuard();
    expect(guard.judge({ ...calm, lateTicks: 0.3 })).toBe(true);
    expect([guard.step, guard.limit]).toEqual([1, "lateTicks"]);
  });

  it.each([
    ["mixerCpu", 0.93],
    ["videoCpu", 0.99],
    ["lateTicks", 0.08],
  ] as const)("is one whose %s is too high, too", (limit, share) => {
    const guard = new LoadGuard();
    expect(steps(guard, { ...calm, [limit]: share }, 2)).toEqual([0, 1]);
    expect(guard.limit).toBe(limit);
  });
});

describe("afterwards", () => {
  it("goes back by a step after ten calm seconds, and says when nothing is left", () => {
    const guard = new LoadGuard();
    steps(guard, busy, 6);
    expect(guard.step).toBe(2);
    expect(steps(guard, calm, 12)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]);
    expect(steps(guard, calm, 12).at(-1)).toBe(0);
    expect(guard.limit).toBeUndefined();
  });

  it("stays where it is between calm and too busy", () => {
    const guard = new LoadGuard();
    steps(guard, busy, 2);
    expect(new Set(steps(guard, { ...calm, machineCpu: 0.85 }, 60))).toEqual(new Set([1]));
  });

  it("waits longer each time that the last step up was too much", () => {
    const guard = new LoadGuard();
    steps(guard, busy, 2);
    const waited = Array.from({ length: 5 }, () => {
      let seconds = 0;
      for (; guard.step > 0; seconds += 1) guard.judge(calm);
      while (guard.step === 0) guard.judge(busy);
      return seconds;
    });
    expect(waited).toEqual([12, 22, 42, 82, 82]);
  });
});

describe("what a room has at each step", () => {
  const room = { width: 1280, height: 720, framerate: 15, kbps: 900 };

  it("is fewer pictures a second at first, then smaller ones with fewer bits", () => {
    expect([0, 1, 2, 3, 4].map((step) => limitsAt(step, room))).toEqual([
      room,
      { ...room, framerate: 8 },
      { ...room, framerate: 5 },
      { width: 854, height: 480, framerate: 5, kbps: 600 },
      { width: 640, height: 360, framerate: 5, kbps: 450 },
    ]);
  });

  it("is never less than five pictures a second, or what it has when that is fewer", () => {
    expect([10, 4].map((framerate) => limitsAt(4, { ...room, framerate }).framerate)).toEqual([5, 4]);
  });
});
