// Deletion, cell by cell: what there is, what is wanted, what is answered and what has become of the room.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RoomId } from "#common";
import { settle } from "#test/support";
import { deletionCells as cells } from "../../../support/meet-deletion.ts";
import { type MeetWorld, meetWorld } from "./world.ts";

let world: MeetWorld;
beforeAll(async () => {
  world = await meetWorld();
});
afterAll(() => world.close());

/** A room in that state. */
async function roomIn(state: string) {
  const id = await world.made({ roomName: "Board" });
  const caller = state === "--" ? undefined : await world.dialIn(id);
  if (state.includes("R")) await world.bridge.rooms.recordings.start(id);
  if (!state.includes("M")) await caller?.leave();
  return { id, caller };
}

const shown = async (id: RoomId) => (await world.ask("GET", `/rooms/${id}`)).body;

describe("every cell of the table", () => {
  it("is there once", () => expect(cells).toHaveLength(36));

  it.each(cells)("$state withMeeting=$meeting withRecordings=$recording: $status $code", async (cell) => {
    const { id, caller } = await roomIn(cell.state);
    const query = `withMeeting=${cell.meeting}&withRecordings=${cell.recording}`;
    const { status, body } = await world.ask("DELETE", `/rooms/${id}?${query}`);
    expect([status, body.successCode ?? body.error]).toEqual([cell.status, cell.code]);

    const isDeleted = /_deleted$/.test(cell.code) && !cell.code.includes("scheduled");
    expect(await world.bridge.rooms.get(id)).toEqual(isDeleted ? undefined : expect.anything());
    const left = await world.recordings.list(id);
    const keeps = cell.state.includes("R") && !/recordings_deleted$/.test(cell.code);
    expect(left).toHaveLength(keeps ? 1 : 0);
    if (isDeleted) expect(body).not.toHaveProperty("room");
    else if (cell.status < 300) expect(body.room).toMatchObject({ roomId: id });
    if (cell.status === 409) {
      expect(body).toMatchObject({ status: 409, code: cell.code.toUpperCase(), message: expect.any(String) });
      expect(await shown(id)).toMatchObject({ status: cell.state.includes("M") ? "active_meeting" : "open" });
    }
    if (/_closed$/.test(cell.code) && cell.status === 200) {
      await settle();
      expect(await shown(id)).toMatchObject({ status: "closed", meetingEndAction: "none" });
    }
    if (cell.status !== 202) return;

    // What waits for the end of the meeting comes with it.
    const action = cell.code.endsWith("closed") ? "close" : "delete";
    expect(body.room).toMatchObject({ status: "active_meeting", meetingEndAction: action });
    await caller?.leave();
    await settle();
    if (action === "close")
      expect(await shown(id)).toMatchObject({ status: "closed", meetingEndAction: "none" });
    else {
      expect(await world.bridge.rooms.get(id)).toBeUndefined();
      expect(await world.recordings.list(id)).toEqual([]);
    }
  });
});

describe("what was put off", () => {
  it("keeps recordings that were made meanwhile, unless they were to go", async () => {
    const { id, caller } = await roomIn("M-");
    await world.ask("DELETE", `/rooms/${id}?withMeeting=when_meeting_ends`);
    await world.bridge.rooms.recordings.start(id);
    await caller?.leave();
    await settle();
    expect(await shown(id)).toMatchObject({ status: "closed" });
    expect(await world.recordings.list(id)).toHaveLength(1);
  });

  it("is called off when the room is opened", async () => {
    const { id, caller } = await roomIn("M-");
    await world.ask("DELETE", `/rooms/${id}?withMeeting=when_meeting_ends`);
    await world.ask("PUT", `/rooms/${id}/status`, { status: "open" });
    await caller?.leave();
    await settle();
    expect(await shown(id)).toMatchObject({ status: "open", meetingEndAction: "none" });
  });
});

describe("the date of deletion", () => {
  it("deletes, waits for the meeting, or closes, as the policy says", async () => {
    const now = world.clock.now();
    const autoDeletionDate = now + 2 * 3_600_000;
    const rooms = await Promise.all(
      [
        {},
        { withMeeting: "when_meeting_ends" },
        { withMeeting: "force" },
        { withRecordings: "close" },
        { withRecordings: "force" },
      ].map((autoDeletionPolicy) => world.made({ autoDeletionDate, autoDeletionPolicy })),
    );
    const [empty, waits, ends, closes, goes] = rooms as [RoomId, RoomId, RoomId, RoomId, RoomId];
    const caller = await world.dialIn(waits);
    await world.dialIn(ends);
    for (const id of [closes, goes]) {
      const { leave } = await world.dialIn(id);
      await world.bridge.rooms.recordings.start(id);
      await leave();
    }
    world.bridge.rooms.startDeletions();
    world.clock.advance(2 * 3_600_000 - 60_000);
    await settle();
    expect(await world.bridge.rooms.get(empty)).toBeDefined();

    world.clock.advance(60_000);
    await vi.waitFor(async () => {
      world.clock.advance(31_000);
      const there = await Promise.all(rooms.map((id) => world.bridge.rooms.get(id)));
      expect(there.map((room) => room && [room.closed, room.access.meetingEndAction])).toEqual([
        undefined,
        [false, "delete"],
        undefined,
        [true, "none"],
        undefined,
      ]);
    });
    await caller.leave();
    for (let turn = 0; turn < 5; turn++) await settle();
    expect(await world.bridge.rooms.get(waits)).toBeUndefined();
  });
});

describe("many at once", () => {
  it("are all processed: 200, else 400 with what became of each", async () => {
    const [one, two] = [await world.made(), await world.made()];
    const { leave } = await world.dialIn(two);
    const { status, body } = await world.ask("DELETE", `/rooms?roomIds=${one},${two},none`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      ...{ status: 400, code: "ROOMS_NOT_PROCESSED", message: "1 of 3 rooms were processed." },
      successful: [{ successCode: "room_deleted", message: expect.any(String) }],
      failed: [
        { roomId: two, error: "room_has_active_meeting", message: expect.any(String) },
        { roomId: "none", error: "room_not_found", message: expect.any(String) },
      ],
    });
    await leave();
    const rest = await world.ask("DELETE", `/rooms?roomIds=${two},${two}`);
    expect([rest.status, rest.body.successful.length]).toEqual([200, 1]);
  });

  it.each([
    ["", "roomIds"],
    ["?roomIds=", "roomIds"],
    ["?roomIds=,", "roomIds"],
    [`?roomIds=${Array.from({ length: 101 }, (_, n) => n).join(",")}`, "roomIds"],
    ["?roomIds=a&withMeeting=never", "withMeeting"],
    ["?roomIds=a&withRecordings=keep", "withRecordings"],
  ])("%s is 422", async (query, field) => {
    const { status, body } = await world.ask("DELETE", `/rooms${query}`);
    expect([status, body.details[0].field]).toEqual([422, field]);
  });
});
