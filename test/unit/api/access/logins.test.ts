// Users and their logins, as a client of OAuth lives through them.
import { beforeEach, describe, expect, test } from "vitest";
import { Fixture, key } from "../support/fixture.ts";

const password = "correct horse battery";
let api: Fixture;

beforeEach(async () => {
  api = await Fixture.create();
});

const ana = { username: "Ana", password, role: "operator" };

async function user(fields: object = {}): Promise<string> {
  const response = await api.post("/api/users", { ...ana, ...fields });
  expect(response.statusCode).toBe(201);
  return response.json().id;
}

const ask = (payload: object, remoteAddress = "192.0.2.1") =>
  api.app.inject({ method: "POST", url: "/api/login/oauth/token", payload, remoteAddress });

const logIn = (username = "ana", given = password, from?: string) =>
  ask({ grant_type: "password", username, password: given }, from);

const refresh = (refresh_token: string) => ask({ grant_type: "refresh_token", refresh_token });

const as = (token: string, url = "/api/conference_rooms") =>
  api.app.inject({ method: "GET", url, headers: { authorization: `Bearer ${token}` } });

const postAs = (token: string, url: string, payload?: object) =>
  api.app.inject({
    method: "POST",
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload && { payload }),
  });

describe("a login", () => {
  test("gives tokens that work for what the role allows", async () => {
    await user({ role: "viewer" });

    const response = await logIn();

    expect(response.json()).toMatchObject({ token_type: "Bearer", expires_in: 1800, scope: "read" });
    expect(response.headers["cache-control"]).toBe("no-store");
    const { access_token } = response.json();
    expect((await as(access_token)).statusCode).toBe(200);
    expect((await as(access_token, "/api/users")).json().code).toBe("INSUFFICIENT_SCOPE");
    expect((await as(access_token, "/api/login/me")).json()).toMatchObject({
      kind: "user",
      scopes: ["read"],
    });
  });

  test("takes a form, as clients of the source API send it", async () => {
    await user();
    const form = new URLSearchParams({
      ...{ grant_type: "password", username: "ana", password, scope: "all" },
      client_id: "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a",
    });
    const response = await api.app.inject({
      method: "POST",
      url: "/api/login/oauth/token",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: form.toString(),
    });
    expect(response.statusCode).toBe(200);
    expect(response.json().access_token).toMatch(/^pa_/);
  });

  test("looks the same for a wrong password, an unknown name and a disabled user", async () => {
    await user();
    await user({ username: "bob", enabled: false });

    const refusals = [await logIn("ana", "wrong password"), await logIn("carol"), await logIn("bob")];

    const [first] = refusals.map((refusal) => refusal.json());
    expect(first).toMatchObject({ status: 400, code: "INVALID_GRANT", error: "invalid_grant" });
    for (const refusal of refusals) expect(refusal.json()).toEqual(first);
  });

  test("ends half an hour later, and goes on with the refresh token", async () => {
    await user();
    const first = (await logIn()).json();
    await api.clock.advance(30 * 60_000);
    expect((await as(first.access_token)).statusCode).toBe(401);

    const second = (await refresh(first.refresh_token)).json();

    expect((await as(second.access_token)).statusCode).toBe(200);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    await api.clock.advance(14 * 24 * 60 * 60_000);
    expect((await refresh(second.refresh_token)).json().code).toBe("INVALID_GRANT");
  });

  test("ends altogether when a refresh token comes a second time", async () => {
    await user();
    const stolen = (await logIn()).json();
    const thief = (await refresh(stolen.refresh_token)).json();

    const owner = await refresh(stolen.refresh_token);

    expect(owner.json().code).toBe("INVALID_GRANT");
    expect((await as(thief.access_token)).statusCode).toBe(401);
    expect((await refresh(thief.refresh_token)).statusCode).toBe(400);
  });

  test("that is refreshed twice at once survives for neither", async () => {
    await user();
    const { refresh_token } = (await logIn()).json();
    const both = await Promise.all([refresh(refresh_token), refresh(refresh_token)]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 400]);
  });

  test.each(["the header", "the body", "the refresh token"])("is revoked by %s", async (by) => {
    await user();
    const { access_token, refresh_token } = (await logIn()).json();
    const url = "/api/login/oauth/revoke";

    const token = by === "the body" ? access_token : refresh_token;
    const response =
      by === "the header"
        ? await postAs(access_token, url)
        : await api.app.inject({ method: "POST", url, payload: { token } });

    expect(response.statusCode).toBe(200);
    expect((await as(access_token)).statusCode).toBe(401);
    expect((await refresh(refresh_token)).statusCode).toBe(400);
  });

  test("follows its user: another role at once, disabling and removal end it", async () => {
    const id = await user();
    const { access_token } = (await logIn()).json();
    await api.post(`/api/users/${id}`, { role: "viewer" });
    expect((await postAs(access_token, "/api/conference_rooms", {})).statusCode).toBe(403);
    await api.post(`/api/users/${id}`, { enabled: false });
    expect((await as(access_token)).statusCode).toBe(401);

    await api.post(`/api/users/${id}`, { enabled: true });
    expect((await as(access_token)).statusCode).toBe(401);
    const again = (await logIn()).json();
    expect((await api.post(`/api/users/${id}/destroy`)).statusCode).toBe(204);
    expect((await as(again.access_token)).statusCode).toBe(401);
  });
});

