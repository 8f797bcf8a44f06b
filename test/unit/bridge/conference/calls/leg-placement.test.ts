// A worker without ports: callers are refused only when no other worker has any, and a room goes elsewhere only as long
// as its mix is empty. `follow-room.test.ts` has those who wait there.
import { describe, expect, it } from "vitest";
import { ParleyError } from "#common";
import { FakeWorkers, settle } from "#test/support";
import { bridge, none, traces } from "./bridge.ts";

const full = new ParleyError("NO_PORTS", "no pair of RTP ports is free");

function withFullWorkers(workers: FakeWorkers, ...indexes: readonly number[]) {
  const house = bridge({ lobby: { extension: "7000", language: "en" } }, workers);
  house.beforeLeg = (leg) => {
    if (indexes.includes(leg.worker.index)) throw full;
  };
  return house;
}

describe("when the ports of a worker are all taken", () => {
  it("an empty room goes to another one, and stays there for those who follow", async () => {
    const house = withFullWorkers(new FakeWorkers(3), 0, 1);
    const room = await house.room();
    const first = await house.call(room, { number: "1" });
    const second = await house.call(room, { number: "2" });
    expect([first, second].map(({ invitation }) => invitation.status)).toEqual([200, 200]);
    expect(house.legs.map(({ worker }) => worker.index)).toEqual([2, 2]);
    for (const { invitation } of [first, second]) invitation.session.hangUp();
    await settle();
    expect(traces(house)).toEqual(none);
  });

  it("those who come at once go together", async () => {
    const house = withFullWorkers(new FakeWorkers(2), 0);
    const room = await house.room();
    const media = Promise.withResolvers<void>();
    house.beforeLeg = async (leg) => {
      await media.promise;
      if (leg.worker.index === 0) throw full;
    };
    const callers = [];
    for (const number of ["1", "2", "3"]) callers.push(await house.call(room, { number }));
    media.resolve();
    await settle();
    await settle();
    expect(callers.map(({ invitation }) => invitation.status)).toEqual([200, 200, 200]);
    expect(await house.present(room)).toHaveLength(3);
    expect(house.legs.map(({ worker }) => worker.index)).toEqual([1, 1, 1]);
  });

  it("a leg that was made before the room went elsewhere is made anew", async () => {
    const house = withFullWorkers(new FakeWorkers(2));
    const room = await house.room({ roomPin: "1234" });
    const slow = Promise.withResolvers<void>();
    let count = 0;
    house.beforeLeg = async (leg) => {
      count += 1;
      if (count === 1) await slow.promise;
      else if (leg.worker.index === 0) throw full;
    };
    const first = await house.call(room, { number: "1" });
    await house.call(room, { number: "2" });
    slow.resolve();
    await settle();
    expect(first.invitation.status).toBe(200);
    expect(house.legs.filter(({ closed }) => !closed).map(({ worker }) => worker.index)).toEqual([1, 1]);
  });

  it("the lobby asks on another one", async () => {
    const house = withFullWorkers(new FakeWorkers(2), 0);
    const room = await house.room({ extensionNumber: "8123" });
    const { invitation } = await house.call("7000");
    expect(invitation.status).toBe(200);
    house.legs[0]?.press("8123#");
    await settle();
    expect(await house.present(room)).toHaveLength(1);
    invitation.session.hangUp();
    await settle();
    expect(traces(house)).toEqual(none);
  });

  it("whom a room calls is called from another one", async () => {
    const house = withFullWorkers(new FakeWorkers(2), 0);
    const room = await house.room();
    house.calls.place({
      room: room.id,
      number: "200",
      targets: [{ to: "sip:200@192.0.2.9", from: { uri: "sip:800@192.0.2.1" } }],
      ringSeconds: 30,
      confirm: false,
    });
    await settle();
    house.sip.last.answer();
    await settle();
    expect(await house.present(room)).toHaveLength(1);
    expect(house.legs[0]?.worker.index).toBe(1);
  });

  it("503 is said when no worker has any, and nothing is left of it", async () => {
    const house = withFullWorkers(new FakeWorkers(2), 0, 1);
    const room = await house.room();
    const { invitation } = await house.call(room);
    expect(invitation.rejection).toMatchObject({ status: 503, text: "No media port is free" });
    expect(house.legRequests).toHaveLength(2);
    expect(traces(house)).toEqual(none);
  });
});
