import { expect, test } from "vitest";
import { cellsOf, choiceOf, layouts, positionOf } from "../../../../../../api/web/src/session/arrangement.ts";

test("every layout has the cells of its name, the automatic one all", () => {
  expect(layouts.map(cellsOf)).toEqual([9, 1, 2, 3, 4, 6, 9]);
});

test("a place is found again by its choice", () => {
  for (const position of [null, -1, 0, 8]) expect(positionOf(choiceOf(position))).toBe(position);
  expect(new Set([null, -1, 0].map(choiceOf)).size).toBe(3);
});
