// When a room may be entered, when its people are warned, and that neither a restart nor a wall clock that is set
// changes it.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { ScheduleWatch } from "../../../../../../bridge/conference/rooms/live/schedule-watch.ts";
import {
  marksBetween,
  nextMark,
  type ScheduleMark,
  scheduleOf,
} from "../../../../../../bridge/conference/rooms/policy/schedule.ts";
import type { Room } from "../../../../../../bridge/conference/rooms/records/room.ts";

const minute = 60_000;
const at = (text: string) => Date.parse(`2026-03-02T${text}Z`);
const booked = (start: string | null, end: string | null) =>
  ({
    scheduledStartAt: start && `2026-03-02T${start}.000Z`,
    scheduledEndAt: end && `2026-03-02T${end}.000Z`,
    timezone: "Europe/Berlin",
  }) as Room;

const morning = booked("09:00:00", "10:00:00");

describe("a schedule", () => {
  it.each([
    ["08:44:59", "early"],
    ["08:45:00", "soon"],
    ["08:59:59", "soon"],
    ["09:00:00", "open"],
    ["09:59:59", "open"],
    ["10:00:00", "over"],
  ] as const)("at %s is %s", (now, phase) => {
    expect(scheduleOf(morning, at(now)).phase).toBe(phase);
  });

  it("without a start has begun, without an end goes on", () => {
    expect(scheduleOf(booked(null, null), at("09:00:00")).phase).toBe("open");
    expect(scheduleOf(booked(null, "10:00:00"), at("10:00:00")).phase).toBe("over");
    expect(scheduleOf(booked("09:00:00", null), at("23:00:00")).phase).toBe("open");
    expect(nextMark(booked(null, null), 0)).toBeUndefined();
  });

  it("has marks when waiting opens, at its start, five and one minutes before its end, and its end", () => {
    const marks: string[] = [];
    let now = at("08:00:00");
    for (let next = nextMark(morning, now); next !== undefined; next = nextMark(morning, now)) {
      for (const mark of marksBetween(morning, now, next)) {
        marks.push(
          `${new Date(next).toISOString().slice(11, 16)} ${"minutes" in mark ? mark.minutes : mark.kind}`,
        );
      }
      now = next;
    }
    expect(marks).toEqual(["08:45 waiting opens", "09:00 begins", "09:55 5", "09:59 1", "10:00 over"]);
  });

  it("looked at too late warns of what is still true", () => {
    expect(marksBetween(morning, at("09:00:00"), at("09:59:30"))).toEqual([
      { kind: "minutes left", minutes: 1 },
    ]);
    expect(marksBetween(morning, at("09:00:00"), at("12:00:00"))).toEqual([{ kind: "over" }]);
    expect(marksBetween(morning, at("09:58:00"), at("09:30:00"))).toEqual([]);
  });
});

describe("the watch", () => {
  function watched(record: Room, now: string) {
    const clock = new FakeClock(at(now));
    const marks: string[] = [];
    const room = { record };
    const watch = new ScheduleWatch({
      clock,
      record: () => room.record,
      onMark: (mark: ScheduleMark) => {
        const time = new Date(clock.now()).toISOString().slice(11, 19);
        marks.push(`${time} ${"minutes" in mark ? mark.minutes : mark.kind}`);
      },
    });
    watch.start();
    return { clock, marks, watch, room };
  }

  it("tells everything on time", () => {
    const { clock, marks } = watched(morning, "08:50:00");
    clock.advance(70 * minute);
    expect(marks.slice(0, 4)).toEqual(["09:00:00 begins", "09:55:00 5", "09:59:00 1", "10:00:00 over"]);
  });

  it("follows an end that is put off, and warns again", () => {
    const { clock, marks, watch, room } = watched(morning, "09:50:00");
    clock.advance(6 * minute);
    room.record = booked("09:00:00", "10:10:00");
    watch.look();
    clock.advance(14 * minute);
    expect(marks).toEqual(["09:55:00 5", "10:05:00 5", "10:09:00 1", "10:10:00 over"]);
  });

  it("ends at once what is put to an end in the past", () => {
    const { marks, watch, room } = watched(morning, "09:50:00");
    room.record = booked("09:00:00", "09:30:00");
    watch.look();
    expect(marks).toEqual(["09:50:00 over"]);
  });

  it("notices within a quarter of a minute that the wall clock was set", () => {
    const { clock, marks } = watched(morning, "09:10:00");
    clock.setWall(at("09:57:00"));
    clock.advance(15_000);
    expect(marks).toEqual(["09:57:15 5"]);
    clock.setWall(at("09:20:00"));
    clock.advance(35 * minute);
    expect(marks).toEqual(["09:57:15 5", "09:55:00 5"]);
  });

  it("leaves no timer in an empty room, and none where nothing is booked", () => {
    const { clock, watch } = watched(morning, "09:10:00");
    expect(clock.pending).toBe(1);
    watch.stop();
    expect(clock.pending).toBe(0);
    expect(watched(booked(null, null), "09:00:00").clock.pending).toBe(0);
  });
});
