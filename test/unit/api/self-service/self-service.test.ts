// The self-service API, operation by operation: who may, what it answers, what it refuses; and that a fact seen through
// it is seen through the others.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RoomId } from "#common";
import { settle } from "#test/support";
import { userLinkMakers, userLinks } from "../../../../api/self-service/index.ts";
import { type Whole, wholeApi } from "../support/whole.ts";

interface User {
  readonly id: string;
  readonly token: string;
}

let whole: Whole;
let ada: User;
let bob: User;
let eve: User;

beforeAll(async () => {
  whole = await wholeApi();
  [ada, bob, eve] = [await user("ada"), await user("bob"), await user("eve")];
}, 60_000);
afterAll(() => whole.close());

async function user(username: string, at: Whole = whole): Promise<User> {
  const fields = {
    username,
    password: "correct horse battery",
    display_name: username,
    role: "user",
  };
  const { id } = (await at.api.post("/api/users", fields)).json();
  const login = await at.api.request({
    ...{ method: "POST", url: "/api/login/oauth/token", headers: {} },
    payload: { grant_type: "password", username, password: fields.password },
  });
  return { id, token: login.json().access_token };
}

type Method = "GET" | "POST" | "PATCH" | "DELETE" | "PUT";

const ask = (who: User | undefined, method: Method, url: string, payload?: object) =>
  whole.api.request({
    ...{ method, url: `/api${url}`, headers: who ? { authorization: `Bearer ${who.token}` } : {} },
    ...(payload && { payload }),
  });

const outcome = async (response: ReturnType<typeof ask>) => {
  const { statusCode, body } = await response;
  const { code } = body === "" ? { code: undefined } : JSON.parse(body);
  return code === undefined ? `${statusCode}` : `${statusCode} ${code}`;
};

/** A room of Ada's with Bob in it. */
async function shared(fields: object = {}): Promise<RoomId> {
  const { room_id: id } = (await ask(ada, "POST", "/room", { subject: "Planning", ...fields })).json();
  await ask(ada, "POST", `/admin/room/${id}/participant`, {
    participants: [{ user_id: bob.id, username: "Bob" }],
  });
  return id;
}

describe("POST /room", () => {
  test("makes a room whose admin is the user, with an extension for phones", async () => {
    const response = await ask(ada, "POST", "/room", { subject: "Planning" });
    expect(response.statusCode).toBe(201);
    const room = response.json();
    expect(room).toEqual({
      ...{
        room_id: expect.any(String),
        subject: "Planning",
        extension_number: expect.stringMatching(/^\d{3,}$/),
      },
      ...{ mode: "VIDEO", status: "started", on_call: false, capacity: 9, language: "en", timezone: "UTC" },
      ...{ scheduled_start_at: null, scheduled_end_at: null, created_at: expect.any(String) },
      ...{ admin: true, username: "ada", archive_room: false },
      join_url: expect.stringContaining(`https://meet.example.com/join/?room=${room.room_id}&secret=`),
    });
    expect(response.headers["location"]).toBe(`/api/participant/room/${room.room_id}`);
    const seen = await whole.api.get(`/api/conference_rooms/${room.room_id}`);
    expect(seen.json()).toMatchObject({ subject: "Planning", extension_number: room.extension_number });
  });

  test("makes no more than one user may have, however many are asked for at once", async () => {
    const few = await wholeApi({ maxRoomsOfUser: 2 });
    const cy = await user("cy", few);
    // A disk takes its time, in which further requests are read.
    const { create } = few.bridge.rooms;
    few.bridge.rooms.create = async (...given) => {
      await settle();
      return create(...given);
    };
    const at = {
      method: "POST",
      url: "/api/room",
      headers: { authorization: `Bearer ${cy.token}` },
    } as const;
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map((number) => few.api.request({ ...at, payload: { subject: `Room ${number}` } })),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 201, 409, 409, 409]);
    expect(answers.find(({ statusCode }) => statusCode === 409)?.json().code).toBe("TOO_MANY_ROOMS");
    expect((await few.bridge.rooms.list({ skip: 0, top: 100 })).count).toBe(2);
    await few.close();
  });

  test("is for users alone", async () => {
    expect(await outcome(ask(undefined, "POST", "/room", { subject: "x" }))).toBe("401 UNAUTHENTICATED");
    const byKey = await whole.api.post("/api/room", { subject: "x" });
    expect(byKey.statusCode).toBe(403);
  });

  test.each([
    [{}, "400 VALIDATION_FAILED"],
    [{ subject: " " }, "422 INVALID_FIELD"],
    [{ subject: "x", colour: "red" }, "400 VALIDATION_FAILED"],
    [{ subject: "x", capacity: 0 }, "422 INVALID_FIELD"],
    [{ subject: "x", scheduled_start_at: "tomorrow" }, "422 INVALID_FIELD"],
    [{ subject: "x", scheduled_end_at: "2000-01-01T00:00:00Z" }, "422 INVALID_FIELD"],
  ])("refuses %o", async (body, refusal) => {
    expect(await outcome(ask(ada, "POST", "/room", body))).toBe(refusal);
  });
});

