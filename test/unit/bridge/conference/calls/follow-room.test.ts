// A room that goes to a worker with ports while callers stand at prompts or wait: they keep their legs, and get one on the
// room's worker when they join.
import { beforeEach, describe, expect, it } from "vitest";
import { fail, ParleyError } from "#common";
import type { Room } from "#conference/rooms";
import { type FakeLeg, type FakeWorker, FakeWorkers, settle } from "#test/support";
import { type Bridge, type Caller, none, startBridge, traces } from "./bridge.ts";

const noPorts = new ParleyError("NO_PORTS", "no pair of RTP ports is free");
const notAcceptable = fail({ status: 488, text: "Not Acceptable Here" } as const);

let bridge: Bridge;
let full: Set<number>;
let room: Room;

/** `beforeLeg` may do more, once a worker has ports for it. */
async function open(workers: number, fields: Parameters<Bridge["room"]>[0]) {
  bridge = startBridge({}, new FakeWorkers(workers));
  full = new Set();
  bridge.beforeLeg = (leg) => {
    if (full.has(leg.worker.index)) throw noPorts;
  };
  room = await bridge.room({ options: { announce: "none" }, ...fields });
}

const call = (number: string) => bridge.call(room, { number });
async function press(caller: { leg: Pick<FakeLeg, "press"> }, keys: string) {
  caller.leg.press(keys);
  await settle();
}
const openLegs = () => bridge.legs.filter(({ closed }) => !closed).map(({ worker }) => worker.index);
const reoffers = (...callers: readonly Caller[]) =>
  callers.map(({ invitation }) => invitation.session.reoffers);
async function allGone(...callers: readonly Caller[]) {
  for (const { invitation } of callers) invitation.session.hangUp();
  await settle();
  expect(traces(bridge)).toEqual(none);
}

/** What the far end answers to the re-INVITE, once the test wants it to. */
function slowPhone({ invitation }: Caller) {
  const { promise, resolve } = Promise.withResolvers<void>();
  invitation.session.answerReoffer = async () => {
    await promise;
    return { ok: true, value: undefined };
  };
  return async () => {
    resolve();
    await settle();
  };
}

