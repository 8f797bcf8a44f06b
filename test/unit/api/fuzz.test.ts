// Whatever a client sends, it is never the server's fault.
import fc from "fast-check";
import type { HTTPMethods } from "fastify";
import { beforeAll, expect, test } from "vitest";
import { problems } from "../../../api/plugins/index.ts";
import { anyText } from "./support/filters.ts";
import { Fixture, key } from "./support/fixture.ts";

let api: Fixture;
let room: string;

beforeAll(async () => {
  api = await Fixture.create();
  room = await api.room({ subject: "Always here" });
});

const fieldNames = [
  "extension_number",
  "mode",
  "control",
  "height",
  "framerate",
  "layout",
  "subject",
  "capacity",
  "room_pin",
  "enable_prompt",
  "scheduled_start_at",
  "internal_invitees",
  "outbound_caller_ids",
  "custom_options",
  "constructor",
  "toString",
];

const plausible = fc.constantFrom<unknown>(
  "AUDIO",
  "FREE",
  "LAYOUT0",
  "8000",
  "2026-03-02T09:00:00Z",
  "2026-12-31T23:59:60Z",
  "9999-12-31T23:59:59-23:59",
  "\ud800",
  9,
  720,
  1e308,
  true,
  null,
  [],
  [{ provider_id: "t", caller_id: "1" }],
);

const body = fc.oneof(
  fc.dictionary(fc.constantFrom(...fieldNames), fc.oneof(plausible, fc.jsonValue()), { maxKeys: 8 }),
  fc
    .dictionary(fc.constantFrom(...fieldNames), plausible)
    .map((fields) => ({ mode: "AUDIO", subject: "Fuzz", capacity: 9, ...fields })),
  fc.jsonValue(),
);

const payload = fc.oneof(
  body.map((value) => JSON.stringify(value)),
  anyText,
);

const segment = fc.oneof(
  fc.constantFrom("participants", "mute", "status", "destroy", "..", "%00", "%", "%c3%28", "."),
  fc.string({ maxLength: 12 }).map(encodeURIComponent),
);

const url = fc.oneof(
  fc.constantFrom("", "/none", "/none/lock").map((path) => `/api/conference_rooms${path}`),
  fc.array(segment, { maxLength: 4 }).map((parts) => ["/api/conference_rooms", ...parts].join("/")),
  fc.constantFrom("", "/lock", "/participants", "/participants/x/mute").map((path) => ({ path })),
);

const query = fc.dictionary(
  fc.constantFrom("filter", "$filter", "search", "orderby", "skip", "top", "__proto__", "x"),
  fc.oneof(
    anyText,
    fc.constantFrom("1", "-1", "1e9", "capacity ge 1", "((((", "subject eq 'a'", "subject desc"),
  ),
);

const method = fc.constantFrom<HTTPMethods>("GET", "POST", "POST", "PUT", "DELETE", "HEAD", "OPTIONS");
const type = fc.constantFrom(
  "application/json",
  "application/json",
  "text/plain",
  "application/json; charset=x",
  "/",
);

test("no request makes the server fail, and every refusal is a problem", async () => {
  await fc.assert(
    fc.asyncProperty(method, url, query, payload, type, async (verb, where, asked, sent, contentType) => {
      const response = await api.app.inject({
        method: verb,
        url: typeof where === "string" ? where : `/api/conference_rooms/${room}${where.path}`,
        query: asked,
        ...(verb !== "GET" && verb !== "HEAD" && { payload: sent }),
        headers: { "x-api-key": key, "content-type": contentType },
      });
      expect(response.statusCode).toBeLessThan(500);
      if (response.statusCode < 400 || verb === "HEAD") return;
      const problem = response.json();
      expect(problem.status).toBe(response.statusCode);
      expect(problems[problem.code as keyof typeof problems].status).toBe(response.statusCode);
      expect(problem.errors.length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

test("whatever is accepted as a room can be shown and listed", async () => {
  await fc.assert(
    fc.asyncProperty(body, async (fields) => {
      const created = await api.post("/api/conference_rooms", fields as object);
      expect(created.statusCode).toBeLessThan(500);
      if (created.statusCode !== 201) return;
      const location = created.headers["location"] as string;
      expect((await api.get(location)).statusCode).toBe(200);
      expect((await api.get("/api/conference_rooms")).statusCode).toBe(200);
      expect((await api.post(`${location}/destroy`)).statusCode).toBe(204);
    }),
    { numRuns: 100 },
  );
});