describe("PATCH /admin/room/{id}, and POST as the source has it", () => {
  test("change the room in every view", async () => {
    const id = await shared();
    const changed = await ask(ada, "PATCH", `/admin/room/${id}`, { subject: "Planning 2", capacity: 12 });
    expect(changed.json()).toMatchObject({ subject: "Planning 2", capacity: 12 });
    expect((await ask(ada, "POST", `/admin/room/${id}`, { subject: "Planning 3" })).json().subject).toBe(
      "Planning 3",
    );
    expect((await whole.api.get(`/api/conference_rooms/${id}`)).json()).toMatchObject({
      subject: "Planning 3",
    });
  });

  test.each(["PATCH", "POST"] as const)("take the room as it is shown: %s", async (method) => {
    const id = await shared({ scheduled_end_at: "2090-03-04T09:00:00Z" });
    const path = `/admin/room/${id}`;
    const shown = (await ask(ada, "GET", `/participant/room/${id}`)).json();
    const same = await ask(ada, method, path, shown);
    expect([same.statusCode, same.json()]).toEqual([200, shown]);
    const renamed = await ask(ada, method, path, { ...shown, status: "ended", subject: "Planning 2" });
    expect(renamed.json()).toEqual({ ...shown, subject: "Planning 2" });
    for (const field of [
      "room_id",
      "extension_number",
      "mode",
      "created_at",
      "admin",
      "username",
      "join_url",
    ]) {
      const refused = (await ask(ada, method, path, { [field]: "other" })).json();
      expect([refused.code, refused.details]).toEqual([
        "INVALID_FIELD",
        [{ field, message: "cannot be changed" }],
      ]);
    }
  });

  test("end no room for a field that cannot be changed", async () => {
    const id = await shared();
    const kept = await ask(ada, "POST", `/admin/room/${id}`, { room_id: id });
    expect([kept.statusCode, kept.json().status]).toEqual([200, "started"]);
  });

  test("are for its admins, and to strangers there is no such room", async () => {
    const id = await shared();
    for (const method of ["PATCH", "POST"] as const) {
      expect(await outcome(ask(bob, method, `/admin/room/${id}`, { subject: "x" }))).toBe(
        "403 ROOM_ADMINS_ONLY",
      );
      expect(await outcome(ask(eve, method, `/admin/room/${id}`, { subject: "x" }))).toBe(
        "404 ROOM_NOT_FOUND",
      );
      expect(await outcome(ask(ada, method, "/admin/room/none", { subject: "x" }))).toBe(
        "404 ROOM_NOT_FOUND",
      );
    }
    expect(await outcome(ask(ada, "POST", `/admin/room/${id}`, { subject: "x", time_left: 1 }))).toBe(
      "400 VALIDATION_FAILED",
    );
  });
});

