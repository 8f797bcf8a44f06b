// Rooms, their meetings and their participants, on workers that only remember.
import { describe, expect, it } from "vitest";
import { ParleyError, type ParticipantId, type Result, type RoomId, silentLogger } from "#common";
import {
  createRooms,
  type Participant,
  type Room,
  type RoomFields,
  type RoomsEvents,
} from "#conference/rooms";
import { FakeClock, FakeLeg, FakeRoomsRepository, type FakeWorker, FakeWorkers, settle } from "#test/support";

interface Guest {
  readonly participant: Participant;
  readonly leg: FakeLeg;
  readonly dismissals: { status: number; text: string; prompt?: string }[];
}

const eventNames = [
  "meeting.started",
  "meeting.ended",
  "participant.joined",
  "participant.left",
  "participant.changed",
  "room.changed",
  "room.created",
  "room.updated",
  "room.deleted",
] as const satisfies (keyof RoomsEvents)[];

function setUp({ workerCount = 1 } = {}) {
  const clock = new FakeClock();
  const workers = new FakeWorkers(workerCount);
  const rooms = createRooms({
    repository: new FakeRoomsRepository(),
    workers,
    clock,
    logger: silentLogger,
    extensions: { first: 8000, last: 8009 },
  });
  const story: string[] = [];
  for (const name of eventNames) {
    rooms.events.on(name, (event) => {
      if ("participant" in event) {
        const { displayName, muteReasons, chairman } = event.participant;
        const details = [...muteReasons, ...(chairman ? ["chairman"] : [])].join("+");
        story.push(`${name} ${displayName}${details && ` ${details}`}`);
      } else story.push("status" in event ? `${name} ${event.status.status}` : name);
    });
  }

  async function room(fields: RoomFields = {}): Promise<Room> {
    const made = value(await rooms.create(fields));
    story.length = 0;
    return made;
  }

  async function atTheDoor(to: Room, displayName: string): Promise<Guest> {
    const dismissals: Guest["dismissals"] = [];
    const call = {
      displayName,
      number: "100",
      source: "100@10.0.0.1",
      address: "10.0.0.1",
      trunk: undefined,
      dismiss: (why: Guest["dismissals"][number]) => dismissals.push(why),
    };
    const participant = value(await rooms.arrive(to.extensionNumber, call));
    return { participant, leg: new FakeLeg(participant.id, participant.worker as FakeWorker), dismissals };
  }

  async function inside(to: Room, displayName: string, pin?: string): Promise<Guest> {
    const guest = await atTheDoor(to, displayName);
    expect(
      await (pin === undefined
        ? guest.participant.join(guest.leg)
        : guest.participant.joinWithPin(
            guest.leg,
            pin,
            guest.participant.room.beginPin(guest.participant, new AbortController().signal),
          )),
    ).toMatchObject({ kind: "entered" });
    return guest;
  }

  return { clock, workers, rooms, story, room, atTheDoor, inside };
}

function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

