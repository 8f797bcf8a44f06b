// One timer for the next thing that a queue has to do.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Alarm } from "../../../../../bridge/services/webhooks/alarm.ts";

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
