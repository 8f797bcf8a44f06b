// The files of recordings over HTTP: whole, in parts, by key and by link, and never another file than asked for.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RoomId } from "#common";
import { type DownloadableFile, LinkSigner, type RecordingDownloads } from "#conference/recordings";
import { encodeOwner, holderOf } from "../../../../api/recordings/link-maker.ts";
import { byteRange } from "../../../../api/recordings/range.ts";
import { Fixture } from "../support/fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "parley-downloads-"));
const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
const sha256 = "ab".repeat(32);
const ended: DownloadableFile = {
  path: join(folder, "one.mp3"),
  name: "one.mp3",
  contentType: "audio/mpeg",
  sha256,
  endedAt: "2026-03-02T08:00:13.120Z",
};
const library = new Map<string, DownloadableFile>([
  ["one", ended],
  ["one/ann", { ...ended, name: "one.ann.mp3" }],
  ["running", { ...ended, sha256: null, endedAt: null }],
  ["lost", { ...ended, path: join(folder, "gone.mp3") }],
]);
const recordings: RecordingDownloads = {
  file: async (id, participant) => library.get(participant === undefined ? id : `${id}/${participant}`),
  poster: async (id) => (id === "one" ? { ...ended, name: "one.jpg", contentType: "image/jpeg" } : undefined),
};
const url = "/api/recordings/one";

beforeAll(() => writeFileSync(ended.path, bytes));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let api: Fixture;
let room: string;
beforeEach(async () => {
  api = await Fixture.create({ downloads: { recordings, links: new LinkSigner("secret") } });
  room = await api.room();
});

const withKey = (headers: Record<string, string> = {}, method: "GET" | "HEAD" = "GET", at = url) =>
  api.request({ method, url: at, headers: { "x-api-key": "correct-horse-battery-staple", ...headers } });

describe("a file", () => {
  test("comes whole, with its type, its name and what it is known by", async () => {
    const response = await withKey();
    expect(response.statusCode).toBe(200);
    expect(response.rawPayload.equals(bytes)).toBe(true);
    expect(response.headers).toMatchObject({
      "content-type": "audio/mpeg",
      "content-length": "1000",
      "content-disposition": 'attachment; filename="one.mp3"',
      "accept-ranges": "bytes",
      etag: `"${sha256}"`,
      "last-modified": "Mon, 02 Mar 2026 08:00:13 GMT",
      "cache-control": "no-store",
    });
    expect((await withKey({}, "GET", `${url}/tracks/ann`)).headers["content-disposition"]).toContain("ann");
  });

  test("is described by HEAD alone", async () => {
    const response = await withKey({}, "HEAD");
    expect([response.statusCode, response.rawPayload.length]).toEqual([200, 0]);
    expect(response.headers).toMatchObject({ "content-length": "1000", "accept-ranges": "bytes" });
  });

  test.each(["bytes=10-19", "bytes=1000-"])(
    "is whole to HEAD, for which ranges have no meaning: %s",
    async (range) => {
      const response = await withKey({ range }, "HEAD");
      expect([response.statusCode, response.rawPayload.length]).toEqual([200, 0]);
      expect(response.headers["content-length"]).toBe("1000");
      expect(response.headers["content-range"]).toBeUndefined();
    },
  );

  test.each([
    ["bytes=0-9", 0, 10],
    ["bytes=990-", 990, 1000],
    ["bytes=-10", 990, 1000],
    ["bytes=500-5000", 500, 1000],
  ])("comes in parts: %s", async (range, from, to) => {
    const response = await withKey({ range });
    expect(response.statusCode).toBe(206);
    expect(response.headers["content-range"]).toBe(`bytes ${from}-${to - 1}/1000`);
    expect(response.rawPayload.equals(bytes.subarray(from, to))).toBe(true);
  });

  test("has nothing beyond its end", async () => {
    const response = await withKey({ range: "bytes=1000-" });
    expect([response.statusCode, response.json().code]).toEqual([416, "RANGE_NOT_SATISFIABLE"]);
    expect(response.headers["content-range"]).toBe("bytes */1000");
  });

  test.each([
    [`"${sha256}"`, 206],
    ["Mon, 02 Mar 2026 08:00:13 GMT", 206],
    ['"another"', 200],
    [`W/"${sha256}"`, 200],
  ])("comes in part only if it is still the same: %s", async (ifRange, status) => {
    expect((await withKey({ range: "bytes=0-9", "if-range": ifRange })).statusCode).toBe(status);
  });

  test("that is still being written has nothing to be known by", async () => {
    const response = await withKey({}, "GET", "/api/recordings/running");
    expect([response.statusCode, response.headers["etag"]]).toEqual([200, undefined]);
  });

  test("that is the poster comes as a JPEG", async () => {
    const response = await withKey({}, "GET", `${url}/poster.jpg`);
    expect([response.statusCode, response.headers["content-type"]]).toEqual([200, "image/jpeg"]);
  });

  test.each(["none", "lost", "one/tracks/ben", "running/poster.jpg", "..%2F..%2Fetc%2Fpasswd", "%2e%2e"])(
    "that is not there is 404: %s",
    async (path) => {
      const response = await withKey({}, "GET", `/api/recordings/${path}`);
      expect(response.statusCode).toBe(404);
    },
  );
});

