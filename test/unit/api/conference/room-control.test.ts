import { beforeEach, expect, test } from "vitest";
import type { RoomId } from "#common";
import { defaultPermissions } from "#conference/rooms";
import { toWireWithNulls } from "../../../../api/wire.ts";
import { Fixture } from "../support/fixture.ts";

let api: Fixture;
let id: RoomId;
let room: string;

beforeEach(async () => {
  api = await Fixture.create();
  id = (await api.room()) as RoomId;
  room = `/api/conference_rooms/${id}`;
});

test("the status follows lock, mute and the people in the room", async () => {
  expect((await api.get(`${room}/status`)).json()).toEqual({
    status: "ONLINE",
    locked: false,
    muted: false,
    recording: false,
    picture_degradation: 0,
  });

  api.rooms.join(id, "Ada");
  for (const word of ["lock", "mute"]) {
    const response = await api.post(`${room}/${word}`);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({});
  }
  expect((await api.get(`${room}/status`)).json()).toMatchObject({
    status: "ON_CALL",
    locked: true,
    muted: true,
  });

  for (const word of ["unlock", "unmute"]) await api.post(`${room}/${word}`);
  expect((await api.get(`${room}/status`)).json()).toMatchObject({ locked: false, muted: false });
});

test("participants are listed with their number, and shown alone", async () => {
  const ada = api.rooms.join(id, "Ada");
  api.rooms.join(id, "Grace");

  const list = (await api.get(`${room}/participants`)).json();
  const one = (await api.get(`${room}/participants/${ada.id}`)).json();

  expect(list.count).toBe(2);
  expect(list.items[0]).toEqual(one);
  expect(one).toEqual({
    id: ada.id,
    display_name: "Ada",
    findings: [],
    muted: false,
    chairman: false,
    position: -1,
    number: "1001",
    role: "participant",
    mute_reasons: [],
    talking: false,
    held: false,
    hand_raised: false,
    joined_at: "2026-01-01T00:00:00.000Z",
    left_at: null,
    state: "joined",
    transport: "UDP",
    codecs: ["opus"],
    media_encryption: null,
    video: { camera: false, screen: false, refused: false },
    volume: 0,
    external_user_id: null,
    member_id: null,
    permissions: toWireWithNulls(defaultPermissions.speaker),
    quality: null,
  });
});

test("a participant is muted and given the floor again", async () => {
  const ada = api.rooms.join(id, "Ada");
  const one = `${room}/participants/${ada.id}`;

  expect((await api.post(`${one}/mute`)).statusCode).toBe(200);
  expect((await api.get(one)).json()).toMatchObject({ muted: true, mute_reasons: ["host"] });

  expect((await api.post(`${one}/unmute`)).json()).toEqual({});
  expect((await api.get(one)).json()).toMatchObject({ muted: false, mute_reasons: [] });
});

test("a participant who was sent out is not there any more", async () => {
  const ada = api.rooms.join(id, "Ada");

  expect((await api.post(`${room}/participants/${ada.id}/destroy`)).statusCode).toBe(204);

  expect((await api.get(`${room}/participants`)).json()).toEqual({ count: 0, items: [] });
});

test.each(["", "/mute", "/unmute", "/destroy"])("an unknown participant cannot be used: %s", async (verb) => {
  const url = `${room}/participants/absent${verb}`;
  const response = await api.request({ method: verb === "" ? "GET" : "POST", url });
  expect(response.statusCode).toBe(404);
  expect(response.json().code).toBe("PARTICIPANT_NOT_FOUND");
});

test("an operation without a body takes an empty one, whatever the client announces", async () => {
  const headers = { "x-api-key": "correct-horse-battery-staple", "content-type": "application/json" };
  for (const payload of ["", "{}", "null"]) {
    const response = await api.request({ method: "POST", url: `${room}/lock`, headers, payload });
    expect(response.statusCode).toBe(200);
  }
});

test("an operation without a body refuses fields by name", async () => {
  const response = await api.post(`${room}/lock`, { until: "noon" });
  expect(response.statusCode).toBe(400);
  expect(response.json().details).toEqual([{ field: "until", message: "is not a known field" }]);
  expect(api.rooms.locked.size).toBe(0);
});

test("an operation without a body refuses a list", async () => {
  const response = await api.post(`${room}/lock`, []);
  expect(response.json()).toMatchObject({ code: "VALIDATION_FAILED", details: [{ field: "" }] });
});
