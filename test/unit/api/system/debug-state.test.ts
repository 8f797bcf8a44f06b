import { expect, it } from "vitest";
import { withoutSecrets } from "../../../../api/system/debug-state.ts";
import { Fixture } from "../support/fixture.ts";

it("shows what each part holds, to admin keys alone", async () => {
  const api = await Fixture.create({
    debugState: () => ({ calls: { talking: 2 }, workers: [{ index: 0 }] }),
  });
  const made = await api.post("/api/keys", { name: "panel", scopes: ["read"] });
  const headers = { "x-api-key": made.json().key };

  expect((await api.get("/api/debug/state")).json()).toEqual({
    calls: { talking: 2 },
    workers: [{ index: 0 }],
  });
  expect((await api.request({ method: "GET", url: "/api/debug/state", headers })).statusCode).toBe(403);
  expect((await api.app.inject({ method: "GET", url: "/api/debug/state" })).statusCode).toBe(401);
});

it("leaves out fields that are named like a secret, at any depth", async () => {
  const planted = {
    rooms: [{ id: "r1", adminPin: "471199", room_pin: "1234", pins: ["1"] }],
    trunks: [{ name: "office", password: "s3cret", status: "registered" }],
    webhooks: { queues: [{ webhook: "w1", secret: "whsec_x", previousSecret: "whsec_y" }] },
    sip: { authorization: "Digest x", counters: { pins: 3, keysBeside: 1 }, pinging: "yes" },
    session: { token: "t", admin_key: "k" },
  };
  const api = await Fixture.create({ debugState: () => planted });

  expect((await api.get("/api/debug/state")).json()).toEqual({
    rooms: [{ id: "r1" }],
    trunks: [{ name: "office", status: "registered" }],
    webhooks: { queues: [{ webhook: "w1" }] },
    sip: { counters: { pins: 3, keysBeside: 1 }, pinging: "yes" },
    session: {},
  });
  expect(withoutSecrets({ when: null, list: [1, "a"] })).toEqual({ when: null, list: [1, "a"] });
});