describe("a room whose callers are at the PIN", () => {
  let ada: Caller;
  beforeEach(async () => {
    await open(3, { roomPin: "1234" });
    ada = await call("1");
    expect(ada.leg.worker.index).toBe(0);
    full.add(0);
  });

  it("goes to a worker with ports, and they follow when they join", async () => {
    const bob = await call("2");
    expect(bob.invitation.status).toBe(200);
    expect([openLegs(), reoffers(ada)]).toEqual([[0, 1], [0]]);
    await press(ada, "1234");
    expect([openLegs(), reoffers(ada, bob)]).toEqual([
      [1, 1],
      [1, 0],
    ]);
    expect(bridge.legs[2]).toMatchObject({ id: ada.leg.id, room: room.id, muted: false });
    expect(bridge.legRequests.at(-1)).toMatchObject({ offer: null });
    await press(bob, "1234");
    expect(await bridge.present(room)).toEqual(["1", "2"]);
    await press({ leg: bridge.legs[2]! }, "*6");
    expect(bridge.legs[2]).toMatchObject({ muted: true });
    await allGone(ada, bob);
  });

  it("does not change a leg for a caller who never joins", async () => {
    const bob = await call("2");
    for (let tries = 0; tries < 3; tries += 1) await press(ada, "0000#");
    expect([openLegs(), reoffers(ada)]).toEqual([[1], [0]]);
    await allGone(bob);
  });

  it("lets several in who join at once", async () => {
    full.delete(0);
    const eve = await call("2");
    full.add(0);
    const bob = await call("3");
    for (const caller of [ada, eve, bob]) caller.leg.press("1234");
    await settle();
    expect(new Set(await bridge.present(room))).toEqual(new Set(["1", "2", "3"]));
    expect([openLegs(), reoffers(ada, eve, bob)]).toEqual([
      [1, 1, 1],
      [1, 1, 0],
    ]);
    await allGone(ada, eve, bob);
  });

  it("comes back to the leg of a caller whose phone refuses, while no one is inside", async () => {
    const bob = await call("2");
    ada.invitation.session.answerReoffer = async () => notAcceptable;
    await press(ada, "1234");
    expect(await bridge.present(room)).toEqual(["1"]);
    expect([ada.leg.room, openLegs()]).toEqual([room.id, [0, 1]]);
    full.delete(0);
    await press(bob, "1234");
    expect(await bridge.present(room)).toEqual(["1", "2"]);
    expect(openLegs()).toEqual([0, 0]);
    await allGone(ada, bob);
  });

  it("ends the call of a caller whose phone refuses when others are inside, with the reason", async () => {
    const bob = await call("2");
    await press(bob, "1234");
    ada.invitation.session.answerReoffer = async () => notAcceptable;
    await press(ada, "1234");
    expect(ada.invitation.session.byes[0]).toMatchObject({
      status: 503,
      text: "The media could not be moved to the conference",
    });
    expect(await bridge.present(room)).toEqual(["2"]);
    await allGone(bob);
  });

  it("joins where the leg is when no other worker has ports for it", async () => {
    const bob = await call("2");
    full.add(1).add(2);
    await press(ada, "1234");
    expect(await bridge.present(room)).toEqual(["1"]);
    expect([openLegs(), reoffers(ada)]).toEqual([[0, 1], [0]]);
    await press(bob, "1234");
    expect(bob.invitation.session.byes[0]).toMatchObject({ status: 503, text: "No media port is free" });
    await allGone(ada);
  });

  it("is followed to a third worker when it goes on meanwhile", async () => {
    const bob = await call("2");
    const agree = slowPhone(ada);
    await press(ada, "1234");
    full.add(1);
    const eve = await call("3");
    expect(eve.invitation.status).toBe(200);
    await agree();
    expect([await bridge.present(room), reoffers(ada)]).toEqual([["1"], [2]]);
    expect(openLegs()).toEqual([1, 2, 2]);
    await allGone(ada, bob, eve);
  });

  it("leaves nothing behind of a caller who hangs up while the leg is changed", async () => {
    const bob = await call("2");
    const agree = slowPhone(ada);
    await press(ada, "1234");
    ada.invitation.session.hangUp();
    await agree();
    expect([openLegs(), await bridge.present(room)]).toEqual([[1], []]);
    await allGone(bob);
  });

  it("leaves nothing behind of a caller who hangs up while the leg is made", async () => {
    const bob = await call("2");
    const made = Promise.withResolvers<void>();
    bridge.beforeLeg = () => made.promise;
    await press(ada, "1234");
    ada.invitation.session.hangUp();
    await settle();
    made.resolve();
    await settle();
    expect([openLegs(), reoffers(ada)]).toEqual([[1], [0]]);
    await allGone(bob);
  });

  it("that ends while the leg is changed takes the caller with it", async () => {
    const bob = await call("2");
    const agree = slowPhone(ada);
    await press(ada, "1234");
    await bridge.rooms.destroy(room.id);
    await agree();
    expect([ada, bob].map(({ invitation }) => invitation.session.ended)).toEqual([true, true]);
    expect(traces(bridge)).toEqual(none);
  });

  it("holds the place of a caller whose leg is changed", async () => {
    await open(2, { roomPin: "1234", capacity: 1 });
    const first = await call("1");
    full.add(0);
    const second = await call("2");
    const agree = slowPhone(first);
    await press(first, "1234");
    await press(second, "1234");
    expect(second.invitation.session.byes[0]).toMatchObject({ status: 486 });
    await agree();
    expect(await bridge.present(room)).toEqual(["1"]);
    await allGone(first);
  });

  it("stays with those who are inside: 503 for the next caller", async () => {
    await press(ada, "1234");
    const { invitation } = await call("2");
    expect(invitation.rejection).toMatchObject({
      status: 503,
      text: "No media port is free",
      retryAfter: 10,
    });
    await allGone(ada);
  });
});

