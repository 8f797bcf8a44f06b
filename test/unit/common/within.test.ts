import { describe, expect, it } from "vitest";
import { within } from "#common";
import { FakeClock } from "#test/support";

describe("what is waited for within a limit", () => {
  const start = () => {
    const clock = new FakeClock();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    return { clock, resolve, reject, waiting: within(promise, { clock, limitMs: 100 }) };
  };

  it("comes in time, and leaves no timer behind", async () => {
    const { clock, resolve, waiting } = start();
    clock.advance(99);
    resolve("done");
    expect(await waiting).toBe("done");
    expect(clock.pending).toBe(0);
  });

  it("is undefined when it takes longer, whatever becomes of it", async () => {
    const { clock, reject, waiting } = start();
    clock.advance(100);
    expect(await waiting).toBeUndefined();
    reject(new Error("too late to matter"));
  });

  it("fails as it fails", async () => {
    const { clock, reject, waiting } = start();
    reject(new Error("no"));
    await expect(waiting).rejects.toThrow("no");
    expect(clock.pending).toBe(0);
  });
});
