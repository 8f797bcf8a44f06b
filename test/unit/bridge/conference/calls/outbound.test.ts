// Calls that a room places: rung, answered, confirmed, and in; or not, and nothing is left.
import { describe, expect, it } from "vitest";
import { ParleyError } from "#common";
import type { PlacedCall } from "#conference/calls";
import type { Room } from "#conference/rooms";
import { settle } from "#test/support";
import { type Bridge, none, startBridge, traces } from "./bridge.ts";

const way = { to: "sip:030700@pbx", from: { uri: "sip:8000@pbx" } };
const second = { ...way, to: "sip:030700@pbx2" };

interface Wishes {
  readonly confirm?: boolean;
  readonly targets?: readonly [typeof way, ...(typeof way)[]];
}

async function place(bridge: Bridge, room: Room, wishes: Wishes = {}): Promise<PlacedCall> {
  const { confirm = false, targets = [way] } = wishes;
  const call = bridge.calls.place({
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
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234", adminPin: "4711" });
    await bridge.rooms.lock(room.id, true);
    const call = await place(bridge, room);
    expect(bridge.sip.last.options).toMatchObject({ ...way, offer: "our offer", answerWithinSeconds: 45 });
    expect(await bridge.present(room)).toEqual([]);

    bridge.sip.last.answer();
    await settle();

    expect(await call.entered).toEqual({ ok: true, value: undefined });
    expect(await bridge.present(room)).toEqual(["Berlin"]);
    expect(bridge.legs[0]!.log.slice(0, 1)).toEqual(["answer their answer"]);
    expect(bridge.legs[0]!.room).toBe(room.id);

    bridge.sip.last.session.hangUp();
    await call.closed;
    await bridge.rooms.lock(room.id, false);
    expect(traces(bridge)).toEqual(none);
  });

  it("hears that they are put into a conference, or the room's own welcome, and nothing in a silent room", async () => {
    for (const { enablePrompt, welcome, expected } of [
      { enablePrompt: true, welcome: undefined, expected: ["conf-placeintoconf"] },
      { enablePrompt: true, welcome: "welcome/1/2", expected: ["welcome/1/2"] },
      { enablePrompt: false, welcome: undefined, expected: [] },
    ]) {
      const bridge = startBridge({ welcomeOf: () => welcome });
      const room = await bridge.room({ enablePrompt });
      await bridge.call(room);
      await place(bridge, room);
      bridge.sip.last.answer();
      await settle();
      expect(bridge.legs[1]!.heard).toEqual(expected);
    }
  });

  it("who answers reliably and offers something else before answering the call is negotiated with once", async () => {
    const bridge = startBridge();
    const call = await place(bridge, await bridge.room());
    expect(await bridge.sip.last.offer("their offer")).toEqual({ ok: true, value: "answer to their offer" });
    expect(await bridge.sip.last.offer("another")).toEqual({ ok: true, value: "answer to another" });
    bridge.sip.last.answer();
    expect(await call.entered).toEqual({ ok: true, value: undefined });
    expect(bridge.legs[0]!.log.slice(0, 3)).toEqual([
      "answer their answer",
      "reoffer their offer",
      "reoffer another",
    ]);
    expect(bridge.sip.last.session.reoffers).toBe(0);
  });

  it("whose other host had negotiated before it failed is offered our media once more", async () => {
    const bridge = startBridge();
    const call = await place(bridge, await bridge.room(), { targets: [way, second] });
    await bridge.sip.last.offer("their offer", "the first host's answer");
    bridge.sip.last.refuse(503, "Service Unavailable");
    await settle();
    expect(await bridge.sip.last.offer("their offer")).toMatchObject({ ok: false, error: { status: 491 } });
    bridge.sip.last.answer();
    expect(await call.entered).toEqual({ ok: true, value: undefined });
    expect(bridge.legs[0]!.log.slice(0, 2)).toEqual([
      "answer the first host's answer",
      "reoffer their offer",
    ]);
    expect(bridge.sip.last.session.reoffers).toBe(1);
  });

  it("whose answer before the answer cannot be used is hung up on when it answers", async () => {
    const bridge = startBridge();
    const call = await place(bridge, await bridge.room());
    bridge.legs[0]!.before = () => {
      throw new ParleyError("NO_COMMON_CODEC", "none");
    };
    expect(await bridge.sip.last.offer("their offer")).toMatchObject({ ok: false, error: { status: 488 } });
    bridge.sip.last.answer();
    expect(await call.entered).toMatchObject({ ok: false });
    await call.closed;
    expect(bridge.sip.last.session.byes).toHaveLength(1);
    expect(traces(bridge)).toEqual(none);
  });

  it("can be put on hold, muted and kicked like any participant", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const call = await place(bridge, room);
    bridge.sip.last.answer();
    await call.entered;
    const { session } = bridge.sip.last;
    expect(await session.handlers.onOffer("hold", "192.0.2.99")).toEqual({
      ok: true,
      value: "answer to hold",
    });
    const participants = await bridge.rooms.participants(room.id);
    if (!participants.ok) throw new Error("no participants");
    await bridge.rooms.kick(room.id, participants.value[0]!.id);
    await call.closed;
    expect(session.byes).toEqual([{ status: 403, text: "Removed from the conference", code: "REMOVED" }]);
  });

  it("who is busy leaves nothing behind", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const call = await place(bridge, room);
    bridge.sip.last.refuse(486, "Busy Here");
    expect(await call.outcome).toEqual({
      ok: false,
      error: { status: 486, text: "Busy Here", by: "remote" },
    });
    expect(await call.entered).toEqual({ ok: false, error: { status: 486, text: "Busy Here" } });
    await call.closed;
    expect(traces(bridge)).toEqual(none);
  });

  it("is tried at the next host when the first one fails, not when it has decided", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    await place(bridge, room, { targets: [way, second] });
    bridge.sip.last.refuse(503, "Service Unavailable");
    await settle();
    expect(bridge.sip.last.options.to).toBe(second.to);
    bridge.sip.last.refuse(603, "Decline");
    await settle();
    expect(bridge.sip.attempts).toHaveLength(2);
    const declined = await place(bridge, room, { targets: [way, second] });
    bridge.sip.last.refuse(603, "Decline");
    await declined.closed;
    expect(bridge.sip.attempts).toHaveLength(3);
    expect(traces(bridge)).toEqual(none);
  });

  it("cannot be reached when no host has an address", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    bridge.sip.unreachable.add(way.to);
    const call = await place(bridge, room);
    expect(await call.entered).toMatchObject({ ok: false, error: { status: 503 } });
    expect(await call.outcome).toMatchObject({ ok: false });
    expect(traces(bridge)).toEqual(none);
  });

  it("is not called when the room is full or gone", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 1 });
    const guest = await bridge.call(room);
    const full = await place(bridge, room);
    expect(await full.entered).toEqual({ ok: false, error: { status: 486, text: "Conference full" } });
    guest.invitation.session.hangUp();
    await settle();
    await bridge.rooms.destroy(room.id);
    const gone = await place(bridge, room);
    expect(await gone.entered).toMatchObject({ ok: false, error: { status: 404 } });
    expect(bridge.sip.attempts).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });

  it("is given up while it rings: by us, and when the room is destroyed", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const call = await place(bridge, room);
    call.cancel({ status: 487, text: "Enough" });
    expect(bridge.sip.last.cancelled).toEqual({ status: 487, text: "Enough" });
    expect(await call.entered).toMatchObject({ ok: false });
    const other = await place(bridge, room);
    await bridge.rooms.destroy(room.id);
    expect(bridge.sip.last.cancelled).toMatchObject({ status: 410 });
    await other.closed;
    expect(traces(bridge)).toEqual(none);
  });

  it("is given up before anything was sent", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const gate = Promise.withResolvers<void>();
    bridge.beforeLeg = () => gate.promise;
    const call = await place(bridge, room);
    call.cancel({ status: 487, text: "Enough" });
    gate.resolve();
    expect(await call.outcome).toEqual({ ok: false, error: { status: 487, text: "Enough", by: "local" } });
    await call.closed;
    expect(bridge.sip.attempts).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });
});

