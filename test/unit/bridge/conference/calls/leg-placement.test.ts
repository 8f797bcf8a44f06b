// A worker without ports: callers are refused only when no other worker has any, and a room goes elsewhere only as long
// as its mix is empty. `follow-room.test.ts` has those who wait there.
import { describe, expect, it } from "vitest";
import { ParleyError } from "#common";
import { FakeWorkers, settle } from "#test/support";
import { none, startBridge, traces } from "./bridge.ts";

const full = new ParleyError("NO_PORTS", "no pair of RTP ports is free");

function withFullWorkers(workers: FakeWorkers, ...indexes: readonly number[]) {
  const bridge = startBridge({ lobby: { extension: "7000", language: "en" } }, workers);
  bridge.beforeLeg = (leg) => {
    if (indexes.includes(leg.worker.index)) throw full;
  };
  return bridge;
}

describe("when the ports of a worker are all taken", () => {
  it("an empty room goes to another one, and stays there for those who follow", async () => {
    const bridge = withFullWorkers(new FakeWorkers(3), 0, 1);
    const room = await bridge.room();
    const first = await bridge.call(room, { number: "1" });
    const second = await bridge.call(room, { number: "2" });
    expect([first, second].map(({ invitation }) => invitation.status)).toEqual([200, 200]);
    expect(bridge.legs.map(({ worker }) => worker.index)).toEqual([2, 2]);
    for (const { invitation } of [first, second]) invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("those who come at once go together", async () => {
    const bridge = withFullWorkers(new FakeWorkers(2), 0);
    const room = await bridge.room();
    const media = Promise.withResolvers<void>();
    bridge.beforeLeg = async (leg) => {
      await media.promise;
      if (leg.worker.index === 0) throw full;
    };
    const callers = [];
    for (const number of ["1", "2", "3"]) callers.push(await bridge.call(room, { number }));
    media.resolve();
    await settle();
    await settle();
    expect(callers.map(({ invitation }) => invitation.status)).toEqual([200, 200, 200]);
    expect(await bridge.present(room)).toHaveLength(3);
    expect(bridge.legs.map(({ worker }) => worker.index)).toEqual([1, 1, 1]);
  });

  it("a leg that was made before the room went elsewhere is created again", async () => {
    const bridge = withFullWorkers(new FakeWorkers(2));
    const room = await bridge.room({ roomPin: "1234" });
    const slow = Promise.withResolvers<void>();
    let count = 0;
    bridge.beforeLeg = async (leg) => {
      count += 1;
      if (count === 1) await slow.promise;
      else if (leg.worker.index === 0) throw full;
    };
    const first = await bridge.call(room, { number: "1" });
    await bridge.call(room, { number: "2" });
    slow.resolve();
    await settle();
    expect(first.invitation.status).toBe(200);
    expect(bridge.legs.filter(({ closed }) => !closed).map(({ worker }) => worker.index)).toEqual([1, 1]);
  });

  it("the lobby asks on another one", async () => {
    const bridge = withFullWorkers(new FakeWorkers(2), 0);
    const room = await bridge.room({ extensionNumber: "8123" });
    const { invitation } = await bridge.call("7000");
    expect(invitation.status).toBe(200);
    bridge.legs[0]?.press("8123#");
    await settle();
    expect(await bridge.present(room)).toHaveLength(1);
    invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("whom a room calls is called from another one", async () => {
    const bridge = withFullWorkers(new FakeWorkers(2), 0);
    const room = await bridge.room();
    bridge.calls.place({
      room: room.id,
      number: "200",
      targets: [{ to: "sip:200@192.0.2.9", from: { uri: "sip:800@192.0.2.1" } }],
      ringSeconds: 30,
      confirm: false,
    });
    await settle();
    bridge.sip.last.answer();
    await settle();
    expect(await bridge.present(room)).toHaveLength(1);
    expect(bridge.legs[0]?.worker.index).toBe(1);
  });

  it("503 is said when no worker has any, and nothing is left of it", async () => {
    const bridge = withFullWorkers(new FakeWorkers(2), 0, 1);
    const room = await bridge.room();
    const { invitation } = await bridge.call(room);
    expect(invitation.rejection).toMatchObject({ status: 503, text: "No media port is free" });
    expect(bridge.legRequests).toHaveLength(2);
    expect(traces(bridge)).toEqual(none);
  });
});
