import { beforeEach, expect, test } from "vitest";
import type { RoomId } from "#common";
import { Fixture } from "../support/fixture.ts";

let api: Fixture;
let id: RoomId;
let room: string;
let people: string;

beforeEach(async () => {
  api = await Fixture.create();
  id = (await api.room()) as RoomId;
  room = `/api/conference_rooms/${id}`;
  people = `${room}/participants`;
});

const positions = async () =>
  (await api.get(people)).json().items.map(({ position }: { position: number }) => position);

test("the chair moves from one to the other", async () => {
  const ada = api.rooms.join(id, "Ada");
  const grace = api.rooms.join(id, "Grace");
  for (const { id: who } of [ada, grace]) {
    expect((await api.post(`${people}/${who}/chairman`)).json()).toEqual({});
  }
  expect((await api.get(`${people}/${ada.id}`)).json().chairman).toBe(false);
  expect((await api.get(`${people}/${grace.id}`)).json().chairman).toBe(true);
});

test("a participant is pinned to a cell, and another one not to the same", async () => {
  const ada = api.rooms.join(id, "Ada");
  const grace = api.rooms.join(id, "Grace");

  expect((await api.post(`${people}/${ada.id}/position`, { position: 2 })).statusCode).toBe(200);
  const taken = await api.post(`${people}/${grace.id}/position`, { position: 2 });

  expect(taken.statusCode).toBe(409);
  expect(taken.json()).toMatchObject({ code: "POSITION_TAKEN", details: [{ field: "position" }] });
  expect(await positions()).toEqual([2, -1]);
});

test("a position is where they are seen, and null ends a pin", async () => {
  const ada = api.rooms.join(id, "Ada");
  const url = `${people}/${ada.id}`;
  const position = async () => (await api.get(url)).json().position;
  api.rooms.present.get(id)!.set(ada.id, { ...ada, cell: 3 });
  expect(await position()).toBe(3);

  expect((await api.post(`${url}/position`, { position: await position() })).statusCode).toBe(200);
  expect(await position()).toBe(3);
  expect((await api.post(`${url}/position`, { position: null })).statusCode).toBe(200);
  expect(api.rooms.present.get(id)!.get(ada.id)!.pinnedTo).toBeNull();
});

test.each([{}, { position: 9 }, { position: -2 }, { position: 1.5 }, { position: "0" }])(
  "a position must be one: %j",
  async (body) => {
    const ada = api.rooms.join(id, "Ada");
    const response = await api.post(`${people}/${ada.id}/position`, body);
    expect(response.json()).toMatchObject({
      status: "position" in body ? 422 : 400,
      details: [{ field: "position" }],
    });
  },
);

test("a list of participants is an order, and an unknown one is named by its index", async () => {
  const ada = api.rooms.join(id, "Ada");
  const grace = api.rooms.join(id, "Grace");

  expect((await api.post(`${people}/layout`, { items: [grace.id, ada.id] })).json()).toEqual({});
  expect(await positions()).toEqual([1, 0]);

  const unknown = await api.post(`${people}/layout`, { items: [ada.id, "absent"] });
  expect(unknown.json()).toMatchObject({
    status: 404,
    code: "PARTICIPANT_NOT_FOUND",
    details: [{ field: "items[1]" }],
  });
});

test("nothing is dialled that no trunk allows", async () => {
  const response = await api.post(`${people}/invite`, { number: "+34911234567" });
  expect(response.statusCode).toBe(403);
  expect(response.json()).toMatchObject({ code: "DIAL_OUT_NOT_ALLOWED", details: [{ field: "number" }] });
});

test("a number may be written as people write it", async () => {
  api.rooms.allowed.add("+49 (30) 700-0");
  expect((await api.post(`${people}/invite`, { number: "+49 (30) 700-0" })).statusCode).toBe(200);
});

test.each(["", "1".repeat(65)])("a number must be one: %j", async (number) => {
  expect((await api.post(`${people}/invite`, { number })).json()).toMatchObject({
    status: 422,
    details: [{ field: "number" }],
  });
});

test("an invitation that is repeated with its key dials once", async () => {
  api.rooms.allowed.add("1001");
  const headers = { "x-api-key": "correct-horse-battery-staple", "idempotency-key": "k" };
  for (let count = 0; count < 2; count += 1) {
    const payload = { number: "1001" };
    const response = await api.request({ method: "POST", url: `${people}/invite`, headers, payload });
    expect(response.statusCode).toBe(200);
  }
  expect(api.rooms.dialled).toEqual(["1001"]);
});

test("recording is started once and stopped once", async () => {
  const codes: unknown[] = [];
  for (const verb of ["start", "start", "stop", "stop"]) {
    const response = await api.post(`${room}/${verb}_recording`);
    codes.push(response.statusCode === 200 ? 200 : response.json().code);
  }
  expect(codes).toEqual([200, "ALREADY_RECORDING", 200, "NOT_RECORDING"]);
});

test("a room without recordings has an empty list of them", async () => {
  expect((await api.get(`${room}/recordings`)).json()).toEqual({ count: 0, items: [] });
});

test.each(["destroy", "set_read", "set_unread"])("there is no recording to %s", async (verb) => {
  const response = await api.post(`${room}/recordings/any/${verb}`);
  expect(response.json()).toMatchObject({ status: 404, code: "RECORDING_NOT_FOUND" });
});

test.each([
  ["GET", "recordings", undefined],
  ["POST", "recordings/any/set_read", undefined],
  ["POST", "start_recording", undefined],
  ["POST", "participants/any/chairman", undefined],
  ["POST", "participants/any/position", { position: 0 }],
  ["POST", "participants/layout", { items: [] }],
  ["POST", "participants/any/move", { room_id: "any" }],
  ["POST", "participants/invite", { number: "1001" }],
] as const)("in a room that is not there: %s %s", async (method, path, payload) => {
  const url = `/api/conference_rooms/none/${path}`;
  const response = await api.request({ method, url, ...(payload && { payload }) });
  expect(response.json()).toMatchObject({ status: 404, code: "ROOM_NOT_FOUND" });
});
