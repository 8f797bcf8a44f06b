// When a receiver counts as down.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
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