describe("making and changing rooms", () => {
  it("gives the defaults and the next free extension", async () => {
    const { rooms } = setUp();
    const first = value(await rooms.create({ subject: "Board" }));
    const second = value(await rooms.create({ extensionNumber: "8002" }));
    const third = value(await rooms.create({}));
    const fourth = value(await rooms.create({}));

    expect(first).toMatchObject({ extensionNumber: "8000", subject: "Board", mode: "AUDIO", capacity: 9 });
    expect(second.extensionNumber).toBe("8002");
    expect([third.extensionNumber, fourth.extensionNumber]).toEqual(["8001", "8003"]);
    expect(await rooms.get(first.id)).toEqual(first);
    expect(await rooms.list({ skip: 1, top: 1 })).toEqual({ count: 4, items: [second] });
  });

  it("refuses a taken extension and an exhausted range", async () => {
    const { rooms } = setUp();
    await rooms.create({ extensionNumber: "123" });
    expect(await rooms.create({ extensionNumber: "123" })).toMatchObject({
      error: { code: "EXTENSION_IN_USE", field: "extensionNumber" },
    });
    for (let count = 0; count < 10; count += 1) value(await rooms.create({}));
    expect(await rooms.create({})).toMatchObject({ error: { code: "NO_FREE_EXTENSION" } });
  });

  it("gives two rooms made at the same time two numbers", async () => {
    const { rooms } = setUp();
    const made = await Promise.all([rooms.create({}), rooms.create({}), rooms.create({})]);
    expect(new Set(made.map((result) => value(result).extensionNumber)).size).toBe(3);
  });

  it("checks an update against what the room already is", async () => {
    const { rooms, room } = setUp();
    const { id } = await room({ adminPin: "123", scheduledEndAt: "2026-02-01T10:00:00Z" });

    expect(await rooms.update(id, { roomPin: "123" })).toMatchObject({ error: { code: "INVALID_FIELD" } });
    expect(await rooms.update(id, { scheduledStartAt: "2026-02-01T10:00:00Z" })).toMatchObject({ ok: false });
    expect(await rooms.update(id, { capacity: 500 })).toMatchObject({ error: { field: "capacity" } });
    expect(value(await rooms.update(id, { adminPin: null, roomPin: "123" }))).toMatchObject({
      adminPin: null,
      roomPin: "123",
    });
  });

  it("refuses bookings in the past and blank subjects, and lets a running meeting be ended", async () => {
    const { clock, rooms, room, inside } = setUp();
    const at = (seconds: number) => new Date(clock.now() + seconds * 1000).toISOString();
    const past = { error: { code: "INVALID_FIELD" } };
    expect(await rooms.create({ scheduledEndAt: at(0) })).toMatchObject(past);
    expect(await rooms.create({ scheduledStartAt: at(-7200), scheduledEndAt: at(-3600) })).toMatchObject({
      error: { field: "scheduledEndAt" },
    });
    expect(await rooms.create({ scheduledStartAt: at(-86_400) })).toMatchObject({
      error: { field: "scheduledStartAt" },
    });
    expect(await rooms.create({ subject: " \u00a0 " })).toMatchObject({ error: { field: "subject" } });
    value(await rooms.create({ scheduledStartAt: at(-86_400), scheduledEndAt: at(60) }));
    value(await rooms.create({ scheduledStartAt: at(-60) }));

    const booked = await room({ scheduledEndAt: at(3600) });
    expect(await rooms.update(booked.id, { scheduledEndAt: at(-1) })).toMatchObject(past);
    await inside(booked, "alice");
    const alice = value(await rooms.participants(booked.id))[0];
    value(await rooms.update(booked.id, { scheduledEndAt: at(-1) }));
    expect(alice).toMatchObject({ state: "joined", leftAt: null });
    expect(value(await rooms.participants(booked.id))).toEqual([]);
    expect(value(await rooms.status(booked.id)).status).toBe("OFFLINE");
    // What a booking that is over says already may be sent back.
    value(await rooms.update(booked.id, { scheduledEndAt: at(-1), subject: "Over" }));
  });

  it("neither counts nor tells an update that changes nothing", async () => {
    const { rooms, room } = setUp();
    const made = await room({ subject: "Board", scheduledStartAt: "2026-02-01T10:00:00Z" });
    const told: string[] = [];
    rooms.events.on("room.updated", ({ room: { subject } }) => told.push(subject));
    const same = { subject: "Board", scheduledStartAt: "2026-02-01T11:00:00+01:00" };
    expect(value(await rooms.update(made.id, same)).revision).toBe(made.revision);
    expect(value(await rooms.update(made.id, {})).revision).toBe(made.revision);
    expect(value(await rooms.update(made.id, { subject: "Bored" })).revision).toBe(made.revision + 1);
    expect(told).toEqual(["Bored"]);
  });

  it("is OFFLINE once its booked time is over", async () => {
    const { clock, rooms, room, inside, story } = setUp();
    const booked = await room({ scheduledEndAt: new Date(clock.now() + 60_000).toISOString() });
    expect(value(await rooms.status(booked.id)).status).toBe("ONLINE");
    await inside(booked, "alice");
    await clock.run(61_000);
    expect(story.at(-1)).toBe("room.changed OFFLINE");
    expect(value(await rooms.status(booked.id)).status).toBe("OFFLINE");
  });

  it("answers ROOM_NOT_FOUND for every question about a room that is not there", async () => {
    const { rooms } = setUp();
    const id = "none" as RoomId;
    const who = "nobody" as ParticipantId;
    const answers = await Promise.all([
      rooms.update(id, {}),
      rooms.destroy(id),
      rooms.status(id),
      rooms.lock(id, true),
      rooms.mute(id, true),
      rooms.participants(id),
      rooms.participant(id, who),
      rooms.muteParticipant(id, who, true),
      rooms.kick(id, who),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
    expect(rooms.snapshot().live).toBe(0);
  });
});

describe("a meeting", () => {
  it("begins with the first and ends with the last, and the room is told in order", async () => {
    const { rooms, room, inside, story, workers } = setUp();
    const there = await room({ subject: "Board" });
    const alice = await inside(there, "alice");
    const bob = await inside(there, "bob");

    expect(value(await rooms.status(there.id))).toMatchObject({ status: "ON_CALL" });
    expect(value(await rooms.participants(there.id)).map(({ displayName }) => displayName)).toEqual([
      "alice",
      "bob",
    ]);
    alice.participant.leave("hung up");
    alice.participant.leave("hung up");
    bob.participant.leave("hung up");

    expect(story).toEqual([
      "meeting.started",
      "participant.joined alice",
      "room.changed ON_CALL",
      "participant.joined bob",
      "participant.left alice",
      "participant.left bob",
      "meeting.ended",
      "room.changed ONLINE",
    ]);
    expect(workers.workers[0]?.commands).toEqual(["room.open", "room.play", "room.play", "room.close"]);
    expect(workers.workers[0]?.played).toEqual(["tone:join", "tone:leave"]);
    expect(alice.leg.room).toBe(there.id);
    expect(rooms.snapshot()).toEqual({ live: 0, participants: 0 });
  });

  it("is silent without prompts", async () => {
    const { room, inside, workers } = setUp();
    const there = await room({ enablePrompt: false });
    await inside(there, "alice");
    const bob = await inside(there, "bob");
    bob.participant.leave("hung up");
    expect(workers.workers[0]?.played).toEqual([]);
  });

  it("does not end under a participant who is joining", async () => {
    const { room, inside, atTheDoor, story, workers } = setUp();
    const there = await room();
    const alice = await inside(there, "alice");
    const bob = await atTheDoor(there, "bob");
    const gate = Promise.withResolvers<void>();
    bob.leg.before = (command) => (command === "join" ? gate.promise : undefined);

    const entering = bob.participant.join(bob.leg);
    await settle();
    alice.participant.leave("hung up");
    gate.resolve();
    await entering;

    expect(story).not.toContain("meeting.ended");
    expect(workers.workers[0]?.commands).not.toContain("room.close");
  });

  it("leaves no trace of a caller who hung up while joining", async () => {
    const { rooms, room, atTheDoor, story, workers } = setUp();
    const there = await room();
    const bob = await atTheDoor(there, "bob");
    const gate = Promise.withResolvers<void>();
    bob.leg.before = (command) => (command === "join" ? gate.promise : undefined);

    const entering = bob.participant.join(bob.leg);
    await settle();
    bob.participant.leave("hung up");
    gate.resolve();

    expect(await entering).toMatchObject({ kind: "refuse" });
    expect(story).toEqual([]);
    expect(workers.workers[0]?.commands).toEqual(["room.open", "room.close"]);
    expect(rooms.snapshot()).toEqual({ live: 0, participants: 0 });
  });

  it("refuses with 503 when the leg cannot join", async () => {
    const { rooms, room, atTheDoor, story } = setUp();
    const there = await room();
    const bob = await atTheDoor(there, "bob");
    bob.leg.before = () => {
      throw new ParleyError("WORKER_TIMEOUT", "no answer");
    };
    expect(await bob.participant.join(bob.leg)).toMatchObject({
      kind: "refuse",
      refusal: { status: 503 },
    });
    expect(story).toEqual([]);
    expect(value(await rooms.status(there.id)).status).toBe("ONLINE");
  });

  it("counts seats again when a caller enters", async () => {
    const { room, atTheDoor } = setUp();
    const there = await room({ capacity: 1 });
    const [alice, bob] = [await atTheDoor(there, "alice"), await atTheDoor(there, "bob")];
    expect([alice.participant.admission().kind, bob.participant.admission().kind]).toEqual([
      "enter",
      "enter",
    ]);

    const outcomes = await Promise.all([alice.participant.join(alice.leg), bob.participant.join(bob.leg)]);

    expect(outcomes).toMatchObject([{ kind: "entered", alone: true }, { refusal: { status: 486 } }]);
    expect(bob.leg.log).toEqual([]);
  });

  it("tells whether a participant talks", async () => {
    const { rooms, room, inside, story } = setUp();
    const there = await room();
    const alice = await inside(there, "alice");
    alice.leg.talk(true);
    expect(value(await rooms.participant(there.id, alice.participant.id)).talking).toBe(true);
    alice.participant.leave("hung up");
    story.length = 0;
    alice.leg.talk(false);
    expect(story).toEqual([]);
  });
});

describe("lock", () => {
  it("holds on an empty room, refuses, and ends with the meeting", async () => {
    const { rooms, room, atTheDoor, inside } = setUp();
    const there = await room({ adminPin: "999" });
    await rooms.lock(there.id, true);
    const bob = await atTheDoor(there, "bob");
    expect(bob.participant.admission()).toEqual({ kind: "ask", pins: ["999"] });
    bob.participant.leave("hung up");
    expect(value(await rooms.status(there.id)).locked).toBe(true);

    const host = await inside(there, "host", "999");
    host.participant.leave("hung up");

    await settle();
    expect(value(await rooms.status(there.id)).locked).toBe(false);
    expect(rooms.snapshot().live).toBe(0);
  });

  it("is told once", async () => {
    const { rooms, room, story } = setUp();
    const there = await room();
    await rooms.lock(there.id, true);
    await rooms.lock(there.id, true);
    await rooms.lock(there.id, false);
    expect(story).toEqual(["room.changed ONLINE", "room.changed ONLINE"]);
  });
});

describe("mute", () => {
  const muted = async (rooms: ReturnType<typeof setUp>["rooms"], room: Room, guest: Guest) =>
    value(await rooms.participant(room.id, guest.participant.id)).muteReasons;

  it("of the room reaches all but the chairman, later arrivals before they are heard", async () => {
    const { rooms, room, inside } = setUp();
    const there = await room({ adminPin: "999", roomPin: "123" });
    const host = await inside(there, "host", "999");
    const alice = await inside(there, "alice", "123");
    await rooms.mute(there.id, true);
    const bob = await inside(there, "bob", "123");

    expect([host.leg.muted, alice.leg.muted, bob.leg.muted]).toEqual([false, true, true]);
    expect(bob.leg.log).toEqual(["mute true", "join"]);

    await rooms.muteParticipant(there.id, bob.participant.id, true);
    await rooms.mute(there.id, false);
    expect([alice.leg.muted, bob.leg.muted]).toEqual([false, true]);
    expect(await muted(rooms, there, bob)).toEqual(["host"]);
  });

  it("by the API is lifted by the API for every reason at once", async () => {
    const { rooms, room, inside, story } = setUp();
    const there = await room({ control: "MASTER" });
    const alice = await inside(there, "alice");
    await rooms.mute(there.id, true);
    await rooms.muteParticipant(there.id, alice.participant.id, true);
    expect(await muted(rooms, there, alice)).toEqual(["host", "room", "floor"]);
    story.length = 0;

    await rooms.muteParticipant(there.id, alice.participant.id, false);

    expect(await muted(rooms, there, alice)).toEqual([]);
    expect(alice.leg.muted).toBe(false);
    expect(story).toEqual(["participant.changed alice"]);
  });

  it("by the own button is a state and no toggle, and changes nothing while another reason holds", async () => {
    const { rooms, room, inside, story } = setUp();
    const there = await room({});
    const alice = await inside(there, "alice");
    const { id } = alice.participant;
    story.length = 0;

    expect(await rooms.muteSelf(there.id, id, true)).toEqual({ ok: true, value: undefined });
    expect(await rooms.muteSelf(there.id, id, true)).toEqual({ ok: true, value: undefined });
    expect([await muted(rooms, there, alice), alice.leg.muted]).toEqual([["self"], true]);
    expect(story).toEqual(["participant.changed alice self"]);

    await rooms.muteParticipant(there.id, id, true);
    expect(await rooms.muteSelf(there.id, id, false)).toMatchObject({ error: { code: "MUTED_BY_HOST" } });
    expect(await muted(rooms, there, alice)).toEqual(["self", "host"]);
    expect(await rooms.muteSelf(there.id, "nobody" as ParticipantId, true)).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND" },
    });
  });

  it("is asked to end by a raised hand, which the own button raises and lowers", async () => {
    const { rooms, room, inside, story } = setUp();
    const there = await room({});
    const alice = await inside(there, "alice");
    const { id } = alice.participant;
    story.length = 0;
    const isRaised = async () => {
      const found = await rooms.participant(there.id, id);
      return found.ok && found.value.handRaised;
    };

    await rooms.raiseHand(there.id, id, true);
    await rooms.raiseHand(there.id, id, true);
    expect([await isRaised(), story]).toEqual([true, ["participant.changed alice"]]);
    await rooms.raiseHand(there.id, id, false);
    expect(await isRaised()).toBe(false);
    expect(await rooms.raiseHand(there.id, "nobody" as ParticipantId, true)).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND" },
    });
  });

  it("by the own key changes nothing while another reason holds", async () => {
    const { rooms, room, inside } = setUp();
    const there = await room();
    const alice = await inside(there, "alice");
    expect(await rooms.toggleMute(alice.participant)).toBe("muted");
    expect(alice.leg.muted).toBe(true);
    expect(await rooms.toggleMute(alice.participant)).toBe("unmuted");
    await rooms.muteParticipant(there.id, alice.participant.id, true);
    expect(await rooms.toggleMute(alice.participant)).toBe("still muted");
    expect(alice.leg.muted).toBe(true);
  });

  it("follows a switch of the control on a live room", async () => {
    const { rooms, room, inside } = setUp();
    const there = await room({ adminPin: "999", roomPin: "123" });
    const host = await inside(there, "host", "999");
    const alice = await inside(there, "alice", "123");

    await rooms.update(there.id, { control: "MASTER" });
    expect([host.leg.muted, alice.leg.muted]).toEqual([false, true]);
    const bob = await inside(there, "bob", "123");
    expect(await muted(rooms, there, bob)).toEqual(["floor"]);

    await rooms.update(there.id, { control: "FREE" });
    expect([alice.leg.muted, bob.leg.muted]).toEqual([false, false]);
  });

  it("is not shown of a participant who can still be heard", async () => {
    const { rooms, room, inside } = setUp();
    const there = await room();
    const alice = await inside(there, "alice");
    alice.leg.before = () => {
      throw new ParleyError("WORKER_TIMEOUT", "no answer");
    };
    await expect(rooms.muteParticipant(there.id, alice.participant.id, true)).rejects.toThrow("no answer");
    expect(await muted(rooms, there, alice)).toEqual([]);
  });

  it("ends for a host who inherits the chair", async () => {
    const { rooms, room, inside, story } = setUp();
    const there = await room({ adminPin: "999", roomPin: "123" });
    const first = await inside(there, "first", "999");
    const heir = await inside(there, "heir", "999");
    await rooms.mute(there.id, true);
    expect(heir.leg.muted).toBe(true);
    story.length = 0;

    first.participant.leave("hung up");
    await settle();

    expect(story).toEqual([
      "participant.left first chairman",
      "participant.changed heir room+chairman",
      "participant.changed heir chairman",
    ]);
    expect(heir.leg.muted).toBe(false);
  });
});

