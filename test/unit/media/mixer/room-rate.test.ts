// At what rate a room mixes, tick by tick.
import { describe, expect, it } from "vitest";
import { warmUpTicks } from "../../../../media/leg/index.ts";
import { RoomRate } from "../../../../media/mixer/room-rate.ts";

describe("the rate of a room", () => {
  it("changes after the new mix was prepared unheard for some ticks, within one tick", () => {
    const rate = new RoomRate(8000);
    const before = rate.bus;
    const seen: unknown[] = [];
    for (let tick = 0; tick < warmUpTicks + 2; tick += 1) {
      rate.advance(16_000);
      seen.push([rate.bus.rate, rate.coming?.rate, rate.leaving?.rate]);
    }
    expect(seen).toEqual([
      ...Array.from({ length: warmUpTicks }, () => [8000, 16_000, undefined]),
      [16_000, undefined, 8000],
      [16_000, undefined, undefined],
    ]);
    expect(rate.bus).not.toBe(before);
  });

  it("stays while no other is wanted, and goes back to the mix that it had", () => {
    const rate = new RoomRate(8000);
    const before = rate.bus;
    const until = (wanted: number) => {
      for (let tick = 0; tick < warmUpTicks + 2; tick += 1) rate.advance(wanted);
    };
    until(8000);
    expect([rate.bus, rate.coming]).toEqual([before, undefined]);
    until(48_000);
    expect(rate.bus.rate).toBe(48_000);
    until(8000);
    expect(rate.bus).toBe(before);
  });

  it("that is no longer wanted while it is prepared is reached first, and left then", () => {
    const rate = new RoomRate(8000);
    rate.advance(16_000);
    for (let tick = 0; tick < warmUpTicks; tick += 1) rate.advance(8000);
    expect(rate.bus.rate).toBe(16_000);
    for (let tick = 0; tick < warmUpTicks + 1; tick += 1) rate.advance(8000);
    expect(rate.bus.rate).toBe(8000);
  });
});
