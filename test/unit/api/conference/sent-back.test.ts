// What GET gives can be sent back: it changes nothing, and nothing of it that cannot be changed.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fixture, key } from "../support/fixture.ts";
import { type Whole, wholeApi } from "../support/whole.ts";

let whole: Whole;
let api: Fixture;

beforeEach(async () => {
  whole = await wholeApi();
  api = whole.api;
});

afterEach(() => whole.close());

async function make(noun: string): Promise<string> {
  switch (noun) {
    case "conference_rooms":
      return api.room({ outbound_caller_ids: [{ provider_id: "t", caller_id: "1" }] });
    case "conference_servers": {
      const server = { name: "Second", ipv4: "192.0.2.20", max_rooms: 1, max_participants: 1 };
      return (await api.post("/api/conference_servers", server)).json().id;
    }
    case "keys":
      return (await api.post("/api/keys", { name: "Panel", scopes: ["read"] })).json().id;
    case "users": {
      const user = { username: "ana", password: "correct horse battery", role: "viewer" };
      return (await api.post("/api/users", user)).json().id;
    }
    default:
      return (await api.post("/api/webhooks", { url: "https://example.com/" })).json().id;
  }
}

describe.each([
  ["conference_rooms", ["id", "mode", "created_at"]],
  ["conference_servers", ["id", "type"]],
  ["keys", ["id", "prefix", "created_at"]],
  ["users", ["id", "username", "created_at"]],
  ["webhooks", ["id", "created_at"]],
])("%s", (noun, fixed) => {
  test("take what they show, and keep their entity tag", async () => {
    const url = `/api/${noun}/${await make(noun)}`;
    const before = await api.get(url);
    const same = await api.post(url, before.json());
    expect(same.statusCode, same.body).toBe(200);
    const after = await api.get(url);
    expect(after.json()).toEqual(before.json());
    expect(after.headers["etag"]).toBe(before.headers["etag"]);
    if (!fixed.includes("created_at")) return;
    const created_at = before.json().created_at.replace(".000Z", "+00:00");
    expect((await api.post(url, { created_at })).statusCode).toBe(200);
  });

  test("refuse another value of what cannot be changed", async () => {
    const url = `/api/${noun}/${await make(noun)}`;
    for (const field of fixed) {
      const refused = (await api.post(url, { [field]: "other" })).json();
      expect(refused).toMatchObject({ status: 422, code: "INVALID_FIELD" });
      expect(refused.details).toEqual([{ field, message: "cannot be changed" }]);
    }
  });
});

describe("an answer that the client has already", () => {
  const ask = (url: string, tag: string) =>
    api.request({ method: "GET", url, headers: { "x-api-key": key, "if-none-match": tag } });

  test.each(["", "/status", "/options", "/participants"])("is not sent again: %s", async (part) => {
    const url = `/api/conference_rooms/${await api.room()}${part}`;
    const tag = String((await api.get(url)).headers["etag"]);
    for (const header of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
      const again = await ask(url, header);
      expect({ status: again.statusCode, body: again.body }).toEqual({ status: 304, body: "" });
      expect(again.headers["etag"]).toBe(tag);
    }
    for (const method of ["GET", "HEAD"] as const) {
      const headers = { "x-api-key": key, "if-none-match": `, "a,b",,${tag}` };
      const { statusCode, body } = await api.app.inject({ method, url, headers });
      expect({ method, statusCode, body }).toEqual({ method, statusCode: 304, body: "" });
    }
    for (const header of ['"x"', "x", ""]) expect((await ask(url, header)).statusCode).toBe(200);
  });

  test.each(["/api/events", "/api/openapi.json", "/api/call_records", "/api/login/me"])(
    "is not sent again, whatever it is: %s",
    async (url) => {
      const tag = String((await api.get(url)).headers["etag"]);
      expect((await ask(url, tag)).statusCode).toBe(304);
    },
  );

  test("is sent again once a lock or a mute has changed it", async () => {
    const url = `/api/conference_rooms/${await api.room()}`;
    const tag = async () => String((await api.get(`${url}/status`)).headers["etag"]);
    const open = await tag();
    await api.post(`${url}/lock`);
    const locked = await tag();
    expect(locked).not.toBe(open);
    expect((await ask(`${url}/status`, open)).statusCode).toBe(200);
    await api.post(`${url}/lock`);
    expect(await tag()).toBe(locked);
  });
});
