// Waits of a call, which its end ends.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { CallEndedError, waitFor } from "../../../../../bridge/conference/calls/call-ended-error.ts";

describe("a wait of a call", () => {
  const never = new Promise<string>(() => {});

  it("has a limit, and ends with the call", async () => {
    const clock = new FakeClock();
    const ending = new AbortController();
    const patience = { clock, limitMs: 1000, ended: ending.signal };
    expect(await waitFor(Promise.resolve("here"), patience)).toBe("here");
    const late = waitFor(never, patience);
    clock.advance(1000);
    expect(await late).toBeUndefined();
    const cut = waitFor(never, patience);
    ending.abort();
    await expect(cut).rejects.toThrow(CallEndedError);
    await expect(waitFor(never, patience)).rejects.toThrow(CallEndedError);
    expect(clock.pending).toBe(0);
  });
});
