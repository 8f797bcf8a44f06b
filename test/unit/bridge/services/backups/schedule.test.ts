// When the daily backup is due: at its hour, at once where one was missed, an hour after a failure.
import { expect, it } from "vitest";
import { nextBackup } from "../../../../../bridge/services/backups/schedule.ts";

/** Local time of this machine, whatever it is. */
const at = (day: number, hour: number, minute = 0) => new Date(2026, 5, day, hour, minute).getTime();
const hour = 3;

it.each([
  ["the first one ever: now", at(10, 12), {}, at(10, 12)],
  ["made at its hour: tomorrow", at(10, 12), { lastGood: at(10, 3, 1) }, at(11, 3)],
  ["made after it, as it was missed: tomorrow", at(10, 23), { lastGood: at(10, 22) }, at(11, 3)],
  ["made yesterday, before its hour: at it", at(10, 2), { lastGood: at(9, 4) }, at(10, 3)],
  ["missed, as the machine was off: now", at(12, 12), { lastGood: at(10, 3) }, at(12, 12)],
  ["failed just now: in an hour", at(10, 3, 5), { lastGood: at(9, 3), lastFailure: at(10, 3) }, at(10, 4)],
  ["failed long ago: now", at(10, 12), { lastGood: at(9, 3), lastFailure: at(10, 3) }, at(10, 12)],
  [
    "failed before the last good one: tomorrow",
    at(10, 12),
    { lastGood: at(10, 5), lastFailure: at(10, 3) },
    at(11, 3),
  ],
  ["made in the future, by a clock that was ahead: now", at(10, 12), { lastGood: at(20, 3) }, at(10, 12)],
])("%s", (_title, now, { lastGood, lastFailure }: { lastGood?: number; lastFailure?: number }, due) => {
  expect(nextBackup(now, hour, { lastGood, lastFailure })).toBe(due);
});