describe("the end of a room", () => {
  test("comes in N seconds, is announced to phones, and every view shows it", async () => {
    const id = await shared();
    const room = (await whole.bridge.rooms.get(id))!;
    const { invitation } = await whole.bridge.call(room, { number: "101" });
    await settle();
    const played = whole.bridge.worker.played.length;
    const end = await ask(ada, "POST", `/admin/room/${id}/end`, { time_left: 10 });
    expect(end.json()).toMatchObject({ status: "started", on_call: true });
    await settle();
    expect(whole.bridge.worker.played.slice(played)).toEqual(["tone:attention", "digits/10", "seconds"]);
    await whole.bridge.clock.run(10_000);
    expect(invitation.session.ended).toBe(true);
    expect((await ask(bob, "GET", `/participant/room/${id}`)).json()).toMatchObject({
      status: "ended",
      on_call: false,
    });
    const status = await whole.api.get(`/api/conference_rooms/${id}/status`);
    expect(status.json().status).toBe("OFFLINE");
  });

  test.each([
    ["the source's form without a body", "", undefined],
    ["the source's form", "", { time_left: 0 }],
    ["ours without a body", "/end", undefined],
  ])("comes at once: %s", async (_, path, body) => {
    const id = await shared();
    const response = await ask(ada, "POST", `/admin/room/${id}${path}`, body);
    expect([response.statusCode, response.json().status]).toEqual([200, "ended"]);
  });

  test("is not put off, and does not open a room again", async () => {
    const id = await shared();
    const end = async (timeLeft: number) =>
      (await ask(ada, "POST", `/admin/room/${id}`, { time_left: timeLeft })).json();
    const soon = await end(10);
    expect(await end(86_400)).toEqual(soon);
    const sooner = await end(5);
    expect(Date.parse(soon.scheduled_end_at) - Date.parse(sooner.scheduled_end_at)).toBe(5000);
    await whole.bridge.clock.run(5000);
    const over = { status: "ended", scheduled_end_at: sooner.scheduled_end_at };
    expect(await end(86_400)).toMatchObject(over);
    expect(await end(0)).toMatchObject(over);
  });

  test("is for admins, in whole seconds of a day", async () => {
    const id = await shared();
    expect(await outcome(ask(bob, "POST", `/admin/room/${id}/end`))).toBe("403 ROOM_ADMINS_ONLY");
    expect(await outcome(ask(ada, "POST", `/admin/room/${id}/end`, { time_left: -1 }))).toBe(
      "422 INVALID_FIELD",
    );
    expect(await outcome(ask(ada, "POST", `/admin/room/${id}/end`, { time_left: 86_401 }))).toBe(
      "422 INVALID_FIELD",
    );
  });
});

