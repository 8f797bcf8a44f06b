// /api/accounts: what is shown, what is refused, and that no password comes out twice.
import { beforeEach, describe, expect, test } from "vitest";
import { Fixture } from "../support/fixture.ts";

let api: Fixture;

beforeEach(async () => {
  api = await Fixture.create();
});

const fields = {
  extension: "1001",
  password: "kestrel-orchard",
  display_name: "Ana",
  email: "ana@example.com",
};

async function made(changes: object = {}) {
  const response = await api.post("/api/accounts", { ...fields, ...changes });
  expect(response.statusCode).toBe(201);
  return { ...response.json(), etag: response.headers.etag, location: response.headers.location };
}

describe("an account", () => {
  test("is made, shown, listed, changed and removed", async () => {
    const { id, location, etag, ...rest } = await made();
    expect([location, etag]).toEqual([`/api/accounts/${id}`, '"1"']);
    expect(rest).toMatchObject({ extension: "1001", display_name: "Ana", enabled: true, registered: false });
    expect(rest).not.toHaveProperty("password");

    const shown = (await api.get(`/api/accounts/${id}`)).json();
    expect(shown).toMatchObject({ id, email: "ana@example.com", registrations: [] });
    const list = (await api.get("/api/accounts?filter=extension eq '1001'&search=ana")).json();
    expect(list).toMatchObject({ count: 1, items: [{ id }] });
    const sentBack = await api.post(`/api/accounts/${id}`, { ...shown, display_name: "Anna" });
    expect([sentBack.statusCode, sentBack.headers.etag, sentBack.json().display_name]).toEqual([
      200,
      '"2"',
      "Anna",
    ]);
    expect((await api.post(`/api/accounts/${id}`, { extension: "1009" })).statusCode).toBe(422);
    expect((await api.post(`/api/accounts/${id}/destroy`)).statusCode).toBe(204);
    expect((await api.get(`/api/accounts/${id}`)).json().code).toBe("ACCOUNT_NOT_FOUND");
  });

  test("is changed only as it was read", async () => {
    const { id } = await made();
    const change = (tag: string) =>
      api.request({
        ...{ method: "POST", url: `/api/accounts/${id}`, payload: { display_name: "Eva" } },
        headers: { "x-api-key": "correct-horse-battery-staple", "if-match": tag },
      });
    expect((await change('"7"')).json().code).toBe("PRECONDITION_FAILED");
    expect((await change('"1"')).statusCode).toBe(200);
  });

  test("gets a password that is shown once", async () => {
    const { id, password } = await made({ password: undefined });
    expect(password).toMatch(/^[0-9a-f]{24}$/);
    const everything = JSON.stringify([
      (await api.get(`/api/accounts/${id}`)).json(),
      (await api.get("/api/accounts")).json(),
      [...api.answers.kept],
      api.lines,
    ]);
    expect(everything).not.toContain(password);
  });

  test.each([
    [{ password: "short" }, 422, "INVALID_FIELD"],
    [{ password: "with blanks in it" }, 422, "INVALID_FIELD"],
    [{ password: "phone-of-1001" }, 422, "INVALID_FIELD"],
    [{ extension: "ana" }, 422, "INVALID_FIELD"],
    [{ email: "nobody" }, 422, "INVALID_FIELD"],
    [{ secret: "x" }, 400, "VALIDATION_FAILED"],
  ])("is refused with %j: %i", async (changes, status, code) => {
    const response = await api.post("/api/accounts", { ...fields, ...changes });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
    expect(response.body).not.toContain("phone-of");
  });

  test("takes an extension of its own, and the scope `accounts`", async () => {
    await made();
    expect((await api.post("/api/accounts", fields)).json().code).toBe("EXTENSION_IN_USE");
    const { key } = (await api.post("/api/keys", { name: "Panel", scopes: ["rooms", "read"] })).json();
    const asPanel = await api.app.inject({
      method: "GET",
      url: "/api/accounts",
      headers: { "x-api-key": key },
    });
    expect(asPanel.statusCode).toBe(403);
  });
});