describe("a room that waits for its host", () => {
  const fields = { adminPin: "9999", roomPin: "1234", options: { waitForHost: true } };
  let guest: Caller;
  beforeEach(async () => {
    await open(2, fields);
    const { beforeLeg } = bridge;
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
      return beforeLeg(leg);
    };
    guest = await call("102");
    await press(guest, "1234");
    guest.leg.playing?.end("finished");
    await settle();
    full.add(0);
  });

  it("keeps the guests' music playing when it goes elsewhere, and brings them over when it begins", async () => {
    const host = await call("101");
    expect(guest.leg.playing?.items).toEqual(["music"]);
    expect([openLegs(), reoffers(guest)]).toEqual([[0, 1], [0]]);
    await press(host, "9999");
    expect(await bridge.present(room)).toEqual(["101", "102"]);
    expect(openLegs()).toEqual([1, 1]);
    expect(bridge.legs[2]?.playing?.items).toEqual(["confbridge-conf-begin"]);
    await allGone(guest, host);
  });

  it("lets them wait again, with music, when the host has left meanwhile", async () => {
    const host = await call("101");
    const agree = slowPhone(guest);
    await press(host, "9999");
    host.invitation.session.hangUp();
    await settle();
    await agree();
    const leg = bridge.legs[2]!;
    expect([leg.worker.index, await bridge.present(room)]).toEqual([1, []]);
    leg.playing?.end("finished");
    await settle();
    expect(leg.playing?.items).toEqual(["music"]);
    const again = await call("101");
    await press(again, "9999");
    expect(await bridge.present(room)).toEqual(["101", "102"]);
    await allGone(guest, again);
  });
});

describe("another way to a room whose worker has no ports", () => {
  it("a callee who answers after the room went elsewhere follows it", async () => {
    await open(2, {});
    bridge.calls.place({
      room: room.id,
      number: "200",
      targets: [{ to: "sip:200@192.0.2.9", from: { uri: "sip:800@192.0.2.1" } }],
      ringSeconds: 30,
      confirm: false,
    });
    await settle();
    full.add(0);
    const bob = await call("1");
    expect(await bridge.present(room)).toEqual(["1"]);
    bridge.sip.last.answer();
    await settle();
    expect(await bridge.present(room)).toHaveLength(2);
    expect(openLegs()).toEqual([1, 1]);
    bridge.sip.last.session.hangUp();
    await allGone(bob);
  });

  it("a move into a room with callers at its PIN takes that room to the worker of the participant", async () => {
    await open(2, { roomPin: "1234" });
    const ada = await call("1");
    const other = await bridge.room({ options: { announce: "none" } });
    const eve = await bridge.call(other, { number: "3" });
    expect([ada.leg.worker.index, eve.leg.worker.index]).toEqual([0, 1]);
    full.add(0).add(1);
    const [participant] = await participantsOf(other);
    expect(await bridge.rooms.moveParticipant(other.id, participant!.id, { roomId: room.id })).toMatchObject({
      ok: true,
    });
    expect([await bridge.present(room), reoffers(eve)]).toEqual([["3"], [0]]);
    await allGone(ada, eve);
  });

  it("the worker of the caller who waits dies: their call ends, the room lives on", async () => {
    await open(2, { roomPin: "1234" });
    const ada = await call("1");
    full.add(0);
    const bob = await call("2");
    bridge.workers.die(bridge.workers.workers[0] as FakeWorker);
    await settle();
    expect([ada, bob].map(({ invitation }) => invitation.session.ended)).toEqual([true, false]);
    await press(bob, "1234");
    expect(await bridge.present(room)).toEqual(["2"]);
    await allGone(bob);
  });
});

async function participantsOf({ id }: Room) {
  const participants = await bridge.rooms.participants(id);
  return participants.ok ? participants.value : [];
}