describe("ending", () => {
  it("a kick takes the participant out of the mix at once and tells them why", async () => {
    const { rooms, room, inside, story } = setUp();
    const there = await room();
    const alice = await inside(there, "alice");
    const bob = await inside(there, "bob");
    story.length = 0;

    expect(await rooms.kick(there.id, bob.participant.id)).toEqual({ ok: true, value: undefined });

    expect(bob.leg.room).toBeUndefined();
    expect(bob.dismissals).toEqual([
      { status: 403, text: "Removed from the conference", code: "REMOVED", words: "kicked" },
    ]);
    expect(story).toEqual(["participant.left bob"]);
    expect(await rooms.kick(there.id, bob.participant.id)).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND" },
    });
    expect(alice.dismissals).toEqual([]);
  });

  it("a destroyed room sends all participants away, callers at the prompt too, and frees its extension", async () => {
    const { rooms, room, inside, atTheDoor, story } = setUp();
    const there = await room();
    const alice = await inside(there, "alice");
    const bob = await atTheDoor(there, "bob");
    story.length = 0;

    await rooms.destroy(there.id);

    const closed = [{ status: 410, text: "Conference closed", code: "ROOM_ENDED" }];
    expect([alice.dismissals, bob.dismissals]).toEqual([closed, closed]);
    expect(await bob.participant.join(bob.leg)).toMatchObject({ kind: "refuse" });
    expect(story).toEqual(["participant.left alice", "meeting.ended", "room.changed ONLINE", "room.deleted"]);
    expect(await rooms.destroy(there.id)).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
    expect(await rooms.status(there.id)).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
    expect(await rooms.create({ extensionNumber: there.extensionNumber })).toMatchObject({ ok: true });
    expect(rooms.snapshot()).toEqual({ live: 0, participants: 0 });
  });

  it("a destroyed room takes its lock with it", async () => {
    const { rooms, room } = setUp();
    const there = await room();
    await rooms.lock(there.id, true);
    await rooms.destroy(there.id);
    expect(await rooms.status(there.id)).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
    expect(rooms.snapshot().live).toBe(0);
  });

  it("a worker's death ends its callers' calls; the rooms live on elsewhere", async () => {
    const { rooms, room, inside, atTheDoor, workers, story } = setUp({ workerCount: 2 });
    const [first, second] = [workers.workers[0] as FakeWorker, workers.workers[1] as FakeWorker];
    const [here, other] = [await room(), await room()];
    const alice = await inside(here, "alice");
    const bob = await atTheDoor(here, "bob");
    const carol = await inside(other, "carol");
    expect([alice.leg.worker, carol.leg.worker]).toEqual([first, second]);
    story.length = 0;

    workers.die(first);

    const failed = [{ status: 503, text: "Media worker failed", code: "MEDIA_FAILED" }];
    expect([alice.dismissals, bob.dismissals, carol.dismissals]).toEqual([failed, failed, []]);
    expect(story).toContain("meeting.ended");
    expect(first.refused).toEqual([]);
    const dave = await inside(here, "dave");
    expect(dave.leg.worker).toBe(second);
    dave.participant.leave("hung up");

    workers.die(second);
    expect(value(await rooms.status(here.id)).status).toBe("OFFLINE");
    expect(await rooms.arrive(here.extensionNumber, callOfNobody)).toMatchObject({ error: { status: 503 } });
    workers.respawn(first);
    const erin = await inside(here, "erin");
    expect(erin.leg.worker).toBe(first);
    expect(first.commands.filter((command) => command === "room.open")).toHaveLength(2);
  });
});