describe("a callee who has to confirm", () => {
  it("hears where this leads and is let in by 1", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ extensionNumber: "8042" });
    const call = await place(bridge, room, { confirm: true });
    bridge.sip.last.answer();
    await settle();
    const [leg] = bridge.legs;
    expect(leg!.heard[0]).toBe(
      "conf-enteringno digits/8 digits/0 digits/4 digits/2 if-correct-press digits/1",
    );
    leg!.press("5");
    await settle();
    expect(await bridge.present(room)).toEqual([]);
    leg!.press("1");
    expect(await call.entered).toEqual({ ok: true, value: undefined });
    expect(await bridge.present(room)).toEqual(["Berlin"]);
  });

  it("is asked three times and hung up on: a voicemail joins no meeting", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const call = await place(bridge, room, { confirm: true });
    bridge.sip.last.answer();
    await bridge.clock.run(61_000);
    expect(await call.entered).toEqual({ ok: false, error: { status: 480, text: "Not confirmed" } });
    await call.closed;
    expect(bridge.legs[0]!.heard).toHaveLength(3);
    expect(bridge.sip.last.session.byes).toEqual([{ status: 480, text: "Not confirmed" }]);
    expect(traces(bridge)).toEqual(none);
  });

  it("may hang up instead", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const call = await place(bridge, room, { confirm: true });
    bridge.sip.last.answer();
    await settle();
    bridge.sip.last.session.hangUp();
    expect(await call.entered).toMatchObject({ ok: false, error: { status: 200 } });
    await call.closed;
    expect(traces(bridge)).toEqual(none);
  });
});
