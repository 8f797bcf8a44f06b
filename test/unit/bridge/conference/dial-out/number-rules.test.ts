// Which numbers may be dialled over a trunk, and how they are written there.
import { describe, expect, it } from "vitest";
import { isPattern, matchesPattern } from "#common";
import { cleanNumber, dialledAs } from "../../../../../bridge/conference/dial-out/number-rules.ts";

describe("a pattern", () => {
  it.each([
    ["2XX", "205", true],
    ["2XX", "2055", false],
    ["2XX", "20a", false],
    ["NXXXXXX", "1234567", false],
    ["NXXXXXX", "7234567", true],
    ["0Z.", "0301", true],
    ["0Z.", "0030", false],
    ["0Z.", "03", false],
    ["0Z!", "03", true],
    ["+49.", "+4930700", true],
    ["+49.", "4930700", false],
    ["[13-5]0", "40", true],
    ["[13-5]0", "20", false],
    ["*98", "*98", true],
    ["*98", "998", false],
    ["112", "112", true],
    ["112", "1120", false],
  ])("%s and %s: %s", (pattern, number, matches) => {
    expect(matchesPattern(pattern, number)).toBe(matches);
  });

  it.each(["", ".5", "X.X", "2(3)", "[", "[a]", "sip:1", "_2XX", "X".repeat(65)])("%j is none", (pattern) => {
    expect(isPattern(pattern)).toBe(false);
    expect(matchesPattern(pattern, "2")).toBe(false);
  });
});

describe("a number as people write it", () => {
  it.each([
    ["+49 (30) 700-0", "+49307000"],
    ["tel:+1.415.555.0100", "+14155550100"],
    [" 201 ", "201"],
    ["*72#", "*72#"],
  ])("%s is %s", (typed, number) => expect(cleanNumber(typed)).toBe(number));

  it.each(["", "bob", "201;phone-context=x", "2+2", "1@host", "1\r\nVia: x", "1".repeat(33)])(
    "%j cannot be dialled",
    (typed) => expect(cleanNumber(typed)).toBeUndefined(),
  );
});

describe("the rules of a trunk", () => {
  const rules = {
    allow: ["00Z.", "0Z."],
    deny: ["00881.", "0900."],
    prefixes: [
      { from: "+49", to: "0" },
      { from: "+", to: "00" },
    ],
  };

  it.each([
    ["+4930700", "030700"],
    ["+3312345", "003312345"],
    ["030700", "030700"],
    ["+88112345", undefined],
    ["+49900123", undefined],
    ["201", undefined],
  ])("write %s as %s", (number, dialled) => expect(dialledAs(number, rules)).toBe(dialled));

  it("allow nothing until something is allowed", () => {
    expect(dialledAs("201", { allow: [], deny: [], prefixes: [] })).toBeUndefined();
  });
});
