import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { ParleyError } from "#common";
import { problems, refuseConnection } from "../../../../api/plugins/index.ts";
import { Fixture, key } from "../support/fixture.ts";

let api: Fixture;

beforeAll(async () => {
  api = await Fixture.create();
});

const rooms = "/api/conference_rooms";
const json = { "x-api-key": key, "content-type": "application/json" };

test("one body serves every family of clients", async () => {
  const response = await api.post(rooms, { mode: "AUDIO", subject: "Weekly", capacity: 201, colour: "red" });

  expect(response.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  expect(response.json()).toEqual({
    type: "urn:parley:problem:validation-failed",
    title: "The request does not fit its schema",
    status: 400,
    detail: "colour is not a known field; capacity must be at most 200.",
    instance: rooms,
    code: "VALIDATION_FAILED",
    errors: [
      {
        code: "VALIDATION_FAILED",
        message: "The request does not fit its schema",
        detail: "colour: is not a known field",
      },
      {
        code: "INVALID_FIELD",
        message: "A field has a value that makes no sense here",
        detail: "capacity: must be at most 200",
      },
    ],
    error: "Bad Request",
    message: "colour is not a known field; capacity must be at most 200.",
    details: [
      { field: "colour", message: "is not a known field" },
      { field: "capacity", message: "must be at most 200" },
    ],
  });
});

test("a problem without fields still has one entry for conference clients", async () => {
  const problem = (await api.get(`${rooms}/nothing`)).json();
  expect(problem.errors).toEqual([
    { code: "ROOM_NOT_FOUND", message: problem.title, detail: problem.detail },
  ]);
  expect(problem.details).toEqual([]);
});

test.each([
  ["half a body", { payload: '{"subject":', headers: json }, 400, "MALFORMED_JSON"],
  ["a body with a prototype", { payload: '{"__proto__":{}}', headers: json }, 400, "MALFORMED_JSON"],
  ["no body", { headers: json, payload: "" }, 400, "VALIDATION_FAILED"],
  ["a body that is null", { headers: json, payload: "null" }, 400, "VALIDATION_FAILED"],
  ["a list as body", { headers: json, payload: "[]" }, 400, "VALIDATION_FAILED"],
  [
    "a form",
    { payload: "a=b", headers: { ...json, "content-type": "application/x-www-form-urlencoded" } },
    415,
  ],
  ["a text", { payload: "a", headers: { ...json, "content-type": "text/plain" } }, 415],
  ["nonsense as type", { payload: "a", headers: { ...json, "content-type": ";;" } }, 415],
  ["a body without a type", { payload: "{}", headers: { "x-api-key": key } }, 415, "UNSUPPORTED_MEDIA_TYPE"],
  ["a huge body", { payload: `"${"x".repeat(300_000)}"`, headers: json }, 413, "BODY_TOO_LARGE"],
] as const)("%s is refused", async (_what, request, status, code = "UNSUPPORTED_MEDIA_TYPE") => {
  const response = await api.request({ method: "POST", url: rooms, ...request });
  expect(response.statusCode).toBe(status);
  expect(response.json()).toMatchObject({ status, code });
});

test.each([
  ["GET", "/nothing"],
  ["POST", "/api/nothing"],
  ["POST", "/api/conference_rooms/1/explode"],
] as const)("%s %s is no route", async (method, url) => {
  const response = await api.request({ method, url, payload: "a=b", headers: {} });
  expect(response.statusCode).toBe(404);
  expect(response.json()).toMatchObject({ code: "ROUTE_NOT_FOUND", instance: url });
});

test.each([
  ["PUT", rooms, "GET, HEAD, POST"],
  ["DELETE", `${rooms}/1`, "GET, HEAD, POST"],
  ["GET", `${rooms}/1/destroy`, "POST"],
  ["POST", `${rooms}/1/status`, "GET, HEAD"],
  ["OPTIONS", "/healthz", "GET, HEAD"],
] as const)("%s %s is told what is possible", async (method, url, allow) => {
  const response = await api.request({ method, url });
  expect(response.statusCode).toBe(405);
  expect(response.headers["allow"]).toBe(allow);
  expect(response.json().code).toBe("METHOD_NOT_ALLOWED");
});

test.each([
  [`${rooms}/%zz`, 400, "MALFORMED_REQUEST"],
  [`${rooms}/${"1".repeat(300)}`, 414, "URL_TOO_LONG"],
  [`${rooms}?search=${"1".repeat(9000)}`, 414, "URL_TOO_LONG"],
  [`${rooms}?colour=red`, 400, "VALIDATION_FAILED"],
  [`${rooms}?top=0`, 400, "VALIDATION_FAILED"],
  [`${rooms}?top=101`, 400, "VALIDATION_FAILED"],
  [`${rooms}?skip=-1`, 400, "VALIDATION_FAILED"],
  [`${rooms}?skip=1e3`, 400, "VALIDATION_FAILED"],
  [`${rooms}?top=5&$top=6`, 400, "VALIDATION_FAILED"],
  [`${rooms}?__proto__=1`, 400, "VALIDATION_FAILED"],
  [`${rooms}?__proto__=1&__proto__=2`, 400, "VALIDATION_FAILED"],
])("%.60s is refused", async (url, status, code) => {
  const response = await api.get(url);
  expect(response.statusCode).toBe(status);
  expect(response.headers["x-request-id"]).toMatch(/^\w+$/);
  expect(response.json().code).toBe(code);
});

test.each([
  [`${rooms}?search=a&search=b`, "search", "must not come more than once"],
  [`${rooms}?=1`, '""', "is not a known field"],
  ["/api/bans?search=a", "search", "is not a known field"],
  [`${rooms}?$=1`, "$", "is not a known field"],
])("%s is told what is wrong", async (url, field, message) => {
  expect((await api.get(url)).json().details).toEqual([{ field, message }]);
});

test.each([
  ['{"subject":"a","capacity":5,"subject":"b"}', ["subject"]],
  ['{"subject" : "a:{}", "\\u0073ubject"\n:"b","":1,"":2}', ["subject", '""']],
  [
    '{"outbound_caller_ids":[{"a":1},{"caller_id":"[","caller_id":"2"}]}',
    ["outbound_caller_ids[1].caller_id"],
  ],
  ['{"a":{"b":1,"c":{"b":1,"b":2}}}', ["a.c.b"]],
  [`{${'"x\\\\":1,"x\\"":2,'.repeat(9)}"a":1}`, ["x\\", 'x"']],
])("%s has members more than once, and is refused", async (payload, fields) => {
  const url = `${rooms}/${await api.room()}`;
  const response = await api.request({ method: "POST", url, headers: json, payload });
  expect(response.statusCode).toBe(400);
  expect(response.json().details).toEqual(
    fields.map((field) => ({ field, message: "must not come more than once" })),
  );
});

test("members of the same name in different objects are as they should be", async () => {
  const payload =
    '{"subject":"subject\\":","outbound_caller_ids":[{"provider_id":"a","caller_id":"1"},{"provider_id":"a","caller_id":"2"}]}';
  const url = `${rooms}/${await api.room()}`;
  const response = await api.request({ method: "POST", url, headers: json, payload });
  expect(response.statusCode).toBe(200);
});

test("a deep body costs no more than a flat one", async () => {
  const payload = `${'{"a":['.repeat(20_000)}1${"]}".repeat(20_000)}`;
  const response = await api.request({ method: "POST", url: rooms, headers: json, payload });
  expect(response.statusCode).toBe(400);
});

test("a field without a name is named", async () => {
  const details = [{ field: '""', message: "is not a known field" }];
  const room = `${rooms}/${await api.room()}`;
  expect((await api.post(`${room}/lock`, { "": 1 })).json().details).toEqual(details);
  expect((await api.post(room, { "": 1 })).json().details).toEqual(details);
});

test("a slash at the end of an address changes nothing", async () => {
  expect((await api.get(`${rooms}/`)).statusCode).toBe(200);
  expect((await api.request({ method: "PUT", url: `${rooms}/` })).statusCode).toBe(405);
});

test("a failure inside says nothing to the client and everything to the log", async () => {
  const api = await Fixture.create();
  api.rooms.get = async () => {
    throw new Error("disk full at /var/lib");
  };

  const response = await api.get(`${rooms}/1`);

  expect(response.statusCode).toBe(500);
  expect(response.json().code).toBe("INTERNAL_ERROR");
  expect(response.body).not.toContain("disk");
  const line = api.lines.find(({ level }) => level === "error");
  expect(line?.fields).toMatchObject({ request: response.headers["x-request-id"] });
  expect(String(line?.fields["err"])).toContain("disk full");
});

test("an answer that does not fit its schema is a failure inside", async () => {
  const api = await Fixture.create();
  const id = await api.room();
  api.rooms.status = async () => ({ ok: true, value: {} as never });
  const response = await api.get(`${rooms}/${id}/status`);
  expect(response.json().code).toBe("INTERNAL_ERROR");
});

test.each([
  ["SQLITE_FULL", 507, "NO_SPACE"],
  ["SQLITE_READONLY_DBMOVED", 503, "UNAVAILABLE"],
  ["SQLITE_IOERR_WRITE", 503, "UNAVAILABLE"],
  ["SQLITE_BUSY", 503, "UNAVAILABLE"],
])("a disk that takes nothing (%s) is %s %s", async (code, status, problem) => {
  const api = await Fixture.create();
  api.rooms.create = () => Promise.reject(Object.assign(new Error("at /var/lib"), { code }));

  const response = await api.post(rooms, { mode: "AUDIO", capacity: 9, subject: "Weekly" });

  expect([response.statusCode, response.json().code]).toEqual([status, problem]);
  expect(response.body).not.toContain("/var/lib");
});

test("a room that has too much to do is unavailable, not broken", async () => {
  const api = await Fixture.create();
  api.rooms.lock = async () => {
    throw new ParleyError("QUEUE_FULL", "more than 1000 operations are waiting");
  };
  const response = await api.post(`${rooms}/1/lock`);
  expect(response.statusCode).toBe(503);
  expect(response.json().code).toBe("QUEUE_FULL");
});

test.each([
  ["WORKER_DOWN", 503, "UNAVAILABLE", "5"],
  ["WORKER_TIMEOUT", 503, "UNAVAILABLE", "5"],
  ["NO_PORTS", 503, "UNAVAILABLE", "5"],
  ["NO_SUCH_LEG", 404, "PARTICIPANT_NOT_FOUND", undefined],
])("what the media cannot do (%s) is %s %s", async (code, status, problem, retryAfter) => {
  const api = await Fixture.create();
  api.rooms.muteParticipant = () => Promise.reject(new ParleyError(code, "media worker 0 is restarting"));

  const response = await api.post(`${rooms}/1/participants/2/mute`);

  expect([response.statusCode, response.json().code]).toEqual([status, problem]);
  expect(response.headers["retry-after"]).toBe(retryAfter);
  expect(response.body).not.toContain("worker");
  expect(api.lines.filter(({ level }) => level === "error")).toEqual([]);
});

test("an overloaded bridge says when to try again", async () => {
  const api = await Fixture.create();
  api.rooms.invite = async () => ({ ok: false, error: { code: "OVERLOADED", message: "not now" } });
  const response = await api.post(`${rooms}/1/participants/invite`, { number: "205" });
  expect([response.statusCode, response.headers["retry-after"]]).toEqual([503, "10"]);
});

test.each([
  ["HPE_HEADER_OVERFLOW", 431],
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
  ["HPE_INVALID_METHOD", 400],
])("what is no request is answered on the socket: %s", (code, status) => {
  let sent = "";
  const socket = { writable: true, end: (text: string) => (sent = text) } as unknown as Socket;

  refuseConnection(Object.assign(new Error("parse"), { code }), socket);

  const [head = "", body = ""] = sent.split("\r\n\r\n");
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toContain(`Content-Length: ${body.length}`);
  expect(JSON.parse(body)).toMatchObject({ status });
});

test("the documentation lists every code with its status", () => {
  const text = readFileSync(new URL("../../../../docs/api-errors.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` +\| (\d{3}) +\|/gm)].map(([, code, status]) => [
    code,
    status,
  ]);
  expect(rows).toEqual(Object.entries(problems).map(([code, { status }]) => [code, String(status)]));
});
