// Callers who are handed over: an attended transfer (Replaces) and a call that another extension diverted.
import { describe, expect, it } from "vitest";
import { FakeSession, settle } from "#test/support";
import { none, startBridge, traces } from "./bridge.ts";

const lobby = { extension: "700", language: "en" };

describe("a call that replaces another", () => {
  it("takes the participant's place: no PIN, same role, chair and mute, unheard by the room", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "4711", roomPin: "1234", capacity: 2 });
    const secretary = await bridge.call(room, { displayName: "Secretary", number: "200" });
    for (const digit of "4711#") secretary.leg.events.emit("dtmf", { digit });
    await settle();
    const guest = await bridge.call(room, { displayName: "Guest", number: "300" });
    for (const digit of "1234#") guest.leg.events.emit("dtmf", { digit });
    await settle();
    await bridge.rooms.lock(room.id, true);
    const [host] = await participants();
    await bridge.rooms.muteParticipant(room.id, host!.id, true);
    const heard = bridge.worker.commands.filter((name) => name === "room.play").length;

    const boss = await bridge.call(room, {
      displayName: "Boss",
      number: "100",
      replaces: secretary.invitation.session,
    });

    expect(boss.invitation.answers).toContain("200 answer");
    expect(await bridge.present(room)).toEqual(["Boss", "Guest"]);
    expect((await participants())[0]).toMatchObject({ role: "host", chairman: true, muteReasons: ["host"] });
    expect(secretary.invitation.session.byes).toEqual([
      { status: 200, text: "Transferred", code: "TRANSFERRED" },
    ]);
    expect(secretary.leg.closed).toBe(true);
    expect(bridge.worker.commands.filter((name) => name === "room.play")).toHaveLength(heard);

    boss.invitation.session.hangUp();
    guest.invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);

    async function participants() {
      const result = await bridge.rooms.participants(room.id);
      return result.ok ? result.value : [];
    }
  });

  it("comes like any caller when the other one had not joined", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    const secretary = await bridge.call(room, { number: "200" });
    const boss = await bridge.call("700", { displayName: "Boss", replaces: secretary.invitation.session });
    expect(secretary.invitation.session.byes).toHaveLength(1);
    expect(await bridge.present(room)).toEqual([]);
    for (const digit of "1234#") boss.leg.events.emit("dtmf", { digit });
    await settle();
    expect(await bridge.present(room)).toEqual(["Boss"]);
  });

  it("that gives up before it is answered leaves everything as it was", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const secretary = await bridge.call(room, { displayName: "Secretary" });
    const gate = Promise.withResolvers<void>();
    bridge.beforeLeg = () => gate.promise;
    const boss = await bridge.call(room, { replaces: secretary.invitation.session });
    boss.invitation.cancel();
    gate.resolve();
    await settle();
    expect(await bridge.present(room)).toEqual(["Secretary"]);
    expect(secretary.invitation.session.byes).toEqual([]);
  });

  it("enters in the same role when the other one hangs up on the way", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    const secretary = await bridge.call(room);
    for (const digit of "1234#") secretary.leg.events.emit("dtmf", { digit });
    await settle();
    const boss = await bridge.call(room, {
      displayName: "Boss",
      replaces: secretary.invitation.session,
      acknowledges: false,
    });
    secretary.invitation.session.hangUp();
    boss.invitation.ack();
    await settle();
    expect(await bridge.present(room)).toEqual(["Boss"]);
  });

  it("waits for the host in the place of one that does", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "4711", options: { waitForHost: true } });
    const secretary = await bridge.call(room, { number: "200" });
    const boss = await bridge.call(room, { displayName: "Boss", replaces: secretary.invitation.session });
    expect(secretary.invitation.session.byes).toMatchObject([{ code: "TRANSFERRED" }]);
    expect(bridge.calls.snapshot()).toMatchObject({ waiting: 1 });
    boss.leg.press("*84711#");
    await settle();
    expect(await bridge.present(room)).toEqual(["Boss"]);
  });

  it("leads to the room of the other one when the number of the lobby was dialled", async () => {
    const bridge = startBridge({ lobby });
    const room = await bridge.room({ adminPin: "4711", roomPin: "1234" });
    const secretary = await bridge.call("700", { displayName: "Secretary" });
    secretary.leg.press(`${room.extensionNumber}#`);
    await settle();
    secretary.leg.press("4711#");
    await settle();
    expect(await bridge.present(room)).toEqual(["Secretary"]);
    await bridge.call("700", { displayName: "Boss", replaces: secretary.invitation.session });
    expect(await bridge.present(room)).toEqual(["Boss"]);
    expect(secretary.invitation.session.byes).toMatchObject([{ code: "TRANSFERRED" }]);
  });

  it.each(["700", "room"])("is 481 when the other one is asked for a room in the lobby (%s)", async (to) => {
    const bridge = startBridge({ lobby });
    const room = await bridge.room();
    const secretary = await bridge.call("700");
    const { invitation } = await bridge.call(to === "room" ? room : to, {
      replaces: secretary.invitation.session,
    });
    expect(invitation.rejection).toMatchObject({ status: 481, code: "CANNOT_REPLACE" });
    expect(secretary.invitation.session.byes).toEqual([]);
    expect(bridge.calls.snapshot()).toMatchObject({ entering: 1 });
  });

  it("is 481 when there is no such call", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation } = await bridge.call(room, { replaces: new FakeSession(undefined) });
    expect(invitation.rejection?.status).toBe(481);
    expect(traces(bridge)).toEqual(none);
  });
});

describe("a diverted call", () => {
  const diversion = (number: string) => ({ number, uri: `sip:${number}@pbx`, reason: undefined });

  it("reaches the room that was called first, when nothing else has the dialled number", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation } = await bridge.call("parley", { diversion: diversion(room.extensionNumber) });
    expect(invitation.status).toBe(200);
    expect(await bridge.present(room)).toHaveLength(1);
  });

  it("reaches the dialled room before that", async () => {
    const bridge = startBridge();
    const [first, second] = [await bridge.room(), await bridge.room()];
    await bridge.call(second, { diversion: diversion(first.extensionNumber) });
    expect(await bridge.present(second)).toHaveLength(1);
  });

  it("is 404 when neither is a room", async () => {
    const bridge = startBridge();
    const { invitation } = await bridge.call("parley", { diversion: diversion("1") });
    expect(invitation.rejection?.status).toBe(404);
  });
});
