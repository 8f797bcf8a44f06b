import { expect, test } from "vitest";
import { refusalOfCapacity } from "../../../../../bridge/conference/dial-out/capacity.ts";

test.each([
  [false, false, undefined],
  [false, true, "OVERLOADED"],
  [true, false, "DIAL_OUT_LIMIT"],
  [true, true, "DIAL_OUT_LIMIT"],
])("full: %s, overloaded: %s: %s", (full, overloaded, code) => {
  const capacity = { isFull: () => full, isOverloaded: () => overloaded };
  expect(refusalOfCapacity(capacity)?.code).toBe(code);
});
