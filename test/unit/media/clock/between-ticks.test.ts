// Timers that keep clear of the ticks.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { betweenTicks, Ticker } from "../../../../media/clock/index.ts";

function start() {
  const clock = new FakeClock();
  const ticker = new Ticker({ clock, tickMs: 20, maxCatchUp: 10, tick: () => {} });
  const between = betweenTicks(clock, ticker);
  const fired = (delayMs: number): number => {
    const began = clock.monotonic();
    let at = Number.NaN;
    between.after(delayMs, () => {
      at = clock.monotonic() - began;
    });
    clock.advance(100);
    return at;
  };
  return { clock, ticker, between, fired };
}

describe("a timer between ticks", () => {
  it("fires as asked where no tick is near", () => {
    const { ticker, fired } = start();
    ticker.start();
    expect([2, 5, 10, 18, 22, 38].map(fired)).toEqual([2, 5, 10, 18, 22, 38]);
    ticker.stop();
  });

  it("fires after a tick that would have to wait for it", () => {
    const { ticker, fired } = start();
    ticker.start();
    expect([0, 1, 18.5, 20, 21, 39, 60].map(fired)).toEqual([2, 2, 22, 22, 22, 42, 62]);
    ticker.stop();
  });

  it("keeps clear of ticks however often it is armed again", () => {
    const { clock, ticker, between } = start();
    ticker.start();
    clock.advance(7);
    const at: number[] = [];
    const arm = (): void =>
      void between.after(5, () => {
        at.push(clock.monotonic());
        arm();
      });
    arm();
    clock.advance(1000);
    expect(at.length).toBeGreaterThan(150);
    expect(at.filter((each) => Math.min(each % 20, 20 - (each % 20)) < 2)).toEqual([]);
    ticker.stop();
  });

  it("fires as asked while no tick is due", () => {
    const { ticker, fired } = start();
    expect([0, 20, 21].map(fired)).toEqual([0, 20, 21]);
    ticker.start();
    ticker.rest();
    expect([0, 20, 21].map(fired)).toEqual([0, 20, 21]);
    ticker.stop();
  });

  it("can be cancelled", () => {
    const { clock, ticker, between } = start();
    ticker.start();
    let fired = false;
    between
      .after(20, () => {
        fired = true;
      })
      .cancel();
    clock.advance(100);
    expect(fired).toBe(false);
    ticker.stop();
  });
});
