// Callers with credentials: a token opens one room, as whom it says and without a PIN; revoked credentials end their calls.
import { beforeEach, describe, expect, it } from "vitest";
import type { Room } from "#conference/rooms";
import { settle } from "#test/support";
import { type Bridge, startBridge } from "./bridge.ts";

const holder = (id: string) => ({ id: `token:${id}`, caller: { number: id, displayName: undefined } });

let bridge: Bridge;
let room: Room;
beforeEach(async () => {
  bridge = startBridge({
    termsOf: async ({ principal }) =>
      principal?.id.startsWith("token:")
        ? {
            room: room.id,
            pass: { role: principal.id.endsWith("host") ? "host" : "participant", name: "Ada" },
          }
        : undefined,
    lobby: { extension: "8999", language: "en" },
  });
  room = await bridge.room({ roomPin: "4711", adminPin: "8888" });
});

const people = async () => {
  const found = await bridge.rooms.participants(room.id);
  return found.ok ? found.value.map(({ displayName, role, chairman }) => [displayName, role, chairman]) : [];
};

describe("a token", () => {
  it("lets in without a PIN, under its name and in its role", async () => {
    await bridge.call(room, { principal: holder("one"), displayName: "Somebody" });
    await bridge.call(room, { principal: holder("the-host") });

    expect(await people()).toEqual([
      ["Ada", "participant", false],
      ["Ada", "host", true],
    ]);
  });

  it("opens no other room, and no lobby", async () => {
    const other = await bridge.room({ extensionNumber: "8500" });
    const calls = [];
    for (const dialled of [other.extensionNumber, "8999", "8777"]) {
      calls.push((await bridge.call(dialled, { principal: holder("one") })).invitation.status);
    }

    expect(calls).toEqual([403, 404, 404]);
  });

  it("is needed by no caller of the lobby", async () => {
    const { invitation, leg } = await bridge.call("8999", {});
    expect(invitation.answers).toEqual(["180", "200 answer"]);
    expect(leg.heard).toEqual(["conf-getconfno"]);
  });

  it("passes a lock as a host alone", async () => {
    await bridge.rooms.lock(room.id, true);
    expect((await bridge.call(room, { principal: holder("one"), offer: undefined })).invitation.status).toBe(
      403,
    );
    await bridge.call(room, { principal: holder("the-host") });
    expect(await people()).toEqual([["Ada", "host", true]]);
  });
});

describe("credentials that are revoked", () => {
  it("end the calls that came with them, and no other", async () => {
    const [first, second] = [holder("one"), holder("two")];
    const hers = await bridge.call(room, { principal: first });
    const his = await bridge.call(room, { principal: second });
    const ended = bridge.calls.endCallsOf(({ id }) => id === first.id, { status: 403, text: "Revoked" });
    await settle();
    await ended;

    expect(hers.invitation.session.byes).toMatchObject([{ status: 403 }]);
    expect(his.invitation.session.byes).toEqual([]);
    expect(await people()).toEqual([["Ada", "participant", false]]);
  });
});
