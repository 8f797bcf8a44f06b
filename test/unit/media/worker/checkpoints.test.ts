import { describe, expect, it } from "vitest";
import type { LegId } from "#common";
import { FakeClock } from "#test/support";
import { Checkpoints } from "../../../../media/worker/checkpoints.ts";

function setUp() {
  const clock = new FakeClock();
  const told: string[][] = [];
  const checkpoints = new Checkpoints({
    clock,
    checkpointOf: (leg) => (leg === "unknown" ? undefined : `of ${leg}`),
    tell: (legs) => told.push(legs.map(([leg]) => leg)),
  });
  return { clock, told, checkpoints };
}

describe("checkpoints", () => {
  it("come soon after a change, and of every leg once in two seconds, a quarter at a time", async () => {
    const { clock, told, checkpoints } = setUp();
    for (const leg of ["a", "b", "c", "d", "unknown"]) checkpoints.changed(leg as LegId);
    await clock.run(50);
    expect(told.splice(0)).toEqual([["a", "b", "c", "d"]]);
    checkpoints.remove("unknown" as LegId);

    await clock.run(1950);
    expect(told.splice(0)).toEqual([["a"], ["b"], ["c"], ["d"]]);

    for (const leg of ["a", "b", "c", "d"]) checkpoints.remove(leg as LegId);
    expect(clock.pending).toBe(0);
  });

  it("are told thirty-two at a time", async () => {
    const { clock, told, checkpoints } = setUp();
    for (let leg = 0; leg < 40; leg += 1) checkpoints.changed(`leg ${leg}` as LegId);
    await clock.run(50);
    expect(told.map(({ length }) => length)).toEqual([32, 8]);
    checkpoints.close();
    expect(clock.pending).toBe(0);
  });
});
