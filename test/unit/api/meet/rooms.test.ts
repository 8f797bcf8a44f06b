// Rooms of the meet family: every operation with its fields, defaults, limits and codes, and the same room seen through the
// conference API.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultPermissions } from "#conference/rooms";
import { type MeetWorld, meetWorld } from "./world.ts";

let world: MeetWorld;
beforeAll(async () => {
  world = await meetWorld();
});
afterAll(() => world.close());

const hourMs = 3_600_000;
const conference = async (id: string) => (await world.api.get(`/api/conference_rooms/${id}`)).json();

describe("a new room", () => {
  it("has every field and every default, and an extension that phones dial", async () => {
    const { status, headers, body } = await world.ask("POST", "/rooms");
    const { roomId } = body;
    const page = `https://meet.example.com/join/?room=${roomId}`;
    const link = { enabled: true, accessUrl: expect.stringMatching(/&secret=[0-9A-Za-z]{10}$/) };
    expect(status).toBe(201);
    expect(headers["location"]).toBe(`/api/v1/rooms/${roomId}`);
    expect(roomId).toMatch(/^room-[0-9A-Za-z]{15}$/);
    expect(body).toEqual({
      ...{ roomId, roomName: "Room", owner: "admin", creationDate: world.clock.now() },
      autoDeletionDate: null,
      config: {
        chat: { enabled: true },
        recording: { enabled: true, allowAccessTo: "admin_moderator_speaker" },
        virtualBackground: { enabled: true },
        e2ee: { enabled: false },
      },
      roles: {
        moderator: { permissions: defaultPermissions.moderator },
        speaker: { permissions: defaultPermissions.speaker },
      },
      anonymous: { moderator: link, speaker: link },
      accessUrl: page,
      ...{ status: "open", meetingEndAction: "none" },
    });
    expect(await conference(roomId)).toMatchObject({
      id: roomId,
      subject: "Room",
      mode: "VIDEO",
      closed: false,
    });
    expect((await conference(roomId)).extension_number).toMatch(/^8\d{3}$/);
    expect((await world.ask("GET", `/rooms/${roomId}`)).body).toEqual(body);
  });

  it("takes everything that may be given", async () => {
    const autoDeletionDate = world.clock.now() + hourMs;
    const { body } = await world.ask("POST", "/rooms", {
      ...{ roomName: "  Bóard \n meeting! ", autoDeletionDate, autoDeletionPolicy: { withMeeting: "force" } },
      config: { chat: { enabled: false }, e2ee: { enabled: true }, recording: { allowAccessTo: "admin" } },
      roles: { speaker: { permissions: { canPublishVideo: false } } },
      anonymous: { speaker: { enabled: false } },
    });
    expect(body.roomId).toMatch(/^board_meeting-[0-9A-Za-z]{15}$/);
    expect(body).toMatchObject({
      ...{ roomName: "Bóard meeting!", autoDeletionDate },
      autoDeletionPolicy: { withMeeting: "force", withRecordings: "close" },
      config: {
        ...{ chat: { enabled: false }, e2ee: { enabled: true }, virtualBackground: { enabled: true } },
        recording: { enabled: false, allowAccessTo: "admin" },
      },
      anonymous: { moderator: { enabled: true }, speaker: { enabled: false } },
    });
    expect(body.roles.speaker.permissions).toEqual({ ...defaultPermissions.speaker, canPublishVideo: false });
    expect(body.roles.moderator.permissions).toEqual(defaultPermissions.moderator);
  });

  it("is told as it is, once", async () => {
    const told: [string, unknown][] = [];
    const { events } = world.bridge.rooms;
    const offs = (["room.created", "room.updated", "room.deleted"] as const).map((name) =>
      events.on(name, ({ room: { id, access, revision } }) => {
        told.push([name, { id, chat: access.config.chat, speaker: access.links.speaker.enabled, revision }]);
      }),
    );
    const off = { config: { chat: { enabled: false } }, anonymous: { speaker: { enabled: false } } };
    const { body } = await world.ask("POST", "/rooms", off);
    for (const stop of offs) stop();
    expect(told).toEqual([
      ["room.created", { id: body.roomId, chat: { enabled: false }, speaker: false, revision: 1 }],
    ]);
  });

  it.each([
    [{ roomName: "x".repeat(51) }, "roomName"],
    [{ roomName: 7 }, "roomName"],
    [{ roomName: "Bo\u0007ard" }, "roomName"],
    [{ roomName: "\u200b" }, "roomName"],
    [{ name: "Board" }, "name"],
    [{ autoDeletionDate: 1000 }, "autoDeletionDate"],
    [{ autoDeletionDate: 1e15 }, "autoDeletionDate"],
    [{ autoDeletionPolicy: { withMeeting: "fail" } }, "autoDeletionPolicy.withMeeting"],
    [{ autoDeletionPolicy: { withRecordings: "fail" } }, "autoDeletionPolicy.withRecordings"],
    [{ config: { chat: {} } }, "config.chat.enabled"],
    [{ config: { recording: { allowAccessTo: "everybody" } } }, "config.recording.allowAccessTo"],
    [{ roles: { speaker: { permissions: { canFly: true } } } }, "roles.speaker.permissions.canFly"],
    [{ roles: { speaker: { permissions: { canRecord: "yes" } } } }, "roles.speaker.permissions.canRecord"],
    [{ roles: { guest: { permissions: {} } } }, "roles.guest"],
    [{ anonymous: { speaker: true } }, "anonymous.speaker"],
  ])("%j is 422 and names the field, in both families' words", async (body, field) => {
    const answer = await world.ask("POST", "/rooms", body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ error: "Unprocessable Entity", status: 422 });
    expect(answer.body.details.map((detail: { field: string }) => detail.field)).toContain(field);
    expect(answer.body.errors.length).toBeGreaterThan(0);
  });

  it("may have 50 characters, and a name that is blank is none", async () => {
    expect((await world.ask("POST", "/rooms", { roomName: "x".repeat(50) })).status).toBe(201);
    expect((await world.ask("POST", "/rooms", { roomName: " \t " })).body.roomName).toBe("Room");
    expect((await world.ask("POST", "/rooms", { roomName: "会議" })).body.roomId).toMatch(/^room-/);
  });

  it("has an id of a bounded length, whatever its name is made of", async () => {
    const { body } = await world.ask("POST", "/rooms", { roomName: "\u2167".repeat(50) });
    expect(body.roomId).toMatch(/^[iv]{50}-[0-9A-Za-z]{15}$/);
    const cut = await world.ask("POST", "/rooms", { roomName: `${"\u2167".repeat(12)}i ${"x".repeat(30)}` });
    expect(cut.body.roomId).toMatch(/^[iv]{49}-[0-9A-Za-z]{15}$/);
  });
});

