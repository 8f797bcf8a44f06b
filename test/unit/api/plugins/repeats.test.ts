// Two clients and one room: entity tags, conditions, and requests that are sent again.
import { beforeEach, describe, expect, test } from "vitest";
import { Fixture, key } from "../support/fixture.ts";

const rooms = "/api/conference_rooms";
const weekly = { mode: "AUDIO", subject: "Weekly", capacity: 9 };

let api: Fixture;

beforeEach(async () => {
  api = await Fixture.create();
});

const post = (url: string, payload: object | undefined, headers: Record<string, string>) =>
  api.request({
    method: "POST",
    url,
    headers: { "x-api-key": key, ...headers },
    ...(payload && { payload }),
  });

describe("a condition", () => {
  let room: string;

  beforeEach(async () => {
    room = `${rooms}/${await api.room()}`;
  });

  const tag = async () => (await api.get(room)).headers["etag"] as string;

  test("the entity tag changes with the room, and an update answers with the new one", async () => {
    const before = await tag();
    const updated = await post(room, { capacity: 10 }, { "if-match": before });

    expect(updated.statusCode).toBe(200);
    expect(updated.headers["etag"]).toBe(await tag());
    expect(updated.headers["etag"]).not.toBe(before);
  });

  test("a client that read the room before another changed it is refused", async () => {
    const before = await tag();
    await api.post(room, { capacity: 10 });

    const late = await post(room, { capacity: 5 }, { "if-match": before });
    const destroyed = await post(`${room}/destroy`, undefined, { "if-match": before });

    expect(late.statusCode).toBe(412);
    expect(late.json().code).toBe("PRECONDITION_FAILED");
    expect(destroyed.statusCode).toBe(412);
    expect((await api.get(room)).json().capacity).toBe(10);
  });

  test.each(["*", '"7", "1"', '"1"', ', "1",', '"7",,"a,b" , "1"'])(
    "%s matches the first revision",
    async (ifMatch) => {
      expect((await post(`${room}/destroy`, undefined, { "if-match": ifMatch })).statusCode).toBe(204);
    },
  );

  test.each([
    ['W/"1"', 412],
    ['"x"', 412],
    ["1", 400],
    ['"1" "2"', 400],
    ["", 400],
  ])("%s does not", async (ifMatch, status) => {
    expect((await post(room, { capacity: 5 }, { "if-match": ifMatch })).statusCode).toBe(status);
  });
});

describe("a key", () => {
  const make = (payload: object, name = "8e03978e") => post(rooms, payload, { "idempotency-key": name });

  test("the same request again gets the same answer and makes no second room", async () => {
    const first = await make(weekly);
    const again = await make({ capacity: 9, subject: "Weekly", mode: "AUDIO" });

    expect(again.statusCode).toBe(201);
    expect(again.json()).toEqual(first.json());
    expect(again.headers["location"]).toBe(first.headers["location"]);
    expect(api.rooms.stored.size).toBe(1);
  });

  test("a body that spells out the defaults is the same request", async () => {
    const first = await make(weekly);
    const spelled = { ...weekly, control: "FREE", timezone: "UTC", admin_pin: null, internal_invitees: [] };
    expect((await make(spelled)).json()).toEqual(first.json());
    expect((await make({ ...weekly, control: "MASTER" })).json().code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  const user = { username: "ana", password: "correct horse battery", role: "viewer" };
  const webhook = { url: "https://example.com/" };
  test.each<[string, object, object]>([
    ["keys", { name: "Panel", scopes: ["read"] }, { addresses: [], expires_at: null }],
    ["users", user, { display_name: "ana", email: "", enabled: true }],
    ["webhooks", webhook, { description: "", types: [], room: null, enabled: true }],
    [
      "conference_servers",
      { name: "Second", ipv4: "192.0.2.20", max_rooms: 1, max_participants: 1 },
      { enabled: true, ipv6: null },
    ],
    [
      "conference_rooms",
      { ...weekly, outbound_caller_ids: [{ provider_id: "t", caller_id: "1" }] },
      { outbound_caller_ids: [{ provider_id: "t", caller_id: "1", description: null }] },
    ],
  ])("a body of /api/%s that spells out the defaults is the same request", async (noun, body, defaults) => {
    const headers = { "idempotency-key": "8e03978e" };
    const first = await post(`/api/${noun}`, body, headers);
    const again = await post(`/api/${noun}`, { ...body, ...defaults }, headers);
    expect(again.statusCode, again.body).toBe(first.statusCode);
    expect(again.json().id).toBe(first.json().id);
  });

  test.each([
    ["keys", "expires_at", { name: "Panel", scopes: ["read"] }],
    ["conference_rooms", "scheduled_start_at", weekly],
  ])(
    "the same instant written with another offset in a body of /api/%s is the same request",
    async (noun, field, body) => {
      const ask = (instant: string) =>
        post(`/api/${noun}`, { ...body, [field]: instant }, { "idempotency-key": "8e03978e" });
      const first = await ask("2030-03-04T09:00:00Z");
      const again = await ask("2030-03-04T10:00:00.000+01:00");
      expect(again.statusCode, again.body).toBe(201);
      expect(again.json().id).toBe(first.json().id);
      expect((await ask("2030-03-04T09:00:00.001Z")).json().code).toBe("IDEMPOTENCY_KEY_REUSED");
    },
  );

  test("another body under the same key is refused, another key is another request", async () => {
    await make(weekly);
    const other = await make({ ...weekly, capacity: 10 });

    expect(other.statusCode).toBe(422);
    expect(other.json().code).toBe("IDEMPOTENCY_KEY_REUSED");
    expect((await make(weekly, "another")).statusCode).toBe(201);
    expect(api.rooms.stored.size).toBe(2);
  });

  test("a second request while the first is under way is told so", async () => {
    const started = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const create = api.rooms.create.bind(api.rooms);
    api.rooms.create = async (fields) => {
      started.resolve();
      await gate.promise;
      return create(fields);
    };

    const first = make(weekly).then(({ statusCode }) => statusCode);
    await started.promise;
    const second = await make(weekly);
    gate.resolve();

    expect(second.json()).toMatchObject({ status: 409, code: "IDEMPOTENCY_KEY_IN_USE" });
    expect(await first).toBe(201);
    expect(api.rooms.stored.size).toBe(1);
  });

  test("it means nothing any more after a day", async () => {
    const first = await make(weekly);
    await api.clock.advance(24 * 60 * 60 * 1000 + 1);
    const next = await make(weekly);
    expect(next.json().id).not.toBe(first.json().id);
    expect(api.answers.kept.size).toBe(1);
  });

  test("what was refused is tried again", async () => {
    const blocking = await api.room({ extension_number: "8100" });
    const body = { ...weekly, extension_number: "8100" };
    expect((await make(body)).statusCode).toBe(409);
    await api.post(`${rooms}/${blocking}/destroy`);
    expect((await make(body)).statusCode).toBe(201);
  });

  test.each(["", "k".repeat(256)])("it has 1 to 255 characters: %#", async (name) => {
    const response = await make(weekly, name);
    expect(response.json()).toMatchObject({ status: 400, details: [{ field: "idempotency-key" }] });
  });
});
