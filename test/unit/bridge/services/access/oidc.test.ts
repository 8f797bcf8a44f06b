// Tokens of an issuer outside: one in memory, with keys that rotate and answers that fail.
import {
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { silentLogger } from "#common";
import { type Access, createAccess, OidcTokens, type OidcTokensOptions } from "#services/access";
import { openStore, type Store } from "#services/store";
import { FakeClock, settle } from "#test/support";

const issuer = "https://login.example/realms/main";
const audience = "parley";
const address = "192.0.2.1";

/** What the login service shows and signs. */
class Issuer {
  readonly asked: string[] = [];
  /** Undefined: it does not answer. */
  document: unknown = { issuer, jwks_uri: "https://login.example/keys" };
  keys: unknown = { keys: [] };

  getJson = async (url: URL): Promise<unknown> => {
    this.asked.push(url.href);
    const answer = url.href.endsWith("/keys") ? this.keys : this.document;
    if (answer === undefined) throw new Error("connect ECONNREFUSED");
    return answer;
  };
}

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly pair: GenerateKeyPairResult;
  readonly jwk: JWK;
}

async function keyOf(kid: string, alg = "ES256"): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: "sig" } };
}

const first = await keyOf("first");
const second = await keyOf("second");

let clock: FakeClock;
let store: Store;
let service: Issuer;

const seconds = () => Math.floor(clock.now() / 1000);
const claims = (more: JWTPayload = {}): JWTPayload => ({
  ...{ iss: issuer, aud: audience, sub: "u-1", preferred_username: "ana", roles: ["staff"] },
  ...{ iat: seconds(), exp: seconds() + 300 },
  ...more,
});
const signed = (payload = claims(), { kid, alg, pair }: SigningKey = first) =>
  new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(pair.privateKey);

function accessWith(options: Partial<OidcTokensOptions> = {}): Access {
  const oidcTokens = new OidcTokens({
    ...{ issuer, audience, roleClaim: "roles", defaultRole: "user", nameClaim: "preferred_username" },
    roleOf: [
      { value: "staff", role: "operator" },
      { value: "boss", role: "admin" },
    ],
    ...{ clockToleranceSeconds: 30, getJson: service.getJson, clock, log: silentLogger },
    ...options,
  });
  return createAccess({ adminKey: (key) => key === "admin", store, oidcTokens, clock, log: silentLogger });
}

const kindOf = async (access: Access, token: string) => (await access.recognise(token, address)).kind;

async function principalOf(access: Access, token: string) {
  const recognition = await access.recognise(token, address);
  return recognition.kind === "valid" ? recognition.principal : undefined;
}

beforeEach(async () => {
  clock = new FakeClock();
  store = await openStore(":memory:", clock);
  service = new Issuer();
  service.keys = { keys: [first.jwk] };
});

describe("a token of the issuer", () => {
  test("makes its sender a user for as long as it lasts", async () => {
    const access = accessWith();
    const principal = await principalOf(access, await signed());

    expect(principal).toMatchObject({ kind: "user", name: "ana", scopes: expect.arrayContaining(["rooms"]) });
    expect(principal?.id).toMatch(/^oidc_[\w-]{22}$/);
    expect(Date.parse(principal!.expiresAt!)).toBe(clock.now() + 330_000);
    expect(await access.renew(principal!)).toEqual(principal);
    clock.advance(330_000);
    expect(await access.renew(principal!)).toBeUndefined();
  });

  test("is the same person's as their next one, and another subject is another person", async () => {
    const access = accessWith();
    const one = await principalOf(access, await signed());
    const next = await principalOf(access, await signed(claims({ preferred_username: "ana.b" })));
    const other = await principalOf(access, await signed(claims({ sub: "u-2" })));

    expect(next?.id).toBe(one?.id);
    expect(other?.id).not.toBe(one?.id);
    expect(await access.oidcUsers.get(one!.id)).toMatchObject({ subject: "u-1", name: "ana.b" });
  });

  test.each([
    ["has expired", { exp: 1 }],
    ["has no end", { exp: undefined }],
    ["is for another audience", { aud: "another" }],
    ["has no audience", { aud: undefined }],
    ["is of another issuer", { iss: "https://other.example" }],
    ["is not good yet", { nbf: 4_102_444_800 }],
    ["has no subject", { sub: undefined }],
    ["has an empty subject", { sub: "" }],
    ["has a subject without end", { sub: "x".repeat(300) }],
  ])("is refused when it %s", async (_, wrong) => {
    const access = accessWith();
    expect(await kindOf(access, await signed(claims(wrong as JWTPayload)))).toBe("unknown");
    expect(await kindOf(access, await signed())).toBe("valid");
  });

  test("may be of a clock that goes wrong by the tolerance, and no more", async () => {
    const access = accessWith();
    const late = await signed(claims({ exp: seconds() - 29 }));
    expect(await kindOf(access, late)).toBe("valid");
    clock.advance(2000);
    expect(await kindOf(access, late)).toBe("unknown");
  });

  test("is refused when others than the issuer could have signed it", async () => {
    const access = accessWith();
    const secret = Buffer.from(JSON.stringify(first.jwk));
    const stranger = await keyOf("first");
    const forged = [
      new UnsecuredJWT(claims()).encode(),
      await new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid: "first" }).sign(secret),
      await signed(claims(), stranger),
    ];
    for (const token of forged) expect(await kindOf(access, token)).toBe("unknown");
  });

  test("is refused when a shared secret is among the keys", async () => {
    const secret = new Uint8Array(32).fill(7);
    service.keys = {
      keys: [{ kty: "oct", kid: "shared", alg: "HS256", k: Buffer.from(secret).toString("base64url") }],
    };
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: "HS256", kid: "shared" })
      .sign(secret);
    expect(await kindOf(accessWith(), token)).toBe("unavailable");
  });

  test("is refused beyond 8192 characters without asking the issuer", async () => {
    const huge = await signed(claims({ padding: "x".repeat(8192) }));
    expect(await kindOf(accessWith(), huge)).toBe("unknown");
    expect(service.asked).toEqual([]);
  });

  test.each(["RS256", "PS512", "ES384", "EdDSA"])("may be signed with %s", async (alg) => {
    const key = await keyOf("another", alg);
    service.keys = { keys: [key.jwk] };
    expect(await kindOf(accessWith(), await signed(claims(), key))).toBe("valid");
  });
});

