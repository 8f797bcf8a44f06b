// Requests as bytes on a socket: what no client library sends, and what the parser underneath would answer by itself.
// Whatever is refused has the one problem body.
import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Fixture, key } from "./support/fixture.ts";

const api = await Fixture.create();
let port: number;

beforeAll(async () => {
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  port = (api.app.server.address() as { port: number }).port;
});
afterAll(() => api.app.close());

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Until the bridge closes the connection. */
async function say(bytes: string | Buffer): Promise<Answer> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (piece) => {
    text += piece;
  });
  socket.write(bytes);
  await once(socket, "close");
  const [headers = "", ...rest] = text.split("\r\n\r\n");
  return { status: Number(headers.split(" ")[1]), headers, body: rest.join("\r\n\r\n") };
}

const request = (line: string, headers: readonly string[], body: string | Buffer = "") =>
  Buffer.concat([
    Buffer.from(`${[line, ...headers, "Connection: close", `X-API-KEY: ${key}`].join("\r\n")}\r\n\r\n`),
    Buffer.from(body),
  ]);

const host = "Host: bridge";
const rooms = "/api/conference_rooms";
const posted = (type: string, body: string | Buffer) =>
  request(`POST ${rooms} HTTP/1.1`, [host, type, `Content-Length: ${body.length}`], body);

test.each([
  ["is destroyed", "/destroy", {}, 401],
  ["loses the scope", "", { scopes: ["read"] }, 403],
  ["may come from elsewhere only", "", { addresses: ["192.0.2.1"] }, 401],
])("a request whose key %s while its body is on its way does nothing", async (_, change, fields, status) => {
  const made = (await api.post("/api/keys", { name: "Panel", scopes: ["admin"] })).json();
  const recognised = vi.spyOn(api.access, "recognise");
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (piece) => {
    text += piece;
  });
  const body = JSON.stringify({ name: "Late", scopes: ["admin"] });
  const head = ["POST /api/keys HTTP/1.1", host, `X-API-KEY: ${made.key}`, "Connection: close"];
  const lengths = ["Content-Type: application/json", `Content-Length: ${body.length}`];
  socket.write(`${[...head, ...lengths].join("\r\n")}\r\n\r\n${body.slice(0, 10)}`);
  await vi.waitFor(() => expect(recognised).toHaveBeenCalledOnce());
  await recognised.mock.results[0]!.value;
  recognised.mockRestore();
  const revoked = await api.post(`/api/keys/${made.id}${change}`, change === "" ? fields : undefined);
  expect(revoked.statusCode).toBeLessThan(300);
  socket.write(body.slice(10));
  await once(socket, "close");
  expect(Number(text.split(" ")[1])).toBe(status);
  expect((await api.get("/api/keys?filter=name eq 'Late'")).json().count).toBe(0);
});

test.each<[string, Buffer, number, string]>([
  ["no Host", request(`GET ${rooms} HTTP/1.1`, []), 400, "MALFORMED_REQUEST"],
  ["two Hosts", request(`GET ${rooms} HTTP/1.1`, [host, "Host: other"]), 400, "MALFORMED_REQUEST"],
  ["two Hosts of old", request(`GET ${rooms} HTTP/1.0`, [host, host]), 400, "MALFORMED_REQUEST"],
  ["a bad Expect", request(`GET ${rooms} HTTP/1.1`, [host, "Expect: tea"]), 417, "EXPECTATION_FAILED"],
  ["a Host with a blank", request(`GET ${rooms} HTTP/1.1`, ["Host: a b"]), 400, "MALFORMED_REQUEST"],
  ["a Host with a path", request(`GET ${rooms} HTTP/1.1`, ["Host: a/b"]), 400, "MALFORMED_REQUEST"],
  ["a Host with a user", request(`GET ${rooms} HTTP/1.1`, ["Host: u@a"]), 400, "MALFORMED_REQUEST"],
  ["a Host with a bad port", request(`GET ${rooms} HTTP/1.1`, ["Host: a:8x"]), 400, "MALFORMED_REQUEST"],
  ["half a bracket", request(`GET ${rooms} HTTP/1.1`, ["Host: [::1"]), 400, "MALFORMED_REQUEST"],
  ["HTTP/2 in the words of 1", request(`GET ${rooms} HTTP/2.0`, [host]), 400, "MALFORMED_REQUEST"],
  ["an asterisk", request("GET * HTTP/1.1", [host]), 400, "MALFORMED_REQUEST"],
  ["another scheme", request(`GET ftp://bridge${rooms} HTTP/1.1`, [host]), 400, "MALFORMED_REQUEST"],
  [
    "an Expect with more",
    request(`GET ${rooms} HTTP/1.1`, [host, "Expect: 100-continue, tea"]),
    417,
    "EXPECTATION_FAILED",
  ],
  [
    "a method that an address in absolute form does not take",
    request(`PUT http://bridge${rooms} HTTP/1.1`, [host]),
    405,
    "METHOD_NOT_ALLOWED",
  ],
  [
    "a compressed body",
    request(`POST ${rooms} HTTP/1.1`, [host, "Content-Encoding: gzip", "Content-Length: 2"], "{}"),
    415,
    "UNSUPPORTED_MEDIA_TYPE",
  ],
  [
    "half a character in a body",
    posted("Content-Type: application/json", '{"mode":"AUDIO","subject":"\\\\\\ud83d","capacity":2}'),
    400,
    "MALFORMED_REQUEST",
  ],
  ["CONNECT", request("CONNECT other:443 HTTP/1.1", [host]), 405, "METHOD_NOT_ALLOWED"],
  ["no HTTP at all", Buffer.from("tea please\r\n\r\n"), 400, "MALFORMED_REQUEST"],
  ["an address with raw bytes", request(`GET ${rooms}?search=ä HTTP/1.1`, [host]), 400, "MALFORMED_REQUEST"],
  [
    "a query that is not UTF-8",
    request(`GET ${rooms}?search=%ff HTTP/1.1`, [host]),
    400,
    "MALFORMED_REQUEST",
  ],
  ["a path that is not UTF-8", request(`GET ${rooms}/%ff HTTP/1.1`, [host]), 400, "MALFORMED_REQUEST"],
  [
    "a body that is not UTF-8",
    posted("Content-Type: application/json", Buffer.from('{"subject":"\xff"}', "latin1")),
    400,
    "MALFORMED_REQUEST",
  ],
  ["another type", posted("Content-Type: text/plain", "x"), 415, "UNSUPPORTED_MEDIA_TYPE"],
])("%s is refused with the problem body", async (_, bytes, status, code) => {
  const answer = await say(bytes);
  expect(answer.status).toBe(status);
  expect(answer.headers.toLowerCase()).toContain("content-type: application/problem+json");
  expect(JSON.parse(answer.body)).toMatchObject({ status, code });
});

