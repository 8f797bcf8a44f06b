// The welcome of a room over HTTP: a file goes in as it is, and a reason comes back when it cannot be played.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Welcomes } from "#conference/clips";
import { Fixture, key } from "../support/fixture.ts";

const mp3 = readFileSync(new URL("../../../corpus/audio/tone-440.mp3", import.meta.url));
let folder: string;
let api: Fixture;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-clips-"));
  api = await Fixture.create({ welcomes: Welcomes.open(folder) });
});
afterAll(() => rmSync(folder, { recursive: true }));

const put = (id: string, payload: Buffer, type = "audio/mpeg") =>
  api.request({
    method: "PUT",
    url: `/api/conference_rooms/${id}/welcome`,
    headers: { "x-api-key": key, "content-type": type },
    payload,
  });
const url = (id: string) => `/api/conference_rooms/${id}/welcome`;

test("an MP3 goes in, a WAV comes out, until it is removed", { timeout: 30_000 }, async () => {
  const id = await api.room();
  expect((await api.get(url(id))).json()).toMatchObject({ status: 404, code: "WELCOME_NOT_FOUND" });

  const stored = await put(id, mp3);
  expect(stored.statusCode).toBe(200);
  expect(stored.json().seconds).toBeGreaterThan(0.9);
  expect(stored.json().seconds).toBeLessThan(1.2);

  const file = await api.get(url(id));
  expect(file.headers["content-type"]).toBe("audio/wav");
  expect(file.rawPayload.toString("latin1", 0, 4)).toBe("RIFF");
  expect(file.rawPayload).toHaveLength(stored.json().bytes);

  expect((await api.request({ method: "DELETE", url: url(id) })).statusCode).toBe(204);
  expect((await api.request({ method: "DELETE", url: url(id) })).statusCode).toBe(404);
});

test("an upload beside the removal or the end of its room is judged by what it is", {
  timeout: 30_000,
}, async () => {
  const id = await api.room();
  const remove = { method: "DELETE", url: url(id) } as const;
  const [stored, removed] = await Promise.all([put(id, mp3), api.request(remove)]);
  expect([stored.statusCode, removed.statusCode]).toEqual([200, 404]);
  expect((await api.request(remove)).statusCode).toBe(204);
  const [late, destroyed] = await Promise.all([
    put(id, mp3),
    api.post(`/api/conference_rooms/${id}/destroy`),
  ]);
  expect(destroyed.statusCode).toBe(204);
  expect(late.json()).toMatchObject({ status: 404, code: "ROOM_NOT_FOUND" });
  expect(existsSync(join(folder, "welcome", id))).toBe(false);
});

test("what cannot be taken is refused with the reason", async () => {
  const id = await api.room();
  const text = await put(id, Buffer.from("hello"), "application/octet-stream");
  expect(text.json()).toMatchObject({
    status: 422,
    code: "UNPLAYABLE_AUDIO",
    detail: "WAV or MP3 is needed; this is text.",
  });
  expect((await put(id, Buffer.alloc(9 * 1024 * 1024))).statusCode).toBe(413);
  expect((await put(id, mp3, "image/png")).statusCode).toBe(415);
  expect((await put("none", mp3)).statusCode).toBe(404);
  expect(
    (await api.request({ method: "PUT", url: url(id), headers: { "x-api-key": "wrong" }, payload: mp3 }))
      .statusCode,
  ).toBe(401);
});
