// Which keys do what in a call.
import { describe, expect, it } from "vitest";
import { codesOf, defaultKeyPlan, pressKey } from "../../../../../bridge/conference/calls/keys.ts";

describe("in-call keys", () => {
  function outcomes(keys: string): string[] {
    let typed = "";
    const all: string[] = [];
    const codes = codesOf(defaultKeyPlan);
    for (const digit of keys) {
      const press = pressKey(typed, digit, codes);
      typed = press.typed;
      if (press.outcome) all.push(press.outcome);
    }
    return all;
  }

  it("are codes that begin with a star; anything else means nothing", () => {
    expect(outcomes("*6")).toEqual(["mute"]);
    expect(outcomes("123#6*2")).toEqual(["count"]);
    expect(outcomes("*#6")).toEqual(["dial"]);
    expect(outcomes("*A")).toEqual(["unknown"]);
    expect(outcomes("**")).toEqual(["unknown"]);
    expect(outcomes("**6")).toEqual(["unknown", "mute"]);
    expect(outcomes("*A*B")).toEqual(["unknown", "unknown"]);
    expect(outcomes("*")).toEqual([]);
  });

  it("end the meeting with two hashes, and with no fewer", () => {
    expect(outcomes("##")).toEqual(["end"]);
    expect(outcomes("#1#")).toEqual([]);
    expect(outcomes("#*6#")).toEqual(["mute"]);
  });

  it("may be other ones, or none", () => {
    const codes = codesOf({ ...defaultKeyPlan, mute: "*12", help: "", end: "" });
    expect(pressKey("*", "1", codes)).toEqual({ typed: "*1", outcome: undefined });
    expect(pressKey("*1", "2", codes)).toEqual({ typed: "", outcome: "mute" });
    expect(pressKey("*1", "3", codes)).toEqual({ typed: "", outcome: "unknown" });
    expect(pressKey("#", "#", codes)).toEqual({ typed: "", outcome: undefined });
  });
});