test("a login by a form that is not UTF-8 is no request in the words of OAuth", async () => {
  const form = "grant_type=password&username=ana&password=%ff";
  const headers = [host, "Content-Type: application/x-www-form-urlencoded", `Content-Length: ${form.length}`];
  const answer = await say(request("POST /api/login/oauth/token HTTP/1.1", headers, form));
  expect(JSON.parse(answer.body)).toMatchObject({ status: 400, error: "invalid_request" });
});

test.each([
  ["an IPv6 address", request(`GET ${rooms} HTTP/1.1`, ["Host: [2001:db8::1]:8887"])],
  ["an empty name", request(`GET ${rooms} HTTP/1.1`, ["Host:"])],
  ["a target in absolute form", request(`GET HTTP://bridge${rooms}?top=1 HTTP/1.1`, [host])],
  ["an absolute form without a path", request("GET http://bridge HTTP/1.1", [host])],
  ["an empty Expect", request(`GET ${rooms} HTTP/1.1`, [host, "Expect:"])],
])("%s is taken", async (_, bytes) => {
  expect((await say(bytes)).status).toBe(200);
});

test("a pair of surrogates that is escaped is one character", async () => {
  const body = '{"mode":"AUDIO","subject":"\\\\ud800 \\ud83d\\ude00","capacity":2}';
  expect((await say(posted("Content-Type: application/json", body))).status).toBe(201);
});

test("HTTP/1.0 needs no Host, and 100-continue is met", async () => {
  expect((await say(request(`GET ${rooms} HTTP/1.0`, []))).status).toBe(200);
  const expecting = [host, "Expect: 100-continue", "Content-Type: application/json", "Content-Length: 2"];
  expect((await say(request(`POST ${rooms}/none HTTP/1.1`, expecting, "{}"))).headers).toContain(
    "100 Continue",
  );
});

test.each([
  ["h2c", rooms, 200],
  ["websocket", rooms, 200],
  ["websocket", "/healthz", 200],
  ["websocket", "/nothing", 404],
  ["h2c", "/api/events", 200],
])("an upgrade to %s at %s is ignored", async (protocol, path, status) => {
  const headers = [
    host,
    `Upgrade: ${protocol}`,
    "Connection: Upgrade, HTTP2-Settings",
    "HTTP2-Settings: AAMAAABk",
  ];
  expect((await say(request(`GET ${path} HTTP/1.1`, headers))).status).toBe(status);
});

test("an upgrade of a request with a body leaves the body to its operation", async () => {
  const body = JSON.stringify({ mode: "AUDIO", subject: "Upgraded", capacity: 2 });
  const headers = [host, "Upgrade: h2c", "Content-Type: application/json", `Content-Length: ${body.length}`];
  expect((await say(request(`POST ${rooms} HTTP/1.1`, headers, body))).status).toBe(201);
});

test.each(["text/plain", "application/json", "application/x-www-form-urlencoded", ";;"])(
  "an empty body of the type %s is none",
  async (type) => {
    const id = await api.room();
    const lock = `POST ${rooms}/${id}/lock HTTP/1.1`;
    const announced = await say(request(lock, [host, `Content-Type: ${type}`, "Content-Length: 0"]));
    expect(announced.status).toBe(200);
    if (type === ";;") return;
    const chunked = [host, `Content-Type: ${type}`, "Transfer-Encoding: chunked"];
    expect((await say(request(lock, chunked, "0\r\n\r\n"))).status).toBe(200);
  },
);
