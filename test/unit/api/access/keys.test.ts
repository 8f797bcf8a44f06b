// API keys: what they open, what they do not, and how they end.
import { beforeEach, describe, expect, test } from "vitest";
import type { Scope } from "#services/access";
import { key as adminKey, Fixture } from "../support/fixture.ts";

let api: Fixture;

beforeEach(async () => {
  api = await Fixture.create();
});

interface Made {
  readonly id: string;
  readonly key: string;
}

async function made(fields: object = {}): Promise<Made> {
  const response = await api.post("/api/keys", { name: "Panel", scopes: ["read"], ...fields });
  expect(response.statusCode).toBe(201);
  return response.json();
}

const as = (key: string, url = "/api/conference_rooms", remoteAddress = "192.0.2.1") =>
  api.app.inject({ method: "GET", url, headers: { authorization: `Bearer ${key}` }, remoteAddress });

describe("a key", () => {
  test("is shown in full once, and afterwards by its prefix", async () => {
    const { id, key } = await made({ name: "Panel", scopes: ["rooms", "read"] });

    expect(key).toMatch(/^pk_[0-9a-f]{16}_[0-9a-f]{64}$/);
    const shown = (await api.get(`/api/keys/${id}`)).json();
    expect(shown).toMatchObject({ id, name: "Panel", prefix: key.slice(0, 19), scopes: ["rooms", "read"] });
    const everything = JSON.stringify([shown, (await api.get("/api/keys")).json(), [...api.answers.kept]]);
    expect(everything).not.toContain(key.slice(20));
    expect(JSON.stringify(api.lines)).not.toContain(key);
  });

  test.each([
    ["read", "GET", "/api/conference_rooms", 200],
    ["read", "POST", "/api/conference_rooms", 403],
    ["rooms", "POST", "/api/conference_rooms", 400],
    ["rooms", "GET", "/api/conference_rooms", 403],
    ["recordings", "POST", "/api/conference_rooms/none/start_recording", 404],
    ["rooms", "POST", "/api/conference_rooms/none/start_recording", 403],
    ["rooms", "GET", "/api/keys", 403],
    ["admin", "GET", "/api/keys", 200],
    ["admin", "GET", "/api/conference_rooms", 200],
  ] as const)("with the scope %s: %s %s is %i", async (scope: Scope, method, url, status) => {
    const { key } = await made({ scopes: [scope] });

    const response = await api.app.inject({ method, url, headers: { "x-api-key": key } });

    expect(response.statusCode).toBe(status);
  });

  test("that lacks the scope is told which one it would need", async () => {
    const { key } = await made({ scopes: ["read"] });

    const response = await as(key, "/api/keys");

    expect(response.json()).toMatchObject({ status: 403, code: "INSUFFICIENT_SCOPE" });
    expect(response.json().detail).toContain("scope admin");
    expect(response.headers["www-authenticate"]).toBe('Bearer error="insufficient_scope", scope="admin"');
  });

  test("stops working when it expires and when it is revoked", async () => {
    const expiring = await made({ expires_at: new Date(api.clock.now() + 60_000).toISOString() });
    const revoked = await made();
    expect((await as(expiring.key)).statusCode).toBe(200);

    await api.clock.advance(60_000);
    await api.post(`/api/keys/${revoked.id}/destroy`);

    expect((await as(expiring.key)).statusCode).toBe(401);
    expect((await as(revoked.key)).statusCode).toBe(401);
    expect((await api.get(`/api/keys/${revoked.id}`)).json().code).toBe("KEY_NOT_FOUND");
  });

  test("comes only from where it may", async () => {
    const { key } = await made({ addresses: ["192.0.2.0/28", "2001:db8::/32"] });

    expect((await as(key, undefined, "192.0.2.15")).statusCode).toBe(200);
    expect((await as(key, undefined, "::ffff:192.0.2.15")).statusCode).toBe(200);
    expect((await as(key, undefined, "2001:db8::7")).statusCode).toBe(200);
    expect((await as(key, undefined, "192.0.2.16")).json()).toMatchObject({
      status: 403,
      code: "ADDRESS_NOT_ALLOWED",
    });
  });

  test("with the right id and another secret is a wrong key", async () => {
    const { key } = await made();
    const other = key.slice(0, -1) + (key.endsWith("0") ? "1" : "0");
    expect((await as(other)).statusCode).toBe(401);
  });

  test("tells when it was last used, to the minute", async () => {
    const { id, key } = await made();
    const lastUsed = async () => (await api.get(`/api/keys/${id}`)).json().last_used_at;
    expect(await lastUsed()).toBeUndefined();

    await as(key);
    const first = await lastUsed();
    await api.clock.advance(59_000);
    await as(key);
    expect(await lastUsed()).toBe(first);
    await api.clock.advance(1000);
    await as(key);
    expect(Date.parse(await lastUsed()) - Date.parse(first)).toBe(60_000);
  });

  test("can be given other rights while it is in use", async () => {
    const { id, key } = await made({ scopes: ["read"] });

    const updated = await api.post(`/api/keys/${id}`, { scopes: ["rooms"], name: "Wallboard" });

    expect(updated.json()).toMatchObject({ name: "Wallboard", scopes: ["rooms"] });
    expect((await as(key)).statusCode).toBe(403);
  });

  test("is found by filter and search", async () => {
    await made({ name: "Panel", scopes: ["admin"] });
    await made({ name: "Wallboard" });
    const names = async (query: string) =>
      (await api.get(`/api/keys?${query}`)).json().items.map(({ name }: { name: string }) => name);

    expect(await names("filter=contains(scopes,'admin')")).toEqual(["Panel"]);
    expect(await names("search=wall")).toEqual(["Wallboard"]);
    expect(await names("orderby=name desc&top=1")).toEqual(["Wallboard"]);
    expect((await api.get("/api/keys?filter=hash eq 'x'")).json().code).toBe("INVALID_FILTER");
  });
});

