// Every route says what it needs, and no credential gets further with less.
import { describe, expect, test } from "vitest";
import { covers, scopes } from "#services/access";
import { Fixture } from "../support/fixture.ts";

const api = await Fixture.create();
const routes = [...api.app.needs].map(([route, need]) => {
  const [method, url] = route.split(" ") as ["GET", string];
  return { route, method, url: url.replace(/:\w+/g, "none"), need };
});
/** Pages for people are not operations. */
const operations = routes.filter(({ url }) => url !== "/" && !/^\/(docs|join)\b/.test(url));

test.each(operations)("$route declares its scope", ({ need }) => {
  expect([...scopes, "anyone", "user", "public", "join"]).toContain(need);
});

test("what is open to every client is listed here", () => {
  const open = operations.filter(({ need, method }) => need === "public" && method !== ("HEAD" as string));
  expect(open.map(({ route }) => route).sort()).toEqual([
    // By a signed link alone.
    "GET /api/chat/files/:file_id",
    "GET /api/openapi.json",
    "GET /healthz",
    "POST /api/join/token",
    "POST /api/login/oauth/revoke",
    "POST /api/login/oauth/token",
    "PUT /api/chat/uploads/:file_id",
  ]);
});

test("the description says the same", async () => {
  const { paths } = (await api.get("/api/openapi.json")).json();
  expect(paths["/api/conference_rooms"].post.security).toEqual([
    { bearer: ["rooms"] },
    { apiKey: ["rooms"] },
  ]);
  expect(paths["/healthz"].get.security).toEqual([]);
});

describe("a credential with only another scope is refused", async () => {
  const keys = new Map<string, string>();
  for (const scope of scopes) {
    const made = await api.access.keys.create({ name: scope, scopes: [scope] });
    if (made.ok) keys.set(scope, made.value[1]);
  }
  const guarded = operations.filter(({ need }) => need !== "public" && need !== "anyone");
  // A join token is no credential of another scope: without one the answer is 401, whatever else is shown.
  const scoped = guarded.filter(({ need }) => need !== "join");

  test.each(scoped)("$route", async ({ method, url, need }) => {
    for (const [scope, key] of keys) {
      if (covers([scope as "read"], need!)) continue;
      const response = await api.app.inject({
        method,
        url,
        headers: { "x-api-key": key, "x-forwarded-for": "192.0.2.1" },
      });
      expect(response.statusCode, scope).toBe(403);
    }
  });

  test.each(guarded)("$route without any", async ({ method, url }) => {
    const response = await api.app.inject({ method, url, headers: { via: "1.1 proxy" } });
    expect(response.statusCode).toBe(401);
  });
});
