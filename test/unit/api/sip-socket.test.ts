// GET /sip: who gets a WebSocket for SIP, and what the SIP stack is told of them.
import { once } from "node:events";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import WebSocket from "ws";
import type { AcceptedSipSocket } from "../../../api/sip-socket.ts";
import { Fixture } from "./support/fixture.ts";

let taken: { protocol: string; accepted: AcceptedSipSocket }[] = [];
const api = await Fixture.create({
  sipSockets: { take: (protocol, accepted) => void taken.push({ protocol, accepted }) },
  origins: ["https://panel.example"],
  publicName: "conference.example:8887",
  trustedProxies: ["127.0.0.1"],
});
await api.app.listen({ host: "127.0.0.1", port: 0 });
const { port } = api.app.server.address() as { port: number };
const clients: WebSocket[] = [];

beforeEach(() => {
  taken = [];
});
afterAll(async () => {
  for (const client of clients) client.terminate();
  await api.app.close();
});

interface Asked {
  readonly protocols?: string[];
  readonly headers?: Record<string, string>;
}

/** The status of the answer: 101 for a WebSocket. */
async function ask({
  protocols = ["sip"],
  headers = {},
}: Asked = {}): Promise<{ status: number; body: string }> {
  const client = new WebSocket(`ws://127.0.0.1:${port}/sip`, protocols, { headers });
  clients.push(client);
  const opened = once(client, "open").then(() => ({ status: 101, body: client.protocol }));
  const refused = once(client, "unexpected-response").then(async ([, response]) => {
    let body = "";
    for await (const chunk of response) body += chunk;
    return { status: response.statusCode as number, body };
  });
  client.on("error", () => {});
  return Promise.race([opened, refused]);
}

test("a program opens one, whatever else it offers, and SIP is told whence", async () => {
  expect(await ask({ protocols: ["chat", "sip"] })).toEqual({ status: 101, body: "sip" });
  const [{ protocol, accepted }] = taken as [(typeof taken)[number]];
  expect([protocol, accepted.remote.address, accepted.proxied]).toEqual(["WS", "127.0.0.1", false]);
  expect(accepted.local).toEqual({ address: "127.0.0.1", port });
});

test("of a trusted proxy the client counts, and how it has come", async () => {
  const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" };
  expect((await ask({ headers })).status).toBe(101);
  const [{ protocol, accepted }] = taken as [(typeof taken)[number]];
  expect([protocol, accepted.remote.address, accepted.proxied]).toEqual(["WSS", "203.0.113.9", true]);
});

describe("a page", () => {
  test.each([
    ["of this bridge", `http://127.0.0.1:${port}`, 101],
    ["of the configured name", "https://conference.example:8887", 101],
    ["of an origin that is allowed", "https://panel.example", 101],
    ["of another site", "https://evil.example", 403],
    ["of a name that only begins like ours", `http://127.0.0.1:${port}.evil.example`, 403],
    ["without an origin of its own", "null", 403],
  ])("%s", async (_, origin, status) => {
    const answer = await ask({ headers: { origin } });
    expect(answer.status).toBe(status);
    if (status === 403) expect(JSON.parse(answer.body).code).toBe("ORIGIN_NOT_ALLOWED");
    expect(taken).toHaveLength(status === 101 ? 1 : 0);
  });
});

test("what is not for SIP is refused: another subprotocol, none, no WebSocket at all", async () => {
  for (const protocols of [["chat"], []]) {
    const { status, body } = await ask({ protocols });
    expect([status, JSON.parse(body).code]).toEqual([400, "MALFORMED_REQUEST"]);
  }
  const plain = await api.app.inject({ url: "/sip" });
  expect([plain.statusCode, plain.json().code, plain.headers["upgrade"]]).toEqual([
    ...[426, "UPGRADE_REQUIRED", "websocket"],
  ]);
  expect(
    (await api.app.inject({ url: "/sip", headers: { upgrade: "h2c", connection: "upgrade" } })).statusCode,
  ).toBe(426);
  expect(taken).toEqual([]);
});

test("there is none where nothing takes them", async () => {
  const without = await Fixture.create();
  expect((await without.app.inject({ url: "/sip" })).statusCode).toBe(404);
});
