// Participants who are moved to another room while their call goes on: what both rooms hear and know of it, and that
// a move that fails has not happened.
import { beforeEach, describe, expect, it } from "vitest";
import { fail, silentLogger } from "#common";
import type { ParticipantInfo, Room, RoomFields } from "#conference/rooms";
import { openCallLog } from "#services/call-records";
import { FakeCallRecordsRepository, FakeClock, FakeWorkers, settle } from "#test/support";
import { type Bridge, type Caller, none, startBridge, traces } from "./bridge.ts";

const quiet: RoomFields = { options: { announce: "none" } };

let bridge: Bridge;
let here: Room;
let there: Room;
/** What the rooms tell, in order: `joined 8000 Ada`. */
let told: string[];
let fields: RoomFields;

async function open(made: Bridge = startBridge(), target: RoomFields = {}): Promise<void> {
  bridge = made;
  told = [];
  here = await bridge.room({ ...fields, extensionNumber: "8000" });
  there = await bridge.room({ ...fields, extensionNumber: "8001", ...target });
  const { events } = bridge.rooms;
  const tell = (what: string, room: Room, name = "") =>
    told.push(`${what} ${room.extensionNumber} ${name}`.trim());
  events.on("meeting.started", ({ room }) => tell("started", room));
  events.on("meeting.ended", ({ room }) => tell("ended", room));
  events.on("participant.joined", ({ room, participant }) => tell("joined", room, participant.displayName));
  events.on("participant.left", ({ room, participant, reason }) =>
    tell("left", room, `${participant.displayName}: ${reason}`),
  );
  events.on("participant.moved", ({ room, participant, to }) =>
    tell("moved", room, `${participant.displayName} to ${to.extensionNumber}`),
  );
}

beforeEach(() => {
  fields = quiet;
});

const call = (room: Room, displayName: string, number = "100") => bridge.call(room, { displayName, number });
const people = async (room: Room): Promise<readonly ParticipantInfo[]> => {
  const result = await bridge.rooms.participants(room.id);
  return result.ok ? result.value : [];
};
const only = async (room: Room): Promise<ParticipantInfo> => {
  const all = await people(room);
  expect(all).toHaveLength(1);
  return all[0]!;
};
async function move(caller: Caller, to: { readonly room: Room; readonly role?: "host" } = { room: there }) {
  const { room, role } = to;
  const target = role ? { roomId: room.id, role } : { roomId: room.id };
  return bridge.rooms.moveParticipant(here.id, caller.leg.id as ParticipantInfo["id"], target);
}
/** The phone takes the new leg when the function that this answers is called. */
function agreesLater({ invitation: { session } }: Caller): () => void {
  const answer = Promise.withResolvers<void>();
  session.answerReoffer = async () => {
    await answer.promise;
    return { ok: true, value: undefined };
  };
  return answer.resolve;
}
async function leftAlone(...callers: Caller[]): Promise<void> {
  for (const { invitation } of callers) invitation.session.hangUp();
  await settle();
  expect(traces(bridge)).toEqual(none);
}
const code = async (result: ReturnType<typeof move>) => {
  const { ok, error } = (await result) as { ok: boolean; error?: { code: string } };
  return ok ? "moved" : error?.code;
};

