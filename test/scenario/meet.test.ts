// Rooms of the meet API with a phone in them and recordings that were written, deleted in every way that there is: what is
// answered, and what becomes of the call, of the room and of the files.
import { expect, it } from "vitest";
import { deletionCells } from "../support/meet-deletion.ts";
import { eventually } from "../support/phone/index.ts";
import { join, useParley } from "./use-parley.ts";

const parley = useParley();

const meet = (method: "POST" | "DELETE" | "GET", path: string, body?: object) =>
  parley().request(`/api/v1/rooms${path}`, { method, ...(body && { body }) });

/** A room in that state: with a phone in it (M), with a recording of a second at least (R). */
async function roomIn(state: string) {
  const made = await meet("POST", "", { roomName: "Board" });
  expect(made.status).toBe(201);
  const { roomId } = made.body as { roomId: string };
  if (state === "--") return { roomId };
  const shown = await parley().request(`/api/conference_rooms/${roomId}`);
  const { extension_number: extension } = shown.body as { extension_number: string };
  const { call } = await join(parley(), "alice", extension);
  if (state.includes("R")) {
    await parley().commandRoom(roomId, "start_recording");
    await eventually(
      async () => ((await parley().recordings(roomId))[0]!.duration >= 1 ? true : undefined),
      () => "a second of recording",
    );
  }
  if (state.includes("M")) return { roomId, call };
  await call.hangUp();
  await becomes(roomId, "open");
  return { roomId };
}

const statusOf = async (roomId: string) => {
  const { status, body } = await meet("GET", `/${roomId}?fields=status`);
  return status === 404 ? "deleted" : (body as { status: string }).status;
};
const becomes = (roomId: string, status: string) =>
  eventually(
    async () => ((await statusOf(roomId)) === status ? true : undefined),
    () => `the room is ${status}`,
  );
const isKept = async (roomId: string) => {
  const { body } = await parley().request("/api/recordings?top=100");
  return (body as { items: { room_id: string }[] }).items.some(({ room_id: room }) => room === roomId);
};

it.each(deletionCells)(
  "$state withMeeting=$meeting withRecordings=$recording: $status $code",
  async ({ state, meeting, recording, status, code }) => {
    const { roomId, call } = await roomIn(state);
    const answer = await meet("DELETE", `/${roomId}?withMeeting=${meeting}&withRecordings=${recording}`);
    const { successCode, error } = answer.body as { successCode?: string; error?: string };
    expect([answer.status, successCode ?? error]).toEqual([status, code]);

    const isClosed = code.endsWith("_closed");
    const before = state.includes("M") ? "active_meeting" : "open";
    if (status === 200) {
      await call?.ended();
      await becomes(roomId, isClosed ? "closed" : "deleted");
    } else {
      expect(await statusOf(roomId)).toBe(before);
      expect(call?.state ?? "answered").toBe("answered");
    }
    if (status === 202) {
      await call!.hangUp();
      await becomes(roomId, isClosed ? "closed" : "deleted");
    }
    const keeps = state.includes("R") && !code.includes("and_recordings");
    await eventually(
      async () => ((await isKept(roomId)) === keeps ? true : undefined),
      () => (keeps ? "the recordings are kept" : "the recordings are gone"),
    );
  },
);