describe("guessing", () => {
  test("is not washed away by right passwords of others from the same address", async () => {
    await user();
    await user({ username: "bob" });
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await logIn("ana", "wrong password")).statusCode).toBe(400);
      expect((await logIn("bob")).statusCode).toBe(200);
    }
    expect((await logIn("ana")).statusCode, "the user waits").toBe(429);
    for (let guess = 0; guess < 5; guess += 1) await logIn(`guessed-${guess}`, "wrong password");
    expect((await logIn("bob")).statusCode, "the address waits").toBe(429);
  });

  test("a user's password makes all wait who try that user, and no others", async () => {
    await user();
    await user({ username: "bob" });
    for (let guess = 0; guess < 5; guess++) {
      expect((await logIn("ana", "wrong password", `192.0.2.${guess}`)).statusCode).toBe(400);
    }

    const right = await logIn("ANA", password, "192.0.2.99");
    expect(right.statusCode).toBe(429);
    expect(right.json().code).toBe("TOO_MANY_ATTEMPTS");
    expect(right.headers["retry-after"]).toBe("60");
    expect((await logIn("bob", password, "192.0.2.99")).statusCode).toBe(200);

    await api.clock.advance(60_000);
    expect((await logIn()).statusCode).toBe(200);
  });

  test("names from one source makes that source wait", async () => {
    await user();
    for (let guess = 0; guess < 10; guess++) await logIn(`user${guess}`, "wrong password");
    expect((await logIn()).statusCode).toBe(429);
    expect((await logIn("ana", password, "192.0.2.2")).statusCode).toBe(200);
  });

  test("is told with its source and the user, and with neither a name nor what was tried", async () => {
    const id = await user();
    const told: unknown[] = [];
    api.access.logins.events.on("blocked", (blocked) => told.push(blocked));

    for (let guess = 0; guess < 6; guess++) await logIn("ANA", `guess ${guess}`, `192.0.2.${guess}`);
    expect(told).toEqual([{ address: "192.0.2.4", seconds: 60, user: id }]);
    for (let guess = 0; guess < 9; guess++) await logIn("unknown", "wrong password", `198.51.100.${guess}`);
    expect(told).toHaveLength(1);
    for (let guess = 0; guess < 12; guess++) await logIn(`user${guess}`, "wrong password", "2001:db8::1");
    expect(told.slice(1)).toEqual([{ address: "2001:db8::1", seconds: 60 }]);

    await api.clock.advance(60_000);
    expect((await logIn()).statusCode).toBe(200);
    expect(told).toHaveLength(2);
  });

  test("many at once is no way around", async () => {
    await user();
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, n) => logIn("ana", `wrong password ${n}`, `192.0.2.${n}`)),
    );
    expect(guesses.filter(({ statusCode }) => statusCode === 400)).toHaveLength(5);
  });

  test("is not what a user does who is right each time", async () => {
    await user();
    for (let time = 0; time < 7; time++) expect((await logIn()).statusCode).toBe(200);
  });
});

