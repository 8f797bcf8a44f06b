import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { IdleMemory } from "#common";
import { FakeClock } from "#test/support";

describe("IdleMemory", () => {
  function idle() {
    const clock = new FakeClock();
    const state = { busy: false, released: 0 };
    const memory = new IdleMemory({
      clock,
      isBusy: () => state.busy,
      async release() {
        state.released += 1;
      },
    });
    return { clock, state, memory };
  }

  it("releases memory once after the start, and again after the process was busy, ten minutes apart at least", () => {
    const { clock, state } = idle();
    clock.advance(10_000);
    expect(state.released).toBe(0);
    clock.advance(3_600_000);
    expect(state.released).toBe(1);
    state.busy = true;
    clock.advance(60_000);
    expect(state.released).toBe(1);
    state.busy = false;
    clock.advance(20_000);
    expect(state.released).toBe(2);
    state.busy = true;
    clock.advance(60_000);
    state.busy = false;
    clock.advance(480_000);
    expect(state.released).toBe(2);
    clock.advance(60_000);
    expect(state.released).toBe(3);
  });

  it("leaves a process alone that is busy from one look to the next, and one that has closed it", () => {
    const { clock, state, memory } = idle();
    state.busy = true;
    clock.advance(600_000);
    expect(state.released).toBe(0);
    state.busy = false;
    memory.close();
    clock.advance(600_000);
    expect(state.released).toBe(0);
  });
});

describe("releaseMemory", () => {
  it("gives back what a heap held that has become small", () => {
    const script = `
      const { releaseMemory } = await import(${JSON.stringify(import.meta.resolve("#common"))});
      let held = Array.from({ length: 400_000 }, (_, index) => ({ index, text: "a" + index }));
      held = held.length;
      console.log(await releaseMemory());`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(Number(printed)).toBeGreaterThan(10 * 2 ** 20);
  });
});