describe("participants", () => {
  test("are invited once, listed with their profiles, and removed", async () => {
    const id = await shared();
    const again = { participants: [{ user_id: bob.id, username: "Robert" }, { user_id: eve.id }] };
    const invited = await ask(ada, "POST", `/admin/room/${id}/participant`, again);
    expect(invited.json().items).toMatchObject([
      { participant_id: bob.id, username: "Bob", admin: false, in_room: false },
      { participant_id: eve.id, user_id: eve.id, username: "eve" },
    ]);
    const list = await ask(bob, "GET", `/participant/room/${id}/participant`);
    expect(
      list
        .json()
        .items.map((one: { participant_id: string }) => one.participant_id)
        .sort(),
    ).toEqual([ada.id, bob.id, eve.id].sort());
    const removed = await ask(ada, "DELETE", `/admin/room/${id}/participant`, { participant_ids: [eve.id] });
    expect(removed.statusCode).toBe(204);
    expect(await outcome(ask(eve, "GET", `/participant/room/${id}`))).toBe("404 ROOM_NOT_FOUND");
    expect(
      await outcome(ask(ada, "DELETE", `/admin/room/${id}/participant`, { participant_ids: [eve.id] })),
    ).toBe("404 MEMBER_NOT_FOUND");
  });

  test("are users; where one is none, nobody is invited", async () => {
    const { room_id: id } = (await ask(ada, "POST", "/room", { subject: "Planning" })).json();
    const path = `/admin/room/${id}/participant`;
    const invited = await ask(ada, "POST", path, {
      participants: [{ user_id: bob.id }, { user_id: "nobody" }, { user_id: "oidc_none" }],
    });
    expect(invited.json()).toMatchObject({ status: 404, code: "USER_NOT_FOUND" });
    expect(invited.json().details).toEqual(
      [1, 2].map((index) => ({
        field: `participants[${index}].user_id`,
        message: "must be the id of a user",
      })),
    );
    expect(await outcome(ask(bob, "GET", `/participant/room/${id}`))).toBe("404 ROOM_NOT_FOUND");

    whole.api.access.oidcUsers.get = async (userId) =>
      userId === "oidc_none" ? ({ id: userId, name: "Grace" } as never) : undefined;
    const grace = await ask(ada, "POST", path, { participants: [{ user_id: "oidc_none" }] });
    expect(grace.json().items).toMatchObject([{ user_id: "oidc_none", username: "Grace" }]);
  });

  test.each([
    [{}, "400 VALIDATION_FAILED"],
    [{ participants: [] }, "422 INVALID_FIELD"],
    [{ participants: [{ user_id: "a b" }] }, "422 INVALID_FIELD"],
    [{ participants: [{ user_id: "a", role: "admin" }] }, "400 VALIDATION_FAILED"],
  ])("are not invited by %o", async (body, refusal) => {
    expect(await outcome(ask(ada, "POST", `/admin/room/${await shared()}/participant`, body))).toBe(refusal);
  });

  test("become admins and stop being such, never the last one", async () => {
    const id = await shared();
    const admin = (who: User) => `/admin/room/${id}/participant/${who.id}/admin`;
    expect(await outcome(ask(bob, "POST", admin(bob)))).toBe("403 ROOM_ADMINS_ONLY");
    expect(await outcome(ask(ada, "DELETE", admin(ada)))).toBe("409 LAST_ADMIN");
    const last = { participant_ids: [ada.id] };
    expect(await outcome(ask(ada, "DELETE", `/admin/room/${id}/participant`, last))).toBe("409 LAST_ADMIN");
    expect((await ask(ada, "POST", admin(bob))).json()).toMatchObject({
      participant_id: bob.id,
      admin: true,
    });
    expect((await ask(bob, "DELETE", admin(ada))).json()).toMatchObject({
      participant_id: ada.id,
      admin: false,
    });
    expect(await outcome(ask(ada, "PATCH", `/admin/room/${id}`, { subject: "x" }))).toBe(
      "403 ROOM_ADMINS_ONLY",
    );
    expect(await outcome(ask(bob, "DELETE", admin(bob)))).toBe("409 LAST_ADMIN");
    expect(await outcome(ask(bob, "POST", admin(eve)))).toBe("404 MEMBER_NOT_FOUND");
  });

  test("are removed all or none", async () => {
    const id = await shared();
    const path = `/admin/room/${id}/participant`;
    const remove = (...who: string[]) => outcome(ask(ada, "DELETE", path, { participant_ids: who }));
    expect(await remove(bob.id, ada.id)).toBe("409 LAST_ADMIN");
    expect(await outcome(ask(bob, "GET", `/participant/room/${id}`))).toBe("200");
    await ask(ada, "POST", `${path}/${bob.id}/admin`);
    expect(await remove(bob.id, ada.id)).toBe("409 LAST_ADMIN");
    expect(await outcome(ask(bob, "GET", `/participant/room/${id}`))).toBe("200");
    expect(await remove(bob.id, bob.id)).toBe("204");
    expect(await outcome(ask(bob, "GET", `/participant/room/${id}`))).toBe("404 ROOM_NOT_FOUND");
  });

  test("have the id of the user, whichever API has made them members, and the meet API their name", async () => {
    const id = await shared();
    const meet = `/api/v1/rooms/${id}/members`;
    expect((await whole.api.post(meet, { userId: "eve", baseRole: "speaker" })).statusCode).toBe(201);
    const listed = (await ask(bob, "GET", `/participant/room/${id}/participant`)).json().items;
    expect(listed.map((one: { participant_id: string }) => one.participant_id).sort()).toEqual(
      [ada.id, bob.id, eve.id].sort(),
    );
    const granted = await ask(ada, "POST", `/admin/room/${id}/participant/${eve.id}/admin`);
    expect(granted.json()).toMatchObject({ participant_id: eve.id, admin: true });
    const { members } = (await whole.api.get(meet)).json();
    expect(members.map((one: { memberId: string }) => one.memberId).sort()).toEqual(["ada", "bob", "eve"]);
    expect((await whole.api.get(`${meet}/bob`)).json()).toMatchObject({
      memberId: "bob",
      baseRole: "speaker",
    });
    const changed = await whole.api.request({
      ...{ method: "PUT", url: `${meet}/bob`, payload: { baseRole: "moderator" } },
    });
    expect(changed.json()).toMatchObject({ memberId: "bob", baseRole: "moderator" });
    const removed = await whole.api.request({ method: "DELETE", url: `${meet}/bob` });
    expect(removed.statusCode).toBe(200);
    expect(await outcome(ask(bob, "GET", `/participant/room/${id}`))).toBe("404 ROOM_NOT_FOUND");
    const gone = { participant_ids: [eve.id] };
    expect(await outcome(ask(ada, "DELETE", `/admin/room/${id}/participant`, gone))).toBe("204");
  });

  test("one is left when both go at the same moment", async () => {
    const id = await shared();
    const admin = (who: User) => `/admin/room/${id}/participant/${who.id}/admin`;
    await ask(ada, "POST", admin(bob));
    const outcomes = await Promise.all([
      outcome(ask(ada, "DELETE", admin(bob))),
      outcome(ask(bob, "DELETE", admin(ada))),
    ]);
    expect(outcomes.filter((each) => each === "200")).toHaveLength(1);
  });
});