describe("a password", () => {
  test("is changed by its user, who then logs in again", async () => {
    await user();
    const { access_token } = (await logIn()).json();
    const change = (current_password: string, new_password: string) =>
      postAs(access_token, "/api/login/password", { current_password, new_password });

    expect((await change("wrong password", "another horse")).json().code).toBe("WRONG_PASSWORD");
    expect((await change(password, "short")).json().details[0].field).toBe("new_password");
    expect((await change(password, "my name is ANA")).json().details[0].field).toBe("password");
    expect((await change(password, "another horse")).statusCode).toBe(200);

    expect((await as(access_token)).statusCode).toBe(401);
    expect((await logIn()).statusCode).toBe(400);
    expect((await logIn("ana", "another horse")).statusCode).toBe(200);
  });

  test("is nothing that an API key has", async () => {
    const response = await api.post("/api/login/password", { current_password: "x", new_password: password });
    expect(response.json()).toMatchObject({ status: 403, code: "NOT_A_USER" });
  });

  test("is nowhere to be seen", async () => {
    const id = await user();
    const tokens = (await logIn()).json();
    await api.post(`/api/users/${id}`, { password: "another horse" });
    const seen = JSON.stringify([
      api.lines,
      (await api.get("/api/users")).json(),
      (await api.get("/api/audit")).json(),
    ]);
    for (const secret of [
      password,
      "another horse",
      "argon2",
      tokens.access_token,
      tokens.refresh_token,
      key,
    ]) {
      expect(seen).not.toContain(secret);
    }
  });
});

test("a user has a mail address, which is changed and taken away", async () => {
  const id = await user({ email: "Ana.B@Example.COM" });
  await user({ username: "bob", email: "ana.b@example.com" });
  await user({ username: "carol", email: "" });
  const shown = async () => (await api.get(`/api/users/${id}`)).json();
  expect(await shown()).toMatchObject({ email: "Ana.B@example.com" });
  const found = await api.get(`/api/users?filter=${encodeURIComponent("endswith(email,'@example.com')")}`);
  expect(found.json().items.map(({ username }: { username: string }) => username)).toEqual(["Ana", "bob"]);
  expect((await api.get("/api/users?search=ana.b@")).json().count).toBe(2);

  await api.post(`/api/users/${id}`, { display_name: "Ana B" });
  expect(await shown()).toMatchObject({ email: "Ana.B@example.com" });
  await api.post(`/api/users/${id}`, { email: "ana@bücher.example" });
  expect(await shown()).toMatchObject({ email: "ana@xn--bcher-kva.example", display_name: "Ana B" });
  const refused = await api.post(`/api/users/${id}`, { email: "ana@a.example, eve@b.example" });
  expect(refused.json()).toMatchObject({ status: 422, details: [{ field: "email" }] });
  await api.post(`/api/users/${id}`, { email: null });
  expect(await shown()).not.toHaveProperty("email");
});

