// The codes that participants press: which are refused, by name.
import { describe, expect, it } from "vitest";
import { defaultKeyPlan } from "#conference/calls";
import { loadConfig } from "#config";

const keysWith = (name: string, code: string) =>
  loadConfig({ argv: [], env: { [`PARLEY_KEYS_${name}`]: code }, readFile: () => "" }).keys;

describe("keys", () => {
  it("are those that calls know, unless configured", () => {
    expect(keysWith("HELP", "*1")).toEqual(defaultKeyPlan);
  });

  it.each([
    ["dial", "*#"],
    ["help", "*123"],
    ["end", "##"],
    ["record", ""],
  ] as const)("%s may be %j", (action, code) => {
    expect(keysWith(action.toUpperCase(), code)[action]).toBe(code);
  });

  it.each([
    ["**", 'keys.dial must be a star and one to three digits, *# or ## (it is "**")'],
    ["12", 'keys.dial must be a star and one to three digits, *# or ## (it is "12")'],
    ["*#1", 'keys.dial must be a star and one to three digits, *# or ## (it is "*#1")'],
    ["*6", "keys.mute is *6, and keys.dial begins with it"],
  ])("may not be %j", (code, why) => {
    expect(() => keysWith("DIAL", code)).toThrow(why);
  });
});
