// What a room can do beyond the conference API, over HTTP.
import { beforeEach, expect, test } from "vitest";
import type { RoomId } from "#common";
import { Fixture } from "../support/fixture.ts";

let api: Fixture;

beforeEach(async () => {
  api = await Fixture.create();
});

const patch = (id: string, payload: object) =>
  api.request({ method: "PATCH", url: `/api/conference_rooms/${id}/options`, payload });

test("a new room has the defaults, and what is changed stays changed", async () => {
  const id = await api.room();
  const first = await api.get(`/api/conference_rooms/${id}/options`);
  expect(first.json()).toEqual({
    wait_for_host: false,
    allow_early_join: false,
    announce: "tones",
    members: [],
    ...{ picture_fit: null, picture_subject: null, picture_clock: null },
    closed: false,
    mode: "AUDIO",
  });

  const members = [{ name: "Ada", pin: "2718", role: "host" }];
  const changed = await patch(id, { wait_for_host: true, members });
  expect(changed.statusCode).toBe(200);
  expect(changed.headers["etag"]).not.toBe(first.headers["etag"]);
  for (const announce of ["names", "none"]) {
    expect((await patch(id, { announce })).json()).toMatchObject({ announce });
  }

  expect(
    (await patch(id, { picture_fit: "crop", picture_subject: true, picture_clock: "seconds" })).json(),
  ).toMatchObject({
    picture_clock: "seconds",
  });
  expect((await patch(id, { picture_clock: null })).statusCode).toBe(200);

  expect((await api.get(`/api/conference_rooms/${id}/options`)).json()).toEqual({
    wait_for_host: true,
    allow_early_join: false,
    announce: "none",
    members,
    ...{ picture_fit: "crop", picture_subject: true, picture_clock: null },
    closed: false,
    mode: "AUDIO",
  });
  expect((await patch(id, { mode: "VIDEO" })).json()).toMatchObject({ mode: "VIDEO", announce: "none" });
  expect((await api.get(`/api/conference_rooms/${id}`)).json()).toMatchObject({ mode: "VIDEO" });
  expect((await patch(id, { closed: true })).json()).toMatchObject({ closed: true, announce: "none" });
  expect((await api.get(`/api/conference_rooms/${id}`)).json()).toMatchObject({ closed: true });
  expect(api.rooms.stored.get(id as RoomId)?.options).toMatchObject({ waitForHost: true });
});

test("what is not an option is refused by name", async () => {
  const id = await api.room();
  for (const [body, field, status] of [
    [{ music: true }, "music", 400],
    [{ announce: "loud" }, "announce", 422],
    [{ picture_fit: "stretch" }, "picture_fit", 422],
    [{ members: [{ name: "Ada", pin: "12", role: "host" }] }, "members[0].pin", 422],
    [{ members: [{ name: " ", pin: "123", role: "host" }] }, "members[0].name", 422],
  ] as const) {
    const refused = await patch(id, body);
    expect(refused.statusCode).toBe(status);
    expect(refused.json().details).toMatchObject([{ field }]);
  }
  expect((await patch("none", { announce: "none" })).statusCode).toBe(404);
});

test("the bodies of the conference API do not show them", async () => {
  const id = await api.room();
  expect((await api.get(`/api/conference_rooms/${id}`)).json()).not.toHaveProperty("options");
});
