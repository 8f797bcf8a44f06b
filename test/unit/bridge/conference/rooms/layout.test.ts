// The chair, the cells of the picture, revisions, and what the machine allows, on workers that only remember.
import { describe, expect, it } from "vitest";
import { ParleyError, type ParticipantId, type Result, silentLogger } from "#common";
import { createRooms, type Room, type RoomFields } from "#conference/rooms";
import { FakeClock, FakeLeg, FakeRoomsRepository, type FakeWorker, FakeWorkers } from "#test/support";

function setUp() {
  const host = { accepting: true, maxRooms: 0, maxParticipants: 0, overloaded: () => false };
  const rooms = createRooms({
    repository: new FakeRoomsRepository(),
    workers: new FakeWorkers(1),
    clock: new FakeClock(),
    logger: silentLogger,
    extensions: { first: 8000, last: 8009 },
    host,
  });
  const changes: string[] = [];
  rooms.events.on("participant.changed", ({ participant }) => {
    const { displayName, chairman, position } = participant;
    changes.push(`${displayName} ${chairman ? "chairman" : "-"} ${position}`);
  });

  const room = async (fields: RoomFields = {}): Promise<Room> => value(await rooms.create(fields));
  const arrive = (to: Room, displayName: string) =>
    rooms.arrive(to.extensionNumber, {
      displayName,
      number: "100",
      source: "100@10.0.0.1",
      address: "10.0.0.1",
      trunk: undefined,
      dismiss() {},
    });

  async function inside(to: Room, displayName: string, pin?: string) {
    const participant = value(await arrive(to, displayName));
    const leg = new FakeLeg(participant.id, participant.worker as FakeWorker);
    await (pin === undefined
      ? participant.join(leg)
      : participant.joinWithPin(
          leg,
          pin,
          participant.room.beginPin(participant, new AbortController().signal),
        ));
    return { participant, leg, id: participant.id };
  }

  const positions = async ({ id }: Room) =>
    value(await rooms.participants(id)).map(({ position }) => position);

  return { host, rooms, changes, room, arrive, inside, positions };
}

function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

describe("the chair", () => {
  it("moves to a participant, who may then be heard in a muted MASTER room", async () => {
    const { rooms, changes, room, inside } = setUp();
    const board = await room({ adminPin: "123", control: "MASTER" });
    const ada = await inside(board, "Ada", "123");
    const grace = await inside(board, "Grace");
    await rooms.mute(board.id, true);
    await rooms.muteParticipant(board.id, grace.id, true);
    changes.length = 0;

    value(await rooms.giveChair(board.id, grace.id));

    expect(value(await rooms.participant(board.id, ada.id)).chairman).toBe(false);
    expect(value(await rooms.participant(board.id, grace.id))).toMatchObject({
      chairman: true,
      role: "participant",
      muteReasons: ["host"],
    });
    expect(changes).toEqual(["Grace - -1", "Ada - -1", "Grace chairman -1"]);
  });

  it("goes to the longest-present host when the participant who was given it leaves", async () => {
    const { rooms, room, inside } = setUp();
    const board = await room({ adminPin: "123" });
    const ada = await inside(board, "Ada", "123");
    const grace = await inside(board, "Grace");
    value(await rooms.giveChair(board.id, grace.id));

    grace.participant.leave("BYE");

    expect(value(await rooms.participant(board.id, ada.id)).chairman).toBe(true);
  });

  it("stays where it is when it is given again, or to an unknown participant", async () => {
    const { rooms, changes, room, inside } = setUp();
    const board = await room({ adminPin: "123" });
    const ada = await inside(board, "Ada", "123");
    changes.length = 0;

    value(await rooms.giveChair(board.id, ada.id));
    expect(await rooms.giveChair(board.id, "nobody" as ParticipantId)).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND" },
    });

    expect(changes).toEqual([]);
    expect(value(await rooms.participant(board.id, ada.id)).chairman).toBe(true);
  });
});

