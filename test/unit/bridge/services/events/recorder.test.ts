// What becomes an event while rooms live: real rooms and calls on fake callers and fake media.
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { Emitter } from "#common";
import type { CallsEvents } from "#conference/calls";
import type { Room } from "#conference/rooms";
import type { LoginsEvents } from "#services/access";
import {
  type BackupEvents,
  eventData,
  type NewEvent,
  RoomsRecorder,
  roomOnCall,
  SystemRecorder,
} from "#services/events";
import { FakeClock, settle } from "#test/support";
import { startBridge } from "../../conference/calls/bridge.ts";

async function setUp({ keys = false } = {}) {
  const made = startBridge();
  const told: NewEvent[] = [];
  const log = { append: (event: NewEvent) => void told.push(event) };
  const { clock, rooms, calls } = made;
  const recorder = new RoomsRecorder({ events: rooms.events, log, clock, keys });
  const others = new SystemRecorder({ log, clock });
  others.listenToRooms(rooms.events);
  others.listenToCalls(calls.events);
  /** What has happened since the last question, each with what it must have. */
  const story = () =>
    told.splice(0).map((event) => {
      expect([event.type, [...Value.Errors(eventData[event.type], event.data)]]).toEqual([event.type, []]);
      return event;
    });
  const types = () => story().map(({ type }) => type);
  const room = async (fields = {}): Promise<Room> => {
    const value = await made.room({ enablePrompt: false, ...fields });
    story();
    return value;
  };
  return { ...made, recorder, others, story, types, room };
}

