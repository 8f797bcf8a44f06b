// Which calls may have pictures: those of rooms that have one, in whichever way they come to the room.
import { describe, expect, it } from "vitest";
import { FakeWorkers, settle } from "#test/support";
import { type Bridge, bridge } from "./bridge.ts";

const video = { width: 1280, height: 720, framerate: 15, kbps: 1024 };
const asked = ({ legRequests }: Bridge) => legRequests.map((request) => request.video);

describe("a leg", () => {
  it("may have video in a room of the mode VIDEO, and none in another", async () => {
    const house = bridge();
    await house.call(await house.room({ mode: "VIDEO" }));
    await house.call(await house.room({ mode: "AUDIO" }));
    expect(asked(house)).toEqual([video, undefined]);
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
});
