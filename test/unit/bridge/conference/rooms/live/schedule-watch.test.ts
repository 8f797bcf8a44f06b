// The marks of a schedule, whatever the clock does between two looks at it.
import { expect, it } from "vitest";
import { ScheduleWatch } from "../../../../../../bridge/conference/rooms/live/schedule-watch.ts";
import type { ScheduleMark } from "../../../../../../bridge/conference/rooms/policy/schedule.ts";
import type { Room } from "../../../../../../bridge/conference/rooms/records/room.ts";

it("tells of an end that comes between the look at what is due and that at what is next", () => {
  const end = 10_000;
  const record = { scheduledStartAt: null, scheduledEndAt: new Date(end).toISOString() } as Room;
  // At the start; then a timer has fired a millisecond early.
  const readings = [end - 5000, end - 5000, end - 1, end];
  const armed: { readonly delayMs: number; readonly fire: () => void }[] = [];
  const clock = {
    now: () => readings.shift() ?? end,
    monotonic: () => 0,
    after: (delayMs: number, fire: () => void) => {
      armed.push({ delayMs, fire });
      return { cancel: () => {} };
    },
  };
  const marks: ScheduleMark[] = [];
  const watch = new ScheduleWatch({
    clock,
    record: () => record,
    onMark: (mark) => {
      marks.push(mark);
      watch.stop();
    },
  });
  watch.start();
  armed[0]!.fire();
  expect(armed.map(({ delayMs }) => delayMs)).toEqual([5000, 0]);
  armed[1]!.fire();
  expect(marks).toEqual([{ kind: "over" }]);
});
