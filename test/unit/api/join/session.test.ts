// What keeps a participant out of the room at this moment, the lasting obstacles before those that pass.
import { expect, test } from "vitest";
import type { RoomId } from "#common";
import type { RoomFields } from "#conference/rooms";
import { entryOf } from "../../../../api/join/session.ts";
import { newRoom } from "../../../../bridge/conference/rooms/records/defaults.ts";

const now = Date.parse("2026-03-02T09:00:00Z");
const free = { locked: false, present: 0 };
const booking = (start: string, end: string): RoomFields => ({
  scheduledStartAt: `2026-03-02T${start}:00.000Z`,
  scheduledEndAt: `2026-03-02T${end}:00.000Z`,
});

test.each<[string, RoomFields, { locked: boolean; present: number }]>([
  ["open", {}, free],
  ["open", { capacity: 2 }, { locked: false, present: 1 }],
  ["full", { capacity: 2 }, { locked: false, present: 2 }],
  ["locked", { capacity: 2 }, { locked: true, present: 2 }],
  ["closed", { closed: true }, { locked: true, present: 0 }],
  ["not_begun", { ...booking("12:00", "13:00"), closed: true }, free],
  ["over", { ...booking("07:00", "08:00"), closed: true }, free],
  ["open", booking("08:00", "10:00"), free],
])("%s: %o, %o", (entry, fields, state) => {
  const room = newRoom(fields, {
    ...{ id: "room-1" as RoomId, extensionNumber: "8000", createdAt: "2026-01-01T00:00:00.000Z" },
  });
  expect(entryOf(room, { ...state, now })).toBe(entry);
});
