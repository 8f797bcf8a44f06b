// Mistakes by key: what is free, how the wait grows and ends, how they are forgotten and taken back.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { type MistakeRule, Mistakes } from "../../../../../../bridge/conference/rooms/policy/mistakes.ts";

const rule: MistakeRule = { free: 2, maxMs: 4000, forgetMs: 60_000 };

const arrange = (most = 10) => {
  const clock = new FakeClock();
  return { clock, mistakes: new Mistakes({ clock, most: most }) };
};

describe("mistakes", () => {
  it("cost nothing at first, then twice as long each, up to the longest wait", () => {
    const { mistakes } = arrange();
    const delays = Array.from({ length: 6 }, () => {
      const before = mistakes.delayMs("a", rule);
      mistakes.add("a", rule);
      return before;
    });
    expect(delays).toEqual([0, 0, 1000, 2000, 4000, 4000]);
    expect(mistakes.delayMs("b", rule)).toBe(0);
  });

  it("are waited for from the last one on, and forgotten one by one", () => {
    const { clock, mistakes } = arrange();
    for (let count = 0; count < 3; count += 1) mistakes.add("a", rule);
    clock.advance(1500);
    expect(mistakes.delayMs("a", rule)).toBe(500);
    expect(mistakes.level("a", rule)).toBe(3);
    clock.advance(58_500);
    expect(mistakes.level("a", rule)).toBe(2);
    clock.advance(120_000);
    expect(mistakes.level("a", rule)).toBe(0);
  });

  it("beyond the longest wait do not make it longer until they are forgotten", () => {
    const { clock, mistakes } = arrange();
    for (let count = 0; count < 50; count += 1) mistakes.add("a", rule);
    expect(mistakes.level("a", rule)).toBe(5);
    clock.advance(5 * 60_000);
    expect(mistakes.level("a", rule)).toBe(0);
  });

  it("are taken back: the last one with its instant, an earlier one alone", () => {
    const { clock, mistakes } = arrange();
    const first = mistakes.add("a", rule);
    clock.advance(1000);
    const second = mistakes.add("a", rule);
    first();
    expect(mistakes.level("a", rule)).toBe(1);
    mistakes.add("b", rule)();
    expect(mistakes.level("b", rule)).toBe(0);
    second();
    expect(mistakes.level("a", rule)).toBe(0);
  });

  it("of the key that made one longest ago are forgotten when there are too many keys", () => {
    const { mistakes } = arrange(2);
    for (const key of ["a", "b", "a", "c"]) mistakes.add(key, rule);
    expect(["a", "b", "c"].map((key) => mistakes.level(key, rule))).toEqual([2, 0, 1]);
  });
});
