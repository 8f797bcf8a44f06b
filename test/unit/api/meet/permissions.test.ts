// Each permission that a request can use, given and taken away: the holder of a member's token asks the bridge directly, past
// whatever a page shows.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RoomId } from "#common";
import type { PermissionName } from "#conference/rooms";
import { type MeetWorld, meetWorld } from "./world.ts";

let world: MeetWorld;
let room: RoomId;
let memberId: string;
let headers: { authorization: string };
beforeAll(async () => {
  world = await meetWorld();
  room = await world.made();
  const { body } = await world.ask("POST", `/rooms/${room}/members`, { name: "Ada", baseRole: "speaker" });
  memberId = body.memberId;
  const secret = new URL(body.accessUrl).searchParams.get("secret");
  const exchange = { method: "POST", url: "/api/join/token", payload: { room, secret } } as const;
  headers = { authorization: `Bearer ${(await world.api.app.inject(exchange)).json().token}` };
  await world.dialIn(room);
});
afterAll(() => world.close());

const give = (permission: PermissionName, on: boolean) =>
  world.ask("PUT", `/rooms/${room}/members/${memberId}`, { customPermissions: { [permission]: on } });

async function ask(method: "GET" | "PUT" | "POST" | "DELETE", path: string, payload?: object) {
  const response = await world.api.app.inject({
    ...{ method, url: `/api/join${path}`, headers },
    ...(payload && { payload }),
  });
  return { status: response.statusCode, body: response.json() };
}

/** Allowed, the request fails for want of what it names, or succeeds; never for want of the permission. */
const operations: readonly [PermissionName, "GET" | "PUT" | "POST" | "DELETE", string, object | undefined][] =
  [
    ["canRecord", "PUT", "/room/recording", { on: true }],
    ["canRetrieveRecordings", "GET", "/recordings", undefined],
    ["canDeleteRecordings", "DELETE", "/recordings/none", undefined],
    ["canMakeModerator", "PUT", "/participants/none/host", undefined],
    ["canKickParticipants", "DELETE", "/participants/none", undefined],
    ["canEndMeeting", "POST", "/room/end", undefined],
  ];

describe("a permission", () => {
  it.each(operations)(
    "%s: %s %s is refused without it, and not with it",
    async (permission, method, path, body) => {
      await give(permission, false);
      const refused = await ask(method, path, body);
      expect([refused.status, refused.body.code]).toEqual([403, "PERMISSION_DENIED"]);
      await give(permission, true);
      const allowed = await ask(method, path, body);
      expect(allowed.body.code).not.toBe("PERMISSION_DENIED");
      expect([200, 404]).toContain(allowed.status);
    },
  );

  it("to share links shows them, and no others", async () => {
    await give("canShareAccessLinks", false);
    expect((await ask("GET", "")).body.links).toBeNull();
    await give("canShareAccessLinks", true);
    expect((await ask("GET", "")).body.links.speaker).toMatch(/secret=\w{10}$/);
  });

  it("is told to the page as it is at the moment", async () => {
    for (const on of [true, false]) {
      await give("canChangeVirtualBackground", on);
      expect((await ask("GET", "")).body.participant.permissions.can_change_virtual_background).toBe(on);
    }
  });

  it("does not show recordings to a role that the room keeps from them", async () => {
    const fresh = await world.made({ config: { recording: { allowAccessTo: "admin_moderator" } } });
    const status = async (link: string) => {
      const secret = new URL(link).searchParams.get("secret");
      const exchange = { method: "POST", url: "/api/join/token", payload: { room: fresh, secret } } as const;
      const { token } = (await world.api.app.inject(exchange)).json();
      const url = "/api/join/recordings";
      const authorization = { authorization: `Bearer ${token}` };
      return (await world.api.app.inject({ method: "GET", url, headers: authorization })).statusCode;
    };
    const { anonymous } = (await world.ask("GET", `/rooms/${fresh}`)).body;
    expect(await status(anonymous.speaker.accessUrl)).toBe(403);
    expect(await status(anonymous.moderator.accessUrl)).toBe(200);
  });

  it("to see recordings says where their posters are for this token", async () => {
    await give("canRetrieveRecordings", true);
    await world.bridge.rooms.recordings.start(room);
    const [recording] = (await ask("GET", "/recordings")).body.items;
    expect(recording.poster_url).toBe(`/api/join/recordings/${recording.id}/poster.jpg`);
  });
});
