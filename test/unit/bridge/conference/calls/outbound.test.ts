// Calls that a room places: rung, answered, confirmed, and in; or not, and nothing is left.
import { describe, expect, it } from "vitest";
import type { PlacedCall } from "#conference/calls";
import type { Room } from "#conference/rooms";
import { settle } from "#test/support";
import { type Bridge, bridge, none, traces } from "./bridge.ts";

const way = { to: "sip:030700@pbx", from: { uri: "sip:8000@pbx" } };
const second = { ...way, to: "sip:030700@pbx2" };

interface Wishes {
  readonly confirm?: boolean;
  readonly targets?: readonly [typeof way, ...(typeof way)[]];
}

async function place(house: Bridge, room: Room, wishes: Wishes = {}): Promise<PlacedCall> {
  const { confirm = false, targets = [way] } = wishes;
  const call = house.calls.place({
    room: room.id,
    number: "030700",
    displayName: "Berlin",
    targets,
    ringSeconds: 45,
    confirm,
  });
  await settle();
  return call;
}

describe("a callee of the room", () => {
  it("is offered our media, and is in the room when they answer, PIN and lock or not", async () => {
    const house = bridge();
    const room = await house.room({ roomPin: "1234", adminPin: "4711" });
    await house.rooms.lock(room.id, true);
    const call = await place(house, room);
    expect(house.sip.last.options).toMatchObject({ ...way, offer: "our offer", answerWithinSeconds: 45 });
    expect(await house.present(room)).toEqual([]);

    house.sip.last.answer();
    await settle();

    expect(await call.entered).toEqual({ ok: true, value: undefined });
    expect(await house.present(room)).toEqual(["Berlin"]);
    expect(house.legs[0]!.log.slice(0, 1)).toEqual(["answer their answer"]);
    expect(house.legs[0]!.room).toBe(room.id);

    house.sip.last.session.hangUp();
    await call.closed;
    await house.rooms.lock(room.id, false);
    expect(traces(house)).toEqual(none);
  });

  it("can be put on hold, muted and kicked like any participant", async () => {
    const house = bridge();
    const room = await house.room();
    const call = await place(house, room);
    house.sip.last.answer();
    await call.entered;
    const { session } = house.sip.last;
    expect(await session.handlers.onOffer("hold", "192.0.2.99")).toEqual({
      ok: true,
      value: "answer to hold",
    });
    const participants = await house.rooms.participants(room.id);
    if (!participants.ok) throw new Error("no participants");
    await house.rooms.kick(room.id, participants.value[0]!.id);
    await call.closed;
    expect(session.byes).toEqual([{ status: 403, text: "Removed from the conference", code: "REMOVED" }]);
  });

  it("who is busy leaves nothing behind", async () => {
    const house = bridge();
    const room = await house.room();
    const call = await place(house, room);
    house.sip.last.refuse(486, "Busy Here");
    expect(await call.outcome).toEqual({
      ok: false,
      error: { status: 486, text: "Busy Here", by: "remote" },
    });
    expect(await call.entered).toEqual({ ok: false, error: { status: 486, text: "Busy Here" } });
    await call.closed;
    expect(traces(house)).toEqual(none);
  });

  it("is tried at the next host when the first one fails, not when it has decided", async () => {
    const house = bridge();
    const room = await house.room();
    await place(house, room, { targets: [way, second] });
    house.sip.last.refuse(503, "Service Unavailable");
    await settle();
    expect(house.sip.last.options.to).toBe(second.to);
    house.sip.last.refuse(603, "Decline");
    await settle();
    expect(house.sip.attempts).toHaveLength(2);
    const declined = await place(house, room, { targets: [way, second] });
    house.sip.last.refuse(603, "Decline");
    await declined.closed;
    expect(house.sip.attempts).toHaveLength(3);
    expect(traces(house)).toEqual(none);
  });

  it("cannot be reached when no host has an address", async () => {
    const house = bridge();
    const room = await house.room();
    house.sip.unreachable.add(way.to);
    const call = await place(house, room);
    expect(await call.entered).toMatchObject({ ok: false, error: { status: 503 } });
    expect(await call.outcome).toMatchObject({ ok: false });
    expect(traces(house)).toEqual(none);
  });

  it("is not called when the room is full or gone", async () => {
    const house = bridge();
    const room = await house.room({ capacity: 1 });
    const guest = await house.call(room);
    const full = await place(house, room);
    expect(await full.entered).toEqual({ ok: false, error: { status: 486, text: "Conference full" } });
    guest.invitation.session.hangUp();
    await settle();
    await house.rooms.destroy(room.id);
    const gone = await place(house, room);
    expect(await gone.entered).toMatchObject({ ok: false, error: { status: 404 } });
    expect(house.sip.attempts).toEqual([]);
    expect(traces(house)).toEqual(none);
  });

  it("is given up while it rings: by us, and when the room is destroyed", async () => {
    const house = bridge();
    const room = await house.room();
    const call = await place(house, room);
    call.cancel({ status: 487, text: "Enough" });
    expect(house.sip.last.cancelled).toEqual({ status: 487, text: "Enough" });
    expect(await call.entered).toMatchObject({ ok: false });
    const other = await place(house, room);
    await house.rooms.destroy(room.id);
    expect(house.sip.last.cancelled).toMatchObject({ status: 410 });
    await other.closed;
    expect(traces(house)).toEqual(none);
  });

  it("is given up before anything was sent", async () => {
    const house = bridge();
    const room = await house.room();
    const gate = Promise.withResolvers<void>();
    house.beforeLeg = () => gate.promise;
    const call = await place(house, room);
    call.cancel({ status: 487, text: "Enough" });
    gate.resolve();
    expect(await call.outcome).toEqual({ ok: false, error: { status: 487, text: "Enough", by: "local" } });
    await call.closed;
    expect(house.sip.attempts).toEqual([]);
    expect(traces(house)).toEqual(none);
  });
});

describe("a callee who has to confirm", () => {
  it("hears where this leads and is let in by 1", async () => {
    const house = bridge();
    const room = await house.room({ extensionNumber: "8042" });
    const call = await place(house, room, { confirm: true });
    house.sip.last.answer();
    await settle();
    const [leg] = house.legs;
    expect(leg!.heard[0]).toBe(
      "conf-enteringno digits/8 digits/0 digits/4 digits/2 if-correct-press digits/1",
    );
    leg!.press("5");
    await settle();
    expect(await house.present(room)).toEqual([]);
    leg!.press("1");
    expect(await call.entered).toEqual({ ok: true, value: undefined });
    expect(await house.present(room)).toEqual(["Berlin"]);
  });

  it("is asked three times and hung up on: a voicemail joins no meeting", async () => {
    const house = bridge();
    const room = await house.room();
    const call = await place(house, room, { confirm: true });
    house.sip.last.answer();
    await house.clock.run(61_000);
    expect(await call.entered).toEqual({ ok: false, error: { status: 480, text: "Not confirmed" } });
    await call.closed;
    expect(house.legs[0]!.heard).toHaveLength(3);
    expect(house.sip.last.session.byes).toEqual([{ status: 480, text: "Not confirmed" }]);
    expect(traces(house)).toEqual(none);
  });

  it("may hang up instead", async () => {
    const house = bridge();
    const room = await house.room();
    const call = await place(house, room, { confirm: true });
    house.sip.last.answer();
    await settle();
    house.sip.last.session.hangUp();
    expect(await call.entered).toMatchObject({ ok: false, error: { status: 200 } });
    await call.closed;
    expect(traces(house)).toEqual(none);
  });
});