describe("a room's life", () => {
  it("tells of a recording that should have begun with the first participant", async () => {
    const { room, call, rooms, story } = await setUp();
    const value = await room();
    await call(value);
    story();
    rooms.events.emit("recording.refused", {
      room: value,
      problem: { code: "NO_SPACE_TO_RECORD", message: "the disk is full" },
    });
    expect(story()).toMatchObject([
      {
        ...{ type: "recording.refused", room: value.id, meeting: expect.any(String) },
        data: { reason: "NO_SPACE_TO_RECORD" },
      },
    ]);
  });

  it("is told from its making to its end, with one meeting", async () => {
    const { room, call, rooms, clock, story, types } = await setUp();
    const { id } = await room({ subject: "Board", adminPin: "4711", roomPin: "4712" });
    await rooms.update(id, { subject: "Bored", adminPin: null, roomPin: null });
    expect(story()).toMatchObject([{ type: "room.updated", room: id, data: { room: { subject: "Bored" } } }]);

    const value = (await rooms.get(id))!;
    const ada = await call(value, { displayName: "Ada", number: "101" });
    const bob = await call(value, { displayName: "Bob", number: "102" });
    const [started, joined] = story();
    expect(started).toMatchObject({ type: "room.started", meeting: expect.any(String) });
    expect(joined).toMatchObject({
      type: "participant.joined",
      meeting: started?.meeting,
      data: { participant: { display_name: "Ada", muted: false } },
    });
    expect(rooms.meetings().map(roomOnCall)).toMatchObject([
      { room: { id }, meeting: started?.meeting, participants: [{ number: "101" }, { number: "102" }] },
    ]);

    await rooms.lock(id, true);
    await rooms.mute(id, true);
    await rooms.mute(id, false);
    expect(types()).toEqual([
      ...["room.locked", "participant.muted", "participant.muted", "room.muted"],
      ...["participant.unmuted", "participant.unmuted", "room.unmuted"],
    ]);

    clock.advance(65_000);
    ada.invitation.session.hangUp();
    bob.invitation.session.hangUp();
    const ending = story();
    expect(ending.map(({ type }) => type)).toEqual([
      ...["participant.left", "participant.left", "room.ended", "room.unlocked"],
    ]);
    expect(ending[0]).toMatchObject({ meeting: started?.meeting, data: { duration: 65 } });
    expect(ending[2]).toMatchObject({ meeting: started?.meeting, data: { duration: 65 } });

    await rooms.destroy(id);
    expect(types()).toEqual(["room.deleted"]);
    expect(JSON.stringify(ending)).not.toMatch(/"471[12]"/);
  });

  it("knows after a restart what was switched on before, and tells only changes", async () => {
    const { room, rooms, types } = await setUp();
    const { id } = await room();
    const value = (await rooms.get(id))!;
    const flags = { locked: true, muted: false, recording: false, pictureDegradation: 0 };
    const status = { status: "ONLINE", ...flags } as const;
    rooms.events.emit("room.restored", { room: value, status });
    expect(types()).toEqual([]);
    rooms.events.emit("room.changed", { room: value, status: { ...status, locked: false } });
    expect(types()).toEqual(["room.unlocked"]);
  });

  it("tells who has which role, who holds, and who raises a hand", async () => {
    const { room, call, rooms, types, story } = await setUp();
    const value = await room();
    const ada = await call(value, { number: "101" });
    await call(value, { number: "102" });
    story();

    ada.leg.hold(true);
    expect(story()).toMatchObject([{ type: "participant.held", data: { participant: { held: true } } }]);
    ada.leg.hold(false);
    ada.leg.press("*3");
    await settle();
    expect(types()).toEqual(["participant.held", "participant.hand"]);
    const people = await rooms.participants(value.id);
    const [first, second] = people.ok ? people.value : [];
    expect(first).toMatchObject({ handRaised: true, held: false });
    await rooms.giveChair(value.id, second!.id);
    await rooms.giveChair(value.id, first!.id);
    expect(types()).toEqual(["participant.role", "participant.role", "participant.role"]);
  });

  it("tells another cell of the picture", async () => {
    const { room, call, rooms, types, story } = await setUp();
    const value = await room();
    const { leg } = await call(value, { number: "101" });
    story();
    await rooms.setPosition(value.id, leg.id as never, 1);
    expect(story()).toMatchObject([
      { type: "participant.updated", data: { participant: { position: 1 }, previous: { number: "101" } } },
    ]);
    await rooms.setPosition(value.id, leg.id as never, 1);
    expect(types()).toEqual([]);
  });

  it("tells whose camera is on, and whose pictures are refused, once", async () => {
    const { room, call, types, story } = await setUp();
    const { leg } = await call(await room(), { number: "101" });
    story();
    leg.show("main");
    expect(types()).toEqual(["participant.video"]);
    leg.refuse("main");
    expect(story()).toMatchObject([
      { type: "participant.video", data: { participant: { video: { camera: false, refused: true } } } },
      { type: "video.refused", participant: leg.id, data: { participant: { number: "101" } } },
    ]);
    leg.show("slides");
    expect(types()).toEqual(["participant.video"]);
  });

  it("tells who is at the phone after a transfer, with everything else as it was", async () => {
    const { room, call, rooms, story } = await setUp();
    const value = await room({ adminPin: "4711" });
    const { invitation, leg } = await call(value, { number: "101", displayName: "Ada" });
    await rooms.muteParticipant(value.id, leg.id as never, true);
    story();
    invitation.session.identify({ number: "101" }, { number: "103", displayName: "Carol" });
    expect(story()).toMatchObject([
      {
        type: "participant.updated",
        participant: leg.id,
        data: {
          participant: { id: leg.id, display_name: "Carol", number: "103", muted: true },
          previous: { display_name: "Ada", number: "101" },
        },
      },
    ]);
    // The name alone, and nothing at all.
    invitation.session.identify({ number: "103" }, { number: "103", displayName: "Carol C." });
    invitation.session.identify({ number: "103" }, { number: "103" });
    expect(story().map(({ data }) => data)).toMatchObject([
      { participant: { display_name: "Carol C.", number: "103" } },
    ]);
    // A number without a name stands for it.
    invitation.session.identify({ number: "103" }, { number: "104" });
    expect(story()).toMatchObject([{ data: { participant: { display_name: "104", number: "104" } } }]);
    invitation.session.hangUp();
    expect(story()[0]).toMatchObject({ type: "participant.left", data: { participant: { number: "104" } } });
  });

  it("tells where a participant is moved to, then that they left here and are there", async () => {
    const { room, call, rooms, story, types } = await setUp();
    const here = await room({ subject: "Board" });
    const there = await room({ subject: "Lobby" });
    const { leg } = await call(here, { displayName: "Ada" });
    const [, joined] = story();
    await rooms.moveParticipant(here.id, joined!.participant!, { roomId: there.id });
    const [moved, left, ended, started, arrived] = story();
    expect(moved).toMatchObject({
      ...{ type: "participant.moved", room: here.id, meeting: joined?.meeting, participant: leg.id },
      data: { participant: { display_name: "Ada" }, to: { id: there.id, subject: "Lobby" } },
    });
    expect(left).toMatchObject({ type: "participant.left", data: { reason: "Moved to another room" } });
    expect([ended, started]).toMatchObject([{ type: "room.ended" }, { type: "room.started" }]);
    expect(arrived).toMatchObject({ type: "participant.joined", room: there.id, participant: leg.id });
    leg.press("*3");
    await settle();
    expect(types()).toEqual(["participant.hand"]);
  });

  it("tells talking calmly: at once when it begins, after a pause when it ends, never in a flutter", async () => {
    const { room, call, clock, types, story } = await setUp();
    const { leg } = await call(await room());
    story();

    leg.talk(true);
    expect(types()).toEqual(["participant.talking"]);
    for (let count = 0; count < 20; count += 1) {
      clock.advance(500);
      leg.talk(count % 2 === 1);
    }
    expect(types()).toEqual([]);
    leg.talk(false);
    clock.advance(1499);
    expect(types()).toEqual([]);
    clock.advance(1);
    expect(story()).toMatchObject([{ data: { participant: { talking: false } } }]);
    leg.talk(true);
    expect(types()).toEqual([]);
    clock.advance(1000);
    expect(story()).toMatchObject([{ data: { participant: { talking: true } } }]);
  });

  it("tells of a connection when it has become another class and stayed so", async () => {
    const { room, call, clock, story } = await setUp();
    const { leg } = await call(await room());
    story();
    leg.measured = { mos: 4.2 };
    await clock.run(30_000);
    expect(story()).toEqual([]);

    leg.measured = { mos: 2.4 };
    await clock.run(5000);
    expect(story()).toEqual([]);
    await clock.run(10_000);
    expect(story()).toMatchObject([{ type: "participant.quality", data: { class: "poor" } }]);
    leg.measured = { mos: 4.1 };
    await clock.run(15_000);
    expect(story()).toEqual([]);
    await clock.run(20_000);
    expect(story()).toMatchObject([{ data: { class: "good", quality: { mos: 4.1 } } }]);
  });

  it("tells keys only when asked to, and never those of a PIN or a command", async () => {
    for (const keys of [false, true]) {
      const { room, call, story } = await setUp({ keys });
      const { leg } = await call(await room({ roomPin: "123" }));
      leg.press("123");
      await settle();
      leg.press("5*67");
      const told = story().filter(({ type }) => type === "participant.dtmf");
      expect(told.map(({ data }) => data)).toEqual(keys ? [{ digit: "5" }, { digit: "7" }] : []);
    }
  });

  it("is silent once closed", async () => {
    const { room, call, recorder, clock, story } = await setUp();
    const { leg } = await call(await room());
    leg.talk(true);
    leg.talk(false);
    story();
    recorder.close();
    leg.hold(true);
    clock.advance(5000);
    expect(story()).toEqual([]);
  });
});

