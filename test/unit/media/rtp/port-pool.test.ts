// The pairs of RTP and RTCP ports that legs take.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { PortPool } from "../../../../media/rtp/index.ts";

describe("the port pool", () => {
  it("gives even ports from a random start, each once, and no incomplete pair", () => {
    const pool = new PortPool({ clock: new FakeClock(), min: 10_001, max: 10_008, random: () => 0.5 });
    expect(pool.free).toBe(3);
    expect([pool.take(), pool.take(), pool.take(), pool.take()]).toEqual([10_004, 10_006, 10_002, undefined]);
  });

  it("lets a returned pair rest, and takes nothing back that it did not give", () => {
    const clock = new FakeClock();
    const pool = new PortPool({ clock, min: 10_000, max: 10_001, drainMs: 5000 });
    const port = pool.take()!;
    pool.release(port);
    pool.release(port);
    pool.release(4444);
    expect([pool.free, pool.take()]).toEqual([0, undefined]);
    clock.advance(5000);
    expect([pool.free, pool.take(), pool.take()]).toEqual([1, port, undefined]);
  });

  it("shortens the rest to a second when every other pair is taken, and not before", () => {
    const clock = new FakeClock();
    const pool = new PortPool({ clock, min: 10_000, max: 10_003, drainMs: 5000, random: () => 0 });
    expect([pool.take(), pool.take()]).toEqual([10_000, 10_002]);
    pool.release(10_002);
    clock.advance(500);
    pool.release(10_000);
    clock.advance(499);
    expect(pool.take()).toBeUndefined();
    clock.advance(1);
    expect([pool.take(), pool.take()]).toEqual([10_002, undefined]);
    clock.advance(500);
    expect(pool.take()).toBe(10_000);
  });

  it("gives a certain pair to who goes on with it, rested or not, and one that is not of its range, once", () => {
    const pool = new PortPool({ clock: new FakeClock(), min: 10_000, max: 10_005, random: () => 0 });
    expect([pool.claim(10_002), pool.claim(10_002), pool.claim(40_000), pool.claim(40_000)]).toEqual([
      ...[true, false, true, false],
    ]);
    expect([pool.take(), pool.take(), pool.take()]).toEqual([10_000, 10_004, undefined]);
    for (const port of [10_002, 40_000]) pool.release(port);
    expect([pool.claim(40_000), pool.claim(10_002)]).toEqual([true, true]);
  });

  it("has another range from then on when it takes the place of another pool", () => {
    const pool = new PortPool({ clock: new FakeClock(), min: 10_000, max: 10_001, random: () => 0 });
    pool.use(20_000, 20_003);
    expect([pool.take(), pool.take(), pool.take()]).toEqual([20_000, 20_002, undefined]);
  });

  it("has nothing to give from an empty range", () => {
    expect(new PortPool({ clock: new FakeClock(), min: 10_001, max: 10_001 }).take()).toBeUndefined();
  });
});