describe("bad input", () => {
  test.each([
    [{ ...ana, username: "a b" }, 422, "username"],
    [{ ...ana, password: "short" }, 422, "password"],
    [{ ...ana, password: "ANA ana ana" }, 422, "password"],
    [{ ...ana, role: "root" }, 422, "role"],
    [{ ...ana, email: "ana@" }, 422, "email"],
    [{ ...ana, email: "ana@example.com\r\nBcc: eve@example.com" }, 422, "email"],
    [{ ...ana, email: "a".repeat(255) }, 422, "email"],
    [{ ...ana, colour: "red" }, 400, "colour"],
  ])("%o is refused by name", async (body, status, field) => {
    const response = await api.post("/api/users", body);
    expect(response.json()).toMatchObject({ status, details: [{ field }] });
    expect((await api.get("/api/users")).json().count).toBe(0);
  });

  test("a name that is taken, in whatever case", async () => {
    await user();
    const response = await api.post("/api/users", { ...ana, username: "aNA" });
    expect(response.json()).toMatchObject({ status: 409, code: "USERNAME_IN_USE" });
  });

  test.each([
    [{ grant_type: "client_credentials" }, "unsupported_grant_type", "grant_type"],
    [{ grant_type: "password", password }, "invalid_request", "username"],
    [{ grant_type: "password", username: "ana" }, "invalid_request", "password"],
    [{ grant_type: "password", username: "", password }, "invalid_request", "username"],
    [{ grant_type: "refresh_token" }, "invalid_request", "refresh_token"],
    [{ grant_type: ["password", "password"] }, "invalid_request", "grant_type"],
    [{}, "invalid_request", "grant_type"],
  ])("a login with %o is refused in the words of OAuth", async (body, error, field) => {
    const refused = (await ask(body)).json();
    expect(refused).toMatchObject({ status: 400, error, details: [{ field }] });
    expect(refused.error_description).toBe(refused.detail);
  });

  test("parameters of a login that are not known are ignored, and what is no JSON has its word", async () => {
    await user();
    const known = { grant_type: "password", username: "ana", password, otp: "1", resource: ["a", "b"] };
    expect((await ask(known)).statusCode).toBe(200);
    const headers = { "content-type": "application/json" };
    const login = { method: "POST", url: "/api/login/oauth/token", headers } as const;
    for (const request of [
      { ...login, payload: "{" },
      { ...login, payload: "" },
      { ...login, headers: { "content-type": "text/plain" }, payload: "x" },
    ]) {
      expect((await api.app.inject(request)).json()).toMatchObject({ status: 400, error: "invalid_request" });
    }
  });

  const form = { "content-type": "application/x-www-form-urlencoded" };
  const send = (payload: string, headers: Record<string, string> = {}, at = "token") =>
    api.app.inject({
      method: "POST",
      url: `/api/login/oauth/${at}`,
      headers: { ...form, ...headers },
      payload,
    });
  const right = `grant_type=password&username=ana&password=${encodeURIComponent(password)}`;

  test("a form may hold as much beside as it likes, but nothing twice", async () => {
    await user();
    const others = Array.from({ length: 60 }, (_, index) => `a${index}=1`).join("&");
    expect((await send(`${others}&${right}&scope=${"read+".repeat(200)}`)).statusCode).toBe(200);
    for (const twice of ["username=ana", "scope=a&scope=b", "x=1&x=2"]) {
      const refused = (await send(`${right}&${twice}`)).json();
      expect(refused).toMatchObject({ error: "invalid_request", details: [{}] });
      expect(refused.details[0].message).toBe("must not come more than once");
    }
  });

  test("an empty token is none: the one of the header ends", async () => {
    await user();
    const { access_token } = (await send(right)).json();
    const authorization = `Bearer ${access_token}`;
    expect((await send("token=", {}, "revoke")).json().error).toBe("invalid_request");
    expect((await send("token=", { authorization }, "revoke")).statusCode).toBe(200);
    const me = { method: "GET", url: "/api/login/me", headers: { authorization } } as const;
    expect((await api.app.inject(me)).statusCode).toBe(401);
  });

  test("what OAuth has no word for is said in ours", async () => {
    await user();
    for (let guess = 0; guess < 6; guess += 1) await send("grant_type=password&username=ana&password=wrong");
    const late = (await send(right)).json();
    expect(late).toMatchObject({ status: 429, error: "too_many_attempts", code: "TOO_MANY_ATTEMPTS" });
    expect(late.error_description).toBe(late.detail);
  });

  test("an id that never was is not found by any operation", async () => {
    for (const response of [
      await api.get("/api/users/none"),
      await api.post("/api/users/none", { role: "viewer" }),
      await api.post("/api/users/none/destroy"),
    ]) {
      expect(response.json()).toMatchObject({ status: 404, code: "USER_NOT_FOUND" });
    }
  });
});
