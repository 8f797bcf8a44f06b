// Keys that become codes, and codes that are forgotten.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { CodeCollector } from "../../../../../bridge/conference/calls/code-collector.ts";
import { betweenKeysMs, codesOf, defaultKeyPlan } from "../../../../../bridge/conference/calls/keys.ts";

function collector() {
  const clock = new FakeClock();
  return { clock, made: new CodeCollector(clock, codesOf(defaultKeyPlan)) };
}

describe("keys of a participant", () => {
  it("become the action of their code", () => {
    const { made } = collector();
    expect(made.press("*")).toEqual({ typed: "*", outcome: undefined });
    expect(made.empty).toBe(false);
    expect(made.press("6")).toEqual({ typed: "", outcome: "mute" });
    expect(made.empty).toBe(true);
  });

  it("are parts of no code by themselves, and wrong behind a star", () => {
    const { made } = collector();
    expect(made.press("6")).toEqual({ typed: "", outcome: undefined });
    made.press("*");
    expect(made.press("D")).toEqual({ typed: "", outcome: "unknown" });
  });

  it("restart once a code has been left unfinished for three seconds", () => {
    const { made, clock } = collector();
    made.press("*");
    clock.advance(betweenKeysMs - 1);
    expect(made.empty).toBe(false);
    expect(made.press("6").outcome).toBe("mute");
    made.press("*");
    clock.advance(betweenKeysMs);
    expect(made.empty).toBe(true);
    expect(made.press("6")).toEqual({ typed: "", outcome: undefined });
    expect(clock.pending).toBe(0);
  });
});
