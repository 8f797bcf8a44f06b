// When the mixer goes before all other work of the machine, and when it gives way.
import { describe, expect, it } from "vitest";
import { type Logger, silentLogger } from "#common";
import { FakeClock } from "#test/support";
import { RealTime, type ThreadScheduler } from "../../../../media/clock/index.ts";

class FakeScheduler implements ThreadScheduler {
  readonly asked: string[] = [];
  refuses = false;

  realTime(): void {
    if (this.refuses) throw new Error("not permitted");
    this.asked.push("real-time");
  }

  normal(): void {
    this.asked.push("normal");
  }
}

/** A thread that was busy for a share of each second. */
function threadOn(clock: FakeClock) {
  let threadMs = 0;
  return {
    threadMs: () => threadMs,
    work(share: number, seconds: number): void {
      for (let second = 0; second < seconds; second += 1) {
        threadMs += share * 1000;
        clock.advance(1000);
      }
    },
  };
}

function start() {
  const clock = new FakeClock();
  const scheduler = new FakeScheduler();
  const thread = threadOn(clock);
  const realTime = new RealTime({ clock, log: silentLogger, scheduler, threadMs: thread.threadMs });
  return { clock, scheduler, thread, realTime };
}

describe("real-time priority", () => {
  it("is asked for at once and kept while others have their share of the core", () => {
    const { scheduler, thread, realTime } = start();
    thread.work(0.8, 10);
    expect(scheduler.asked).toEqual(["real-time"]);
    expect(realTime.active).toBe(true);
  });

  it("is given up by a thread that takes all of a core, and taken back once it does no longer", () => {
    const { scheduler, thread, realTime } = start();
    thread.work(0.95, 1);
    expect(scheduler.asked).toEqual(["real-time", "normal"]);
    expect(realTime.active).toBe(false);

    thread.work(0.7, 5);
    expect(realTime.active).toBe(false);

    thread.work(0.5, 1);
    expect(scheduler.asked).toEqual(["real-time", "normal", "real-time"]);
    expect(realTime.active).toBe(true);
  });

  it("is not there where the system refuses, and no timer is left behind", () => {
    const clock = new FakeClock();
    const scheduler = new FakeScheduler();
    scheduler.refuses = true;
    const begin = () => new RealTime({ clock, log: silentLogger, scheduler, threadMs: () => 0 });
    expect(begin).toThrow("not permitted");
    expect(clock.pending).toBe(0);
  });

  it("stays as it is where the system refuses a change, which is logged once", () => {
    const clock = new FakeClock();
    const scheduler = new FakeScheduler();
    const thread = threadOn(clock);
    const logged: unknown[] = [];
    const warn = (fields: unknown): void => void logged.push(fields);
    const log = { ...silentLogger, warn, info: () => {} } as unknown as Logger;
    const realTime = new RealTime({ clock, log, scheduler, threadMs: thread.threadMs });
    thread.work(0.95, 1);
    scheduler.refuses = true;
    thread.work(0.5, 3);
    expect(realTime.active).toBe(false);
    expect(logged.slice(1)).toEqual([{ why: "not permitted" }]);
    scheduler.refuses = false;
    thread.work(0.5, 1);
    expect(realTime.active).toBe(true);
  });

  it("is looked at no more once it is closed", () => {
    const { clock, scheduler, thread, realTime } = start();
    realTime.close();
    thread.work(1, 3);
    expect(scheduler.asked).toEqual(["real-time"]);
    expect(realTime.active).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
