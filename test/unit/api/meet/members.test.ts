// Members of the meet family: added, listed, changed and removed with an API key alone; what their link and their token open.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { RoomId } from "#common";
import { defaultPermissions } from "#conference/rooms";
import { type MeetWorld, meetWorld } from "./world.ts";

let world: MeetWorld;
let id: RoomId;
let path: string;
beforeAll(async () => {
  world = await meetWorld();
  const user = {
    username: "alice_smith",
    password: "a long enough secret",
    role: "viewer",
    display_name: "Alice Smith",
  };
  await world.api.post("/api/users", user);
});
beforeEach(async () => {
  id = await world.made();
  path = `/rooms/${id}/members`;
});
afterAll(() => world.close());

const added = async (body: object = { name: "Ada", baseRole: "speaker" }) =>
  (await world.ask("POST", path, body)).body;
const secretOf = (url: string) => new URL(url).searchParams.get("secret")!;
const exchange = async (secret: string, room: string = id) =>
  (await world.api.app.inject({ method: "POST", url: "/api/join/token", payload: { room, secret } })).json();

describe("a member", () => {
  it("of a name has a link of their own, and the permissions of the base role but for the overrides", async () => {
    const { status, headers, body } = await world.ask("POST", path, {
      ...{ name: " Ada Lovelace ", baseRole: "speaker" },
      customPermissions: { canRecord: true, canPublishAudio: false },
    });
    expect(status).toBe(201);
    expect(headers["location"]).toBe(`/api/v1${path}/${body.memberId}`);
    expect(body).toEqual({
      ...{ memberId: expect.stringMatching(/^ext-/), name: "Ada Lovelace", baseRole: "speaker" },
      accessUrl: expect.stringMatching(new RegExp(`/join/\\?room=${id}&secret=[0-9A-Za-z]{10}$`)),
      customPermissions: { canRecord: true, canPublishAudio: false },
      effectivePermissions: { ...defaultPermissions.speaker, canRecord: true, canPublishAudio: false },
    });
    expect((await world.ask("GET", `${path}/${body.memberId}`)).body).toEqual(body);
  });

  it("of a user has the user's name as id, and is there once", async () => {
    const { status, body } = await world.ask("POST", path, { userId: "alice_smith", baseRole: "moderator" });
    expect(status).toBe(201);
    expect(body).toMatchObject({ memberId: "alice_smith", name: "Alice Smith", baseRole: "moderator" });
    expect(body).not.toHaveProperty("customPermissions");
    const again = await world.ask("POST", path, { userId: "alice_smith", baseRole: "speaker" });
    expect([again.status, again.body.code]).toEqual([409, "MEMBER_EXISTS"]);
    const nobody = await world.ask("POST", path, { userId: "nobody", baseRole: "speaker" });
    expect([nobody.status, nobody.body.code]).toEqual([404, "USER_NOT_FOUND"]);
  });

  it("of a user with a long name has the beginning of it", async () => {
    const display_name = `${"x".repeat(63)}\u{1f600}${"y".repeat(50)}`;
    const user = { username: "longest", password: "a long enough secret", role: "viewer", display_name };
    await world.api.post("/api/users", user);
    const { body } = await world.ask("POST", path, { userId: "longest", baseRole: "speaker" });
    expect(body.name).toBe(`${"x".repeat(63)}\u{1f600}`);
  });

  it.each([
    [{ baseRole: "speaker" }, "userId"],
    [{ userId: "alice_smith", name: "Alice", baseRole: "speaker" }, "userId"],
    [{ name: "Ada" }, "baseRole"],
    [{ name: "Ada", baseRole: "host" }, "baseRole"],
    [{ name: "", baseRole: "speaker" }, "name"],
    [{ name: "  ", baseRole: "speaker" }, "name"],
    [{ name: "x".repeat(51), baseRole: "speaker" }, "name"],
    [{ userId: "Alice", baseRole: "speaker" }, "userId"],
    [{ name: "Ada", baseRole: "speaker", customPermissions: { canFly: true } }, "customPermissions.canFly"],
    [
      { name: "Ada", baseRole: "speaker", customPermissions: { canRecord: 1 } },
      "customPermissions.canRecord",
    ],
    [{ name: "Ada", baseRole: "speaker", email: "ada@example.com" }, "email"],
  ])("%j is 422", async (body, field) => {
    const answer = await world.ask("POST", path, body);
    expect([answer.status, answer.body.details[0].field]).toEqual([422, field]);
  });

  it("is changed: the role, the overrides as a whole, nothing else", async () => {
    const { memberId } = await added({
      name: "Ada",
      baseRole: "speaker",
      customPermissions: { canRecord: true },
    });
    const one = `${path}/${memberId}`;
    const moderator = (await world.ask("PUT", one, { baseRole: "moderator" })).body;
    expect(moderator).toMatchObject({ baseRole: "moderator", customPermissions: { canRecord: true } });
    const { body } = await world.ask("PUT", one, { customPermissions: { canReadChat: false } });
    expect(body.effectivePermissions).toEqual({ ...defaultPermissions.moderator, canReadChat: false });
    for (const wrong of [{ name: "Bob" }, { baseRole: "x" }, { customPermissions: { canFly: false } }]) {
      expect((await world.ask("PUT", one, wrong)).status).toBe(422);
    }
    const none = await world.ask("PUT", `${path}/ext-none`, {});
    expect([none.status, none.body.code]).toEqual([404, "MEMBER_NOT_FOUND"]);
  });

  it("can be sent back as it is shown, with what cannot be changed as it is", async () => {
    const shown = await added({ name: "Ada", baseRole: "speaker", customPermissions: { canRecord: true } });
    const one = `${path}/${shown.memberId}`;
    expect(await world.ask("PUT", one, shown)).toMatchObject({ status: 200, body: shown });
    const moderator = await world.ask("PUT", one, { ...shown, baseRole: "moderator" });
    expect(moderator.body).toEqual({
      ...{ ...shown, baseRole: "moderator", effectivePermissions: defaultPermissions.moderator },
    });
    for (const field of ["memberId", "name", "accessUrl"]) {
      const { status, body } = await world.ask("PUT", one, { ...moderator.body, [field]: "other" });
      expect([status, body.details]).toEqual([422, [{ field, message: "cannot be changed" }]]);
    }
  });

  it("is listed in pages, in the order of being added, with the fields that are asked for", async () => {
    for (let n = 0; n < 5; n++) {
      await added({ name: `M${n}`, baseRole: "speaker" });
      world.clock.advance(1);
    }
    const names: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const { body } = await world.ask(
        "GET",
        `${path}?maxItems=2&fields=name${next && `&nextPageToken=${next}`}`,
      );
      names.push(...body.members.map(({ name }: { name: string }) => name));
      expect(Object.keys(body.members[0])).toEqual(["name"]);
      next = body.pagination.nextPageToken;
    }
    expect(names).toEqual(["M0", "M1", "M2", "M3", "M4"]);
    expect((await world.ask("GET", `${path}?fields=secret`)).status).toBe(422);
    expect((await world.ask("GET", `${path}?nextPageToken=abc`)).status).toBe(422);
  });

  it("is removed: the link and the tokens open nothing any more", async () => {
    const { memberId, accessUrl } = await added();
    const { token } = await exchange(secretOf(accessUrl));
    const headers = { authorization: `Bearer ${token}` };
    const session = () => world.api.app.inject({ method: "GET", url: "/api/join", headers });
    expect((await session()).statusCode).toBe(200);

    expect((await world.ask("DELETE", `${path}/${memberId}`)).status).toBe(200);
    const after = await session();
    expect([after.statusCode, after.json().code]).toEqual([401, "TOKEN_REVOKED"]);
    expect((await exchange(secretOf(accessUrl))).code).toBe("LINK_NOT_VALID");
    expect((await world.ask("DELETE", `${path}/${memberId}`)).status).toBe(404);
  });
});

