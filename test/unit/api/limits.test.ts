// How much one source may ask for, whose pages may ask, and who is believed about where a request comes from.
import { describe, expect, test } from "vitest";
import { Fixture, key } from "./support/fixture.ts";

const rooms = "/api/conference_rooms";

describe("the rate", () => {
  const limited = (limits: object) => Fixture.create({ limits });
  const ask = (api: Fixture, remoteAddress: string, credential = key, url = rooms) =>
    api.app.inject({ method: "GET", url, headers: { "x-api-key": credential }, remoteAddress });

  test("of an address: a burst passes, then it is told how long to wait, and others are not", async () => {
    const api = await limited({ addressRequestsPerSecond: 1 });
    for (let n = 0; n < 10; n++) expect((await ask(api, "2001:db8::1")).statusCode).toBe(200);

    const refused = await ask(api, "2001:db8::2");

    expect(refused.json()).toMatchObject({ status: 429, code: "RATE_LIMITED" });
    expect(refused.headers["retry-after"]).toBe("1");
    expect((await ask(api, "2001:db8:0:1::1")).statusCode).toBe(200);
    expect((await ask(api, "2001:db8::1", key, "/healthz")).statusCode).toBe(200);
    expect((await ask(api, "2001:db8::1", key, "/nothing")).statusCode).toBe(429);
    await api.clock.advance(1000);
    expect((await ask(api, "2001:db8::1")).statusCode).toBe(200);
  });

  test("of a key, wherever it comes from", async () => {
    const api = await limited({ keyRequestsPerSecond: 1 });
    const made = await api.access.keys.create({ name: "Panel", scopes: ["read"] });
    const panel = made.ok ? made.value[1] : "";
    for (let n = 0; n < 10; n++) expect((await ask(api, `192.0.2.${n}`, panel)).statusCode).toBe(200);

    expect((await ask(api, "192.0.2.99", panel)).json()).toMatchObject({ code: "RATE_LIMITED" });
    expect((await ask(api, "192.0.2.99")).statusCode).toBe(200);
  });
});

describe("an origin", () => {
  const headers = (origin: string) => ({ origin, "x-api-key": key });
  const preflight = (origin: string) => ({
    ...({ method: "OPTIONS", url: rooms } as const),
    headers: { origin, "access-control-request-method": "POST" },
  });

  test("gets no leave unless configured", async () => {
    const api = await Fixture.create();
    const response = await api.request({
      method: "GET",
      url: rooms,
      headers: headers("https://panel.example"),
    });
    expect(response.headers["access-control-allow-origin"]).toBeUndefined();
    expect((await api.app.inject(preflight("https://panel.example"))).statusCode).toBe(405);
  });

  test("that is configured may ask and read refusals; another may not", async () => {
    const api = await Fixture.create({ origins: ["https://panel.example"] });

    const asked = await api.app.inject(preflight("https://panel.example"));
    expect(asked.statusCode).toBe(204);
    expect(asked.headers["access-control-allow-origin"]).toBe("https://panel.example");
    const allowed = String(asked.headers["access-control-allow-headers"]).toLowerCase().split(", ");
    for (const name of [
      ...["authorization", "x-api-key", "x-room-member-token", "parley-call", "content-type"],
      ...["idempotency-key", "if-match", "if-none-match", "if-range", "range", "last-event-id"],
    ])
      expect(allowed).toContain(name);
    expect(asked.headers["access-control-allow-credentials"]).toBeUndefined();
    const refused = await api.app.inject({ url: rooms, headers: { origin: "https://panel.example" } });
    expect(refused.statusCode).toBe(401);
    const shown = String(refused.headers["access-control-expose-headers"]).toLowerCase().split(", ");
    for (const name of [
      ...["etag", "location", "retry-after", "x-request-id", "www-authenticate", "allow"],
      ...["content-disposition", "content-range", "accept-ranges"],
    ])
      expect(shown).toContain(name);
    expect(refused.headers["access-control-allow-origin"]).toBe("https://panel.example");

    const other = await api.request({ method: "GET", url: rooms, headers: headers("https://evil.example") });
    expect(other.headers["access-control-allow-origin"]).toBeUndefined();
    const unheard = await api.app.inject(preflight("https://evil.example"));
    expect(unheard.headers["access-control-allow-origin"]).not.toBe("https://evil.example");
  });

  test("changes nothing about addresses that are not there", async () => {
    const api = await Fixture.create({ origins: ["*"] });
    expect((await api.get("/nothing")).json().code).toBe("ROUTE_NOT_FOUND");
    expect((await api.request({ method: "DELETE", url: rooms })).headers["allow"]).toBe("GET, HEAD, POST");
  });
});

describe("a proxy", () => {
  const through = { "x-api-key": key, "x-forwarded-for": "198.51.100.9" };
  const fromWhere = async (api: Fixture, remoteAddress: string) => {
    const payload = { mode: "AUDIO", subject: "Weekly", capacity: 9 };
    await api.app.inject({ method: "POST", url: rooms, headers: through, payload, remoteAddress });
    return (await api.get("/api/audit?top=1")).json().items[0].address;
  };

  test("is believed when it is trusted, and only then", async () => {
    const api = await Fixture.create({ trustedProxies: ["10.0.0.0/24"] });
    expect(await fromWhere(api, "10.0.0.5")).toBe("198.51.100.9");
    expect(await fromWhere(api, "10.0.1.5")).toBe("10.0.1.5");
    expect(await fromWhere(await Fixture.create(), "10.0.0.5")).toBe("10.0.0.5");
  });
});
