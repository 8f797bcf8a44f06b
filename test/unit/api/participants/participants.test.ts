// The participants API, field by field as its clients know it, over real rooms, members and tokens.
import { afterEach, describe, expect, test } from "vitest";
import type { ParticipantId, RoomId } from "#common";
import type { Room, RoomFields } from "#conference/rooms";
import type { TenantPolicy } from "#services/provisioning";
import { settle } from "#test/support";
import { key } from "../support/fixture.ts";
import { type Whole, wholeApi } from "../support/whole.ts";

let whole: Whole;
afterEach(() => whole.close());

type Method = "GET" | "POST" | "DELETE";

interface Added {
  readonly participant: { readonly id: ParticipantId; readonly role: string; readonly display_name: string };
  readonly room: { readonly id: RoomId };
  readonly room_created: boolean;
  readonly access_token: string;
  readonly refresh_token: string;
  readonly auth_token: string;
  readonly should_start_recording: boolean;
}

async function world(policy: Partial<TenantPolicy> = {}, fields: RoomFields = {}) {
  whole = await wholeApi({ policy: { allowEarlyJoin: false, ...policy } });
  const room = await whole.bridge.room({ subject: "CS101 Lecture", ...fields });
  return room;
}

/** With the admin key, or with another credential. */
const ask = (method: Method, path: string, payload?: object, credential = key) =>
  whole.api.app.inject({
    ...{ method, url: `/api/v1/rooms/${path}`, headers: { authorization: `Bearer ${credential}` } },
    ...(payload && { payload }),
  });

async function added(room: Pick<Room, "id">, person: object): Promise<Added> {
  const answer = await ask("POST", `${room.id}/participants`, { display_name: "John Doe", ...person });
  expect([200, 201], answer.body).toContain(answer.statusCode);
  return answer.json();
}

/** Calls with an access token; the status of the answer. */
async function call(room: Room, token: string) {
  const verdict = whole.tokens.judge(token);
  if (verdict.kind !== "accepted") return { status: 401, hangUp: () => {} };
  const { invitation } = await whole.bridge.call(room, { principal: verdict.principal });
  return { status: invitation.status, hangUp: () => invitation.session.hangUp() };
}

const listed = async (room: Room, query = "") =>
  (await ask("GET", `${room.id}/participants${query}`)).json().participants;

const person = { display_name: "John Doe", external_user_id: "user_123", role: "participant" };

describe("adding", () => {
  test("answers with the fields of the reference and nothing else", async () => {
    const room = await world();
    const answer = await ask("POST", `${room.id}/participants`, person);
    expect(answer.statusCode).toBe(201);
    const token = expect.stringMatching(/^eyJhbG[\w-]*\.[\w-]+\.[\w-]+$/);
    expect(answer.json()).toEqual({
      participant: { id: expect.any(String), room_id: room.id, ...person },
      room: { id: room.id, name: "CS101 Lecture", status: "active" },
      room_created: false,
      tenant_config: {
        ...{ allow_early_join: false, duplicate_policy: "return", first_is_host: false },
        start_recording: "never",
      },
      ...{ access_token: token, refresh_token: token, token_type: "Bearer", expires_in: 3600 },
      ...{ auth_token: token, should_start_recording: false },
    });
  });

  test("takes a name alone, and then there is no external user", async () => {
    const room = await world();
    const { participant } = await added(room, {});
    expect(participant).toMatchObject({ role: "participant" });
    expect(Object.keys(participant)).not.toContain("external_user_id");
  });

  test("finds the room by its name, and refuses a name that several have", async () => {
    const room = await world();
    const path = `${encodeURIComponent("CS101 Lecture")}/participants`;
    expect((await ask("POST", path, person)).json().room.id).toBe(room.id);
    await whole.bridge.room({ subject: "CS101 Lecture" });
    const refused = await ask("POST", path, person);
    expect([refused.statusCode, refused.json().code]).toEqual([409, "ROOM_NAME_AMBIGUOUS"]);
    expect((await ask("POST", `${room.id}/participants`, person)).statusCode).toBe(200);
  });

  test("makes a room that is not there where that is allowed, once", async () => {
    await world({ allowEarlyJoin: true });
    const path = `${encodeURIComponent("Biology 7")}/participants`;
    const answers = await Promise.all([1, 2].map(() => ask("POST", path, { display_name: "A" })));
    const [first, second] = answers.map((answer) => answer.json() as Added);
    expect([first!.room_created, second!.room_created].sort()).toEqual([false, true]);
    expect(second!.room.id).toBe(first!.room.id);
    expect(await whole.bridge.rooms.get(first!.room.id)).toMatchObject({ subject: "Biology 7" });
    const gone = await ask("POST", "0b9d4a5e-6f0c-4c2b-9d5e-2a7a4d3c1b0f/participants", person);
    expect(gone.json().code).toBe("ROOM_NOT_FOUND");
  });

  test("makes no room where that is not allowed", async () => {
    await world();
    expect((await ask("POST", "Biology/participants", person)).json().code).toBe("ROOM_NOT_FOUND");
  });

  test.each([
    [{}, 400, "display_name"],
    [{ display_name: " " }, 422, "display_name"],
    [{ display_name: "A", role: "chief" }, 422, "role"],
    [{ display_name: "A", external_user_id: "" }, 422, "external_user_id"],
    [{ display_name: "A", colour: "red" }, 400, "colour"],
  ])("refuses %o", async (body, status, field) => {
    const room = await world();
    const refused = await ask("POST", `${room.id}/participants`, body);
    expect([refused.statusCode, refused.json().details[0].field]).toEqual([status, field]);
  });

  test("a room that is closed or cannot be hosted", async () => {
    const room = await world({}, { closed: true });
    expect((await ask("POST", `${room.id}/participants`, person)).json().code).toBe("ROOM_NOT_OPEN");
    const over = await whole.bridge.room({ scheduledEndAt: "2026-01-01T01:00:00.000Z" });
    whole.bridge.clock.advance(3_601_000);
    expect((await ask("POST", `${over.id}/participants`, person)).json().code).toBe("ROOM_OFFLINE");
  });
});