describe("the list", () => {
  it("comes a page at a time, newest first, and misses nothing that is made or deleted meanwhile", async () => {
    const fresh = await meetWorld();
    const ids: string[] = [];
    for (let n = 0; n < 25; n++) {
      ids.unshift(await fresh.made({ roomName: `Room ${n}` }));
      // Some at the same instant.
      if (n % 3 === 0) fresh.clock.advance(1);
    }
    const first = (await fresh.ask("GET", "/rooms")).body;
    expect(first.rooms).toHaveLength(10);
    expect(first.pagination).toEqual({ isTruncated: true, nextPageToken: expect.any(String), maxItems: 10 });

    fresh.clock.advance(1);
    await fresh.made({ roomName: "Later" });
    await fresh.ask("DELETE", `/rooms/${first.rooms[9].roomId}`);
    const seen = first.rooms.map(({ roomId }: { roomId: string }) => roomId);
    let token = first.pagination.nextPageToken;
    while (token !== null) {
      const { body } = await fresh.ask("GET", `/rooms?maxItems=7&nextPageToken=${token}`);
      seen.push(...body.rooms.map(({ roomId }: { roomId: string }) => roomId));
      token = body.pagination.nextPageToken;
      expect(body.pagination.isTruncated).toBe(token !== null);
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(new Set(ids));
    for (const maxItems of [5000, Number.MAX_SAFE_INTEGER])
      expect((await fresh.ask("GET", `/rooms?maxItems=${maxItems}`)).body.pagination?.maxItems).toBe(100);
    await fresh.close();
  });

  it("is sorted by each field both ways, with what has no value first or last", async () => {
    const fresh = await meetWorld();
    const dates = [5, null, 3, null, 4];
    for (const [n, hours] of dates.entries()) {
      const autoDeletionDate = hours === null ? null : fresh.clock.now() + hours * hourMs;
      await fresh.made({ roomName: `Room ${"cabed"[n]}`, autoDeletionDate });
    }
    const page = async (query: string) => {
      const names: string[] = [];
      let token = "";
      do {
        const { body } = await fresh.ask("GET", `/rooms?maxItems=2&fields=roomName&${query}${token}`);
        names.push(...body.rooms.map(({ roomName }: { roomName: string }) => roomName.slice(-1)));
        token =
          body.pagination.nextPageToken === null ? "" : `&nextPageToken=${body.pagination.nextPageToken}`;
      } while (token !== "");
      return names.join("");
    };
    expect(await page("sortField=roomName&sortOrder=asc")).toBe("abcde");
    expect(await page("sortField=roomName")).toBe("edcba");
    expect((await page("sortField=autoDeletionDate&sortOrder=asc")).slice(2)).toBe("bdc");
    expect((await page("sortField=autoDeletionDate&sortOrder=desc")).slice(0, 3)).toBe("cdb");
    expect((await page("sortField=creationDate")).split("").sort().join("")).toBe("abcde");
    await fresh.close();
  });

  it("is filtered by name, whatever its case, and by status", async () => {
    const fresh = await meetWorld();
    const [open, closed, active] = [
      await fresh.made({ roomName: "Alpha" }),
      await fresh.made({ roomName: "Beta" }),
      await fresh.made({ roomName: "alphabet" }),
    ];
    await fresh.ask("PUT", `/rooms/${closed}/status`, { status: "closed" });
    const ids = async (query: string) =>
      (await fresh.ask("GET", `/rooms?fields=roomId&${query}`)).body.rooms.map(
        ({ roomId }: { roomId: string }) => roomId,
      );
    expect(await ids("status=active_meeting")).toEqual([]);
    await fresh.dialIn(active);
    expect(await ids("status=active_meeting")).toEqual([active]);
    expect(await ids("status=closed")).toEqual([closed]);
    expect(await ids("status=open")).toEqual([open]);
    expect((await ids("roomName=LPHA")).sort()).toEqual([open, active].sort());
    expect(await ids("roomName=%25")).toEqual([]);
    await fresh.close();
  });

  it("shows the fields that are asked for and no others", async () => {
    const id = await world.made();
    const { body } = await world.ask("GET", `/rooms/${id}?fields=roomName,status`);
    expect(body).toEqual({ roomName: "Room", status: "open" });
  });

  it.each([
    ["maxItems=0", "maxItems"],
    ["maxItems=ten", "maxItems"],
    ["status=busy", "status"],
    ["sortField=owner", "sortField"],
    ["sortOrder=up", "sortOrder"],
    ["fields=secret", "fields"],
    ["nextPageToken=abc", "nextPageToken"],
    ["nextPageToken=a.b", "nextPageToken"],
  ])("%s is 422", async (query, field) => {
    const { status, body } = await world.ask("GET", `/rooms?${query}`);
    expect([status, body.details[0].field]).toEqual([422, field]);
  });

  it.each(["/rooms?page=2", "/rooms/ID?page=2", "/rooms/ID/members?page=2"])(
    "%s: what a query holds besides is ignored",
    async (url) => {
      expect((await world.ask("GET", url.replace("ID", await world.made()))).status).toBe(200);
    },
  );

  it("refuses a page token that was changed, or is of another order or list", async () => {
    const fresh = await meetWorld();
    const room = await fresh.made();
    await fresh.made();
    for (const name of ["A", "B"])
      await fresh.ask("POST", `/rooms/${room}/members`, { name, baseRole: "speaker" });
    const { nextPageToken: token } = (await fresh.ask("GET", "/rooms?maxItems=1")).body.pagination;
    const ofMembers = (await fresh.ask("GET", `/rooms/${room}/members?maxItems=1`)).body.pagination
      .nextPageToken;
    const status = async (query: string) => (await fresh.ask("GET", `/rooms?maxItems=1&${query}`)).status;
    const [body, signature] = token.split(".");
    const other = Buffer.from(JSON.stringify(["2020-01-01T00:00:00.000Z", "x"])).toString("base64url");
    expect(await status(`nextPageToken=${token}`)).toBe(200);
    for (const wrong of [
      `${other}.${signature}`,
      `${body}.${"A".repeat(43)}`,
      `${token}.x`,
      body,
      ofMembers,
    ]) {
      expect(await status(`nextPageToken=${wrong}`)).toBe(422);
    }
    expect(await status(`nextPageToken=${token}&sortOrder=asc`)).toBe(422);
    expect(await status(`nextPageToken=${token}&sortField=roomName`)).toBe(422);
    await fresh.close();
  });
});

describe("what is changed", () => {
  it("the config merges what is given, and end-to-end encryption switches recording off", async () => {
    const id = await world.made();
    const { status, body } = await world.ask("PUT", `/rooms/${id}/config`, {
      config: { recording: { allowAccessTo: "admin_moderator" }, chat: { enabled: false } },
    });
    expect([status, body.room.roomId]).toEqual([200, id]);
    await world.ask("PUT", `/rooms/${id}/config`, {
      config: { e2ee: { enabled: true }, recording: { enabled: true } },
    });
    expect((await world.ask("GET", `/rooms/${id}/config`)).body).toEqual({
      ...{ chat: { enabled: false }, virtualBackground: { enabled: true }, e2ee: { enabled: true } },
      recording: { enabled: false, allowAccessTo: "admin_moderator" },
    });
  });

  it("the roles merge what is given, and reach members at once", async () => {
    const id = await world.made();
    const member = (await world.ask("POST", `/rooms/${id}/members`, { name: "Ada", baseRole: "speaker" }))
      .body;
    const { status, body } = await world.ask("PUT", `/rooms/${id}/roles`, {
      roles: { speaker: { permissions: { canRecord: true, canJoinMeeting: false } } },
    });
    expect(status).toBe(200);
    expect(body.room.roles.speaker.permissions).toMatchObject({
      canRecord: true,
      canJoinMeeting: false,
      canReadChat: true,
    });
    const after = (await world.ask("GET", `/rooms/${id}/members/${member.memberId}`)).body;
    expect(after.effectivePermissions).toEqual(body.room.roles.speaker.permissions);
  });

  it.each([
    ["config", { config: { chat: { enabled: false } } }],
    ["roles", { roles: { speaker: { permissions: { canRecord: true } } } }],
    ["anonymous", { anonymous: { speaker: { enabled: false } } }],
  ])("not the %s while a meeting runs: 409", async (part, body) => {
    const id = await world.made();
    const { leave } = await world.dialIn(id);
    const answer = await world.ask("PUT", `/rooms/${id}/${part}`, body);
    expect([answer.status, answer.body.error, answer.body.code]).toEqual([
      409,
      "room_has_active_meeting",
      "ROOM_HAS_ACTIVE_MEETING",
    ]);
    await leave();
    expect((await world.ask("PUT", `/rooms/${id}/${part}`, body)).status).toBe(200);
  });

  it("the links can be sent back as they are shown, and are never others", async () => {
    const id = await world.made();
    const path = `/rooms/${id}/anonymous`;
    const { anonymous } = (await world.ask("GET", `/rooms/${id}`)).body;
    const same = await world.ask("PUT", path, { anonymous });
    expect([same.status, same.body.room.anonymous]).toEqual([200, anonymous]);
    const speaker = { ...anonymous.speaker, enabled: false };
    const off = await world.ask("PUT", path, { anonymous: { ...anonymous, speaker } });
    expect(off.body.room.anonymous).toEqual({ ...anonymous, speaker });
    const other = await world.ask("PUT", path, {
      anonymous: { speaker: { enabled: true, accessUrl: anonymous.moderator.accessUrl } },
    });
    expect([other.status, other.body.details]).toEqual([
      422,
      [{ field: "anonymous.speaker.accessUrl", message: "cannot be changed" }],
    ]);
    expect((await world.ask("GET", `/rooms/${id}`)).body.anonymous.speaker).toEqual(speaker);
  });

  it("the status: closed at once, or when the meeting ends, and opened again", async () => {
    const id = await world.made();
    const closed = await world.ask("PUT", `/rooms/${id}/status`, { status: "closed" });
    expect([closed.status, closed.body.room.status]).toEqual([200, "closed"]);
    expect((await conference(id)).closed).toBe(true);
    expect((await world.api.get(`/api/conference_rooms/${id}/status`)).json().status).toBe("OFFLINE");
    const open = await world.ask("PUT", `/rooms/${id}/status`, { status: "open" });
    expect([open.status, open.body.room.status]).toEqual([200, "open"]);

    const { leave } = await world.dialIn(id);
    const later = await world.ask("PUT", `/rooms/${id}/status`, { status: "closed" });
    expect(later.status).toBe(202);
    expect(later.body.room).toMatchObject({ status: "active_meeting", meetingEndAction: "close" });
    await leave();
    expect((await world.ask("GET", `/rooms/${id}`)).body).toMatchObject({
      status: "closed",
      meetingEndAction: "none",
    });
  });

  it.each([
    ["config", {}],
    ["config", { chat: { enabled: true } }],
    ["roles", { roles: { speaker: { permissions: { canFly: true } } } }],
    ["anonymous", { anonymous: { speaker: { enabled: 1 } } }],
    ["status", { status: "active_meeting" }],
    ["status", {}],
  ])("%s %j is 422", async (part, body) => {
    const id = await world.made();
    expect((await world.ask("PUT", `/rooms/${id}/${part}`, body)).status).toBe(422);
  });

  it.each([
    ["GET", "/rooms/none", undefined],
    ["DELETE", "/rooms/none", undefined],
    ["GET", "/rooms/none/config", undefined],
    ["PUT", "/rooms/none/config", { config: {} }],
    ["PUT", "/rooms/none/status", { status: "open" }],
    ["PUT", "/rooms/none/roles", { roles: {} }],
    ["PUT", "/rooms/none/anonymous", { anonymous: {} }],
    ["POST", "/rooms/none/members", { name: "A", baseRole: "speaker" }],
    ["GET", "/rooms/none/members", undefined],
    ["GET", "/rooms/none/members/x", undefined],
    ["PUT", "/rooms/none/members/x", {}],
    ["DELETE", "/rooms/none/members/x", undefined],
  ] as const)("%s %s is 404", async (method, path, body) => {
    const answer = await world.ask(method, path, body);
    expect([answer.status, answer.body.code]).toEqual([404, "ROOM_NOT_FOUND"]);
  });
});

describe("one room", () => {
  it("of the conference API is a room here, with the same name, and goes in both", async () => {
    const made = await world.api.post("/api/conference_rooms", {
      mode: "AUDIO",
      subject: "Board",
      capacity: 9,
    });
    const { id } = made.json();
    expect((await world.ask("GET", `/rooms/${id}`)).body).toMatchObject({
      roomId: id,
      roomName: "Board",
      status: "open",
    });
    await world.api.post(`/api/conference_rooms/${id}`, { subject: "Plenum" });
    expect((await world.ask("GET", `/rooms/${id}`)).body.roomName).toBe("Plenum");
    expect((await world.ask("DELETE", `/rooms/${id}`)).body.successCode).toBe("room_deleted");
    expect((await world.api.get(`/api/conference_rooms/${id}`)).statusCode).toBe(404);
  });
});
