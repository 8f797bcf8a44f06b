import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, Registry } from "prom-client";
import { beforeEach, expect, test } from "vitest";
import { fail, ok } from "#common";
import { Fixture, key } from "../support/fixture.ts";

let api: Fixture;

beforeEach(async () => {
  api = await Fixture.create();
});

const withoutKey = (url: string, options: object = {}) => api.app.inject({ method: "GET", url, ...options });

test("health is 200 only when all is up", async () => {
  const healthy = await withoutKey("/healthz");
  expect(healthy.statusCode).toBe(200);
  expect(healthy.json()).toEqual({ status: "ok", checks: { sip: { up: true }, media: { up: true } } });

  api.health = { status: "draining", checks: { sip: { up: true } } };
  expect((await withoutKey("/healthz")).statusCode).toBe(503);

  api.health = { status: "ok", checks: { sip: { up: true }, media: { up: false, detail: "no worker" } } };
  const failed = await withoutKey("/healthz");
  expect(failed.statusCode).toBe(503);
  expect(failed.json()).toEqual({
    status: "failed",
    checks: { sip: { up: true }, media: { up: false, detail: "no worker" } },
  });
});

test("metrics show what the bridge and its HTTP side count", async () => {
  const metrics = new Registry();
  new Counter({ name: "parley_calls_total", help: "Calls.", registers: [metrics] }).inc(3);
  api = await Fixture.create({ metrics });
  await api.room();
  await api.get("/api/conference_rooms/one");
  await api.get("/api/conference_rooms/two");
  await api.get("/nothing");

  const response = await api.get("/metrics");

  expect(response.headers["content-type"]).toContain("text/plain");
  expect(response.body).toContain("parley_calls_total 3");
  const counted = (labels: string) => `parley_http_requests_total{${labels}}`;
  expect(response.body).toContain(`${counted('method="POST",route="/api/conference_rooms",status="201"')} 1`);
  expect(response.body).toContain(
    `${counted('method="GET",route="/api/conference_rooms/:id",status="404"')} 2`,
  );
  expect(response.body).toContain(`${counted('method="other",route="other",status="404"')} 1`);
  expect(response.body).toContain('parley_http_request_duration_seconds_count{method="POST"');
});

test.each([
  ["127.0.0.1", {}, 200],
  ["::1", {}, 200],
  ["::ffff:127.0.0.1", {}, 200],
  ["192.0.2.1", {}, 401],
  ["127.0.0.1", { "x-forwarded-for": "192.0.2.1" }, 401],
  ["127.0.0.1", { forwarded: "for=192.0.2.1;proto=https" }, 401],
  ["127.0.0.1", { "x-real-ip": "192.0.2.1" }, 401],
  ["127.0.0.1", { via: "1.1 proxy" }, 401],
  ["::1", { "x-forwarded-for": "127.0.0.1" }, 401],
  ["192.0.2.1", { "x-api-key": key }, 200],
])("metrics that are open to this machine, from %s with %o: %i", async (remoteAddress, headers, status) => {
  api = await Fixture.create({ openMetrics: true });
  expect((await withoutKey("/metrics", { remoteAddress, headers })).statusCode).toBe(status);
});