describe("the same external user", () => {
  const again = { display_name: "Johnny", external_user_id: "user_123" };

  test("is the participant that is there, with further tokens", async () => {
    const room = await world();
    const first = await added(room, { ...person, role: "host" });
    const second = await added(room, again);
    expect(second.participant).toEqual(first.participant);
    expect(second.access_token).not.toBe(first.access_token);
    expect((await call(room, first.access_token)).status).toBe(200);
    expect(await listed(room)).toHaveLength(1);
    const other = await whole.bridge.room();
    expect((await added(other, again)).participant.id).not.toBe(first.participant.id);
  });

  test("is refused, or replaced, where that is the policy", async () => {
    let room = await world({ duplicates: "reject" });
    await added(room, person);
    const refused = await ask("POST", `${room.id}/participants`, again);
    expect([refused.statusCode, refused.json().code]).toEqual([409, "MEMBER_EXISTS"]);
    await whole.close();

    room = await world({ duplicates: "replace" });
    const first = await added(room, person);
    await call(room, first.access_token);
    const second = await added(room, again);
    expect(second.participant.id).not.toBe(first.participant.id);
    expect((await call(room, first.access_token)).status).toBe(401);
    expect(await listed(room)).toMatchObject([{ id: second.participant.id, display_name: "Johnny" }]);
    expect(await listed(room, "?active=true")).toEqual([]);
  });
});

describe("the policy", () => {
  test("makes the first a host who has no role of their own", async () => {
    const room = await world({ firstIsHost: true });
    expect((await added(room, {})).participant.role).toBe("host");
    expect((await added(room, {})).participant.role).toBe("participant");
    const other = await whole.bridge.room();
    expect((await added(other, { role: "participant" })).participant.role).toBe("participant");
    expect((await added(other, {})).participant.role).toBe("host");
  });

  test("gives each a place, and hosts one more", async () => {
    const room = await world({}, { capacity: 2 });
    await whole.bridge.call(room, { number: "101" });
    const inside = await added(room, { external_user_id: "a" });
    await call(room, inside.access_token);
    const refused = await ask("POST", `${room.id}/participants`, person);
    expect([refused.statusCode, refused.json().code]).toEqual([409, "ROOM_FULL"]);
    expect((await added(room, { role: "host" })).participant.role).toBe("host");
    expect((await added(room, { external_user_id: "a" })).participant.id).toBe(inside.participant.id);
    const waiting = await whole.bridge.room({ capacity: 1 });
    await added(waiting, {});
    expect((await ask("POST", `${waiting.id}/participants`, person)).json().code).toBe("ROOM_FULL");
    whole.bridge.clock.advance(3_601_000);
    expect((await added(waiting, {})).participant.role).toBe("participant");
  });

  test.each([
    ["never", [false, false]],
    ["host", [true, true]],
    ["first", [true, false]],
  ] as const)("says who starts the recording: %s", async (startRecording, expected) => {
    const room = await world({ startRecording });
    const first = await added(room, { role: "host" });
    const second = await added(room, { role: "host" });
    expect([first.should_start_recording, second.should_start_recording]).toEqual(expected);
    const speaker = await added(await whole.bridge.room(), { role: "participant" });
    expect(speaker.should_start_recording).toBe(false);
    const records = await whole.bridge.room({ enableRecording: true });
    expect((await added(records, { role: "host" })).should_start_recording).toBe(false);
  });
});

