// Which calls may have pictures: those of rooms that have one, in whichever way they come to the room.

import { describe, expect, it } from "vitest";
import { fail } from "#common";
import { FakeWorkers, settle } from "#test/support";
import { pictures } from "../../../media/support/fakes.ts";
import { type Bridge, bridge } from "./bridge.ts";

const video = { width: 1280, height: 720, framerate: 15, kbps: 1024 };
const asked = ({ legRequests }: Bridge) => legRequests.map((request) => request.video);

describe("a leg", () => {
  it("may have video in a room of the mode VIDEO, and none in another", async () => {
    const house = bridge();
    const { invitation } = await house.call(await house.room({ mode: "VIDEO" }));
    await house.call(await house.room({ mode: "AUDIO" }));
    expect(asked(house)).toEqual([video, undefined]);
    expect(invitation.session.reoffers).toBe(0);
  });

  it("has none while a caller is only told why they are refused", async () => {
    const house = bridge();
    const room = await house.room({ mode: "VIDEO" });
    await house.rooms.lock(room.id, true);
    const { invitation } = await house.call(room);
    expect([asked(house), invitation.status]).toEqual([[undefined], 403]);
  });

  it("of a callee is the same", async () => {
    const house = bridge();
    const room = await house.room({ mode: "VIDEO" });
    const targets = [{ to: "sip:030700@pbx", from: { uri: "sip:8000@pbx" } }] as const;
    house.calls.place({
      room: room.id,
      number: "1",
      displayName: "Bob",
      targets,
      ringSeconds: 45,
      confirm: false,
    });
    await settle();
    expect(asked(house)).toEqual([video]);
  });

  it("has none in the lobby, and may have some where a room brings it to another worker", async () => {
    const lobby = { extension: "7000", language: "en" };
    const house = bridge({ lobby }, new FakeWorkers(2));
    const room = await house.room({ extensionNumber: "8123", mode: "VIDEO" });
    await house.call(room, { number: "101" });
    const { leg } = await house.call("7000", { number: "102" });
    leg.press("8123#");
    await settle();
    expect(await house.present(room)).toEqual(["101", "102"]);
    expect(asked(house)).toEqual([video, undefined, video]);
  });

  it("of a caller who comes from the lobby gets its picture in the room, once", async () => {
    const lobby = { extension: "7000", language: "en" };
    const house = bridge({ lobby });
    const room = await house.room({ extensionNumber: "8123", mode: "VIDEO" });
    const { leg, invitation } = await house.call("7000");
    const { session } = invitation;
    leg.press("8123#");
    await settle();
    expect(session.reoffers).toBe(1);
    expect(await session.handlers.onOfferWanted()).toBe("another offer");
    expect(leg.log).toContain("offer with video 1280x720");
    expect([asked(house), (await house.present(room)).length]).toEqual([[undefined], 1]);
  });

  it.each([
    ["in a room without a picture", { mode: "AUDIO" }, 0],
    ["of a far end that refuses it, which stays in the room", { mode: "VIDEO" }, 1],
  ] as const)("from the lobby %s", async (_, settings, reoffers) => {
    const lobby = { extension: "7000", language: "en" };
    const house = bridge({ lobby });
    const room = await house.room({ extensionNumber: "8123", ...settings });
    const { leg, invitation } = await house.call("7000");
    const { session } = invitation;
    session.answerReoffer = async () => fail({ status: 488, text: "Not Acceptable Here" });
    leg.press("8123#");
    await settle();
    expect(session.reoffers).toBe(reoffers);
    expect((await house.present(room)).length).toBe(1);
  });

  it("that moves to a room on another worker is as that room says", async () => {
    const house = bridge({}, new FakeWorkers(2));
    const [from, to] = [await house.room({ mode: "VIDEO" }), await house.room({ mode: "AUDIO" })];
    const ada = await house.call(from);
    await house.call(to);
    const { rooms } = house;
    const inside = await rooms.participants(from.id);
    const [participant] = inside.ok ? inside.value : [];
    if (!participant) throw new Error("nobody is there");
    expect(await rooms.moveParticipant(from.id, participant.id, { roomId: to.id })).toMatchObject({
      ok: true,
    });
    expect([asked(house), ada.leg.closed]).toEqual([[video, undefined, undefined], true]);
  });

  it("loses its picture with a room that has none any more, and gets it back with the picture; a voice is asked neither time", async () => {
    const house = bridge();
    const room = await house.room({ mode: "VIDEO" });
    const [ada, bob] = [await house.call(room, { number: "101" }), await house.call(room, { number: "102" })];
    ada.leg.measured = { video: pictures };
    const reoffers = () => [ada, bob].map(({ invitation }) => invitation.session.reoffers);
    await house.rooms.update(room.id, { mode: "AUDIO" });
    await settle();
    expect(reoffers()).toEqual([1, 0]);
    await ada.invitation.session.handlers.onOfferWanted();
    expect(ada.leg.log).toContain("offer without video");

    await house.rooms.update(room.id, { mode: "VIDEO" });
    await settle();
    expect(reoffers()).toEqual([2, 0]);
    await ada.invitation.session.handlers.onOfferWanted();
    expect(ada.leg.log).toContain("offer with video 1280x720");
    expect((await house.present(room)).length).toBe(2);
  });

  it("of a caller who came before the room had a picture is offered one", async () => {
    const house = bridge();
    const room = await house.room({ mode: "AUDIO" });
    const { invitation } = await house.call(room);
    await house.rooms.update(room.id, { subject: "Weekly" });
    await house.rooms.update(room.id, { mode: "VIDEO" });
    await settle();
    expect(invitation.session.reoffers).toBe(1);
    expect(house.worker.commands).toContain("room.scene");
  });

  it("that moves into a room without a picture on its worker has none there", async () => {
    const house = bridge();
    const [from, to] = [await house.room({ mode: "VIDEO" }), await house.room({ mode: "AUDIO" })];
    const { leg, invitation } = await house.call(from);
    leg.measured = { video: pictures };
    const inside = await house.rooms.participants(from.id);
    const [participant] = inside.ok ? inside.value : [];
    await house.rooms.moveParticipant(from.id, participant!.id, { roomId: to.id });
    await settle();
    expect(invitation.session.reoffers).toBe(1);
    await invitation.session.handlers.onOfferWanted();
    expect(leg.log).toContain("offer without video");
  });
});
