// People whom a login service outside has logged in, over the API.
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { silentLogger } from "#common";
import { type Access, createAccess, OidcTokens } from "#services/access";
import { openStore } from "#services/store";
import { FakeClock } from "#test/support";
import { Fixture, key } from "../support/fixture.ts";

const issuer = "https://login.example";
const pair = await generateKeyPair("ES256");
const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "k", alg: "ES256" }] };

let clock: FakeClock;
let api: Fixture;
let access: Access;
let answers = true;

beforeEach(async () => {
  clock = new FakeClock();
  answers = true;
  const store = await openStore(":memory:", clock);
  const oidcTokens = new OidcTokens({
    ...{ issuer, audience: "parley", roleClaim: "roles", nameClaim: "name", defaultRole: "user" },
    roleOf: [{ value: "staff", role: "viewer" }],
    clockToleranceSeconds: 0,
    getJson: async ({ pathname }) => {
      if (!answers) throw new Error("connect ECONNREFUSED");
      return pathname === "/keys" ? keys : { issuer, jwks_uri: `${issuer}/keys` };
    },
    ...{ clock, log: silentLogger },
  });
  access = createAccess({
    ...{ adminKey: (candidate) => candidate === key, store, oidcTokens, clock, log: silentLogger },
  });
  api = await Fixture.create({ access, clock });
});

const token = (roles: readonly string[] = []) =>
  new SignJWT({ name: "Ana", roles })
    .setProtectedHeader({ alg: "ES256", kid: "k" })
    .setIssuer(issuer)
    .setAudience("parley")
    .setSubject("u-1")
    .setExpirationTime(Math.floor(clock.now() / 1000) + 300)
    .sign(pair.privateKey);

const ask = (url: string, bearer: string) =>
  api.app.inject({ method: "GET", url, headers: { authorization: `Bearer ${bearer}` } });

test("a token of the issuer opens what its role allows, and no more", async () => {
  const staff = await token(["staff"]);
  expect((await ask("/api/conference_rooms", staff)).statusCode).toBe(200);
  expect((await ask("/api/keys", staff)).json().code).toBe("INSUFFICIENT_SCOPE");
  const plain = await token();
  expect((await ask("/api/conference_rooms", plain)).json().code).toBe("INSUFFICIENT_SCOPE");
  const self = (await ask("/api/login/me", plain)).json();
  expect(self).toMatchObject({ kind: "user", name: "Ana", scopes: [] });
  expect(JSON.stringify(api.lines)).not.toContain(plain);
});

test("a login service that does not answer is said, and keeps no other credential out", async () => {
  answers = false;
  const refused = await ask("/api/login/me", await token());
  expect([refused.statusCode, refused.json().code]).toEqual([503, "ISSUER_UNAVAILABLE"]);
  expect(refused.headers["retry-after"]).toBe("5");
  expect((await api.get("/api/login/me")).statusCode).toBe(200);
});

describe("those who have come", () => {
  beforeEach(async () => void (await ask("/api/login/me", await token(["staff"]))));

  const listed = async () => (await api.get("/api/oidc_users")).json();

  test("are listed, and shut out at once", async () => {
    const { count, items } = await listed();
    expect(count).toBe(1);
    expect(items[0]).toMatchObject({
      ...{ issuer, subject: "u-1", name: "Ana", role: "viewer", enabled: true },
      last_seen_at: new Date(clock.now()).toISOString(),
    });
    const url = `/api/oidc_users/${items[0].id}`;
    expect((await api.get(url)).json()).toEqual(items[0]);
    const changed = await api.post(url, { ...items[0], enabled: false });
    expect(changed.json()).toEqual({ ...items[0], enabled: false });
    expect((await ask("/api/login/me", await token(["staff"]))).statusCode).toBe(401);
    expect((await api.post(url, {})).json().enabled).toBe(false);
  });

  test("have neither a role nor a name that is changed here", async () => {
    const { items } = await listed();
    const url = `/api/oidc_users/${items[0].id}`;
    const refused = await api.post(url, { subject: "u-2" });
    expect(refused.json()).toMatchObject({ status: 422, details: [{ field: "subject" }] });
    expect((await api.post(url, { role: "admin" })).json().role).toBe("viewer");
    for (const answer of [
      await api.get("/api/oidc_users/none"),
      await api.post("/api/oidc_users/none", {}),
    ]) {
      expect(answer.json().code).toBe("USER_NOT_FOUND");
    }
  });

  test("cannot change the password of a user of ours who has their name", async () => {
    const password = "correct horse battery";
    await api.post("/api/users", { username: "Ana", password, role: "viewer" });
    const response = await api.app.inject({
      ...{ method: "POST", url: "/api/login/password" },
      headers: { authorization: `Bearer ${await token()}` },
      payload: { current_password: password, new_password: "a staple of another colour" },
    });
    expect(response.json().code).toBe("NOT_A_USER");
  });
});
