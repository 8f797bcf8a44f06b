// A value that flickers, and what of it is published when.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { Debouncer } from "../../../../../bridge/services/events/debouncer.ts";

type State = "silent" | "talking";

function watch(holdMs: (value: State) => number, gapMs: number) {
  const clock = new FakeClock();
  const told: (readonly [at: number, value: State])[] = [];
  const debouncer = new Debouncer<State>({
    clock,
    initial: "silent",
    holdMs,
    gapMs,
    tell: (value) => void told.push([clock.monotonic(), value]),
  });
  return { clock, told, debouncer };
}

describe("a change", () => {
  it("is published once it has held, each value for as long as it must", () => {
    const { clock, told, debouncer } = watch((value) => (value === "talking" ? 100 : 400), 0);
    debouncer.update("talking");
    clock.advance(99);
    expect(told).toEqual([]);
    clock.advance(1);
    debouncer.update("silent");
    clock.advance(399);
    expect(told).toEqual([[100, "talking"]]);
    clock.advance(1);
    expect(told).toEqual([
      [100, "talking"],
      [500, "silent"],
    ]);
    expect(clock.pending).toBe(0);
  });

  it("that goes back before it has held is never published, and begins again when it comes again", () => {
    const { clock, told, debouncer } = watch(() => 100, 0);
    debouncer.update("talking");
    clock.advance(60);
    debouncer.update("silent");
    expect(clock.pending).toBe(0);
    debouncer.update("talking");
    clock.advance(60);
    expect(told).toEqual([]);
    clock.advance(40);
    expect(told).toEqual([[160, "talking"]]);
  });

  it("that is told again while it waits does not wait longer", () => {
    const { clock, told, debouncer } = watch(() => 100, 0);
    debouncer.update("talking");
    clock.advance(60);
    debouncer.update("talking");
    clock.advance(40);
    expect(told).toEqual([[100, "talking"]]);
  });

  it("is published no sooner than the gap after the one before", () => {
    const { clock, told, debouncer } = watch(() => 0, 1000);
    debouncer.update("talking");
    expect(told).toEqual([[0, "talking"]]);
    clock.advance(10);
    debouncer.update("silent");
    clock.advance(989);
    expect(told.length).toBe(1);
    clock.advance(1);
    expect(told[1]).toEqual([1000, "silent"]);
  });

  it("that waits is given up by closing", () => {
    const { clock, told, debouncer } = watch(() => 100, 0);
    debouncer.update("talking");
    debouncer.close();
    clock.advance(1000);
    expect([told, clock.pending]).toEqual([[], 0]);
  });
});