describe("the list", () => {
  test("has those who were added and whoever else is inside", async () => {
    const room = await world();
    const host = await added(room, { ...person, role: "host" });
    whole.bridge.clock.advance(10);
    const jane = await added(room, { display_name: "Jane Smith" });
    await call(room, host.access_token);
    await whole.bridge.call(room, { number: "101", displayName: "Phone" });
    const joinedAt = new Date(whole.bridge.clock.now()).toISOString();

    const { id } = host.participant;
    const inside = { ...person, id, role: "host", joined_at: joinedAt };
    const caller = {
      id: expect.any(String),
      display_name: "Phone",
      role: "participant",
      joined_at: joinedAt,
    };
    const waiting = { id: jane.participant.id, display_name: "Jane Smith", role: "participant" };
    expect(await listed(room)).toEqual([inside, waiting, caller]);
    expect(await listed(room, "?active=false")).toEqual([inside, waiting, caller]);
    expect(await listed(room, "?active=true")).toEqual([inside, caller]);
    expect((await ask("GET", `${room.id}/participants?active=1`)).statusCode).toBe(400);
  });

  test("shows the participant that the conference API shows", async () => {
    const room = await world();
    const { participant, access_token } = await added(room, person);
    await call(room, access_token);
    const { items } = (await whole.api.get(`/api/conference_rooms/${room.id}/participants`)).json();
    expect(items).toMatchObject([
      { id: participant.id, display_name: "John Doe", external_user_id: "user_123" },
    ]);
  });
});

describe("removing", () => {
  test("sends a participant away, and their tokens are worth nothing any more", async () => {
    const room = await world();
    const { participant, ...tokens } = await added(room, person);
    await call(room, tokens.access_token);
    const answer = await ask("DELETE", `${room.id}/participants/${participant.id}`);
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    await settle();
    expect(await listed(room)).toEqual([]);
    expect((await call(room, tokens.access_token)).status).toBe(401);
    expect((await ask("GET", `${room.id}/participants`, undefined, tokens.auth_token)).json().code).toBe(
      "TOKEN_REVOKED",
    );
    const renewed = await ask(
      "POST",
      `${room.id}/participants/${participant.id}/token`,
      undefined,
      tokens.refresh_token,
    );
    expect(renewed.json().code).toBe("TOKEN_REVOKED");
    expect((await ask("DELETE", `${room.id}/participants/${participant.id}`)).json().code).toBe(
      "PARTICIPANT_NOT_FOUND",
    );
  });

  test("sends a caller away who was not added", async () => {
    const room = await world();
    await whole.bridge.call(room, { number: "101" });
    const [{ id }] = await listed(room);
    expect((await ask("DELETE", `${room.id}/participants/${id}`)).statusCode).toBe(204);
    await settle();
    expect(await listed(room)).toEqual([]);
  });
});

