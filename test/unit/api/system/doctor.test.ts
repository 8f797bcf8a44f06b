import { expect, it } from "vitest";
import { Fixture } from "../support/fixture.ts";

it("GET /api/doctor: the findings and the worst verdict, for keys with the scope", async () => {
  const api = await Fixture.create({
    examine: async () => [
      { check: "ports", verdict: "pass", detail: "free" },
      { check: "clock", verdict: "warn", detail: "nothing keeps it right", remedy: "install chrony" },
    ],
  });
  const keyWith = async (scope: string) =>
    (await api.post("/api/keys", { name: scope, scopes: [scope] })).json().key as string;
  const ask = (key: string) =>
    api.request({ method: "GET", url: "/api/doctor", headers: { "x-api-key": key } });
  const [able, unable] = [await keyWith("diagnostics"), await keyWith("read")];

  expect((await ask(able)).json()).toEqual({
    status: "warn",
    checks: [
      { check: "ports", verdict: "pass", detail: "free", remedy: null },
      { check: "clock", verdict: "warn", detail: "nothing keeps it right", remedy: "install chrony" },
    ],
  });
  expect((await ask(unable)).statusCode).toBe(403);
});