const callOfNobody = {
  displayName: "nobody",
  number: "1",
  source: "1@10.0.0.1",
  address: "x",
  trunk: undefined,
  dismiss: () => {},
};

describe("placement", () => {
  it("keeps a room on its worker for the meeting and spreads rooms over the workers", async () => {
    const { room, inside } = setUp({ workerCount: 2 });
    const [one, two, three] = [await room(), await room(), await room()];
    const guests = [
      await inside(one, "a"),
      await inside(one, "b"),
      await inside(one, "c"),
      await inside(two, "d"),
      await inside(three, "e"),
      await inside(one, "f"),
    ];
    expect(guests.map(({ leg }) => leg.worker.index)).toEqual([0, 0, 0, 1, 1, 0]);
  });

  it("holds the worker until the last has gone, however often the others say goodbye", async () => {
    const { room, inside, workers } = setUp({ workerCount: 2 });
    const [one, two] = [await room(), await room()];
    const alice = await inside(one, "alice");
    await inside(one, "bob");
    await inside(two, "carol");
    alice.participant.leave("hung up");
    alice.participant.leave("hung up");
    const dave = await inside(one, "dave");
    expect(dave.leg.worker.index).toBe(0);
    expect(workers.workers[0]?.commands).not.toContain("room.close");
  });

  it("puts two callers who come at once on one worker", async () => {
    const { room, atTheDoor } = setUp({ workerCount: 2 });
    const there = await room();
    const [alice, bob] = await Promise.all([atTheDoor(there, "alice"), atTheDoor(there, "bob")]);
    expect(alice.leg.worker).toBe(bob.leg.worker);
  });

  it("refuses an unknown extension with 404", async () => {
    const { rooms } = setUp();
    expect(await rooms.arrive("404404", callOfNobody)).toEqual({
      ok: false,
      error: { status: 404, text: "No such conference", code: "ROOM_NOT_FOUND" },
    });
  });
});