describe("a participant's own API token", () => {
  async function tokens() {
    const room = await world();
    const host = await added(room, { ...person, role: "host" });
    const speaker = await added(room, { display_name: "Jane" });
    return { room, host, speaker };
  }
  const path = (room: Pick<Room, "id">, end = "") => `${room.id}/participants${end}`;
  const code = async (...request: Parameters<typeof ask>) => {
    const answer = await ask(...request);
    return answer.statusCode < 300 ? answer.statusCode : answer.json().code;
  };

  test("lists, and does what its holder may do at this moment", async () => {
    const { room, host, speaker } = await tokens();
    expect(await code("GET", path(room), undefined, speaker.auth_token)).toBe(200);
    const one = { display_name: "Guest" };
    expect(await code("POST", path(room), one, speaker.auth_token)).toBe("PERMISSION_DENIED");
    expect(await code("POST", path(room), one, host.auth_token)).toBe(201);
    const other = path(room, `/${host.participant.id}`);
    expect(await code("DELETE", other, undefined, speaker.auth_token)).toBe("PERMISSION_DENIED");
    expect(
      await code("DELETE", path(room, `/${speaker.participant.id}`), undefined, speaker.auth_token),
    ).toBe(204);

    const member = await whole.members.find(room.id, { participantId: host.participant.id });
    await whole.members.update(room.id, member!.id, { customPermissions: { canMakeModerator: false } });
    const another = { display_name: "Guest", role: "host" };
    expect(await code("POST", path(room), another, host.auth_token)).toBe("PERMISSION_DENIED");
    expect(
      (await ask("POST", path(room, "/bulk"), { participants: [another, one] }, host.auth_token)).json(),
    ).toEqual({
      results: [
        { success: false, error: "This participant does not have the permission canMakeModerator." },
        expect.objectContaining({ success: true }),
      ],
    });
  });

  describe.each(["return", "replace", "reject"] as const)("under the policy %s", (duplicates) => {
    async function speakerWhoShares() {
      const room = await world({ duplicates, firstIsHost: true });
      const host = await added(room, { ...person, role: "host" });
      const speaker = await added(room, { external_user_id: "jane", role: "participant" });
      const member = await whole.members.find(room.id, { participantId: speaker.participant.id });
      await whole.members.update(room.id, member!.id, { customPermissions: { canShareAccessLinks: true } });
      return { room, host, speaker };
    }

    test("gets no tokens of a host, one by one or in bulk", async () => {
      const { room, host, speaker } = await speakerWhoShares();
      const hosts = { display_name: "x", external_user_id: person.external_user_id };
      expect(await code("POST", path(room), hosts, speaker.auth_token)).toBe("PERMISSION_DENIED");
      const bulk = { participants: [hosts, { display_name: "Guest" }] };
      const answer = await ask("POST", path(room, "/bulk"), bulk, speaker.auth_token);
      expect(answer.json().results).toEqual([
        { success: false, error: "This participant does not have the permission canMakeModerator." },
        expect.objectContaining({ success: true }),
      ]);
      expect((await call(room, host.access_token)).status).toBe(200);
    });

    test("gets no tokens of another participant, with the permission for hosts neither", async () => {
      const { room, host, speaker } = await speakerWhoShares();
      const janes = { display_name: "x", external_user_id: "jane" };
      expect(await code("POST", path(room), janes, host.auth_token)).toBe("MEMBER_EXISTS");
      expect((await call(room, speaker.access_token)).status).toBe(200);
      const hosts = { display_name: "x", external_user_id: person.external_user_id };
      const own = await ask("POST", path(room), hosts, host.auth_token);
      const expected = duplicates === "reject" ? 409 : 200;
      expect(own.statusCode).toBe(expected);
      if (expected === 200) expect(own.json().participant.id).toBe(host.participant.id);
    });
  });

  test("makes nobody the first host of a room", async () => {
    const room = await world({ firstIsHost: true });
    const speaker = await added(room, { role: "participant" });
    const member = await whole.members.find(room.id, { participantId: speaker.participant.id });
    await whole.members.update(room.id, member!.id, { customPermissions: { canShareAccessLinks: true } });
    const answer = await ask("POST", path(room), { display_name: "Guest" }, speaker.auth_token);
    expect(answer.json().participant.role).toBe("participant");
    expect((await added(room, {})).participant.role).toBe("host");
  });

  test("opens no other room, nothing else of the API, and makes no tokens", async () => {
    const { room, host } = await tokens();
    const other = await whole.bridge.room({ subject: "Other" });
    for (const id of [other.id, "Other", "none"]) {
      expect(await code("GET", `${id}/participants`, undefined, host.auth_token)).toBe("PERMISSION_DENIED");
      expect(await code("POST", `${id}/participants`, person, host.auth_token)).toBe("PERMISSION_DENIED");
    }
    const token = path(room, `/${host.participant.id}/token`);
    expect(await code("POST", token, undefined, host.auth_token)).toBe("UNAUTHENTICATED");
    for (const wrong of [host.access_token, host.refresh_token, `${host.auth_token}x`, "nonsense"]) {
      expect(await code("GET", path(room), undefined, wrong)).toBe("UNAUTHENTICATED");
    }
    for (const url of [
      "/api/conference_rooms",
      `/api/conference_rooms/${room.id}`,
      "/api/join",
      "/api/login/me",
    ]) {
      for (const bearer of [host.auth_token, host.refresh_token]) {
        const answer = await whole.api.app.inject({ url, headers: { authorization: `Bearer ${bearer}` } });
        expect(answer.statusCode, url).toBe(401);
      }
    }
    expect(whole.tokens.judge(host.auth_token).kind).toBe("wrong");
  });

  test("ends", async () => {
    const { room, host } = await tokens();
    whole.bridge.clock.advance(3_600_000);
    expect(await code("GET", path(room), undefined, host.auth_token)).toBe("TOKEN_EXPIRED");
  });
});

