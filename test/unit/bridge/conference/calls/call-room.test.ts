// The room's side of a call.
import { describe, expect, it } from "vitest";
import type { RoomId } from "#common";
import { FakeClock } from "#test/support";
import { CallRoom } from "../../../../../bridge/conference/calls/call-room.ts";
import { FakeCall, fakeRoom } from "../rooms/live/fake-room.ts";

describe("the room's side of a call", () => {
  it("is noted in its record, and left with the call", async () => {
    const notes: object[] = [];
    const clock = new FakeClock();
    const side = new CallRoom({ note: (facts) => void notes.push(facts) }, clock, null);
    await side.leave("never came");
    const { participant, departures, record } = fakeRoom();
    const ada = participant("Ada");
    side.holdParticipant(ada);
    side.entered();
    expect(notes).toMatchObject([
      { roomId: record.id, roomExtension: "8000", participantId: ada.id },
      { meetingId: null, rooms: record.id, joinedAt: new Date(clock.now()).toISOString() },
    ]);
    await side.leave("hung up");
    expect(departures).toEqual([{ name: "Ada", reason: "hung up", lent: undefined }]);
    expect(ada.call).toBeInstanceOf(FakeCall);
  });

  it("remembers the last fifty rooms", () => {
    const notes: { rooms?: string | null }[] = [];
    const side = new CallRoom({ note: (facts) => void notes.push(facts) }, new FakeClock(), null);
    side.holdParticipant(fakeRoom().participant("Ada"));
    for (let count = 0; count < 60; count += 1) side.moved();
    expect(notes.at(-1)?.rooms?.split(",") as RoomId[]).toHaveLength(50);
  });
});
