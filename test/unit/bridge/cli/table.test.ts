import { expect, it } from "vitest";
import { readArguments } from "../../../../bridge/cli/command.ts";
import { UsageError } from "../../../../bridge/cli/exit.ts";
import { duration, table } from "../../../../bridge/cli/table.ts";

it("columns are as wide as what stands in them, and nothing moves a terminal's cursor", () => {
  expect(
    table([
      ["A", "LONG"],
      ["wider\u001b[2J", "b"],
    ]),
  ).toBe("A           LONG\nwider?[2J  b".replace("A           ", "A          "));
});

it.each([
  [0, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [7500, "2 h 5 min"],
  [90_000, "1 day 1 h"],
  [172_800, "2 days"],
  [-5, "0 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it("arguments are read by a grammar, and what does not fit is named", () => {
  const grammar = { flags: ["json"], values: ["peer"], operands: ["FILE", "[MORE]"] } as const;
  expect(readArguments(["a", "--json", "--peer", "x"], grammar)).toEqual({
    flags: { json: true },
    values: { peer: "x" },
    operands: ["a"],
  });
  const refused = (...args: string[]) => {
    try {
      readArguments(args, grammar);
    } catch (error) {
      return error instanceof UsageError ? error.message : error;
    }
    return undefined;
  };
  expect(refused()).toBe("FILE is missing");
  expect(refused("a", "b", "c")).toBe("c is one argument too many");
  expect(refused("a", "--loud")).toBe("Unknown option '--loud'");
});
