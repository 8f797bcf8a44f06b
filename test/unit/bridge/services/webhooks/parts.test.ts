// Two parts of a webhook's queue: how long its receiver has failed, and the wait for the next thing to do.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Alarm } from "../../../../../bridge/services/webhooks/alarm.ts";
import { Outage } from "../../../../../bridge/services/webhooks/outage.ts";
import type { Delivery } from "../../../../../bridge/services/webhooks/types.ts";

describe("the outage of a receiver", () => {
  it("lasts from its first failure, and is one from the third in a row on", () => {
    const clock = new FakeClock();
    const outage = new Outage(clock, []);
    expect(outage.seconds).toBe(0);
    outage.failed();
    clock.advance(10_000);
    outage.failed();
    expect([outage.seconds, outage.recovered(), outage.seconds]).toEqual([10, false, 0]);
    for (let times = 0; times < 3; times += 1) outage.failed();
    expect([outage.recovered(), outage.recovered()]).toEqual([true, false]);
  });

  it("goes on over a restart from the last try of what is pending", () => {
    const clock = new FakeClock();
    const tried = new Date(clock.now() - 60_000).toISOString();
    const pending = [{ attempts: [{ at: tried }] }, { attempts: [] }] as unknown as Delivery[];
    expect(new Outage(clock, pending).seconds).toBe(60);
    const ahead = [
      { attempts: [{ at: new Date(clock.now() + 60_000).toISOString() }] },
    ] as unknown as Delivery[];
    expect(new Outage(clock, ahead).seconds).toBe(0);
  });
});

describe("the wait for the next thing to do", () => {
  it("ends when it rings or when its time comes, and leaves no timer", async () => {
    const clock = new FakeClock();
    const alarm = new Alarm(clock);
    alarm.arm();
    const rung = alarm.wait(clock.monotonic() + 1000);
    alarm.ring();
    await rung;
    expect(clock.pending).toBe(0);
    alarm.arm();
    const due = alarm.wait(clock.monotonic() + 1000);
    clock.advance(1000);
    await due;
    expect(clock.pending).toBe(0);
  });

  it("does not miss what rang before the waiting began", async () => {
    const clock = new FakeClock();
    const alarm = new Alarm(clock);
    alarm.arm();
    alarm.ring();
    await alarm.wait(Number.POSITIVE_INFINITY);
    alarm.arm();
    let over = false;
    const waiting = alarm.wait(Number.POSITIVE_INFINITY).then(() => {
      over = true;
    });
    await Promise.resolve();
    expect([over, clock.pending]).toEqual([false, 0]);
    alarm.ring();
    await waiting;
  });
});
