// The API on a Unix socket: a client that may open it is an administrator; one that comes over the network is not.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type RoomId, StartError } from "#common";
import { LinkSigner } from "#conference/recordings";
import { listenLocally } from "../../../../api/index.ts";
import { Fixture, key } from "../support/fixture.ts";

let folder: string;
let path: string;
let api: Fixture;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "parley-local-"));
  path = join(folder, "admin.sock");
  api = await Fixture.create();
});
afterEach(async () => {
  await api.app.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(method: string, url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ socketPath: path, path: url, method, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on("error", reject)
      .end();
  });
}

test("needs no key, and is told apart in the audit log", async () => {
  const door = await listenLocally(api.app, path);
  const id = await api.room();

  expect((await ask("GET", "/api/calls")).status).toBe(200);
  expect((await ask("POST", `/api/conference_rooms/${id}/lock`)).status).toBe(200);
  expect(JSON.parse((await ask("GET", "/api/audit?top=1")).body).items[0]).toMatchObject({
    ...{ operation: "lockConferenceRoom", actor_kind: "machine", address: "local" },
  });
  expect((await api.app.inject({ method: "GET", url: "/api/calls" })).statusCode).toBe(401);
  await door.close();
  await door.close();
});

test("makes links that open over the network", async () => {
  const downloads = {
    recordings: { file: async () => undefined, poster: async () => undefined },
    links: new LinkSigner("secret"),
  };
  api = await Fixture.create({ downloads });
  api.rooms.recordings.add((await api.room()) as RoomId, "one");
  const door = await listenLocally(api.app, path);
  const made = await ask("POST", "/api/recordings/one/link");
  const opened = await api.app.inject({ method: "GET", url: JSON.parse(made.body).url });
  // There is no file in this test; what counts is that the link is taken.
  expect(opened.json().code).toBe("RECORDING_NOT_FOUND");
  await door.close();
});

test("is the only way to replace the admin key", async () => {
  const replaced = vi.spyOn(api.access, "replaceAdminKey").mockResolvedValue("another");
  const door = await listenLocally(api.app, path);

  expect(await ask("POST", "/api/admin_key")).toEqual({ status: 201, body: '{"key":"another"}' });
  expect(JSON.parse((await ask("GET", "/api/audit?top=1")).body).items[0]).toMatchObject({
    ...{ operation: "replaceAdminKey", actor_kind: "machine", fields: [] },
  });
  expect((await api.post("/api/admin_key")).statusCode).toBe(403);
  expect(replaced).toHaveBeenCalledTimes(1);

  replaced.mockResolvedValue(undefined);
  expect(JSON.parse((await ask("POST", "/api/admin_key")).body)).toMatchObject({
    ...{ status: 404, detail: expect.stringContaining("api.admin_key is set in the configuration") },
  });
  await door.close();
});

test("is open to its owner alone, and takes the place of what a killed process left", async () => {
  writeFileSync(path, "left behind");
  const door = await listenLocally(api.app, path);

  expect(statSync(path).mode & 0o777).toBe(0o600);
  await door.close();
});

test("that cannot be made is a sentence", async () => {
  path = join(folder, "none", "admin.sock");

  await expect(listenLocally(api.app, path)).rejects.toThrow(StartError);
});

test("dumps a call, for administrators of this machine alone, with an entry in the audit log from the beginning", async () => {
  const file = Promise.withResolvers<{ createReadStream: () => Readable; close: () => Promise<void> }>();
  const asked: unknown[] = [];
  const dumps = {
    start: async (id: string, order: object) => {
      asked.push(id, order);
      return id === "gone" ? undefined : { ended: file.promise, stop: async () => void asked.push("stop") };
    },
    stop: async (id: string) => id === "one",
  };
  api = await Fixture.create({ dumps });
  const door = await listenLocally(api.app, path);
  const headers = { "x-api-key": key };
  const overTheNetwork = [
    await api.app.inject({ method: "GET", url: "/api/calls/one/dump", headers }),
    await api.app.inject({ method: "POST", url: "/api/calls/one/dump/stop", headers }),
  ];
  const answer = ask("GET", "/api/calls/one/dump?format=pcm&seconds=3");
  await vi.waitUntil(() => asked.length > 0);
  const entry = JSON.parse((await ask("GET", "/api/audit?top=1")).body).items[0];
  file.resolve({ createReadStream: () => Readable.from(["RIFF"]), close: async () => {} });

  expect(await answer).toEqual({ status: 200, body: "RIFF" });
  expect(overTheNetwork.map((refused) => [refused.statusCode, refused.json().code])).toEqual([
    [403, "LOCAL_ONLY"],
    [403, "LOCAL_ONLY"],
  ]);
  expect(asked.slice(0, 2)).toEqual(["one", { format: "pcm", seconds: 3 }]);
  expect(entry).toMatchObject({
    operation: "dumpCall",
    object_id: "one",
    fields: ["pcm"],
    actor_kind: "machine",
  });
  expect((await ask("GET", "/api/calls/gone/dump")).status).toBe(404);
  expect((await ask("POST", "/api/calls/one/dump/stop")).status).toBe(204);
  expect(JSON.parse((await ask("POST", "/api/calls/two/dump/stop")).body).code).toBe("NO_DUMP");
  await door.close();
});