describe("on the same worker", () => {
  it("takes the leg from one mix into the other, with the same id and no word to the phone", async () => {
    await open();
    const ada = await call(here, "Ada");
    const bob = await call(here, "Bob");
    const eve = await call(there, "Eve");
    told.splice(0);

    const moved = await move(ada);

    expect(moved).toMatchObject({
      ok: true,
      value: { id: ada.leg.id, displayName: "Ada", role: "participant" },
    });
    expect(ada.leg.room).toBe(there.id);
    expect(ada.leg.muted).toBe(false);
    expect(bridge.legs).toHaveLength(3);
    expect(ada.invitation.session).toMatchObject({ reoffers: 0, ended: false });
    expect(await bridge.present(here)).toEqual(["Bob"]);
    expect(await bridge.present(there)).toEqual(["Eve", "Ada"]);
    expect(told).toEqual([
      "moved 8000 Ada to 8001",
      "left 8000 Ada: Moved to another room",
      "joined 8001 Ada",
    ]);
    await leftAlone(ada, bob, eve);
  });

  it("ends the meeting that they were the last of and begins the other", async () => {
    await open();
    const ada = await call(here, "Ada");
    told.splice(0);
    await move(ada);
    expect(told).toEqual([
      "moved 8000 Ada to 8001",
      "left 8000 Ada: Moved to another room",
      "ended 8000",
      "started 8001",
      "joined 8001 Ada",
    ]);
    expect(bridge.worker.commands.slice(-2)).toEqual(["room.open", "room.close"]);
    await leftAlone(ada);
  });

  it("is heard by both rooms, and said to the participant who is moved in the language of their new room", async () => {
    fields = { options: { announce: "tones" } };
    await open(startBridge(), { language: "fr" });
    const ada = await call(here, "Ada");
    await call(here, "Bob");
    bridge.worker.played.splice(0);
    ada.leg.log.splice(0);

    await move(ada);
    await settle();

    expect(bridge.worker.played).toEqual(["tone:leave", "conf-onlyperson"]);
    expect(ada.leg.heard).toEqual(["conf-placeintoconf conf-onlyperson"]);
    expect(ada.leg.languages.at(-1)).toBe("fr");
  });

  it("ends the music of a participant who was alone, and begins it where they are alone again", async () => {
    await open(startBridge({ musicWhenAlone: true }));
    const ada = await call(here, "Ada");
    expect(ada.leg.heard).toEqual(["music", "conf-onlyperson", "music"]);
    const eve = await call(there, "Eve");
    await move(ada);
    await settle();
    expect(ada.leg.heard.slice(3)).toEqual(["conf-placeintoconf"]);
    const empty = await bridge.room(quiet);
    await bridge.rooms.moveParticipant(there.id, ada.leg.id as ParticipantInfo["id"], { roomId: empty.id });
    await settle();
    expect(ada.leg.heard.slice(4)).toEqual(["music", "conf-placeintoconf conf-onlyperson", "music"]);
    await leftAlone(ada, eve);
  });

  it("asks for no PIN, and a lock is not in the way", async () => {
    await open(startBridge(), { roomPin: "1234", adminPin: "4711" });
    const ada = await call(here, "Ada");
    await bridge.rooms.lock(there.id, true);
    expect(await code(move(ada))).toBe("moved");
    expect(ada.leg.heard).not.toContain("conf-getpin");
  });

  it("leaves chair and role behind unless told otherwise; keys act on the new room", async () => {
    fields = { ...quiet, adminPin: "4711", roomPin: "1234" };
    await open();
    const ada = await call(here, "Ada");
    ada.leg.press("4711");
    await settle();
    const bob = await call(here, "Bob");
    bob.leg.press("4711");
    await settle();
    expect((await people(here)).map(({ chairman }) => chairman)).toEqual([true, false]);

    await move(ada);
    expect(await only(here)).toMatchObject({ displayName: "Bob", chairman: true });
    expect(await only(there)).toMatchObject({ role: "participant", chairman: false });
    ada.leg.press("*84711");
    await settle();
    expect(await only(there)).toMatchObject({ role: "host", chairman: true });
    ada.leg.press("*0");
    await settle();
    expect(await bridge.rooms.status(there.id)).toMatchObject({ value: { locked: true } });
    expect(await bridge.rooms.status(here.id)).toMatchObject({ value: { locked: false } });

    expect(await code(move(bob, { room: there, role: "host" }))).toBe("moved");
    expect((await people(there)).map(({ role }) => role)).toEqual(["host", "host"]);
  });

  it("is muted by what holds in the new room, and by themselves, not by what held in the old one", async () => {
    await open(startBridge(), { control: "MASTER" });
    const ada = await call(here, "Ada");
    await bridge.rooms.mute(here.id, true);
    ada.leg.press("*3");
    await move(ada);
    expect(await only(there)).toMatchObject({ muteReasons: ["floor"], handRaised: false });
    expect(ada.leg.muted).toBe(true);

    const free = await bridge.room(quiet);
    await bridge.rooms.moveParticipant(there.id, (await only(there)).id, { roomId: free.id });
    expect(await only(free)).toMatchObject({ muted: false });
    expect(ada.leg.muted).toBe(false);
    ada.leg.press("*6");
    await settle();
    await bridge.rooms.moveParticipant(free.id, (await only(free)).id, { roomId: here.id });
    expect(await only(here)).toMatchObject({ muteReasons: ["self"] });
    expect(ada.leg.muted).toBe(true);
  });

  it("passes a participant who comes the other way", async () => {
    await open();
    const ada = await call(here, "Ada");
    const bob = await call(there, "Bob");
    const onTheWay = Promise.withResolvers<void>();
    ada.leg.before = (command) => (command === "join" ? onTheWay.promise : undefined);
    bob.leg.before = ada.leg.before;
    const id = bob.leg.id as ParticipantInfo["id"];
    const moves = Promise.all([move(ada), bridge.rooms.moveParticipant(there.id, id, { roomId: here.id })]);
    await settle();
    onTheWay.resolve();
    expect((await moves).map(({ ok }) => ok)).toEqual([true, true]);
    expect(await bridge.present(here)).toEqual(["Bob"]);
    expect(await bridge.present(there)).toEqual(["Ada"]);
    await leftAlone(ada, bob);
  });

  it("is kept as one call, in the room and the meeting where it ended", async () => {
    const clock = new FakeClock();
    const repository = new FakeCallRecordsRepository();
    const records = await openCallLog({ repository, clock, log: silentLogger, keepDays: 0 });
    await open(startBridge({ clock, records }));
    const ada = await call(here, "Ada");
    const [before] = records.live.list({ skip: 0, top: 1 }).items;
    await clock.run(5000);
    await move(ada);
    const [after] = records.live.list({ skip: 0, top: 9 }).items;
    expect(after).toMatchObject({
      ...{ id: before?.id, participantId: ada.leg.id, joinedAt: before?.joinedAt },
      ...{ roomId: there.id, roomExtension: "8001", rooms: `${here.id},${there.id}` },
    });
    expect(after?.meetingId).toEqual(expect.any(String));
    expect(after?.meetingId).not.toBe(before?.meetingId);
    await records.close();
  });
});