describe("what is not a room", () => {
  it("tells of callers who never got in, but not of those who were inside", async () => {
    const { room, call, rooms, story } = await setUp();
    await call("9999", { number: "101", displayName: "Ada" });
    expect(story()).toMatchObject([
      {
        type: "call.failed",
        data: { number: "101", dialled: "9999", status: 404, source: "192.0.2.99", display_name: "Ada" },
      },
    ]);

    const value = await room();
    await rooms.lock(value.id, true);
    await call(value);
    expect(story()).toMatchObject([{ type: "room.locked" }, { type: "call.failed", room: value.id }]);

    await rooms.lock(value.id, false);
    const inside = await call(value);
    story();
    inside.invitation.session.hangUp();
    expect(story().map(({ type }) => type)).toEqual(["participant.left", "room.ended"]);
  });

  it("tells of so many callers of one source in a minute, whichever of its IPv6 addresses they have", async () => {
    const told: unknown[] = [];
    const calls = new Emitter<CallsEvents>();
    const recorder = new SystemRecorder({
      log: { append: (event) => void told.push(event) },
      clock: new FakeClock(),
    });
    recorder.listenToCalls(calls);
    for (let host = 1; host <= 200; host += 1) {
      calls.emit("failed", { address: `2001:db8::${host.toString(16)}` } as CallsEvents["failed"]);
    }
    expect(told).toHaveLength(120);
  });

  it("tells of a callee's refusal that it was theirs, in the words of the status line", async () => {
    const { room, calls, sip, story } = await setUp();
    const { id } = await room();
    const way = { to: "sip:030700@pbx", from: { uri: "sip:8000@pbx" } };
    const place = () =>
      calls.place({ room: id, number: "030700", targets: [way], ringSeconds: 45, confirm: false });
    place();
    await settle();
    sip.last.refuse(486, "Busy Here", 'Q.850;cause=17;text="User busy"');
    await settle();
    const given = place();
    await settle();
    given.cancel({ status: 487, text: "Enough" });
    await settle();
    expect(story().filter(({ type }) => type === "call.failed")).toMatchObject([
      {
        data: {
          ...{ direction: "out", number: "030700", status: 486, reason: "Busy Here", ended_by: "remote" },
          ...{ sip_reason: 'Q.850;cause=17;text="User busy"', sip_call_id: "attempt" },
        },
      },
      {
        data: { status: 487, reason: "Enough", ended_by: "local", sip_reason: null, sip_call_id: "attempt" },
      },
    ]);
  });

  it("tells of guessed PINs once a minute and source", async () => {
    const { room, call, clock, story } = await setUp();
    const value = await room({ roomPin: "123" });
    for (let calls = 0; calls < 3; calls += 1) {
      const { leg } = await call(value);
      for (let tries = 0; tries < 3; tries += 1) {
        leg.press("999#");
        await clock.run(9000);
      }
    }
    const blocked = story().filter(({ type }) => type === "security.blocked");
    expect(blocked).toMatchObject([{ room: value.id, data: { guard: "pin", source: "192.0.2.99" } }]);
  });

  it("tells of guessed passwords once a minute and source, and once a minute and user", async () => {
    const { others, clock, story } = await setUp();
    const logins = new Emitter<LoginsEvents>();
    const stop = others.listenToLogins(logins);
    for (let guess = 1; guess < 9; guess += 1) {
      logins.emit("blocked", { address: `2001:db8::${guess}`, seconds: 60 });
      logins.emit("blocked", { address: `192.0.2.${guess}`, seconds: 60, user: "7" });
    }
    expect(story()).toEqual([
      { type: "security.blocked", data: { guard: "login", source: "2001:db8::1", seconds: 60 } },
      { type: "security.blocked", data: { guard: "login", source: "192.0.2.1", seconds: 60, user: "7" } },
    ]);

    clock.advance(60_000);
    logins.emit("blocked", { address: "192.0.2.9", seconds: 60, user: "7" });
    expect(story()).toHaveLength(1);
    stop();
    logins.emit("blocked", { address: "192.0.2.10", seconds: 60 });
    expect(story()).toEqual([]);
  });

  it("tells of backups", async () => {
    const { others, story } = await setUp();
    const backups = new Emitter<BackupEvents>();
    const stop = others.listenToBackups(backups);
    backups.emit("made", { file: "/b/daily.tar.gz", bytes: 81_234, kind: "daily" });
    backups.emit("failed", { reason: "there is too little room", kind: "daily" });
    stop();
    backups.emit("failed", { reason: "afterwards", kind: "daily" });

    expect(story()).toEqual([
      { type: "backup.made", data: { file: "/b/daily.tar.gz", file_size: 81_234, kind: "daily" } },
      { type: "backup.failed", data: { reason: "there is too little room", kind: "daily" } },
    ]);
  });

  it("does not let strangers fill the log", async () => {
    const { others, clock, story } = await setUp();
    for (let count = 0; count < 500; count += 1) {
      others.blocked({ guard: "sip", source: `10.0.${count >> 8}.${count & 255}` });
    }
    expect(story()).toHaveLength(60);
    clock.advance(60_000);
    others.blocked({ guard: "sip", source: "10.0.0.1" });
    expect(story()).toHaveLength(1);
  });
});
