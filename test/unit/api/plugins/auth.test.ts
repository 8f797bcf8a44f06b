import { describe, expect, test } from "vitest";
import { silentLogger, sourceOf } from "#common";
import { createAccess } from "#services/access";
import { openStore } from "#services/store";
import { FakeClock } from "#test/support";
import { Fixture, key } from "../support/fixture.ts";

const url = "/api/conference_rooms";

const ask = (api: Fixture, headers: Record<string, string>, remoteAddress = "192.0.2.1") =>
  api.app.inject({ method: "GET", url, headers, remoteAddress });

const wrong = { "x-api-key": "wrong-key" };

test.each([
  { authorization: `Bearer ${key}` },
  { authorization: `bearer  ${key}` },
  { "x-api-key": key },
  { authorization: "Basic abc", "x-api-key": key },
])("a request with the key passes: %o", async (headers) => {
  const api = await Fixture.create();
  expect((await ask(api, headers)).statusCode).toBe(200);
});

test.each([
  [{}, "Bearer"],
  [{ authorization: "Basic abc" }, "Bearer"],
  [{ "x-api-key": "" }, "Bearer"],
  [wrong, 'Bearer error="invalid_token"'],
  [{ authorization: "Bearer wrong" }, 'Bearer error="invalid_token"'],
  [{ "x-api-key": "x".repeat(300) }, 'Bearer error="invalid_token"'],
])("a request without it does not: %o", async (headers: Record<string, string>, challenge) => {
  const api = await Fixture.create();

  const response = await ask(api, headers);

  expect(response.statusCode).toBe(401);
  expect(response.headers["www-authenticate"]).toBe(challenge);
  expect(response.json().code).toBe("UNAUTHENTICATED");
});

test("the key is asked for before the body is looked at", async () => {
  const api = await Fixture.create();
  const response = await api.app.inject({ method: "POST", url, payload: { nonsense: true } });
  expect(response.statusCode).toBe(401);
});

test("wrong keys keep out neither the right key nor other clients at that address", async () => {
  const blocked: unknown[] = [];
  const api = await Fixture.create({ onBlocked: (address) => blocked.push(address) });
  const made = (await api.post("/api/keys", { name: "Panel", scopes: ["read"] })).json();
  for (let guess = 0; guess < 50; guess++) expect((await ask(api, wrong)).statusCode).toBe(401);

  expect((await ask(api, { "x-api-key": key })).statusCode).toBe(200);
  expect((await ask(api, { "x-api-key": made.key })).statusCode).toBe(200);
  expect(blocked).toEqual([]);
});

describe("an admin key that is short enough to be guessed", () => {
  const short = "open-sesame";
  const guesses = { attempts: 3, windowMs: 60_000, sources: 10 };

  async function guessable() {
    const clock = new FakeClock();
    const store = await openStore(":memory:", clock);
    const access = createAccess({
      ...{ adminKey: (candidate) => candidate === short, guesses, store, clock, log: silentLogger },
    });
    const blocked: unknown[] = [];
    const onBlocked = (address: string, seconds: number) => blocked.push([address, seconds]);
    const api = await Fixture.create({ access, onBlocked });
    const made = await access.keys.create({ name: "Panel", scopes: ["read"] });
    if (!made.ok) throw new Error(made.error.message);
    return { api, clock, blocked, panel: made.value[1] };
  }

  test("makes the guessing address wait, and no other; waiting ends", async () => {
    const { api, clock, blocked, panel } = await guessable();
    for (let guess = 0; guess < 3; guess++) expect((await ask(api, wrong)).statusCode).toBe(401);

    expect(blocked).toEqual([["192.0.2.1", 60]]);
    clock.advance(500);
    const refused = await ask(api, { "x-api-key": short });
    expect(refused.statusCode).toBe(429);
    expect(refused.headers["retry-after"]).toBe("60");
    expect(refused.json().code).toBe("TOO_MANY_ATTEMPTS");
    expect((await ask(api, { "x-api-key": short }, "192.0.2.2")).statusCode).toBe(200);
    expect((await ask(api, { "x-api-key": panel })).statusCode).toBe(200);

    clock.advance(59_500);
    expect((await ask(api, { "x-api-key": short })).statusCode).toBe(200);
  });

  test("is not guessed by requests without a key, nor by revoked keys", async () => {
    const { api } = await guessable();
    const revoked = `pk_${"0".repeat(16)}_${"0".repeat(64)}`;
    for (let n = 0; n < 5; n++) {
      await ask(api, {});
      await ask(api, { "x-api-key": revoked });
    }
    expect((await ask(api, { "x-api-key": short })).statusCode).toBe(200);
  });
});

test.each([
  ["2001:db8::1", "2001:db8::2:3", true],
  ["2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true],
  ["2001:db8:0:1::1", "2001:db8:0:2::1", false],
  ["fe80::1%eth0", "fe80::2%eth1", true],
  ["::ffff:192.0.2.1", "192.0.2.1", true],
  ["::1", "2001:db8::1", false],
])("%s and %s are one source: %s", (first, second, same) => {
  expect(sourceOf(first) === sourceOf(second)).toBe(same);
});

test("keys, PINs and queries stay out of the log", async () => {
  const api = await Fixture.create();
  await api.room({ room_pin: "471199" });
  await ask(api, { "x-api-key": "guess-4242" });
  await ask(api, { authorization: `Bearer ${key}` });
  await api.get(`${url}?search=471199`);

  const log = JSON.stringify(api.lines);
  expect(api.lines).toHaveLength(4);
  for (const secret of [key, "guess-4242", "471199"]) expect(log).not.toContain(secret);
});

test("a request leaves one line: changes and refusals at info, reads at debug", async () => {
  const api = await Fixture.create();
  await api.room();
  await api.get(url);
  await api.get(`${url}/nothing`);

  expect(
    api.lines.map(({ level, fields }) => [level, fields["method"], fields["path"], fields["status"]]),
  ).toEqual([
    ["info", "POST", url, 201],
    ["debug", "GET", url, 200],
    ["info", "GET", `${url}/nothing`, 404],
  ]);
});
