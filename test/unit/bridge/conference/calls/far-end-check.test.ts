// Phones from which nothing comes: asked inside the dialog whether they are there, ended when they are not, and left
// alone when they are.
import { describe, expect, it } from "vitest";
import type { Liveness } from "#sip";
import { settle } from "#test/support";
import { silenceLimitMs } from "../../../../../bridge/conference/calls/far-end-check.ts";
import { type Caller, none, startBridge, traces } from "./bridge.ts";

async function silentFor({ leg }: Caller, ...moments: readonly number[]): Promise<void> {
  for (const silentMs of moments) {
    leg.events.emit("silent", { silentMs });
    await settle();
  }
}

const seconds = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) / 30 + 1 }, (_, index) => (from + 30 * index) * 1000);

describe("a phone that is gone", () => {
  it("is asked after thirty seconds of silence, and leaves meeting and recording", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const caller = await bridge.call(room);
    caller.invitation.session.liveness = async () => "gone";
    await silentFor(caller, 30_000);
    expect(caller.invitation.session.asked).toBe(1);
    expect(await bridge.present(room)).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });

  it("at the PIN prompt leaves as well", async () => {
    const bridge = startBridge();
    const caller = await bridge.call(await bridge.room({ roomPin: "1234" }));
    caller.invitation.session.liveness = async () => "gone";
    await silentFor(caller, 30_000);
    expect(bridge.calls.count).toBe(0);
  });

  it("and to which there is no way leaves when it could not be asked twice", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const caller = await bridge.call(room);
    const { session } = caller.invitation;
    session.liveness = async () => "unreachable";
    await silentFor(caller, 30_000);
    expect(await bridge.present(room)).toHaveLength(1);
    await silentFor(caller, 60_000);
    expect(await bridge.present(room)).toEqual([]);
    expect(session.byes).toEqual([{ status: 408, text: "The other side cannot be reached any more" }]);
  });
});

describe("a phone that is there", () => {
  it("stays, and is asked again later each time", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const caller = await bridge.call(room);
    const { session } = caller.invitation;
    const asked: number[] = [];
    for (const silentMs of seconds(30, 1200)) {
      const before = session.asked;
      await silentFor(caller, silentMs);
      if (session.asked > before) asked.push(silentMs / 1000);
    }
    expect(asked).toEqual([30, 90, 210, 450, 690, 930, 1170]);
    expect(await bridge.present(room)).toHaveLength(1);
  });

  it("begins again once something has come from it", async () => {
    const bridge = startBridge();
    const caller = await bridge.call(await bridge.room());
    await silentFor(caller, 30_000, 60_000, 0, 30_000);
    expect(caller.invitation.session.asked).toBe(2);
  });

  it("is not asked a second time while the first is open", async () => {
    const bridge = startBridge();
    const caller = await bridge.call(await bridge.room());
    const answer = Promise.withResolvers<Liveness>();
    caller.invitation.session.liveness = () => answer.promise;
    await silentFor(caller, 30_000, 0, 30_000, 60_000);
    expect(caller.invitation.session.asked).toBe(1);
    answer.resolve("alive");
  });

  it("is not asked before the call is answered", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const caller = await bridge.call(room, { acknowledges: false });
    await silentFor(caller, 30_000);
    expect(caller.invitation.session.asked).toBe(0);
  });

  it("is asked at least every four minutes", () => {
    expect([0, 1, 2, 3, 4, 1000].map(silenceLimitMs)).toEqual([
      30_000, 60_000, 120_000, 240_000, 240_000, 240_000,
    ]);
  });
});