describe("who may have it", () => {
  test("no client without a key or with a wrong one", async () => {
    expect((await withKey({ "x-api-key": "" })).statusCode).toBe(401);
    expect((await withKey({ "x-api-key": "guess" })).statusCode).toBe(401);
  });

  test("every client with a link, until it expires, for this file alone", async () => {
    const posterUrl = "/api/recordings/one/poster.jpg";
    const kept = api.rooms.recordings.add(room as RoomId, "one", { posterUrl });
    const made = await api.post(`/api/conference_rooms/${room}/recordings/${kept.id}/link`, {
      expires_in: 60,
    });
    expect(made.statusCode).toBe(200);
    const link: string = made.json().url;
    const open = (at: string) => api.app.inject({ method: "GET", url: at });

    expect((await open(link)).rawPayload.equals(bytes)).toBe(true);
    const { poster_url } = made.json();
    expect((await open(poster_url)).headers["content-type"]).toBe("image/jpeg");
    expect((await open(poster_url.replace("/poster.jpg", ""))).statusCode).toBe(403);
    expect((await open(link.replace("/one?", "/running?"))).statusCode).toBe(403);
    expect((await open(link.replace("signature=", "signature=0"))).json().code).toBe("LINK_NOT_VALID");
    api.clock.advance(60_000);
    expect((await open(link)).statusCode).toBe(403);
    expect(JSON.stringify(api.lines)).not.toContain("signature=");
  });

  test.each([
    [{ expires_in: 59 }, 422],
    [{ expires_in: 604_801 }, 422],
    [{ participant_id: "ben" }, 404],
    [undefined, 200],
  ])("a link is made within bounds: %j", async (body, status) => {
    api.rooms.recordings.add(room as RoomId, "one");
    const made = await api.post(`/api/conference_rooms/${room}/recordings/one/link`, body);
    expect(made.statusCode).toBe(status);
  });
});

test.each([
  [{ kind: "admin_key", id: "admin", generation: "5f0c4c2b9d5e2a7a" }, "admin_key:admin:5f0c4c2b9d5e2a7a"],
  [{ kind: "user", id: "b0a4b3a5" }, "user:b0a4b3a5"],
] as const)("the maker of a link is one word of it: %j", (maker, word) => {
  expect(encodeOwner(maker)).toBe(word);
  expect(holderOf(word)).toEqual(maker);
});

test("a range of a hundred bytes is one range of bytes, or the whole", () => {
  const whole = [undefined, "bytes=", "bytes=-", "bytes=9-3", "bytes=0-1,5-6", "lines=1-2"];
  expect(whole.map((header) => byteRange(header, 100))).toEqual(whole.map(() => "whole"));
  expect(["bytes=-0", "bytes=100-"].map((header) => byteRange(header, 100))).toEqual([
    "unsatisfiable",
    "unsatisfiable",
  ]);
  expect(byteRange("bytes=99-", 100)).toEqual({ first: 99, last: 99 });
  expect(byteRange("bytes=-500", 100)).toEqual({ first: 0, last: 99 });
  expect(byteRange("bytes=0-", 0)).toBe("unsatisfiable");
  expect(byteRange("bytes=90-99999999999999999999", 100)).toEqual({ first: 90, last: 99 });
  expect(byteRange("bytes=99999999999999999999-", 100)).toBe("unsatisfiable");
  expect(byteRange(`bytes=0-${"9".repeat(400)}`, 100)).toEqual({ first: 0, last: 99 });
  expect(byteRange(" Bytes = 5 - 7 ", 100)).toEqual({ first: 5, last: 7 });
  expect(byteRange(`bytes=-${" ".repeat(400_000)}x`, 100)).toBe("whole");
});
