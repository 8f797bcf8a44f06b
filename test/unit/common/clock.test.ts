// Waiting on an injected clock.
import { describe, expect, it } from "vitest";
import { delay } from "#common";
import { FakeClock, settle } from "#test/support";

describe("delay", () => {
  it("ends with its time or with the signal, leaving no timer", async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    let done = false;
    delay(clock, 100).then(() => {
      done = true;
    });
    const cut = delay(clock, 100, abort.signal);

    await clock.run(99);
    expect(done).toBe(false);
    abort.abort(new Error("enough"));
    await expect(cut).rejects.toThrow("enough");
    await clock.run(1);
    await settle();

    expect(done).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