describe("on another worker", () => {
  let ada: Caller;
  let eve: Caller;
  beforeEach(async () => {
    await open(startBridge({}, new FakeWorkers(2)));
    ada = await call(here, "Ada");
    eve = await call(there, "Eve");
    expect([ada.leg.worker.index, eve.leg.worker.index]).toEqual([0, 1]);
    told.splice(0);
  });

  it("offers the phone a leg there, as loud as before, and closes the old one", async () => {
    ada.leg.press("*7");
    await settle();
    expect(await code(move(ada))).toBe("moved");
    const leg = bridge.legs[2]!;
    expect(bridge.legRequests[2]).toMatchObject({ id: ada.leg.id, offer: null });
    expect(leg).toMatchObject({ id: ada.leg.id, worker: { index: 1 }, room: there.id, muted: false });
    expect(leg.log).toContain('volume {"listenDb":4}');
    expect(ada.leg.closed).toBe(true);
    expect(ada.invitation.session.reoffers).toBe(1);
    expect(await bridge.present(there)).toEqual(["Eve", "Ada"]);
    leg.press("*6");
    await settle();
    expect((await people(there))[1]).toMatchObject({ muteReasons: ["self"] });
    await leftAlone(ada, eve);
  });

  it("leaves them where they are when the phone does not agree", async () => {
    ada.invitation.session.answerReoffer = async () => fail({ status: 488, text: "Not Acceptable Here" });
    expect(await move(ada)).toMatchObject({
      error: {
        code: "MOVE_FAILED",
        message: "the participant stays where they are: 488 Not Acceptable Here",
      },
    });
    expect(bridge.legs[2]?.closed).toBe(true);
    expect(ada.leg).toMatchObject({ closed: false, room: here.id, muted: false });
    expect(told).toEqual([]);
    expect(await bridge.present(here)).toEqual(["Ada"]);
    ada.leg.press("*6");
    await settle();
    expect(await only(here)).toMatchObject({ muteReasons: ["self"] });
    await leftAlone(ada, eve);
  });

  it("leaves them on the leg that they had when the queue of the other room is full", async () => {
    const { session } = ada.invitation;
    const agree = agreesLater(ada);
    const moving = move(ada);
    await settle();
    // As many as a queue takes.
    const others = Array.from({ length: 1100 }, () => bridge.rooms.mute(there.id, true).catch(() => {}));
    agree();
    expect(await code(moving)).toBe("MOVE_FAILED");
    await Promise.all(others);
    await settle();
    expect(bridge.legs[2]?.closed).toBe(true);
    expect(session.reoffers).toBe(2);
    expect(ada.leg).toMatchObject({ closed: false, room: here.id });
    ada.leg.press("*6");
    await settle();
    expect(await only(here)).toMatchObject({ muteReasons: ["self"] });
    await bridge.rooms.mute(there.id, false);
    await leftAlone(ada, eve);
  });

  it("leaves them where they are when there is no leg to be had", async () => {
    bridge.beforeLeg = () => {
      throw Object.assign(new Error("full"), { code: "NO_PORTS" });
    };
    expect(await code(move(ada))).toBe("MOVE_FAILED");
    expect(await bridge.present(here)).toEqual(["Ada"]);
    expect(ada.invitation.session.reoffers).toBe(0);
    await leftAlone(ada, eve);
  });

  it.each(["before", "after"])(
    "survives the death of the other worker %s the phone has agreed",
    async (when) => {
      const { session } = ada.invitation;
      const agree = agreesLater(ada);
      const moving = move(ada);
      await settle();
      if (when === "before") bridge.workers.die(bridge.workers.workers[1]!);
      else bridge.legs[2]!.before = () => bridge.workers.die(bridge.workers.workers[1]!);
      agree();
      expect(["MOVE_FAILED", "ROOM_NOT_OPEN"]).toContain(await code(moving));
      expect(session.ended).toBe(false);
      expect(session.reoffers).toBe(2);
      expect(await bridge.present(here)).toEqual(["Ada"]);
      expect(ada.leg).toMatchObject({ room: here.id, muted: false, closed: false });
      await leftAlone(ada);
    },
  );

  it("ends the call when it is the worker they are on that dies, and nothing stays behind", async () => {
    const agree = agreesLater(ada);
    const moving = move(ada);
    await settle();
    bridge.workers.die(bridge.worker);
    agree();
    expect(await code(moving)).toBe("PARTICIPANT_NOT_FOUND");
    expect(await bridge.present(there)).toEqual(["Eve"]);
    await leftAlone(eve);
  });

  it("goes to the worker they are on when the room is nowhere yet", async () => {
    const empty = await bridge.room(quiet);
    expect(await code(move(ada, { room: empty }))).toBe("moved");
    expect(ada.invitation.session.reoffers).toBe(0);
    expect(ada.leg.room).toBe(empty.id);
    await leftAlone(ada, eve);
  });
});

