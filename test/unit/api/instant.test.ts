// Instants as clients write them, and as Parley keeps them.
import { expect, test } from "vitest";
import { canonicalInstant, scheduleInUtc } from "../../../api/instant.ts";

test.each([
  ["2030-03-04T09:00:00Z", "2030-03-04T09:00:00.000Z"],
  ["2030-03-04T09:00:00.5+02:00", "2030-03-04T07:00:00.500Z"],
  ["1969-12-31T23:59:59Z", undefined],
  ["2030-02-30T09:00:00Z", undefined],
  ["2030-03-04", undefined],
])("%s is %s", (text, instant) => {
  expect(canonicalInstant(text)).toBe(instant);
});

test("a booking is brought to UTC where it has instants; what it takes away or does not name stays so", () => {
  expect(scheduleInUtc({ subject: "Board", scheduledStartAt: "2030-03-04T09:00:00+01:00" })).toEqual({
    subject: "Board",
    scheduledStartAt: "2030-03-04T08:00:00.000Z",
  });
  expect(scheduleInUtc({ scheduledStartAt: null, scheduledEndAt: "2030-03-04T09:00:00Z" })).toEqual({
    scheduledStartAt: null,
    scheduledEndAt: "2030-03-04T09:00:00.000Z",
  });
});
