// PINs are shown to clients that may change the room or have the scope for them, and to no others.
import { beforeEach, describe, expect, test } from "vitest";
import type { Scope } from "#services/access";
import { Fixture } from "../support/fixture.ts";

const pins = ["471199", "990011", "271828"];
let api: Fixture;
let room: string;

beforeEach(async () => {
  api = await Fixture.create();
  room = `/api/conference_rooms/${await api.room({ room_pin: "471199", admin_pin: "990011" })}`;
  await api.request({
    method: "PATCH",
    url: `${room}/options`,
    payload: { members: [{ name: "Ada", pin: "271828", role: "host" }] },
  });
});

async function shownTo(scopes: readonly Scope[]): Promise<string> {
  const made = await api.access.keys.create({ name: "Panel", scopes });
  if (!made.ok) throw new Error(made.error.message);
  const headers = { "x-api-key": made.value[1] };
  const paths = [room, `${room}/options`, "/api/conference_rooms", "/api/events"];
  const answers = await Promise.all(paths.map((url) => api.app.inject({ method: "GET", url, headers })));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
  return answers.map(({ body }) => body).join();
}

describe("a PIN", () => {
  test.each([[["read"]], [["read", "calls", "calls:hangup", "recordings"]]] as Scope[][][])(
    "is nowhere for %j",
    async (scopes) => {
      const shown = await shownTo(scopes);
      for (const pin of pins) expect(shown).not.toContain(pin);
      expect(shown).toContain('"name":"Ada","pin":null');
    },
  );

  test.each([[["read", "pins"]], [["read", "rooms"]], [["admin"]]] as Scope[][][])(
    "is shown to %j",
    async (scopes) => {
      const shown = await shownTo(scopes);
      for (const pin of pins) expect(shown).toContain(pin);
    },
  );

  test("is not shown to a viewer, and is to an operator", async () => {
    const password = "correct horse battery";
    for (const [username, role, count] of [
      ["vera", "viewer", 0],
      ["olga", "operator", 1],
    ] as const) {
      await api.post("/api/users", { username, password, role });
      const payload = { grant_type: "password", username, password };
      const token = (await api.app.inject({ method: "POST", url: "/api/login/oauth/token", payload })).json()
        .access_token;
      const headers = { authorization: `Bearer ${token}` };
      const shown = await api.app.inject({ method: "GET", url: room, headers });
      expect(shown.statusCode).toBe(200);
      expect(shown.body.includes("471199"), username).toBe(count === 1);
    }
  });

  test("does not open anything by itself", async () => {
    const made = await api.access.keys.create({ name: "Panel", scopes: ["pins"] });
    const headers = { "x-api-key": made.ok ? made.value[1] : "" };
    expect((await api.app.inject({ method: "GET", url: room, headers })).statusCode).toBe(403);
  });
});