describe("rooms of a user", () => {
  test("are listed, the latest first, as booked, started and ended", async () => {
    const cy = await user("cy");
    const at = (hours: number) => new Date(whole.bridge.clock.now() + hours * 3_600_000).toISOString();
    const made = async (fields: object) =>
      (await ask(cy, "POST", "/room", { subject: "x", ...fields })).json().room_id;
    const booked = await made({ scheduled_start_at: at(2), scheduled_end_at: at(3) });
    whole.bridge.clock.advance(1);
    const started = await made({});
    whole.bridge.clock.advance(1);
    const ended = await made({});
    await ask(cy, "POST", `/admin/room/${ended}/end`);
    const list = (await ask(cy, "GET", "/participant/room")).json();
    expect(list.count).toBe(3);
    expect(list.items.map((one: { room_id: string; status: string }) => [one.room_id, one.status])).toEqual([
      [ended, "ended"],
      [started, "started"],
      [booked, "booked"],
    ]);
    expect((await ask(cy, "GET", "/participant/room?skip=1&top=1")).json().items).toMatchObject([
      { room_id: started },
    ]);
    expect(await outcome(ask(cy, "GET", "/participant/room?top=0"))).toBe("400 VALIDATION_FAILED");
  });

  test("are renamed in the meeting, too", async () => {
    const id = await shared();
    const room = (await whole.bridge.rooms.get(id))!;
    const { id: member } = (await whole.members.find(id, { userId: bob.id }))!;
    const verdict = whole.tokens.judge(whole.tokens.issue(id, { member, role: "participant" }).token);
    if (verdict.kind !== "accepted") throw new Error(verdict.kind);
    await whole.bridge.call(room, { principal: verdict.principal });
    expect(await whole.bridge.present(room)).toEqual(["Bob"]);
    await ask(bob, "PATCH", `/participant/room/${id}/userprofile`, { username: "Robert" });
    const shown = (await whole.api.get(`/api/conference_rooms/${id}/participants`)).json().items;
    expect(shown.map(({ display_name }: { display_name: string }) => display_name)).toEqual(["Robert"]);
  });

  test("have a profile of the user: a name, and whether they are put away", async () => {
    const id = await shared();
    const path = `/participant/room/${id}/userprofile`;
    const profile = await ask(bob, "PATCH", path, { username: "Robert", archive_room: true });
    expect(profile.json()).toMatchObject({ participant_id: bob.id, username: "Robert", archive_room: true });
    expect((await ask(bob, "GET", `/participant/room/${id}`)).json()).toMatchObject({
      ...{ username: "Robert", archive_room: true, admin: false },
    });
    expect((await ask(ada, "GET", `/participant/room/${id}`)).json().archive_room).toBe(false);
    expect(await outcome(ask(bob, "PATCH", path, profile.json()))).toBe("200");
    for (const other of [{ admin: true }, { user_id: ada.id }, { participant_id: ada.id }]) {
      expect(await outcome(ask(bob, "PATCH", path, other))).toBe("422 INVALID_FIELD");
    }
    const empty = (await ask(bob, "PATCH", path, {})).json();
    expect([empty.code, empty.detail]).toEqual(["VALIDATION_FAILED", "The body must have at least 1 field."]);
    expect(await outcome(ask(bob, "PATCH", path, { username: "" }))).toBe("422 INVALID_FIELD");
    expect(await outcome(ask(eve, "PATCH", path, { username: "Eve" }))).toBe("404 ROOM_NOT_FOUND");
  });
});

