import { describe, expect, it } from "vitest";
import { equalInConstantTime } from "#common";

describe("two secrets", () => {
  it.each([
    ["secret", "secret", true],
    ["secret", "secreT", false],
    ["secret", "secrets", false],
    ["", "", true],
    ["", "x", false],
    ["für", Buffer.from("für"), true],
    [Buffer.from([1, 2]), new Uint8Array([1, 2]), true],
    [Buffer.from([1, 2]), new Uint8Array([1, 3]), false],
  ])("%s and %s: %s", (one, other, same) => {
    expect(equalInConstantTime(one, other)).toBe(same);
  });
});
