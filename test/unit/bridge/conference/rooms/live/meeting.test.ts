// The meeting of a room: its id, and what the next process finds of it.
import { expect, it } from "vitest";
import type { MeetingId, ParticipantId, RecordingId, RoomId } from "#common";
import type { ResumedRoom } from "#conference/rooms";
import { FakeRecords } from "#test/support";
import { Meeting } from "../../../../../../bridge/conference/rooms/live/meeting.ts";

const room = "room-1" as RoomId;

function arrange(stateRecords = new FakeRecords<ResumedRoom>()) {
  const state = { inside: [] as ParticipantId[], recording: null as RecordingId | null, scene: null };
  return { stateRecords, state, meeting: new Meeting({ room, stateRecords, state: () => state }) };
}

it("has one id from its beginning to its end, and another the next time", () => {
  const { meeting } = arrange();
  expect([meeting.id, meeting.end()]).toEqual([undefined, undefined]);
  const first = meeting.begin();
  expect(first).toBeDefined();
  expect([meeting.begin(), meeting.id, meeting.end(), meeting.id]).toEqual([
    undefined,
    first,
    first,
    undefined,
  ]);
  expect(meeting.begin()).not.toBe(first);
});

it("is stored as it is at the end of the turn in which it changed, and gone when it is over", () => {
  const { meeting, stateRecords, state } = arrange();
  const id = meeting.begin();
  meeting.changed();
  state.inside.push("ada" as ParticipantId);
  expect(stateRecords.now.get(room)).toEqual({ meeting: id, inside: ["ada"], recording: null, scene: null });
  meeting.end();
  expect(stateRecords.now.get(room)).toBeUndefined();
});

it("goes on in the next process, which leaves what it has found to one after it until all of it is resumed", () => {
  const before = arrange();
  before.state.recording = "recording-1" as RecordingId;
  const id = before.meeting.begin() as MeetingId;
  before.meeting.changed();
  const { meeting, stateRecords } = arrange(before.stateRecords.next());
  expect(meeting.recordingToResume, "nobody of it is found").toBeUndefined();
  expect(meeting.resume()).toMatchObject({ meeting: id, recording: "recording-1" });
  expect([meeting.id, meeting.recordingToResume, meeting.resume()]).toEqual([id, "recording-1", undefined]);
  meeting.changed();
  expect(stateRecords.now.get(room)).toMatchObject({ meeting: id, recording: "recording-1" });
  meeting.resumed();
  expect(stateRecords.now.get(room)).toMatchObject({ meeting: id, recording: null });
  expect(meeting.recordingToResume).toBeUndefined();
});

it("of participants whose room left nothing is a new one", () => {
  const { meeting } = arrange();
  expect(meeting.resume()).toBeUndefined();
  expect(meeting.id).toBeDefined();
});