describe("new tokens", () => {
  const renew = (room: Room, { participant }: Added, credential?: string) =>
    ask("POST", `${room.id}/participants/${participant.id}/token`, undefined, credential);

  test("come with a key, and with a refresh token", async () => {
    const room = await world();
    const first = await added(room, person);
    const token = expect.stringMatching(/^eyJhbG/);
    const byKey = await renew(room, first);
    expect(byKey.json()).toEqual({
      ...{ access_token: token, refresh_token: token, token_type: "Bearer", expires_in: 3600 },
      auth_token: token,
    });
    whole.bridge.clock.advance(3_600_000);
    expect((await call(room, first.access_token)).status).toBe(401);
    const next = (await renew(room, first, first.refresh_token)).json();
    expect((await call(room, next.access_token)).status).toBe(200);
    expect((await renew(room, first, next.refresh_token)).statusCode).toBe(200);
    const nobody = await ask("POST", `${room.id}/participants/none/token`);
    expect(nobody.json().code).toBe("PARTICIPANT_NOT_FOUND");
  });

  test("speak for the call that an earlier one has opened", async () => {
    const room = await world();
    const first = await added(room, person);
    const verdict = whole.tokens.judge(first.access_token);
    if (verdict.kind !== "accepted") throw new Error(verdict.kind);
    await whole.bridge.call(room, { number: "500", principal: verdict.principal });
    const raise = (token: string) =>
      whole.api.app.inject({
        ...{ method: "PUT", url: "/api/join/self/hand", payload: { on: true } },
        headers: { authorization: `Bearer ${token}`, "parley-call": "500@fake" },
      });
    expect((await raise(first.access_token)).statusCode).toBe(200);
    const next = (await renew(room, first, first.refresh_token)).json();
    expect((await raise(next.access_token)).statusCode).toBe(200);
    const jane = await added(room, { display_name: "Jane" });
    expect((await raise(jane.access_token)).json().code).toBe("NOT_IN_THE_ROOM");
  });

  test("are none for a participant who is removed meanwhile, or whose room is destroyed", async () => {
    const room = await world();
    const { participant } = await added(room, person);
    const member = await whole.provisioning.member(room, participant.id as never);
    await whole.members.remove(room.id, member!.id);
    expect(await whole.provisioning.renew(member!)).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND" },
    });
    await whole.bridge.rooms.destroy(room.id);
    expect(await whole.provisioning.renew(member!)).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
  });

  test("end with all that came of it when a refresh token comes a second time, and others go on", async () => {
    const room = await world();
    const first = await added(room, person);
    const other = await added(room, person);
    const next = (await renew(room, first, first.refresh_token)).json();
    const replayed = await renew(room, first, first.refresh_token);
    expect([replayed.statusCode, replayed.json().code]).toEqual([401, "REFRESH_TOKEN_NOT_VALID"]);

    for (const token of [first.access_token, next.access_token]) {
      expect((await call(room, token)).status).toBe(401);
    }
    expect((await ask("GET", `${room.id}/participants`, undefined, next.auth_token)).json().code).toBe(
      "TOKEN_REVOKED",
    );
    expect((await renew(room, first, next.refresh_token)).statusCode).toBe(401);
    expect((await call(room, other.access_token)).status).toBe(200);
    expect((await renew(room, other, other.refresh_token)).statusCode).toBe(200);
  });

  test("come once of a refresh token that comes twice at the same time", async () => {
    const room = await world();
    const first = await added(room, person);
    const answers = await Promise.all([1, 2].map(() => renew(room, first, first.refresh_token)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 401]);
  });

  test("come of one's own refresh token alone", async () => {
    const room = await world();
    const first = await added(room, person);
    const other = await added(room, { display_name: "Jane" });
    expect((await renew(room, other, first.refresh_token)).json().code).toBe("PERMISSION_DENIED");
    const elsewhere = await whole.bridge.room();
    const foreign = await added(elsewhere, person);
    expect((await renew(elsewhere, foreign, first.refresh_token)).json().code).toBe("PERMISSION_DENIED");
    expect((await renew(room, first, first.refresh_token)).statusCode).toBe(200);
  });

  test.each([
    ["of the room are revoked", (room: Room) => whole.tokens.revokeAllOf(room.id)],
    ["of all rooms are revoked", () => whole.tokens.revokeAll()],
  ])("do not come when the tokens %s", async (_, revoke) => {
    const room = await world();
    const first = await added(room, person);
    await revoke(room);
    expect((await renew(room, first, first.refresh_token)).statusCode).toBe(401);
    expect((await renew(room, first)).statusCode).toBe(200);
  });

  test("do not come when a refresh token was not used for its time", async () => {
    const room = await world();
    const first = await added(room, person);
    whole.bridge.clock.advance(86_400_000);
    expect((await renew(room, first, first.refresh_token)).json().code).toBe("TOKEN_EXPIRED");
  });
});