/** Headers of a user who has just been made and logged in. */
async function asUser(username: string, role: string, at: MeetWorld = world) {
  await at.api.post("/api/users", { username, password: "a long enough secret", role });
  const login = { grant_type: "password", username, password: "a long enough secret" };
  const response = await at.api.app.inject({
    ...{ method: "POST", url: "/api/login/oauth/token" },
    payload: new URLSearchParams(login).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  return { authorization: `Bearer ${response.json().access_token}` };
}

describe("credentials", () => {
  const asKey = async (scopes: string[]) =>
    (await world.api.post("/api/keys", { name: scopes.join(), scopes })).json().key as string;
  it("a key needs `read` to look and `rooms` to change", async () => {
    const read = { "x-api-key": await asKey(["read"]) };
    const rooms = { "x-api-key": await asKey(["rooms"]) };
    expect((await world.ask("GET", "/rooms", undefined, read)).status).toBe(200);
    expect((await world.ask("POST", "/rooms", {}, read)).status).toBe(403);
    expect((await world.ask("GET", path, undefined, read)).status).toBe(403);
    expect((await world.ask("POST", "/rooms", {}, rooms)).status).toBe(201);
    expect((await world.ask("DELETE", `/rooms/${id}?withRecordings=force`, undefined, rooms)).status).toBe(
      403,
    );
    expect((await world.ask("GET", "/rooms", undefined, {})).status).toBe(401);
    expect((await world.ask("GET", "/rooms", undefined, { "x-api-key": "wrong" })).status).toBe(401);
    // Secrets of links are for those who may hand them on.
    const { anonymous } = (await world.ask("GET", `/rooms/${id}`, undefined, read)).body;
    expect(secretOf(anonymous.speaker.accessUrl)).toBeNull();
  });

  it("a user sees and changes their own rooms, sees those of which they are a member, and no members", async () => {
    const ana = await asUser("ana", "user");
    const bob = await asUser("bob", "user");
    const mine = (await world.ask("POST", "/rooms", { roomName: "Ana's" }, ana)).body;
    expect(mine.owner).toBe("ana");
    expect(secretOf(mine.anonymous.speaker.accessUrl)).toMatch(/^\w{10}$/);
    const list = async (headers: object) =>
      (await world.ask("GET", "/rooms", undefined, headers as never)).body.rooms.map(
        ({ roomId }: { roomId: string }) => roomId,
      );
    expect(await list(ana)).toEqual([mine.roomId]);
    expect(await list(bob)).toEqual([]);
    expect((await world.ask("GET", `/rooms/${mine.roomId}`, undefined, bob)).status).toBe(403);
    expect(
      (await world.ask("GET", `/rooms/${mine.roomId}`, undefined, { authorization: "Bearer x" })).status,
    ).toBe(401);

    await world.ask("POST", `/rooms/${mine.roomId}/members`, { userId: "bob", baseRole: "speaker" });
    expect(await list(bob)).toEqual([mine.roomId]);
    expect((await world.ask("GET", `/rooms/${mine.roomId}`, undefined, bob)).status).toBe(200);
    expect((await world.ask("PUT", `/rooms/${mine.roomId}/status`, { status: "closed" }, bob)).status).toBe(
      403,
    );
    expect((await world.ask("PUT", `/rooms/${mine.roomId}/status`, { status: "closed" }, ana)).status).toBe(
      200,
    );
    for (const [method, at, body] of [
      ["POST", "members", { name: "A", baseRole: "speaker" }],
      ["GET", "members", undefined],
      ["GET", "members/bob", undefined],
      ["PUT", "members/bob", {}],
      ["DELETE", "members/bob", undefined],
    ] as const) {
      expect((await world.ask(method, `/rooms/${mine.roomId}/${at}`, body, ana)).status, at).toBe(403);
    }
    expect(
      (await world.ask("DELETE", `/rooms/${mine.roomId}?withRecordings=force`, undefined, ana)).status,
    ).toBe(200);
  });

  it("a room-member token counts beside other credentials, and these beside one that is wrong", async () => {
    const { memberId, accessUrl } = await added({ name: "Ada", baseRole: "speaker" });
    const { token } = await exchange(secretOf(accessUrl));
    const ana = await asUser("ana_too", "user");
    const key = { "x-api-key": "correct-horse-battery-staple" };
    const status = async (at: string, headers: object) =>
      (await world.ask("GET", at, undefined, headers as never)).status;
    const own = { "x-room-member-token": token };
    const wrong = { "x-room-member-token": `${token}x` };

    expect(await status(`${path}/${memberId}`, { ...own, ...ana })).toBe(200);
    expect(await status(`/rooms/${id}`, { ...own, authorization: "Bearer x" })).toBe(200);
    expect(await status(path, { ...own, ...key })).toBe(200);
    expect(await status(`/rooms/${id}`, { ...wrong, ...key })).toBe(200);
    expect(await status(`/rooms/${await world.made()}`, { ...own, ...key })).toBe(200);
    expect(await status(`/rooms/${id}`, { ...wrong, ...ana })).toBe(403);
    expect(await status(`/rooms/${id}`, { ...wrong, authorization: "Bearer x" })).toBe(401);
  });

  it("a room-member token shows its room, its config and its own member, and nothing else", async () => {
    const { memberId, accessUrl } = await added({ name: "Ada", baseRole: "speaker" });
    const bob = await added({ name: "Bob", baseRole: "moderator" });
    const other = await world.made();
    const { token } = await exchange(secretOf(accessUrl));
    const own = { "x-room-member-token": token };
    const ask = (method: "GET" | "PUT" | "DELETE" | "POST", at: string, body?: object) =>
      world.ask(method, at, body, own);

    const { status, body } = await ask("GET", `/rooms/${id}`);
    expect(status).toBe(200);
    expect(secretOf(body.anonymous.speaker.accessUrl)).toBeNull();
    expect((await ask("GET", `/rooms/${id}/config`)).status).toBe(200);
    expect((await ask("GET", `${path}/${memberId}`)).body.name).toBe("Ada");
    for (const [method, at, given] of [
      ["GET", `${path}/${bob.memberId}`, undefined],
      ["GET", `/rooms/${other}`, undefined],
      ["GET", `/rooms/${other}/config`, undefined],
      ["GET", "/rooms", undefined],
      ["GET", path, undefined],
      ["POST", "/rooms", {}],
      ["POST", path, { name: "A", baseRole: "speaker" }],
      ["PUT", `/rooms/${id}/config`, { config: {} }],
      ["PUT", `${path}/${memberId}`, { baseRole: "moderator" }],
      ["DELETE", `/rooms/${id}`, undefined],
      ["DELETE", `${path}/${memberId}`, undefined],
    ] as const) {
      expect((await ask(method, at, given)).status, `${method} ${at}`).toBe(403);
    }
    expect(
      (await world.ask("GET", `/rooms/${id}`, undefined, { "x-room-member-token": `${token}x` })).status,
    ).toBe(401);
    await world.ask("DELETE", `${path}/${memberId}`);
    expect((await ask("GET", `/rooms/${id}`)).status).toBe(401);
    const moderator = await exchange(secretOf(bob.accessUrl));
    const shown = await world.ask("GET", `/rooms/${id}`, undefined, {
      "x-room-member-token": moderator.token,
    });
    expect(secretOf(shown.body.anonymous.speaker.accessUrl)).toMatch(/^\w{10}$/);
  });
});

describe("the last moderator who is a user", () => {
  it("can neither be removed nor become a speaker in the room of a user", async () => {
    const owner = await asUser("olga", "user");
    const { roomId } = (await world.ask("POST", "/rooms", { roomName: "Olga's" }, owner)).body;
    const olga = `/rooms/${roomId}/members/olga`;
    const demoted = await world.ask("PUT", olga, { baseRole: "speaker" });
    expect([demoted.status, demoted.body.code]).toEqual([409, "LAST_ADMIN"]);
    const removed = await world.ask("DELETE", olga);
    expect([removed.status, removed.body.code]).toEqual([409, "LAST_ADMIN"]);
  });

  it("is a member as every other in a room that has no owner", async () => {
    await world.ask("POST", path, { userId: "alice_smith", baseRole: "moderator" });
    const alice = `${path}/alice_smith`;
    expect((await world.ask("PUT", alice, { baseRole: "speaker" })).body.baseRole).toBe("speaker");
    await world.ask("PUT", alice, { baseRole: "moderator" });
    expect((await world.ask("DELETE", alice)).status).toBe(200);
  });
});

describe("a user who makes a room", () => {
  it("is its first member, a moderator, and has it in their list of rooms", async () => {
    const pia = await asUser("pia", "user");
    const { roomId } = (await world.ask("POST", "/rooms", { roomName: "Pia's" }, pia)).body;
    const { members } = (await world.ask("GET", `/rooms/${roomId}/members`)).body;
    expect(members).toMatchObject([{ memberId: "pia", name: "pia", baseRole: "moderator" }]);
    const mine = await world.api.request({ method: "GET", url: "/api/participant/room", headers: pia });
    expect(mine.json().items).toMatchObject([{ room_id: roomId, subject: "Pia's", admin: true }]);
  });

  it("keeps nothing of it once another admin is there and they are removed", async () => {
    const quin = await asUser("quin", "user");
    await asUser("rosa", "user");
    const { roomId } = (await world.ask("POST", "/rooms", { roomName: "Quin's" }, quin)).body;
    const at = `/rooms/${roomId}`;
    await world.ask("POST", `${at}/members`, { userId: "rosa", baseRole: "moderator" });
    expect((await world.ask("DELETE", `${at}/members/quin`)).status).toBe(200);
    expect((await world.ask("GET", at)).body.owner).toBe("rosa");
    expect((await world.ask("GET", at, undefined, quin)).status).toBe(403);
    expect((await world.ask("PUT", `${at}/status`, { status: "closed" }, quin)).status).toBe(403);
    const token = await world.api.app.inject({
      ...{ method: "POST", url: "/api/join/token", headers: quin },
      payload: { room: roomId },
    });
    expect(token.json().code).toBe("LINK_NOT_VALID");
  });

  it("has as many as the self-service API lets one user have", async () => {
    const few = await meetWorld({ maxRoomsOfUser: 2 });
    const sam = await asUser("sam", "user", few);
    const ofSelf = { method: "POST", url: "/api/room", headers: sam, payload: { subject: "x" } } as const;
    expect((await few.api.request(ofSelf)).statusCode).toBe(201);
    const made = await Promise.all([1, 2].map(() => few.ask("POST", "/rooms", {}, sam)));
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(made.find(({ status }) => status === 409)?.body.code).toBe("TOO_MANY_ROOMS");
    expect((await few.api.request(ofSelf)).statusCode).toBe(409);
    expect((await few.ask("POST", "/rooms", {})).status).toBe(201);
    await few.close();
  });

  it("is let in by nothing while disabled", async () => {
    const tess = await asUser("tess", "user");
    const { roomId } = (await world.ask("POST", "/rooms", { roomName: "Tess's" }, tess)).body;
    const { accessUrl } = (await world.ask("GET", `/rooms/${roomId}/members/tess`)).body;
    const link = { room: roomId, secret: secretOf(accessUrl) };
    const exchanged = async () =>
      (await world.api.app.inject({ method: "POST", url: "/api/join/token", payload: link })).json();
    const { token } = await exchanged();
    const session = {
      method: "GET",
      url: "/api/join",
      headers: { authorization: `Bearer ${token}` },
    } as const;
    expect((await world.api.app.inject(session)).statusCode).toBe(200);
    const { id: user } = (await world.api.access.users.find("tess"))!;
    await world.api.post(`/api/users/${user}`, { enabled: false });
    expect((await world.api.app.inject(session)).json().code).toBe("TOKEN_REVOKED");
    expect((await exchanged()).code).toBe("LINK_NOT_VALID");
    await world.api.post(`/api/users/${user}`, { enabled: true });
    expect((await exchanged()).token).toEqual(expect.any(String));
  });
});

describe("a user who may change every room", () => {
  it("has a token that ends when they are disabled", async () => {
    const vera = await asUser("vera", "operator");
    const exchanged = await world.api.app.inject({
      ...{ method: "POST", url: "/api/join/token", headers: vera, payload: { room: id } },
    });
    const headers = { authorization: `Bearer ${exchanged.json().token}` };
    const session = () => world.api.app.inject({ method: "GET", url: "/api/join", headers });
    expect((await session()).json().participant).toMatchObject({ display_name: "vera", role: "host" });
    const { id: user } = (await world.api.access.users.find("vera"))!;
    await world.api.post(`/api/users/${user}`, { enabled: false });
    expect((await session()).json().code).toBe("TOKEN_REVOKED");
    await world.api.post(`/api/users/${user}`, { enabled: true });
    expect((await session()).json().code).toBe("TOKEN_REVOKED");
  });
});

describe("a key without the scope `recordings`", () => {
  it("makes no room whose recordings are removed at its date", async () => {
    const keyOf = async (scopes: string[]) =>
      ({ "x-api-key": (await world.api.post("/api/keys", { name: "k", scopes })).json().key }) as const;
    const day = 86_400_000;
    const dated = (withRecordings: string) => ({
      autoDeletionDate: world.clock.now() + day,
      autoDeletionPolicy: { withRecordings },
    });
    const rooms = await keyOf(["rooms"]);
    const refused = await world.ask("POST", "/rooms", dated("force"), rooms);
    expect([refused.status, refused.body.code]).toEqual([403, "INSUFFICIENT_SCOPE"]);
    expect((await world.ask("POST", "/rooms", dated("close"), rooms)).status).toBe(201);
    const both = await keyOf(["rooms", "recordings"]);
    expect((await world.ask("POST", "/rooms", dated("force"), both)).status).toBe(201);
    expect((await world.ask("POST", "/rooms", dated("force"), await asUser("uma", "user"))).status).toBe(201);
  });
});

describe("the links without an account", () => {
  it("are shown to those who may share them, the moderators' to those who may make moderators", async () => {
    const shown = async (customPermissions: object) => {
      const { accessUrl } = await added({ name: "Vic", baseRole: "speaker", customPermissions });
      const { token } = await exchange(secretOf(accessUrl));
      const seen = await world.ask("GET", `/rooms/${id}`, undefined, { "x-room-member-token": token });
      const { moderator, speaker } = seen.body.anonymous;
      const headers = { authorization: `Bearer ${token}` };
      const { links } = (await world.api.app.inject({ method: "GET", url: "/api/join", headers })).json();
      return [
        [moderator, speaker].map((link) => secretOf(link.accessUrl) !== null),
        links && [links.moderator !== null, links.speaker !== null],
      ];
    };
    expect(await shown({ canMakeModerator: true })).toEqual([[false, false], null]);
    expect(await shown({ canShareAccessLinks: true })).toEqual([
      [false, true],
      [false, true],
    ]);
    expect(await shown({ canShareAccessLinks: true, canMakeModerator: true })).toEqual([
      [true, true],
      [true, true],
    ]);
  });
});

describe("a user whose token cannot be judged now", () => {
  it("is told so, however often they ask, and costs the holders of links nothing", async () => {
    const fresh = await meetWorld();
    const room = await fresh.made();
    vi.spyOn(fresh.api.access, "recognise").mockResolvedValue({ kind: "unavailable", seconds: 7 });
    const ask = () =>
      fresh.api.app.inject({
        ...{ method: "POST", url: "/api/join/token" },
        headers: { authorization: "Bearer of-an-issuer" },
        payload: { room },
      });
    for (let n = 0; n < 12; n++) {
      const { statusCode, headers, json } = await ask();
      expect([statusCode, json().code, headers["retry-after"]]).toEqual([503, "ISSUER_UNAVAILABLE", "7"]);
    }
    await fresh.close();
  });
});

describe("a link", () => {
  it("becomes a token under the name that its holder says, and ends when it is switched off", async () => {
    const { anonymous } = (await world.ask("GET", `/rooms/${id}`)).body;
    const payload = { room: id, secret: secretOf(anonymous.moderator.accessUrl), name: "Eve" };
    const { token } = (
      await world.api.app.inject({ method: "POST", url: "/api/join/token", payload })
    ).json();
    const session = () =>
      world.api.app.inject({
        method: "GET",
        url: "/api/join",
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await session()).json().participant).toMatchObject({ display_name: "Eve", role: "host" });

    await world.ask("PUT", `/rooms/${id}/anonymous`, { anonymous: { moderator: { enabled: false } } });
    expect((await session()).statusCode).toBe(401);
    expect((await exchange(payload.secret)).code).toBe("LINK_NOT_VALID");
    await world.ask("PUT", `/rooms/${id}/anonymous`, { anonymous: { moderator: { enabled: true } } });
    expect((await exchange(payload.secret)).token).toEqual(expect.any(String));
  });

  it("is guessed ten times, then has to wait; of no room it looks the same", async () => {
    const fresh = await meetWorld();
    const room = await fresh.made();
    const guess = async (of: string) =>
      (
        await fresh.api.app.inject({
          ...{ method: "POST", url: "/api/join/token" },
          payload: { room: of, secret: "0123456789" },
        })
      ).json();
    for (let n = 0; n < 10; n++)
      expect((await guess(n % 2 === 0 ? room : "none")).code).toBe("LINK_NOT_VALID");
    expect((await guess(room)).code).toBe("TOO_MANY_ATTEMPTS");
    await fresh.close();
  });
});
