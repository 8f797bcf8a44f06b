// Capacity when many come at once: a place is held from the moment in which a caller is let in, not from the moment in
// which they are inside.
import { describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { createRooms, unlimitedNode } from "#conference/rooms";
import { FakeClock, FakeRoomsRepository, FakeWorkers, settle } from "#test/support";
import { type Caller, none, startBridge, traces } from "./bridge.ts";

/** Every caller's INVITE is there before one of them has media. */
async function together(
  bridge: ReturnType<typeof startBridge>,
  count: number,
  call: (index: number) => Promise<Caller>,
): Promise<Caller[]> {
  const media = Promise.withResolvers<void>();
  bridge.beforeLeg = () => media.promise;
  const callers: Caller[] = [];
  for (let index = 0; index < count; index += 1) callers.push(await call(index));
  media.resolve();
  await settle();
  await settle();
  return callers;
}

const statuses = (callers: readonly Caller[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { invitation } of callers) {
    const status = String(invitation.status);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
};

describe("thirty callers at once in a room for five", () => {
  it("are five with 200 and twenty-five with 486", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 5 });
    const callers = await together(bridge, 30, (index) => bridge.call(room, { number: String(index) }));
    expect(statuses(callers)).toEqual({ 200: 5, 486: 25 });
    expect(await bridge.present(room)).toHaveLength(5);
    expect(callers.filter(({ invitation }) => invitation.session.ended)).toEqual([]);
  });

  it("that waits for its host: five wait, and all five come in with the host, who is the sixth", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 5, adminPin: "9999", options: { waitForHost: true } });
    const callers = await together(bridge, 5, (index) => bridge.call(room, { number: String(index) }));
    expect(statuses(callers)).toEqual({ 200: 5 });
    const host = await bridge.call(room, { number: "900" });
    expect(host.leg.heard).toEqual(["conf-getpin"]);
    host.leg.press("9999");
    await settle();
    expect(await bridge.present(room)).toHaveLength(6);
    const second = await bridge.call(room, { number: "901" });
    expect(second.invitation.status).toBe(486);
  });

  it("with a PIN: all are asked, five right ones come in, and a caller at the prompt keeps no other out", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 5, roomPin: "1234" });
    const callers = await together(bridge, 30, (index) => bridge.call(room, { number: String(index) }));
    expect(statuses(callers)).toEqual({ 200: 30 });
    for (const leg of bridge.legs) {
      leg.press("1234");
      await settle();
    }
    expect(await bridge.present(room)).toHaveLength(5);
    expect(bridge.legs.filter((leg) => leg.heard.includes("conf-full"))).toHaveLength(25);
  });

  it("that asks for names: who says theirs holds a place, and the sixth is refused before the answer", async () => {
    const name = { clip: "names/x", discard: () => {} };
    const bridge = startBridge({ names: { next: () => name, again: () => name } });
    const room = await bridge.room({ capacity: 5, options: { announce: "names" } });
    const callers = await together(bridge, 6, (index) => bridge.call(room, { number: String(index) }));
    expect(statuses(callers)).toEqual({ 200: 5, 486: 1 });
  });

  it("gives a place back when its caller hangs up before they are inside", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 1, options: { waitForHost: true } });
    const first = await bridge.call(room, { number: "1" });
    expect((await bridge.call(room, { number: "2" })).invitation.status).toBe(486);
    first.invitation.session.hangUp();
    await settle();
    const third = await bridge.call(room, { number: "3" });
    expect(third.invitation.status).toBe(200);
    third.invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("gives it back when the caller cancels while media is made", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 1 });
    const media = Promise.withResolvers<void>();
    bridge.beforeLeg = () => media.promise;
    const first = await bridge.call(room, { number: "1" });
    first.invitation.cancel();
    media.resolve();
    await settle();
    expect((await bridge.call(room, { number: "2" })).invitation.status).toBe(200);
  });

  it("is not passed by a participant on the way from another room", async () => {
    const bridge = startBridge();
    const from = await bridge.room();
    const to = await bridge.room({ capacity: 1, options: { waitForHost: true } });
    const caller = await bridge.call(from);
    await bridge.call(to, { number: "2" });
    expect(
      await bridge.rooms.moveParticipant(from.id, caller.leg.id as never, { roomId: to.id }),
    ).toMatchObject({ ok: false, error: { code: "ROOM_FULL" } });
  });
});

describe("a callee", () => {
  const place = (bridge: ReturnType<typeof startBridge>, room: { readonly id: never }, confirm: boolean) =>
    bridge.calls.place({
      room: room.id,
      number: "200",
      targets: [{ to: "sip:200@192.0.2.9", from: { uri: "sip:800@192.0.2.1" } }],
      ringSeconds: 30,
      confirm,
    });

  it("holds no place while their telephone rings, and one from the answer on", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 2 });
    place(bridge, room as never, true);
    await settle();
    const early = await bridge.call(room, { number: "1" });
    expect(early.invitation.status).toBe(200);
    bridge.sip.last.answer();
    await settle();
    const late = await bridge.call(room, { number: "2" });
    expect(late.invitation.status).toBe(486);
    bridge.legs[0]?.press("1");
    await settle();
    expect(await bridge.present(room)).toHaveLength(2);
  });

  it("is told when the room has become full meanwhile, without being asked to confirm", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 1 });
    const placed = place(bridge, room as never, true);
    await settle();
    await bridge.call(room, { number: "1" });
    bridge.sip.last.answer();
    await settle();
    expect(bridge.legs[0]?.heard).toEqual(["conf-full"]);
    expect(await placed.entered).toMatchObject({ ok: false, error: { status: 486 } });
  });
});

describe("the server's own limit", () => {
  it("counts a caller who comes from the lobby all the way into the room", async () => {
    const repository = new FakeRoomsRepository();
    const rooms = createRooms({
      ...{ repository, workers: new FakeWorkers(), clock: new FakeClock(), logger: silentLogger },
      extensions: { first: 8000, last: 8999 },
      host: { ...unlimitedNode, maxParticipants: 1 },
    });
    await rooms.create({ extensionNumber: "8123" });
    const caller = (number: string) => ({
      ...{ displayName: number, number, source: number, address: "192.0.2.1", trunk: undefined },
      dismiss: () => {},
    });
    const place = rooms.enterLobby(caller("1"));
    if (!place.ok) throw new Error("there is no place in the lobby");

    const [late, early] = await Promise.all([
      rooms.arrive("8123", caller("2")),
      rooms.arrive("8123", caller("1"), place.value),
    ]);
    expect(late).toMatchObject({ ok: false, error: { status: 503 } });
    expect(early.ok).toBe(true);
  });
});