describe("adding many", () => {
  const bulk = (room: Pick<Room, "id">, participants: unknown[]) =>
    ask("POST", `${room.id}/participants/bulk`, { participants });

  test("answers for each, in their order", async () => {
    const room = await world();
    const answer = await bulk(room, [
      { display_name: "Alice", external_user_id: "user_001", role: "participant" },
      { external_user_id: "user_002" },
      { display_name: "Bob", colour: "red" },
      "nobody",
      { display_name: "Alice", external_user_id: "user_001" },
    ]);
    expect(answer.statusCode).toBe(200);
    const done = {
      ...{ participant_id: expect.any(String), success: true },
      ...{ access_token: expect.stringMatching(/^eyJ/), auth_token: expect.stringMatching(/^eyJ/) },
    };
    const { results } = answer.json();
    expect(results).toEqual([
      done,
      { success: false, error: "display_name is required" },
      { success: false, error: "colour is not a known field" },
      { success: false, error: "the participant must be an object" },
      done,
    ]);
    expect(results[4].participant_id).toBe(results[0].participant_id);
  });

  test("fills a room and says who found no place", async () => {
    const room = await world({}, { capacity: 2 });
    const { results } = (
      await bulk(
        room,
        ["A", "B", "C"].map((name) => ({ display_name: name })),
      )
    ).json();
    expect(results.map(({ success }: { success: boolean }) => success)).toEqual([true, true, false]);
    expect(results[2].error).toBe("the room has no free place");
  });

  test("takes between one and a hundred, and makes no room for nobody", async () => {
    const room = await world({ allowEarlyJoin: true });
    expect((await bulk(room, [])).statusCode).toBe(422);
    expect((await bulk(room, Array(101).fill(person))).statusCode).toBe(422);
    const nowhere = await ask("POST", "Nowhere/participants/bulk", { participants: [{}] });
    expect(nowhere.json().results).toEqual([{ success: false, error: "display_name is required" }]);
    expect((await ask("GET", "Nowhere/participants")).json().code).toBe("ROOM_NOT_FOUND");
  });
});

test("keys need the scopes, and what is done is in the audit log without tokens", async () => {
  const room = await world();
  const made = await whole.api.access.keys.create({ name: "Reader", scopes: ["read"] });
  const reader = made.ok ? made.value[1] : "";
  expect((await ask("GET", `${room.id}/participants`, undefined, reader)).statusCode).toBe(200);
  expect((await ask("POST", `${room.id}/participants`, person, reader)).json().code).toBe(
    "INSUFFICIENT_SCOPE",
  );
  const { participant, access_token, refresh_token, auth_token } = await added(room, {
    ...person,
    role: "host",
  });
  await ask("POST", `${room.id}/participants`, { display_name: "Guest" }, auth_token);
  await settle();
  const audit = (await whole.api.get("/api/audit?filter=operation eq 'addParticipant'")).json();
  expect(audit.items).toMatchObject([
    { actor_kind: "participant", actor_id: participant.id, actor_name: "John Doe", outcome: "done" },
    { actor_kind: "admin_key", outcome: "done", object_id: room.id },
    { actor_kind: "key", outcome: "denied" },
  ]);
  const log = JSON.stringify(whole.api.lines);
  for (const secret of [access_token, refresh_token]) expect(log).not.toContain(secret);
});
