// Rooms of the meet API with a phone in them and recordings that are written: what becomes of both when the room is deleted.
import { expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { join, useParley } from "./house.ts";

const parley = useParley();

const meet = (method: "POST" | "PUT" | "DELETE" | "GET", path: string, body?: object) =>
  parley().request(`/api/v1/rooms${path}`, { method, ...(body && { body }) });

/** A room that somebody has dialled, recorded for a second at least. */
async function recordedMeeting() {
  const made = await meet("POST", "", { roomName: "Board" });
  expect(made.status).toBe(201);
  const { roomId } = made.body as { roomId: string };
  const shown = await parley().request(`/api/conference_rooms/${roomId}`);
  const { extension_number: extension } = shown.body as { extension_number: string };
  const { call } = await join(parley(), "alice", extension);
  await parley().commandRoom(roomId, "start_recording");
  await eventually(
    async () => ((await parley().recordings(roomId))[0]!.duration >= 1 ? true : undefined),
    () => "a second of recording",
  );
  return { roomId, call };
}

const gone = (roomId: string) =>
  eventually(
    async () => ((await meet("GET", `/${roomId}`)).status === 404 ? true : undefined),
    () => "the room is gone",
  );
const kept = async () => {
  const { body } = await parley().request("/api/recordings");
  return (body as { items: { room_id: string }[] }).items.map(({ room_id }) => room_id);
};

it("a deletion waits for the end of the meeting and takes its recordings along", async () => {
  const { roomId, call } = await recordedMeeting();
  const refused = await meet("DELETE", `/${roomId}`);
  expect([refused.status, (refused.body as { error: string }).error]).toEqual([
    409,
    "room_with_recordings_has_active_meeting",
  ]);
  const later = await meet("DELETE", `/${roomId}?withMeeting=when_meeting_ends&withRecordings=force`);
  expect([later.status, (later.body as { successCode: string }).successCode]).toEqual([
    202,
    "room_with_active_meeting_and_recordings_scheduled_to_be_deleted",
  ]);
  await call.hangUp();
  await gone(roomId);
  await eventually(
    async () => ((await kept()).includes(roomId) ? undefined : true),
    () => "the recordings are gone",
  );
});

it("a meeting is ended at once, and the room that keeps its recordings is closed to the phone", async () => {
  const { roomId, call } = await recordedMeeting();
  const closed = await meet("DELETE", `/${roomId}?withMeeting=force&withRecordings=close`);
  expect([closed.status, (closed.body as { successCode: string }).successCode]).toEqual([
    200,
    "room_with_active_meeting_closed",
  ]);
  await call.ended();
  expect(await kept()).toContain(roomId);
  expect((await meet("GET", `/${roomId}?fields=status`)).body).toEqual({ status: "closed" });
  const removed = await meet("DELETE", `/${roomId}?withRecordings=force`);
  expect((removed.body as { successCode: string }).successCode).toBe("room_and_recordings_deleted");
  expect(await kept()).not.toContain(roomId);
});
