// The picture of a room over HTTP.
import { beforeAll, expect, test } from "vitest";
import { ok, type RoomId } from "#common";
import type { PictureSource } from "../../../../api/conference/snapshot.ts";
import { Fixture, key } from "../support/fixture.ts";

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xd9]);
let api: Fixture;
let shown: RoomId | undefined;

beforeAll(async () => {
  const snapshots: PictureSource = {
    of: async (room) => (room === shown ? ok(jpeg) : api.rooms.takePicture(room)),
  };
  api = await Fixture.create({ snapshots });
});

const url = (id: string) => `/api/conference_rooms/${id}/snapshot.jpg`;

test("is a JPEG that no cache keeps, 409 when there is none, 404 when there is no such room", async () => {
  const id = await api.room();
  expect((await api.get(url(id))).json()).toMatchObject({ status: 409, code: "NO_PICTURE" });
  expect((await api.get(url("nowhere"))).json()).toMatchObject({ status: 404, code: "ROOM_NOT_FOUND" });

  shown = id as RoomId;
  const answer = await api.get(url(id));
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({
    "content-type": "image/jpeg",
    "cache-control": expect.stringContaining("no-store"),
    "content-length": String(jpeg.length),
  });
  expect(answer.rawPayload).toEqual(jpeg);
});

test("takes a credential", async () => {
  const id = await api.room();
  const bare = await api.request({ method: "GET", url: url(id), headers: { "x-api-key": `${key}x` } });
  expect(bare.statusCode).toBe(401);
});