describe("the chat", () => {
  test("announces no file for a HEAD", async () => {
    const id = await shared();
    const url = `/api/participant/room/${id}/upload?name=a.txt&content_type=text%2Fplain&size=1`;
    const headers = { authorization: `Bearer ${ada.token}` };
    const response = await whole.api.request({ method: "HEAD", url, headers });
    expect([response.statusCode, response.headers["allow"]]).toEqual([405, "GET"]);
  });

  const bytes = Buffer.from("the agenda");
  const put = (url: string) => whole.api.request({ method: "PUT", url, payload: bytes, headers: {} });
  const query = `name=agenda.txt&content_type=text%2Fplain&size=${bytes.length}`;

  test("is read and written, with files, by those who are in the room", async () => {
    const id = await shared();
    const path = `/participant/room/${id}`;
    const { file_id, upload_url } = (await ask(bob, "GET", `${path}/upload?${query}`)).json();
    expect((await put(upload_url)).statusCode).toBe(200);
    const download = `${path}/download?file_id=${file_id}`;
    expect(await outcome(ask(ada, "GET", download))).toBe("404 FILE_NOT_FOUND");
    const sent = await ask(bob, "POST", `${path}/chat`, { text: "The agenda", file_id });
    expect(sent.json()).toMatchObject({
      number: 1,
      sender: { display_name: "Bob", user_id: bob.id, member_id: bob.id },
    });
    expect((await ask(ada, "GET", `${path}/chat`)).json()).toEqual({ items: [sent.json()], newest: 1 });
    const { download_url } = (await ask(ada, "GET", download)).json();
    const file = await whole.api.request({ method: "GET", url: download_url, headers: {} });
    expect([file.statusCode, file.body]).toEqual([200, "the agenda"]);
    expect(file.headers["content-disposition"]).toBe('attachment; filename="agenda.txt"');
  });

  test("is closed to strangers, and a link ends with the membership of its maker", async () => {
    const id = await shared();
    const path = `/participant/room/${id}`;
    for (const url of [`${path}/chat`, `${path}/upload?${query}`, `${path}/download?file_id=x`]) {
      expect(await outcome(ask(eve, "GET", url))).toBe("404 ROOM_NOT_FOUND");
    }
    const { file_id, upload_url } = (await ask(bob, "GET", `${path}/upload?${query}`)).json();
    await put(upload_url);
    await ask(bob, "POST", `${path}/chat`, { file_id });
    const { download_url } = (await ask(bob, "GET", `${path}/download?file_id=${file_id}`)).json();
    const open = () => whole.api.request({ method: "GET", url: download_url, headers: {} });
    expect((await open()).statusCode).toBe(200);
    await ask(ada, "DELETE", `/admin/room/${id}/participant`, { participant_ids: [bob.id] });
    expect((await open()).json().code).toBe("LINK_NOT_VALID");
  });

  test("looks at a transfer again when its maker, their membership or the room changes, and for no one else", async () => {
    const [id, other] = [await shared(), await shared()];
    const { bridge, members, api } = whole;
    let looks = 0;
    const makers = userLinkMakers({ rooms: bridge.rooms, members, access: api.access });
    const release = makers.onChange(`${userLinks}:${bob.id}`, id, () => {
      looks += 1;
    });
    const looksAfter = async (...asked: Parameters<typeof ask>) => {
      expect((await ask(...asked)).statusCode).toBeLessThan(300);
      return looks;
    };
    const removal = { participant_ids: [bob.id] };
    expect(await looksAfter(ada, "PATCH", `/admin/room/${other}`, { subject: "Another" })).toBe(0);
    expect(await looksAfter(ada, "DELETE", `/admin/room/${other}/participant`, removal)).toBe(0);
    api.access.changes.emit("changed", { kind: "user", id: eve.id });
    expect(looks).toBe(0);
    api.access.changes.emit("changed", { kind: "user", id: bob.id });
    expect(await looksAfter(ada, "PATCH", `/admin/room/${id}`, { subject: "Another" })).toBe(2);
    expect(await looksAfter(ada, "DELETE", `/admin/room/${id}/participant`, removal)).toBe(3);
    release();
    expect(await looksAfter(ada, "PATCH", `/admin/room/${id}`, { subject: "A third" })).toBe(3);
  });

  test("refuses files that may not be sent", async () => {
    const path = `/participant/room/${await shared()}/upload`;
    expect(await outcome(ask(bob, "GET", `${path}?name=a.html&content_type=text%2Fhtml&size=3`))).toBe(
      "422 FILE_NOT_ALLOWED",
    );
    expect(await outcome(ask(bob, "GET", `${path}?name=a.txt&content_type=text%2Fplain&size=999999`))).toBe(
      "413 FILE_TOO_LARGE",
    );
    expect(await outcome(ask(bob, "GET", path))).toBe("400 VALIDATION_FAILED");
  });
});
