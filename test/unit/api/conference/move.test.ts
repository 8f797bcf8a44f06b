// Moving a participant to another room over HTTP, on the fake domain and on the real one.
import { beforeEach, expect, test } from "vitest";
import type { RoomId } from "#common";
import { Fixture, key } from "../support/fixture.ts";
import { wholeApi } from "../support/whole.ts";

let api: Fixture;
let here: RoomId;
let there: RoomId;

beforeEach(async () => {
  api = await Fixture.create();
  here = (await api.room()) as RoomId;
  there = (await api.room()) as RoomId;
});

const moveOf = (participant: string, room: string = here) =>
  `/api/conference_rooms/${room}/participants/${participant}/move`;

test("a participant is moved, and shown as they are there", async () => {
  const ada = api.rooms.join(here, "Ada");
  const response = await api.post(moveOf(ada.id), { room_id: there, role: "host" });
  expect(response.statusCode).toBe(200);
  expect(response.json()).toMatchObject({ id: ada.id, display_name: "Ada", role: "host" });
  expect((await api.get(`/api/conference_rooms/${here}/participants`)).json().count).toBe(0);
  expect((await api.get(`/api/conference_rooms/${there}/participants`)).json().count).toBe(1);
});

test("asking again with the same key moves no one twice and answers the same", async () => {
  const ada = api.rooms.join(here, "Ada");
  const ask = (payload: object) =>
    api.request({
      method: "POST",
      url: moveOf(ada.id),
      payload,
      headers: { "x-api-key": key, "idempotency-key": "move-1" },
    });
  const first = await ask({ room_id: there });
  const second = await ask({ room_id: there });
  expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
  expect(second.json()).toEqual(first.json());
  expect((await ask({ room_id: here })).json().code).toBe("IDEMPOTENCY_KEY_REUSED");
});

test.each<[object, string, number]>([
  [{}, "room_id", 400],
  [{ room_id: 3 }, "room_id", 422],
  [{ room_id: "x".repeat(129) }, "room_id", 422],
  [{ room_id: "there", role: "chairman" }, "role", 422],
  [{ room_id: "there", pin: "1234" }, "pin", 400],
])("the body must fit: %j", async (body, field, status) => {
  const ada = api.rooms.join(here, "Ada");
  const response = await api.post(moveOf(ada.id), body);
  expect(response.json()).toMatchObject({ status, details: [{ field }] });
});

test("a participant or room that is not there is named", async () => {
  const ada = api.rooms.join(here, "Ada");
  expect((await api.post(moveOf("absent"), { room_id: there })).json()).toMatchObject({
    status: 404,
    code: "PARTICIPANT_NOT_FOUND",
  });
  expect((await api.post(moveOf(ada.id, "none"), { room_id: there })).json()).toMatchObject({
    status: 404,
    code: "ROOM_NOT_FOUND",
  });
  expect((await api.post(moveOf(ada.id), { room_id: "none" })).json()).toMatchObject({
    status: 404,
    code: "ROOM_NOT_FOUND",
    details: [{ field: "room_id" }],
  });
});

test("what the domain refuses has its code, its status and its field", async () => {
  const whole = await wholeApi();
  const { bridge } = whole;
  const from = await bridge.room();
  const small = await bridge.room({ capacity: 1 });
  await bridge.call(from, { displayName: "Ada" });
  await bridge.call(small);
  const people = await bridge.rooms.participants(from.id);
  const ada = people.ok ? people.value[0]!.id : "absent";
  const ask = (room_id: string) => whole.api.post(moveOf(ada, from.id), { room_id });

  expect((await ask(small.id)).json()).toMatchObject({
    ...{ status: 409, code: "ROOM_FULL", details: [{ field: "room_id" }] },
  });
  expect((await ask(from.id)).json()).toMatchObject({
    ...{ status: 422, code: "INVALID_FIELD", details: [{ field: "room_id" }] },
  });
  const other = await bridge.room();
  expect((await ask(other.id)).json()).toMatchObject({ id: ada, display_name: "Ada", role: "participant" });
  await whole.close();
});
