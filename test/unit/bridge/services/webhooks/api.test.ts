// /api/webhooks as a client sees it.
import { beforeAll, describe, expect, it } from "vitest";
import { Fixture } from "../../../api/support/fixture.ts";

let api: Fixture;
beforeAll(async () => {
  api = await Fixture.create();
}, 60_000);

const body = { url: "https://example.com/hook", types: ["room.*"], description: "Desk" };

async function made(fields: object = {}) {
  const response = await api.post("/api/webhooks", { ...body, ...fields });
  expect(response.statusCode).toBe(201);
  return { ...response.json(), location: response.headers["location"] } as Record<string, string>;
}

describe("a webhook", () => {
  it("is made with a secret that is never shown again, shown, changed, listed and destroyed", async () => {
    const { id, secret, location } = await made();
    expect(location).toBe(`/api/webhooks/${id}`);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);

    const shown = await api.get(location!);
    expect(shown.json()).toMatchObject({ id, ...body, enabled: true, pending: 0 });
    expect((await api.post(location!, { enabled: false, types: [] })).json()).toEqual({});
    const list = await api.get("/api/webhooks");
    expect(list.json()).toMatchObject({ count: 1, items: [{ id, enabled: false, types: [] }] });
    expect(shown.body + list.body).not.toContain("whsec_");

    expect((await api.post(`${location}/destroy`)).statusCode).toBe(204);
    expect((await api.get(location!)).json()).toMatchObject({ status: 404, code: "WEBHOOK_NOT_FOUND" });
  });

  it("gets another secret", async () => {
    const { location, secret } = await made();
    const rotated = (await api.post(`${location}/rotate_secret`)).json();
    expect(rotated.secret).toMatch(/^whsec_/);
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.previous_expires_at).toBe("2026-01-02T00:00:00.000Z");
  });

  it("is tested, and shows what was sent and what came back", async () => {
    const { location } = await made();
    expect((await api.post(`${location}/test`)).json()).toEqual({
      at: "2026-01-01T00:00:00.000Z",
      status: 204,
      duration_ms: 7,
      response: "",
    });
    const { count, items } = (await api.get(`${location}/deliveries?state=delivered&top=1`)).json();
    expect([count, items]).toMatchObject([
      1,
      [{ type: "webhook.test", tries: 1, attempts: [{ status: 204 }] }],
    ]);
    const one = `${location}/deliveries/${items[0].id}`;
    expect((await api.get(one)).json()).toEqual(items[0]);
    expect((await api.post(`${one}/redeliver`)).json()).toMatchObject({ status: 204 });
    expect((await api.get(one)).json()).toMatchObject({ tries: 2 });
    expect((await api.get(`${location}/deliveries/none`)).json()).toMatchObject({
      code: "DELIVERY_NOT_FOUND",
    });
  });

  it("is refused with the field named when it leads inside or asks for what there is not", async () => {
    const refused = async (fields: object) => {
      const answer = (await api.post("/api/webhooks", { ...body, ...fields })).json();
      return [answer.code, answer.details[0]?.field];
    };
    expect(await refused({ url: "http://169.254.169.254/latest" })).toEqual(["INVALID_FIELD", "url"]);
    expect(await refused({ url: "https://localhost/" })).toEqual(["INVALID_FIELD", "url"]);
    expect(await refused({ url: "mailto:x@example.com" })).toEqual(["INVALID_FIELD", "url"]);
    expect(await refused({ types: ["room.opened"] })).toEqual(["INVALID_FIELD", "types"]);
    expect(await refused({ secret: "whsec_mine" })).toEqual(["VALIDATION_FAILED", "secret"]);
    expect(await refused({ room: 7 })).toEqual(["INVALID_FIELD", "room"]);
    expect(await refused({ room: "none" })).toEqual(["INVALID_FIELD", "room"]);
  });

  it("is made once for one Idempotency-Key", async () => {
    const before = (await api.get("/api/webhooks")).json().count;
    const headers = { "x-api-key": "correct-horse-battery-staple", "idempotency-key": "once" };
    const ask = () => api.request({ method: "POST", url: "/api/webhooks", payload: body, headers });
    const [first, second] = [await ask(), await ask()];
    const { secret, ...shown } = first.json();
    expect(secret).toMatch(/^whsec_/);
    expect(second.json()).toEqual(shown);
    expect(JSON.stringify([...api.answers.kept.values()])).not.toContain("whsec_");
    expect((await api.get("/api/webhooks")).json().count).toBe(before + 1);
  });

  it("is one of a hundred at most", async () => {
    let status = 201;
    for (let count = 0; count < 101 && status === 201; count += 1) {
      status = (await api.post("/api/webhooks", body)).statusCode;
    }
    expect(status).toBe(409);
    expect((await api.get("/api/webhooks")).json().count).toBe(100);
  });

  it("writes no secret into the log of requests", () => {
    expect(JSON.stringify(api.lines)).not.toContain("whsec_");
  });
});
