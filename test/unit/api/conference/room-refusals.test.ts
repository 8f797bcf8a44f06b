import { afterEach, beforeAll, expect, test } from "vitest";
import { Fixture } from "../support/fixture.ts";

let api: Fixture;

beforeAll(async () => {
  api = await Fixture.create();
});

afterEach(() => expect(api.rooms.stored.size).toBe(0));

const minimal = { mode: "AUDIO", subject: "Weekly", capacity: 9 };

test.each(["extension_number", "mode", "enable_recording"])("%s cannot be changed", async (field) => {
  const id = await api.room();
  const response = await api.post(`/api/conference_rooms/${id}`, { [field]: "VIDEO" });
  expect(response.json()).toMatchObject({ status: 422, code: "INVALID_FIELD" });
  expect(response.json().details).toEqual([{ field, message: "cannot be changed" }]);
  await api.post(`/api/conference_rooms/${id}/destroy`);
});

test.each(["mode", "subject", "capacity"])("%s is required", async (field) => {
  const { [field as keyof typeof minimal]: _, ...body } = minimal;
  const response = await api.post("/api/conference_rooms", body);
  expect(response.statusCode).toBe(400);
  expect(response.json().details).toEqual([{ field, message: "is required" }]);
});

test.each([
  ["subject", " \t "],
  ["subject", "\u00a0\u3000"],
  ["subject", "\u200b\u2060\u2800"],
  ["subject", "a\u2028b"],
  ["numbers", "1\u0085b"],
  ["admin_pin", "４７１１"],
  ["extension_number", "12"],
  ["extension_number", "80x0"],
  ["extension_number", 8000],
  ["mode", "audio"],
  ["control", "ANARCHY"],
  ["layout", "LAYOUT5"],
  ["subject", ""],
  ["subject", "x".repeat(65)],
  ["subject", "a\r\nb"],
  ["capacity", 0],
  ["capacity", 201],
  ["capacity", "9"],
  ["capacity", 1.5],
  ["height", 143],
  ["width", 1921],
  ["bitrate", 127],
  ["framerate", 31],
  ["room_pin", "12"],
  ["room_pin", "1234567"],
  ["admin_pin", "12a4"],
  ["enable_prompt", "true"],
  ["numbers", "1".repeat(129)],
  ["scheduled_start_at", "tomorrow"],
  ["scheduled_start_at", "2026-02-30T09:00:00Z"],
  ["scheduled_start_at", "2026-12-31T23:59:60Z"],
  ["scheduled_start_at", "1969-12-31T23:59:59Z"],
  ["scheduled_end_at", "2026-03-02T09:00:00"],
  ["internal_invitees", "1001"],
  ["subject", null],
])("%s is refused as %j", async (field, value) => {
  const response = await api.post("/api/conference_rooms", { ...minimal, [field]: value });
  expect(response.statusCode).toBe(422);
  expect(response.json()).toMatchObject({ code: "INVALID_FIELD", details: [{ field }] });
  expect(response.json().details).toHaveLength(1);
  // For people: no expression, no word of the schema.
  expect(response.json().detail).not.toMatch(/[\^$\\]|pattern|schema|<=|>=/);
});

test("a field inside a list is named with its place", async () => {
  const response = await api.post("/api/conference_rooms", {
    ...minimal,
    outbound_caller_ids: [{ provider_id: "t", caller_id: "1", colour: "red" }, { provider_id: "t" }],
  });
  expect(response.json().details).toEqual([
    { field: "outbound_caller_ids[0].colour", message: "is not a known field" },
    { field: "outbound_caller_ids[1].caller_id", message: "is required" },
  ]);
});

test.each([
  "1;phone-context=x",
  "1?Replaces=2",
  "sip:1@x",
  '"1"',
  "<1>",
  "1 2",
  "1\u00a02",
  "1\r\nX: y",
  "1\u0000",
])("%j is no caller id", async (text) => {
  const expected = 'must be what stands in front of the @ of a SIP address, without blanks and < > " @ : ; ?';
  const own = await Fixture.create();
  const room = `/api/conference_rooms/${await own.room()}`;
  const ids = [{ provider_id: "t", caller_id: text }];
  for (const [url, body, field] of [
    ["/api/conference_rooms", { ...minimal, outbound_caller_ids: ids }, "outbound_caller_ids[0].caller_id"],
    [room, { outbound_caller_ids: ids }, "outbound_caller_ids[0].caller_id"],
  ] as const) {
    const refused = (await own.post(url, body)).json();
    expect(refused).toMatchObject({ status: 422, code: "INVALID_FIELD" });
    expect(refused.details).toEqual([{ field, message: expected }]);
  }
});

test.each(["1", "+1", "*#", "1".repeat(64), "anonymous", "b\u00fcro.2", "4+9", "100%"])(
  "%j is a caller id",
  async (caller_id) => {
    const own = await Fixture.create();
    const response = await own.post("/api/conference_rooms", {
      ...minimal,
      outbound_caller_ids: [{ provider_id: "t", caller_id }],
    });
    expect(response.statusCode).toBe(201);
  },
);

const unknown = "00000000-0000-4000-8000-000000000000";

test.each([
  ["GET", `/api/conference_rooms/${unknown}`, undefined],
  ["POST", `/api/conference_rooms/${unknown}`, { subject: "New" }],
  ["POST", `/api/conference_rooms/${unknown}/destroy`, undefined],
  ["GET", `/api/conference_rooms/${unknown}/status`, undefined],
  ["POST", `/api/conference_rooms/${unknown}/lock`, undefined],
  ["POST", `/api/conference_rooms/${unknown}/unlock`, undefined],
  ["POST", `/api/conference_rooms/${unknown}/mute`, undefined],
  ["POST", `/api/conference_rooms/${unknown}/unmute`, undefined],
  ["GET", `/api/conference_rooms/${unknown}/participants`, undefined],
  ["GET", `/api/conference_rooms/${unknown}/participants/${unknown}`, undefined],
  ["GET", "/api/conference_rooms/..%2f..%00", undefined],
] as const)("%s %s knows no such room", async (method, url, payload) => {
  const response = await api.request({ method, url, ...(payload && { payload }) });
  expect(response.statusCode).toBe(404);
  expect(response.json().code).toBe("ROOM_NOT_FOUND");
});