describe("the role", () => {
  const scopesWith = async (more: JWTPayload, options: Partial<OidcTokensOptions> = {}) =>
    (await principalOf(accessWith(options), await signed(claims(more))))?.scopes;

  test.each([
    ["of the value with the most rights", { roles: ["staff", "boss"] }, ["admin"]],
    ["of a single text", { roles: "boss" }, ["admin"]],
    ["the default without a known value", { roles: ["others"] }, []],
    ["the default without the claim", { roles: undefined }, []],
    ["the default when it is no list of texts", { roles: { boss: true } }, []],
  ])("is %s", async (_, more, scopes) => {
    expect(await scopesWith(more)).toEqual(scopes);
  });

  test("is found by a path, and by a name that has points itself", async () => {
    const byPath = { roleClaim: "realm_access.roles" };
    expect(await scopesWith({ realm_access: { roles: ["boss"] } }, byPath)).toEqual(["admin"]);
    const byName = { roleClaim: "https://example.com/roles" };
    expect(await scopesWith({ "https://example.com/roles": ["boss"] }, byName)).toEqual(["admin"]);
    expect(await scopesWith({}, { roleClaim: "constructor.name" })).toEqual([]);
  });

  test("may be demanded", async () => {
    const strict = { defaultRole: undefined };
    expect(await scopesWith({ roles: [] }, strict)).toBeUndefined();
    expect(await scopesWith({ roles: ["boss"] }, strict)).toEqual(["admin"]);
  });

  test("of a link that was made is the one that was seen last; an open stream keeps its token's", async () => {
    const access = accessWith();
    const boss = await principalOf(access, await signed(claims({ roles: ["boss"] })));
    await principalOf(access, await signed(claims({ roles: [] })));
    const { kind, id } = boss!;
    expect((await access.renew({ kind, id }))?.scopes).toEqual([]);
    expect((await access.renew(boss!))?.scopes).toEqual(["admin"]);
  });
});

describe("the name", () => {
  test.each([
    [{ preferred_username: undefined, name: "Ana B", email: "a@example.com" }, "Ana B"],
    [{ preferred_username: "\u0007", email: "a@example.com" }, "a@example.com"],
    [{ preferred_username: ["ana"] }, "u-1"],
    [{ preferred_username: "x".repeat(65), sub: "y".repeat(65) }, "user"],
  ])("%o → %s", async (more, name) => {
    expect((await principalOf(accessWith(), await signed(claims(more as JWTPayload))))?.name).toBe(name);
  });
});