describe("a move that is refused", () => {
  it.each<[string, RoomFields, string]>([
    ["full", { capacity: 1 }, "ROOM_FULL"],
    ["without its host", { options: { waitForHost: true } }, "ROOM_NOT_OPEN"],
    ["not begun", { scheduledStartAt: "2999-01-01T10:00:00Z" }, "ROOM_NOT_OPEN"],
    ["over", { scheduledEndAt: "2026-01-01T00:00:01Z" }, "ROOM_NOT_OPEN"],
  ])("because the room is %s leaves them undisturbed", async (_, target, expected) => {
    await open(startBridge(), target);
    await bridge.clock.run(1000);
    const ada = await call(here, "Ada");
    const eve = await call(there, "Eve");
    told.splice(0);
    ada.leg.log.splice(0);
    expect(await move(ada)).toMatchObject({ ok: false, error: { code: expected, field: "roomId" } });
    expect(ada.leg.log).toEqual([]);
    expect(told).toEqual([]);
    expect(await bridge.present(here)).toEqual(["Ada"]);
    await leftAlone(ada, eve);
  });

  it("names what is not there", async () => {
    await open();
    const ada = await call(here, "Ada");
    const nowhere = { ...there, id: "nowhere" as Room["id"] };
    expect(await move(ada, { room: nowhere })).toMatchObject({
      error: { code: "ROOM_NOT_FOUND", field: "roomId" },
    });
    expect(await move(ada, { room: here })).toMatchObject({
      error: { code: "INVALID_FIELD", field: "roomId" },
    });
    const { moveParticipant } = bridge.rooms;
    const id = ada.leg.id as ParticipantInfo["id"];
    expect(await moveParticipant(there.id, id, { roomId: here.id })).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND" },
    });
    expect(await moveParticipant(nowhere.id, id, { roomId: here.id })).toMatchObject({
      error: { code: "ROOM_NOT_FOUND", message: "there is no room nowhere" },
    });
    await leftAlone(ada);
  });

  it("by the worker puts the leg back, muted as it was", async () => {
    await open();
    const ada = await call(here, "Ada");
    let joins = 0;
    ada.leg.before = (command) => {
      if (command !== "join") return;
      joins += 1;
      if (joins === 1) throw Object.assign(new Error("no"), { code: "WORKER_TIMEOUT" });
    };
    expect(await code(move(ada))).toBe("MOVE_FAILED");
    expect(ada.leg.log.slice(-3)).toEqual(["join", "join", "mute false"]);
    expect(await bridge.present(here)).toEqual(["Ada"]);
    await leftAlone(ada);
  });
});