describe("the cells of the picture", () => {
  it("pins a participant once to a cell of the layout", async () => {
    const { rooms, room, inside, positions } = setUp();
    const board = await room({ mode: "VIDEO", layout: "LAYOUT4" });
    const ada = await inside(board, "Ada");
    const grace = await inside(board, "Grace");

    value(await rooms.setPosition(board.id, ada.id, 3));
    expect(await rooms.setPosition(board.id, ada.id, 3)).toMatchObject({ ok: true });
    expect(await rooms.setPosition(board.id, grace.id, 3)).toMatchObject({
      error: { code: "POSITION_TAKEN" },
    });
    expect(await rooms.setPosition(board.id, grace.id, 4)).toMatchObject({
      error: { code: "INVALID_FIELD", field: "position" },
    });
    expect(await positions(board)).toEqual([3, -1]);

    value(await rooms.setPosition(board.id, ada.id, -1));
    value(await rooms.setPosition(board.id, grace.id, 3));
    expect(await positions(board)).toEqual([-1, 3]);
  });

  it("lets go of one participant, who is neither pinned nor hidden any more", async () => {
    const { rooms, room, inside } = setUp();
    const board = await room({ mode: "VIDEO", layout: "LAYOUT4" });
    const ada = await inside(board, "Ada");
    const pinnedTo = async () => value(await rooms.participant(board.id, ada.id)).pinnedTo;

    expect(await pinnedTo()).toBe(null);
    for (const position of [2, -1]) {
      value(await rooms.setPosition(board.id, ada.id, position));
      expect(await pinnedTo()).toBe(position);
      value(await rooms.setPosition(board.id, ada.id, null));
      expect(await pinnedTo()).toBe(null);
    }
  });

  it("pins a list in its order, hides the others, and lets go with an empty one", async () => {
    const { rooms, changes, room, inside, positions } = setUp();
    const board = await room();
    const ada = await inside(board, "Ada");
    const grace = await inside(board, "Grace");
    const joan = await inside(board, "Joan");

    value(await rooms.arrange(board.id, [joan.id, ada.id]));
    expect(await positions(board)).toEqual([1, -1, 0]);

    expect(await rooms.setPosition(board.id, grace.id, 0)).toMatchObject({ ok: false });
    value(await rooms.arrange(board.id, []));
    value(await rooms.setPosition(board.id, grace.id, 0));
    expect(await positions(board)).toEqual([-1, 0, -1]);
    expect(changes).toContain("Joan - 0");
  });

  it("takes the whole list or nothing, and names what is wrong in it", async () => {
    const { rooms, room, inside, positions } = setUp();
    const board = await room({ layout: "LAYOUT1" });
    const ada = await inside(board, "Ada");
    const grace = await inside(board, "Grace");
    const nobody = "nobody" as ParticipantId;

    expect(await rooms.arrange(board.id, [ada.id, nobody])).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND", field: "items[1]" },
    });
    for (const second of [ada.id, grace.id]) {
      expect(await rooms.arrange(board.id, [ada.id, second])).toMatchObject({
        error: { code: "INVALID_FIELD", field: "items[1]" },
      });
    }
    expect(await positions(board)).toEqual([-1, -1]);
  });

  it("takes a pin off whose cell a smaller layout no longer has", async () => {
    const { rooms, room, inside, positions } = setUp();
    const board = await room({ layout: "LAYOUT9" });
    const ada = await inside(board, "Ada");
    const grace = await inside(board, "Grace");
    value(await rooms.arrange(board.id, [ada.id, grace.id]));

    value(await rooms.update(board.id, { layout: "LAYOUT1" }));

    expect(await positions(board)).toEqual([0, -1]);
  });
});

describe("revisions", () => {
  it("count the changes of a room and refuse a change to an old one", async () => {
    const { rooms, room } = setUp();
    const { id, revision } = await room();

    expect(value(await rooms.update(id, { capacity: 5 }, [revision])).revision).toBe(revision + 1);
    const late = { error: { code: "PRECONDITION_FAILED" } };
    expect(await rooms.update(id, { capacity: 6 }, [revision])).toMatchObject(late);
    expect(await rooms.destroy(id, [revision])).toMatchObject(late);
    expect((await rooms.get(id))?.capacity).toBe(5);
    value(await rooms.destroy(id, [revision, revision + 1]));
  });
});

describe("what the machine allows", () => {
  it("makes no more rooms than that, also when two are made at once", async () => {
    const { host, rooms, room } = setUp();
    await room();
    host.maxRooms = 2;

    const made = await Promise.all([rooms.create({}), rooms.create({})]);

    expect(made.map(({ ok }) => ok)).toEqual([true, false]);
    expect(made[1]).toMatchObject({ error: { code: "MAX_ROOMS_REACHED" } });
    expect(await rooms.occupancy()).toEqual({ rooms: 2, participants: 0 });
  });

  it("takes no more callers than that in all rooms, those at a door included", async () => {
    const { host, room, arrive, inside } = setUp();
    const [board, lounge] = [await room(), await room({ roomPin: "123" })];
    host.maxParticipants = 2;
    await inside(board, "Ada");
    const grace = value(await arrive(lounge, "Grace"));

    expect(await arrive(board, "Joan")).toMatchObject({
      error: { status: 503, text: "Conference server full" },
    });

    grace.leave("CANCEL");
    expect((await arrive(board, "Joan")).ok).toBe(true);
  });

  it("takes no callers when it is disabled; those inside stay, and empty rooms are OFFLINE", async () => {
    const { host, rooms, room, arrive, inside } = setUp();
    const [board, empty] = [await room(), await room()];
    await inside(board, "Ada");
    host.accepting = false;

    expect(await arrive(board, "Grace")).toMatchObject({
      error: { status: 503, text: "Conference server disabled" },
    });
    expect(value(await rooms.status(board.id)).status).toBe("ON_CALL");
    expect(value(await rooms.status(empty.id)).status).toBe("OFFLINE");
  });

  it("moves no chair when the worker does not let its new holder be heard", async () => {
    const { rooms, room, inside } = setUp();
    const board = await room({ adminPin: "123", control: "MASTER" });
    const ada = await inside(board, "Ada", "123");
    const grace = await inside(board, "Grace");
    grace.leg.mute = () => Promise.reject(new ParleyError("WORKER_DOWN", "gone"));

    await expect(rooms.giveChair(board.id, grace.id)).rejects.toMatchObject({ code: "WORKER_DOWN" });

    expect(value(await rooms.participant(board.id, ada.id)).chairman).toBe(true);
  });
});
