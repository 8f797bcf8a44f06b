// The API over HTTPS on loopback: a certificate that is replaced under way, and plain HTTP at the wrong door.
import { once } from "node:events";
import { request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { connect } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CertificatePair } from "#services/access";
import { readPair } from "../../../bridge/services/access/certificate/pair.ts";
import { makeSelfSigned } from "../../../bridge/services/access/certificate/self-signed.ts";
import { Fixture, key } from "./support/fixture.ts";

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

async function plain(options: {
  method?: string;
  path?: string;
  port?: number;
  headers?: Record<string, string>;
}) {
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

const browser = (host: string) => ({ path: "/docs?a=1", headers: { accept: "text/html,*/*", host } });

test("a browser that speaks plain HTTP to our address is sent to HTTPS, and to no name of its own", async () => {
  const answer = await plain(browser(`127.0.0.1:${port}`));
  expect(answer.status).toBe(308);
  expect(answer.headers.location).toBe(`https://127.0.0.1:${port}/docs?a=1`);
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.2"]) {
    const refused = await plain(browser(host));
    expect([refused.status, refused.headers.location]).toEqual([400, undefined]);
  }
});

test("a browser is sent to the configured name, whatever it has asked for", async () => {
  const named = await Fixture.create({
    tls: { current: first, onChange: () => {} },
    publicName: "pbx.example:8887",
  });
  await named.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = named.app.server.address() as { port: number };
  const answer = await plain({ ...browser("evil.example"), port });
  expect(answer.headers.location).toBe("https://pbx.example:8887/docs?a=1");
  const absolute = await plain({ ...browser("evil.example"), path: "http://evil.example/docs", port });
  expect(absolute.headers.location).toBe("https://pbx.example:8887/docs");
  const malformed = await plain({ ...browser("evil.example/x"), port });
  expect([malformed.status, malformed.headers.location]).toEqual([400, undefined]);
  await named.app.close();
});

test("only a certificate that an authority has signed makes browsers insist on HTTPS", async () => {
  const { current, issued } = { current: await newPair(), issued: await issuedPair() };
  const tls = { current, onChange: () => {} };
  const secured = await Fixture.create({ tls });
  const header = async () => (await secured.app.inject("/nothing")).headers["strict-transport-security"];
  expect(await header()).toBeUndefined();
  tls.current = issued;
  expect(await header()).toBe("max-age=31536000");
});

/** Signed by an authority. */
async function issuedPair(): Promise<CertificatePair> {
  await import("reflect-metadata");
  const { PemConverter, X509CertificateGenerator } = await import("@peculiar/x509");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const make = () => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const [authority, keys] = [await make(), await make()];
  const certificate = await X509CertificateGenerator.create({
    ...{ subject: "CN=pbx.example", issuer: "CN=Authority", signingAlgorithm: algorithm },
    ...{ publicKey: keys.publicKey, signingKey: authority.privateKey },
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return readPair({ cert: certificate.toString("pem"), key: PemConverter.encode(key, "PRIVATE KEY") });
}

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
