// Which calls may have pictures: those of rooms that have one, in whichever way they come to the room.

import { describe, expect, it } from "vitest";
import { fail } from "#common";
import { FakeWorkers, settle } from "#test/support";
import { pictures } from "../../../media/support/fakes.ts";
import { type Bridge, startBridge } from "./bridge.ts";

const video = { width: 1280, height: 720, framerate: 15, kbps: 1024 };
const asked = ({ legRequests }: Bridge) => legRequests.map((request) => request.video);

describe("a leg", () => {
  it("may have video in a room of the mode VIDEO, and none in another", async () => {
    const bridge = startBridge();
    const { invitation } = await bridge.call(await bridge.room({ mode: "VIDEO" }));
    await bridge.call(await bridge.room({ mode: "AUDIO" }));
    expect(asked(bridge)).toEqual([video, undefined]);
    expect(invitation.session.reoffers).toBe(0);
  });

  it("has none while a caller is only told why they are refused", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ mode: "VIDEO" });
    await bridge.rooms.lock(room.id, true);
    const { invitation } = await bridge.call(room);
    expect([asked(bridge), invitation.status]).toEqual([[undefined], 403]);
  });

  it("of a callee is the same", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ mode: "VIDEO" });
    const targets = [{ to: "sip:030700@pbx", from: { uri: "sip:8000@pbx" } }] as const;
    bridge.calls.place({
      room: room.id,
      number: "1",
      displayName: "Bob",
      targets,
      ringSeconds: 45,
      confirm: false,
    });
    await settle();
    expect(asked(bridge)).toEqual([video]);
  });

  it("has none in the lobby, and may have some where a room brings it to another worker", async () => {
    const lobby = { extension: "7000", language: "en" };
    const bridge = startBridge({ lobby }, new FakeWorkers(2));
    const room = await bridge.room({ extensionNumber: "8123", mode: "VIDEO" });
    await bridge.call(room, { number: "101" });
    const { leg } = await bridge.call("7000", { number: "102" });
    leg.press("8123#");
    await settle();
    expect(await bridge.present(room)).toEqual(["101", "102"]);
    expect(asked(bridge)).toEqual([video, undefined, video]);
  });

  it("of a caller who comes from the lobby gets its picture in the room, once", async () => {
    const lobby = { extension: "7000", language: "en" };
    const bridge = startBridge({ lobby });
    const room = await bridge.room({ extensionNumber: "8123", mode: "VIDEO" });
    const { leg, invitation } = await bridge.call("7000");
    const { session } = invitation;
    leg.press("8123#");
    await settle();
    expect(session.reoffers).toBe(1);
    expect(await session.handlers.onOfferWanted()).toBe("another offer");
    expect(leg.log).toContain("offer with video 1280x720");
    expect([asked(bridge), (await bridge.present(room)).length]).toEqual([[undefined], 1]);
  });

  it.each([
    ["in a room without a picture", { mode: "AUDIO" }, 0],
    ["of a far end that refuses it, which stays in the room", { mode: "VIDEO" }, 1],
  ] as const)("from the lobby %s", async (_, settings, reoffers) => {
    const lobby = { extension: "7000", language: "en" };
    const bridge = startBridge({ lobby });
    const room = await bridge.room({ extensionNumber: "8123", ...settings });
    const { leg, invitation } = await bridge.call("7000");
    const { session } = invitation;
    session.answerReoffer = async () => fail({ status: 488, text: "Not Acceptable Here" });
    leg.press("8123#");
    await settle();
    expect(session.reoffers).toBe(reoffers);
    expect((await bridge.present(room)).length).toBe(1);
  });

  it("that moves to a room on another worker is as that room says", async () => {
    const bridge = startBridge({}, new FakeWorkers(2));
    const [from, to] = [await bridge.room({ mode: "VIDEO" }), await bridge.room({ mode: "AUDIO" })];
    const ada = await bridge.call(from);
    await bridge.call(to);
    const { rooms } = bridge;
    const inside = await rooms.participants(from.id);
    const [participant] = inside.ok ? inside.value : [];
    if (!participant) throw new Error("nobody is there");
    expect(await rooms.moveParticipant(from.id, participant.id, { roomId: to.id })).toMatchObject({
      ok: true,
    });
    expect([asked(bridge), ada.leg.closed]).toEqual([[video, undefined, undefined], true]);
  });

  it("loses its picture with a room that has none any more, and gets it back with the picture; a voice is asked neither time", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ mode: "VIDEO" });
    const [ada, bob] = [
      await bridge.call(room, { number: "101" }),
      await bridge.call(room, { number: "102" }),
    ];
    ada.leg.measured = { video: pictures };
    const reoffers = () => [ada, bob].map(({ invitation }) => invitation.session.reoffers);
    await bridge.rooms.update(room.id, { mode: "AUDIO" });
    await settle();
    expect(reoffers()).toEqual([1, 0]);
    await ada.invitation.session.handlers.onOfferWanted();
    expect(ada.leg.log).toContain("offer without video");

    await bridge.rooms.update(room.id, { mode: "VIDEO" });
    await settle();
    expect(reoffers()).toEqual([2, 0]);
    await ada.invitation.session.handlers.onOfferWanted();
    expect(ada.leg.log).toContain("offer with video 1280x720");
    expect((await bridge.present(room)).length).toBe(2);
  });

  it("of a caller who came before the room had a picture is offered one", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ mode: "AUDIO" });
    const { invitation } = await bridge.call(room);
    await bridge.rooms.update(room.id, { subject: "Weekly" });
    await bridge.rooms.update(room.id, { mode: "VIDEO" });
    await settle();
    expect(invitation.session.reoffers).toBe(1);
    expect(bridge.worker.commands).toContain("room.scene");
  });

  it("that moves into a room without a picture on its worker has none there", async () => {
    const bridge = startBridge();
    const [from, to] = [await bridge.room({ mode: "VIDEO" }), await bridge.room({ mode: "AUDIO" })];
    const { leg, invitation } = await bridge.call(from);
    leg.measured = { video: pictures };
    const inside = await bridge.rooms.participants(from.id);
    const [participant] = inside.ok ? inside.value : [];
    await bridge.rooms.moveParticipant(from.id, participant!.id, { roomId: to.id });
    await settle();
    expect(invitation.session.reoffers).toBe(1);
    await invitation.session.handlers.onOfferWanted();
    expect(leg.log).toContain("offer without video");
  });
});