describe("the issuer's keys", () => {
  test("are asked for once by all who come at the same time, and kept", async () => {
    const access = accessWith();
    const token = await signed();
    await Promise.all([1, 2, 3].map(() => access.recognise(token, address)));
    await access.recognise(token, address);
    expect(service.asked).toEqual([
      "https://login.example/realms/main/.well-known/openid-configuration",
      "https://login.example/keys",
    ]);
  });

  test("are read again for one that is not among them, at most once in 30 s", async () => {
    const access = accessWith();
    await access.recognise(await signed(), address);
    service.keys = { keys: [first.jwk, second.jwk] };
    const rotated = await signed(claims(), second);

    expect(await kindOf(access, rotated)).toBe("unknown");
    clock.advance(30_000);
    expect(await kindOf(access, rotated)).toBe("valid");
    const asked = service.asked.length;
    const third = await keyOf("third");
    for (let n = 0; n < 5; n++) expect(await kindOf(access, await signed(claims(), third))).toBe("unknown");
    expect(service.asked.length).toBe(asked);
  });

  test("that are gone are not good any more, ten minutes later", async () => {
    const access = accessWith();
    const token = () => signed(claims({ exp: seconds() + 3600 }));
    await access.recognise(await token(), address);
    service.keys = { keys: [second.jwk] };
    clock.advance(600_000);
    expect(await kindOf(access, await token())).toBe("valid");
    await settle();
    expect(await kindOf(access, await token())).toBe("unknown");
  });

  test("are good for an hour when the issuer stops answering, and are read when it answers again", async () => {
    const access = accessWith();
    const token = () => signed(claims({ exp: seconds() + 60 }));
    await access.recognise(await token(), address);
    service.document = undefined;
    clock.advance(3_599_000);
    expect(await kindOf(access, await token())).toBe("valid");
    await settle();
    clock.advance(6000);
    expect(await access.recognise(await token(), address)).toEqual({ kind: "unavailable", seconds: 5 });
    service.document = { issuer, jwks_uri: "https://login.example/keys" };
    clock.advance(5000);
    expect(await kindOf(access, await token())).toBe("valid");
  });

  test.each([
    ["no answer", () => Object.assign(service, { document: undefined })],
    [
      "another issuer's",
      () =>
        Object.assign(service, {
          document: { issuer: `${issuer}/`, jwks_uri: "https://login.example/keys" },
        }),
    ],
    ["no keys' address", () => Object.assign(service, { document: { issuer } })],
    [
      "keys in the clear",
      () => Object.assign(service, { document: { issuer, jwks_uri: "http://login.example/keys" } }),
    ],
    ["a text", () => Object.assign(service, { document: "issuer" })],
    ["no list of keys", () => Object.assign(service, { keys: { keys: {} } })],
    ["too many keys", () => Object.assign(service, { keys: { keys: Array(101).fill(first.jwk) } })],
  ])("that cannot be had (%s) keep no other out, and are not asked for at once again", async (_, broken) => {
    broken();
    const access = accessWith();
    const token = await signed();
    expect(await access.recognise(token, address)).toEqual({ kind: "unavailable", seconds: 5 });
    expect(await kindOf(access, "admin")).toBe("valid");
    const asked = service.asked.length;
    expect(await kindOf(access, token)).toBe("unavailable");
    expect(service.asked.length).toBe(asked);
  });
});

describe("people who have come", () => {
  test("are refused as soon as they are disabled, and what they have open is told to end", async () => {
    const access = accessWith();
    const token = await signed();
    const principal = (await principalOf(access, token))!;
    const changed: unknown[] = [];
    access.changes.on("changed", (holder) => changed.push(holder));

    const { kind, id } = principal;
    await access.oidcUsers.setEnabled(id, false);
    expect(changed).toEqual([{ kind, id }]);
    expect(await kindOf(access, token)).toBe("unknown");
    expect(await access.renew(principal)).toBeUndefined();
    expect(await access.renew({ kind, id })).toBeUndefined();
    await access.oidcUsers.setEnabled(id, true);
    expect(await kindOf(access, token)).toBe("valid");
  });

  test("are noted to the minute", async () => {
    const access = accessWith();
    const token = await signed(claims({ exp: seconds() + 3600 }));
    const { id } = (await principalOf(access, token))!;
    const seen = async () => (await access.oidcUsers.get(id))?.lastSeenAt;
    const atFirst = await seen();
    clock.advance(59_000);
    await principalOf(access, token);
    expect(await seen()).toBe(atFirst);
    clock.advance(1000);
    await principalOf(access, token);
    expect(await seen()).toBe(new Date(clock.now()).toISOString());
  });

  test("are forgotten beyond the limit, those who are disabled never", async () => {
    const { oidcUsers } = store;
    const user = (id: string, second: number) => {
      const at = new Date(clock.now() + second * 1000).toISOString();
      return { id, issuer, subject: id, name: id, role: "user" as const, firstSeenAt: at, lastSeenAt: at };
    };
    for (const [index, id] of ["a", "b", "c"].entries()) await oidcUsers.seen(user(id, index), 3);
    await oidcUsers.setEnabled("a", false);
    expect(await oidcUsers.seen(user("d", 9), 3)).toBe(true);
    const kept = await oidcUsers.list({ skip: 0, top: 10 });
    expect(kept.items.map(({ id }) => id).sort()).toEqual(["a", "c", "d"]);
    for (const id of ["c", "d"]) await oidcUsers.setEnabled(id, false);
    expect(await oidcUsers.seen(user("e", 10), 3)).toBe(false);
  });
});
