// The lobby: a number that asks which conference is wanted, and goes on as if that one had been called.
import { describe, expect, it } from "vitest";
import type { ParticipantId } from "#common";
import { FakeWorkers, settle } from "#test/support";
import { none, startBridge, traces } from "./bridge.ts";

const lobby = { extension: "7000", language: "fr" };

describe("the lobby", () => {
  it("asks for a number in its own language, then for the PIN in the room's", async () => {
    const bridge = startBridge({ lobby });
    const room = await bridge.room({ roomPin: "1234", extensionNumber: "8123", language: "it" });
    const { invitation, leg } = await bridge.call("7000", { displayName: "Alice" });
    expect(invitation.answers).toEqual(["180", "200 answer"]);
    leg.press("8123#");
    await settle();
    leg.press("1234");
    await settle();

    expect(leg.heard).toEqual(["conf-getconfno", "conf-getpin", "conf-placeintoconf conf-onlyperson"]);
    expect(leg.languages).toEqual(["fr", "it", "it"]);
    expect(await bridge.present(room)).toEqual(["Alice"]);
    invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("gives three tries, and guessing over many calls takes longer", async () => {
    const bridge = startBridge({ lobby });
    await bridge.room({ extensionNumber: "8123" });
    const { invitation, leg } = await bridge.call("7000", { number: "666" });
    for (let count = 0; count < 3; count += 1) {
      leg.press("999#");
      await settle();
    }
    expect(leg.heard).toEqual([
      "conf-getconfno",
      "conf-invalid conf-getconfno",
      "conf-invalid conf-getconfno",
      "conf-invalid vm-goodbye",
    ]);
    expect(invitation.session.byes).toEqual([
      { status: 404, text: "No such conference", code: "ROOM_NOT_FOUND" },
    ]);
    expect(traces(bridge)).toEqual(none);

    const again = await bridge.call("7000", { number: "666" });
    again.leg.press("8123#");
    await settle();
    expect(again.leg.room).toBeUndefined();
    await bridge.clock.run(1000);
    expect(again.leg.room).toBeDefined();
  });

  it("says what keeps the caller out of the room they chose", async () => {
    const bridge = startBridge({ lobby });
    const room = await bridge.room({ extensionNumber: "8123" });
    await bridge.rooms.lock(room.id, true);
    const { invitation, leg } = await bridge.call("7000");
    leg.press("8123#");
    await settle();
    expect(leg.heard).toEqual(["conf-getconfno", "conf-locked"]);
    expect(invitation.session.byes).toEqual([
      { status: 403, text: "Conference locked", code: "ROOM_LOCKED" },
    ]);
  });

  it("moves the caller to the worker where the room lives, with a re-INVITE", async () => {
    const bridge = startBridge({ lobby }, new FakeWorkers(2));
    const room = await bridge.room({ extensionNumber: "8123" });
    await bridge.call(room, { number: "101" });
    const { invitation, leg: first } = await bridge.call("7000", { number: "102" });
    expect(first.worker.index).toBe(1);
    first.press("8123#");
    await settle();

    expect(first.closed).toBe(true);
    expect(bridge.legs[2]).toMatchObject({ id: first.id, worker: { index: 0 } });
    expect(bridge.legs[2]?.room).toBe(room.id);
    expect(invitation.session.reoffers).toBe(1);
    expect(await bridge.present(room)).toEqual(["101", "102"]);
  });

  it("forgets a caller who hangs up while the room that they chose is busy", async () => {
    const bridge = startBridge({ lobby });
    const room = await bridge.room({ extensionNumber: "8123" });
    const other = await bridge.call(room, { number: "101" });
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    other.leg.before = (command) => (command.startsWith("mute") ? answered : undefined);
    const muting = bridge.rooms.muteParticipant(room.id, other.leg.id as ParticipantId, true);
    const { invitation, leg } = await bridge.call("7000", { number: "102" });
    leg.press("8123#");
    await settle();
    invitation.session.hangUp();
    await settle();
    answer();
    await muting;
    await settle();
    other.invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("forgets a caller who hangs up", async () => {
    const bridge = startBridge({ lobby });
    const { invitation } = await bridge.call("7000");
    invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
    expect((await bridge.call("8999")).invitation.status).toBe(404);
  });
});
