// What an overloaded machine still does, and what it begins no more.
import { describe, expect, it } from "vitest";
import { ok, type RecordingId, type Result, silentLogger } from "#common";
import { createRooms, type Room, type RoomFields, type RoomsOptions, unlimitedNode } from "#conference/rooms";
import { FakeClock, FakeLeg, FakeRoomsRepository, type FakeWorker, FakeWorkers } from "#test/support";

function setUp() {
  const overloaded = new Set<number>();
  const workers = new FakeWorkers(2);
  const recordings = {
    start: async () => ok("r" as RecordingId),
    stop: async () => "ended",
    list: async () => [],
  } as unknown as NonNullable<RoomsOptions["recordings"]>;
  const rooms = createRooms({
    ...{ repository: new FakeRoomsRepository(), workers, recordings },
    ...{ clock: new FakeClock(), logger: silentLogger },
    extensions: { first: 8000, last: 8009 },
    host: {
      ...unlimitedNode,
      overloaded: (worker) => (worker ? overloaded.has(worker.index) : overloaded.size === 2),
    },
  });
  const caller = { displayName: "Ada", number: "100", source: "100@10.0.0.1", address: "10.0.0.1" };
  const call = { ...caller, trunk: undefined, dismiss() {} };
  const room = async (fields: RoomFields = {}): Promise<Room> => value(await rooms.create(fields));
  const arrive = ({ extensionNumber }: Room) => rooms.arrive(extensionNumber, call);
  async function inside(to: Room) {
    const participant = value(await arrive(to));
    const leg = new FakeLeg(participant.id, participant.worker as FakeWorker);
    await participant.join(leg);
    return { participant, leg };
  }
  return { overloaded, rooms, call, room, arrive, inside };
}

function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

describe("a room on an overloaded worker", () => {
  it("takes no new caller, by 503 with Retry-After, while other rooms go to the other worker", async () => {
    const { overloaded, room, arrive, inside } = setUp();
    const [board, lounge] = [await room(), await room()];
    const { participant } = await inside(board);
    overloaded.add(participant.worker.index);

    expect(await arrive(board)).toMatchObject({
      error: { status: 503, text: "Overloaded", retryAfter: 10 },
    });
    expect(value(await arrive(lounge)).worker.index).not.toBe(participant.worker.index);
  });

  it("lets those in who have a leg already: in the lobby, at the prompt", async () => {
    const { overloaded, rooms, room, call, arrive } = setUp();
    const board = await room({ roomPin: "123" });
    const asked = value(await arrive(board));
    const place = value(rooms.enterLobby(call));
    overloaded.add(0).add(1);

    expect((await rooms.arrive(board.extensionNumber, call, place)).ok).toBe(true);
    const guess = asked.room.beginPin(asked, new AbortController().signal);
    const leg = new FakeLeg(asked.id, asked.worker as FakeWorker);
    expect(await asked.joinWithPin(leg, "123", guess)).toMatchObject({ kind: "entered" });
    expect(rooms.enterLobby(call)).toMatchObject({ error: { status: 503, text: "Overloaded" } });
  });

  it("obeys in everything that is no new load, and begins no recording and no picture", async () => {
    const { overloaded, rooms, room, inside } = setUp();
    const board = await room({ mode: "VIDEO" });
    const { participant } = await inside(board);
    overloaded.add(0).add(1);

    expect((await rooms.mute(board.id, true)).ok).toBe(true);
    expect((await rooms.lock(board.id, true)).ok).toBe(true);
    expect(await rooms.recordings.start(board.id)).toMatchObject({ error: { code: "OVERLOADED" } });
    expect(await rooms.takePicture(board.id, "/nowhere")).toMatchObject({ error: { code: "OVERLOADED" } });
    expect((await rooms.kick(board.id, participant.id)).ok).toBe(true);
  });

  it("goes on recording, and records itself where it is to", async () => {
    const { overloaded, rooms, room, inside, arrive } = setUp();
    const [board, court] = [await room(), await room({ enableRecording: true })];
    await inside(board);
    value(await rooms.recordings.start(board.id));
    const first = value(await arrive(court));
    overloaded.add(0).add(1);

    expect(await rooms.recordings.start(board.id)).toMatchObject({ error: { code: "ALREADY_RECORDING" } });
    await first.join(new FakeLeg(first.id, first.worker as FakeWorker));
    expect(value(await rooms.status(court.id)).recording).toBe(true);
  });
});