describe("what happens during a move", () => {
  let ada: Caller;
  let onTheWay: PromiseWithResolvers<void>;
  let moving: ReturnType<typeof move>;
  beforeEach(async () => {
    await open();
    ada = await call(here, "Ada");
    onTheWay = Promise.withResolvers();
    let held = false;
    ada.leg.before = (command) => {
      if (command !== "join" || held) return;
      held = true;
      return onTheWay.promise;
    };
    moving = move(ada);
    await settle();
    expect(ada.leg.log.at(-1)).toBe("join");
  });

  it("they hang up", async () => {
    ada.invitation.session.hangUp();
    await settle();
    onTheWay.resolve();
    expect(await code(moving)).toBe("PARTICIPANT_NOT_FOUND");
    expect(traces(bridge)).toEqual(none);
  });

  it("they are moved once more", async () => {
    const third = await bridge.room(quiet);
    expect(await code(move(ada, { room: third }))).toBe("ALREADY_MOVING");
    onTheWay.resolve();
    expect(await code(moving)).toBe("moved");
    expect(await bridge.present(there)).toEqual(["Ada"]);
    await leftAlone(ada);
  });

  it("they are sent away", async () => {
    await bridge.rooms.kick(here.id, ada.leg.id as ParticipantInfo["id"]);
    onTheWay.resolve();
    expect(await code(moving)).toBe("PARTICIPANT_NOT_FOUND");
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("the room they leave is destroyed", async () => {
    await bridge.rooms.destroy(here.id);
    onTheWay.resolve();
    expect(await code(moving)).toBe("PARTICIPANT_NOT_FOUND");
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("the room they go to is destroyed: afterwards, they go with it", async () => {
    const destroyed = bridge.rooms.destroy(there.id);
    onTheWay.resolve();
    expect(await code(moving)).toMatch(/moved|PARTICIPANT_NOT_FOUND/);
    await destroyed;
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("the booked time of the room they go to ends: they stay", async () => {
    const { clock, rooms } = bridge;
    const scheduledEndAt = new Date(clock.now() + 60_000).toISOString();
    const soonOver = await bridge.room({ ...quiet, scheduledEndAt });
    onTheWay.resolve();
    await moving;
    const gate = Promise.withResolvers<void>();
    let held = false;
    ada.leg.before = (command) => {
      if (command !== "join" || held) return;
      held = true;
      return gate.promise;
    };
    const again = rooms.moveParticipant(there.id, (await only(there)).id, { roomId: soonOver.id });
    await settle();
    await clock.run(61_000);
    gate.resolve();
    expect(await again).toMatchObject({ error: { code: "ROOM_NOT_OPEN" } });
    expect(ada.leg.room).toBe(there.id);
    expect(await bridge.present(there)).toEqual(["Ada"]);
    await leftAlone(ada);
  });

  it("two want the last place, and one gets it", async () => {
    const small = await bridge.room({ ...quiet, capacity: 1 });
    const bob = await call(here, "Bob");
    const eve = await call(here, "Eve");
    const results = await Promise.all([code(move(bob, { room: small })), code(move(eve, { room: small }))]);
    expect(results.toSorted()).toEqual(["ROOM_FULL", "moved"]);
    onTheWay.resolve();
    await moving;
    await leftAlone(ada, bob, eve);
  });
});