describe("bad input", () => {
  test.each([
    [{ scopes: ["read"] }, 400, "name"],
    [{ name: "a\nb", scopes: ["read"] }, 422, "name"],
    [{ name: "x", scopes: [] }, 422, "scopes"],
    [{ name: "x", scopes: ["root"] }, 422, "scopes[0]"],
    [{ name: "x", scopes: ["read", "read"] }, 422, "scopes"],
    [{ name: "x", scopes: ["read"], colour: "red" }, 400, "colour"],
    [{ name: "x", scopes: ["read"], addresses: ["10.0.0.0/33"] }, 422, "addresses"],
    [{ name: "x", scopes: ["read"], expires_at: "soon" }, 422, "expires_at"],
    [{ name: "x", scopes: ["read"], expires_at: "2020-01-01T00:00:00Z" }, 422, "expires_at"],
  ])("%o is refused by name", async (body, status, field) => {
    const response = await api.post("/api/keys", body);
    expect(response.statusCode).toBe(status);
    expect(response.json().details[0].field).toBe(field);
    expect((await api.get("/api/keys")).json().count).toBe(0);
  });

  test("an id that never was is not found by any operation", async () => {
    for (const response of [
      await api.get("/api/keys/none"),
      await api.post("/api/keys/none", { name: "x" }),
      await api.post("/api/keys/none/destroy"),
    ]) {
      expect(response.json()).toMatchObject({ status: 404, code: "KEY_NOT_FOUND" });
    }
  });
});

describe("a repeated request", () => {
  const repeat = (url: string, payload: object, credential: string) =>
    api.app.inject({
      method: "POST",
      url,
      payload,
      headers: { "x-api-key": credential, "idempotency-key": "once" },
    });

  test("makes no second key, and does not show the first one again", async () => {
    const body = { name: "Panel", scopes: ["read"] };
    const first = await repeat("/api/keys", body, adminKey);
    const again = await repeat("/api/keys", body, adminKey);

    expect(again.statusCode).toBe(201);
    expect(again.json().id).toBe(first.json().id);
    expect(again.json()).not.toHaveProperty("key");
    expect(JSON.stringify([...api.answers.kept])).not.toContain(first.json().key);
  });

  test("of another client under the same text is a request of its own", async () => {
    const { key } = await made({ scopes: ["rooms"] });
    const body = { mode: "AUDIO", subject: "Weekly", capacity: 9 };
    const first = await repeat("/api/conference_rooms", body, adminKey);
    const other = await repeat("/api/conference_rooms", body, key);

    expect(other.statusCode).toBe(201);
    expect(other.json().id).not.toBe(first.json().id);
  });

  test("makes no second server", async () => {
    const body = { name: "Second", ipv4: "192.0.2.20", max_rooms: 1, max_participants: 1 };
    const first = await repeat("/api/conference_servers", body, adminKey);
    const again = await repeat("/api/conference_servers", body, adminKey);
    expect(again.json()).toEqual(first.json());
    expect(again.headers["location"]).toBe(first.headers["location"]);
  });
});
