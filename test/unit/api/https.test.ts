// The API over HTTPS on loopback: a certificate that is replaced under way, and plain HTTP at the wrong door.
import { once } from "node:events";
import { request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CertificatePair } from "#bridge/access";
import { readPair } from "../../../bridge/access/certificate/pair.ts";
import { makeSelfSigned } from "../../../bridge/access/certificate/self-signed.ts";
import { Fixture, key } from "./fixture.ts";

let port: number;
let replace: (pair: CertificatePair) => void;

const newPair = async () => readPair(await makeSelfSigned(["localhost"], Date.now()));

const first = await newPair();
const api = await Fixture.create({
  tls: {
    current: first,
    onChange: (apply) => {
      replace = apply;
    },
  },
});

beforeAll(async () => {
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  port = (api.app.server.address() as { port: number }).port;
});
afterAll(() => api.app.close());

interface Seen {
  readonly status: number;
  readonly fingerprint: string;
}

async function secure(agent: Agent | false = false, ca = first.cert): Promise<Seen> {
  const asked = secureRequest({
    ...{ host: "127.0.0.1", port, servername: "localhost", ca, agent },
    ...{ path: "/api/conference_rooms", headers: { "x-api-key": key } },
  });
  asked.end();
  const [response] = await once(asked, "response");
  const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
  response.resume();
  await once(response, "end");
  return { status: response.statusCode, fingerprint: fingerprint256 };
}

async function plain(options: { method?: string; path?: string; headers?: Record<string, string> }) {
  const asked = plainRequest({ host: "127.0.0.1", port, agent: false, ...options });
  asked.end();
  const [response] = await once(asked, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

test("answers with the certificate it was given, and with the next one without breaking a connection", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect(await secure(agent)).toEqual({ status: 200, fingerprint: first.fingerprint });

  const second = await newPair();
  replace(second);

  expect(await secure(agent)).toEqual({ status: 200, fingerprint: first.fingerprint });
  expect(await secure(false, second.cert)).toEqual({ status: 200, fingerprint: second.fingerprint });
  agent.destroy();
});

test("a browser that speaks plain HTTP is sent to HTTPS", async () => {
  const answer = await plain({
    path: "/docs?a=1",
    headers: { accept: "text/html,*/*", host: "pbx.example:8887" },
  });
  expect(answer.status).toBe(308);
  expect(answer.headers.location).toBe("https://pbx.example:8887/docs?a=1");
});

test("any other plain request gets the one problem body, and is not looked at", async () => {
  const answer = await plain({ path: "/api/conference_rooms?search=x", headers: { "x-api-key": key } });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text)).toMatchObject({
    code: "HTTPS_REQUIRED",
    instance: "/api/conference_rooms",
  });
  expect(answer.text).not.toContain(key);
});

test("what is neither HTTP nor TLS is refused", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.end("\u0001\u0002\r\n\r\n");
  const [answer] = await once(socket, "data");
  expect(String(answer)).toContain("400 Bad Request");
});

test("headers beyond the limit are refused with the one problem body", async () => {
  const asked = secureRequest({
    ...{ host: "127.0.0.1", port, rejectUnauthorized: false, agent: false },
    headers: { "x-long": "x".repeat(17_000) },
  });
  asked.end();
  const [response] = await once(asked, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  expect(response.statusCode).toBe(431);
  expect(JSON.parse(text).code).toBe("HEADERS_TOO_LARGE");
});

test("closing does not wait for connections that never said anything", async () => {
  const other = await Fixture.create({ tls: { current: first, onChange: () => {} } });
  await other.app.listen({ host: "127.0.0.1", port: 0 });
  const { port: silentPort } = other.app.server.address() as { port: number };
  const socket = connect(silentPort, "127.0.0.1");
  await once(socket, "connect");
  const ended = once(socket, "close");
  await other.app.close();
  await ended;
});