test("metrics that are open to this machine stay shut to what a proxy on it passes on, whatever it says of that", async () => {
  api = await Fixture.create({ openMetrics: true });
  const bridge = await api.app.listen({ port: 0, host: "127.0.0.1" });
  const says: Record<string, string>[] = [
    { "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https" },
    { Forwarded: "for=192.0.2.1;proto=https" },
    { "X-Real-IP": "192.0.2.1" },
    { Via: "1.1 proxy.example" },
  ];
  for (const headers of says) {
    const proxy = createServer((asked, answer) => {
      const passedOn = request(`${bridge}${asked.url}`, { headers: { ...asked.headers, ...headers } });
      passedOn.on("response", (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      passedOn.end();
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    const { port } = proxy.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(await answer.text()).toContain("UNAUTHENTICATED");
    expect(answer.status, JSON.stringify(headers)).toBe(401);
    proxy.close();
    proxy.closeAllConnections();
  }
  const direct = await fetch(`${bridge}/metrics`);
  await direct.text();
  expect(direct.status).toBe(200);
  await api.app.close();
});

test("metrics need a key unless configured: a proxy on this machine may pass anything on", async () => {
  expect((await withoutKey("/metrics", { remoteAddress: "127.0.0.1" })).statusCode).toBe(401);
  expect((await api.get("/metrics")).statusCode).toBe(200);
});

test("the description of the API needs no key", async () => {
  const response = await withoutKey("/api/openapi.json", { remoteAddress: "192.0.2.1" });
  expect(response.statusCode).toBe(200);
  expect(response.json()).toMatchObject({ openapi: "3.1.0", info: { title: "Parley", version: "1.2.3" } });
});

test("every operation is described with an example, and ids of operations are unique", async () => {
  const { paths } = (await withoutKey("/api/openapi.json")).json();
  const operations = Object.values(paths).flatMap((path) => Object.values(path as object));
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operationId, responses, summary } of operations) {
    expect(summary, operationId).toBeTruthy();
    expect(responses["4XX"].content["application/problem+json"].schema).toEqual({
      $ref: "#/components/schemas/Problem",
    });
    const success = responses["200"] ?? responses["201"] ?? responses["204"];
    for (const media of Object.values<object>(success.content ?? {})) {
      expect(JSON.stringify(media), operationId).toMatch(/"examples?":/);
    }
  }
});

test("bans are listed, and lifted by an address or all at once", async () => {
  const [since, until] = [Date.UTC(2026, 0, 1, 8), Date.UTC(2026, 0, 1, 9)];
  const ban = { source: "2001:db8::/64", address: "2001:db8::7", offence: "scanner", times: 2 } as const;
  const lifted: (string | undefined)[] = [];
  const lift = (address?: string) => lifted.push(address) - lifted.length + Number(address !== "192.0.2.9");
  const control = { bans: () => [{ ...ban, user: undefined, since, until }], lift };
  api = await Fixture.create({ bans: control });

  const remove = (url: string) => api.request({ method: "DELETE", url });
  const { offence: reason, ...shown } = ban;
  expect((await api.get("/api/bans")).json()).toEqual({
    count: 1,
    items: [
      {
        ...{ ...shown, user: null, reason, times: 2 },
        since: "2026-01-01T08:00:00.000Z",
        until: "2026-01-01T09:00:00.000Z",
      },
    ],
  });
  for (const url of ["/api/bans", "/api/bans/2001:db8::7"]) {
    const refused = await api.request({ method: "DELETE", url, payload: { user: "a" } });
    expect(refused.json()).toMatchObject({ code: "VALIDATION_FAILED", details: [{ field: "user" }] });
  }
  expect((await remove("/api/bans/2001:db8::7")).statusCode).toBe(204);
  expect((await remove("/api/bans/192.0.2.9")).json().code).toBe("BAN_NOT_FOUND");
  expect((await remove("/api/bans/nonsense")).json().code).toBe("INVALID_FIELD");
  expect((await remove("/api/bans")).statusCode).toBe(204);
  expect(lifted).toEqual(["2001:db8::7", "192.0.2.9", undefined]);
});

const noCall = async () => undefined;

test("a test call says what came of it, and why none was placed", async () => {
  const report = {
    ...{ trunk: "office", dialled: "0700" },
    findings: [
      { check: "call", verdict: "pass" as const, detail: "answered" },
      { check: "hold", verdict: "warn" as const, detail: "hold is refused: 488 No", remedy: "none" },
    ],
  };
  const asked: string[] = [];
  const results = [
    ok(report),
    fail({
      code: "DIAL_OUT_NOT_ALLOWED" as const,
      message: "no trunk allows 1 to be dialled",
    }),
    undefined,
  ];
  const call = async (trunk: string, number: string) => {
    asked.push(`${trunk} ${number}`);
    return results.shift();
  };
  api = await Fixture.create({
    trunks: { list: () => [], dialOut: () => [], lift: () => false, test: call },
  });
  const test = (trunk: string, number: string) => api.post(`/api/trunks/${trunk}/test`, { number });

  expect((await test("office", "+49700")).json()).toEqual({
    ...{ status: "warn", trunk: "office", dialled: "0700" },
    checks: [
      { check: "call", verdict: "pass", detail: "answered", remedy: null },
      { check: "hold", verdict: "warn", detail: "hold is refused: 488 No", remedy: "none" },
    ],
  });
  expect((await test("office", "1")).json().code).toBe("DIAL_OUT_NOT_ALLOWED");
  expect((await test("other", "1")).json().code).toBe("TRUNK_NOT_FOUND");
  expect(asked).toEqual(["office +49700", "office 1", "other 1"]);
});

test("trunks are listed with their state, for who has the key", async () => {
  const since = Date.UTC(2026, 0, 1, 8);
  const office = { name: "office", kind: "registered", status: "down", detail: "401 Unauthorized" } as const;
  let frozen = true;
  const lift = () => {
    const was = frozen;
    frozen = false;
    return was;
  };
  const dialOut = () => [{ trunk: "office", minutes: 600, frozen }];
  api = await Fixture.create({ trunks: { list: () => [{ ...office, since }], dialOut, lift, test: noCall } });

  expect((await withoutKey("/api/trunks")).statusCode).toBe(401);
  const response = await api.get("/api/trunks");
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    count: 1,
    items: [{ ...office, since: "2026-01-01T08:00:00.000Z", dialled_minutes: 600, frozen: true }],
  });

  expect((await api.post("/api/trunks/office/unfreeze", { minutes: 5 })).json().code).toBe(
    "VALIDATION_FAILED",
  );
  expect((await api.post("/api/trunks/office/unfreeze")).statusCode).toBe(200);
  expect((await api.get("/api/trunks")).json().items[0].frozen).toBe(false);
  expect((await api.post("/api/trunks/office/unfreeze")).json().code).toBe("TRUNK_NOT_FROZEN");
  expect((await api.post("/api/trunks/other/unfreeze")).json().code).toBe("TRUNK_NOT_FOUND");
});
