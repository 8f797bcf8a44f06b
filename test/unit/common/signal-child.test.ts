import { expect, it } from "vitest";
import { signalChild } from "#common";

it("signals a child that runs, and nothing where it could not be run", () => {
  const sent: unknown[] = [];
  const kill = (signal?: number | NodeJS.Signals) => sent.push(signal) > 0;
  signalChild({ pid: undefined, kill }, "SIGKILL");
  expect(sent).toEqual([]);
  signalChild({ pid: 4711, kill }, "SIGTERM");
  expect(sent).toEqual(["SIGTERM"]);
});
