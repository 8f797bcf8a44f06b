import { beforeEach, expect, test } from "vitest";
import type { RoomId } from "#common";
import { Fixture } from "../support/fixture.ts";

let api: Fixture;

beforeEach(async () => {
  api = await Fixture.create();
});

const minimal = { mode: "AUDIO", subject: "Weekly", capacity: 9 };

test("a room is made with its extension and found at the address it is given", async () => {
  const created = await api.post("/api/conference_rooms", { ...minimal, extension_number: "8123" });

  expect(created.statusCode).toBe(201);
  const { id } = created.json();
  expect(created.json()).toEqual({ id });
  expect(created.headers["location"]).toBe(`/api/conference_rooms/${id}`);

  const shown = await api.get(created.headers["location"] as string);
  expect(shown.statusCode).toBe(200);
  expect(shown.headers["cache-control"]).toBe("no-store");
  expect(shown.json()).toMatchObject({ id, extension_number: "8123", subject: "Weekly", capacity: 9 });
});

test("a room without an extension gets the next free one", async () => {
  const id = await api.room();
  expect((await api.get(`/api/conference_rooms/${id}`)).json().extension_number).toBe("8000");
});

test("what a client gives reaches the domain in its spelling, instants in UTC", async () => {
  const id = await api.room({
    room_pin: "4711",
    admin_pin: "123456",
    scheduled_start_at: "2026-03-02T09:00:00+01:00",
    scheduled_end_at: null,
    outbound_caller_ids: [{ provider_id: "t1", caller_id: "+4930123", description: "Berlin" }],
    custom_options: '{"keep_this":1}',
  });

  expect(api.rooms.stored.get(id as RoomId)).toMatchObject({
    roomPin: "4711",
    adminPin: "123456",
    scheduledStartAt: "2026-03-02T08:00:00.000Z",
    scheduledEndAt: null,
    outboundCallerIds: [{ providerId: "t1", callerId: "+4930123", description: "Berlin" }],
    customOptions: '{"keep_this":1}',
  });
});

test("a room alone has null for what has no value, and where browser phones connect", async () => {
  const id = await api.room({
    room_pin: "4711",
    outbound_caller_ids: [{ provider_id: "t", caller_id: "1" }],
  });

  const room = (await api.get(`/api/conference_rooms/${id}`)).json();

  expect(room).toMatchObject({
    domain: "pbx.example.com",
    sbc_host: "meet.example.com",
    sbc_port: 443,
    room_pin: "4711",
  });
  expect(room.outbound_caller_ids).toEqual([{ provider_id: "t", caller_id: "1", description: null }]);
  expect(room).toMatchObject({ admin_pin: null, scheduled_start_at: null, token: expect.any(String) });
});

test("a list pages through all rooms and tells how many there are", async () => {
  for (const subject of ["A", "B", "C"]) await api.room({ subject });

  const page = (await api.get("/api/conference_rooms?skip=1&top=1")).json();

  expect(page.count).toBe(3);
  expect(page.items.map((room: { subject: string }) => room.subject)).toEqual(["B"]);
  expect(page.items[0]).not.toHaveProperty("outbound_caller_ids");
  expect(page.items[0]).not.toHaveProperty("domain");
});

test("a change touches the given fields only, and null clears", async () => {
  const id = await api.room({ room_pin: "4711", capacity: 20 });

  const response = await api.post(`/api/conference_rooms/${id}`, { subject: "Daily", room_pin: null });

  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({});
  expect(api.rooms.stored.get(id as RoomId)).toMatchObject({ subject: "Daily", roomPin: null, capacity: 20 });
});

test("a destroyed room is gone", async () => {
  const id = await api.room();

  const response = await api.post(`/api/conference_rooms/${id}/destroy`);

  expect(response.statusCode).toBe(204);
  expect(response.body).toBe("");
  expect((await api.get(`/api/conference_rooms/${id}`)).json().code).toBe("ROOM_NOT_FOUND");
});

test("an extension in use is a conflict that names the field", async () => {
  await api.room({ extension_number: "8123" });

  const response = await api.post("/api/conference_rooms", { ...minimal, extension_number: "8123" });

  expect(response.statusCode).toBe(409);
  expect(response.json()).toMatchObject({
    code: "EXTENSION_IN_USE",
    details: [{ field: "extension_number" }],
  });
});

test("what only the domain can judge is refused as unprocessable", async () => {
  const id = await api.room({ scheduled_start_at: "2026-03-02T09:00:00Z" });

  const response = await api.post(`/api/conference_rooms/${id}`, {
    scheduled_end_at: "2026-03-01T09:00:00Z",
  });

  expect(response.statusCode).toBe(422);
  expect(response.json()).toMatchObject({
    code: "INVALID_FIELD",
    detail: "scheduled_end_at must be after scheduled_start_at",
    details: [{ field: "scheduled_end_at", message: "must be after scheduled_start_at" }],
  });
});
