// The API over HTTPS as an operator has it: a certificate made at the first start, a user who logs in, and files that
// are replaced while it runs.
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeSelfSigned } from "../../bridge/services/access/certificate/self-signed.ts";
import { ParleyProcess, startLimitMs } from "../support/parley.ts";
import { eventually, openWebSocket } from "../support/phone/index.ts";
import { caller } from "./use-parley.ts";

const key = "a-key-of-this-test-only";
let folder: string;
const started: ParleyProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-https-"));
});
afterEach(async () => {
  for (const parley of started.splice(0)) await parley.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
  /** Of the certificate that the connection began with. */
  readonly fingerprint: string;
}

async function ask(
  parley: ParleyProcess,
  path: string,
  options: object = {},
  body?: string,
): Promise<Answer> {
  const { hostname: host, port } = new URL(parley.url);
  const asked = request({ host, port, path, agent: false, headers: { "x-api-key": key }, ...options });
  asked.end(body);
  const [response] = await once(asked, "response");
  const fingerprint = (response.socket as TLSSocket).getPeerCertificate().fingerprint256;
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text, fingerprint };
}

async function start(env: Record<string, string>): Promise<ParleyProcess> {
  const parley = await ParleyProcess.spawn({
    dataDir: join(folder, "data"),
    env: { API_ADMIN_KEY: key, ...env },
  });
  started.push(parley);
  let gone = false;
  void parley.exited.then(() => {
    gone = true;
  });
  await eventually(
    async () => {
      if (gone) throw new Error(`ended before it was ready: ${parley.stderr}`);
      const answer = await ask(parley, "/healthz", { rejectUnauthorized: false }).catch(() => undefined);
      return answer?.status === 200 ? true : undefined;
    },
    () => `ready Parley (${parley.stderr || parley.logs.at(-1)})`,
    { limitMs: startLimitMs },
  );
  return parley;
}

it("makes a certificate at the first start, shows its fingerprint, and keeps it", async () => {
  const parley = await start({ API_TLS_MODE: "self-signed" });
  const ca = await readFile(join(folder, "data/tls/cert.pem"), "utf8");
  const { fingerprint256: fingerprint } = new X509Certificate(ca);

  expect(await ask(parley, "/api/conference_rooms", { ca })).toMatchObject({ status: 200, fingerprint });
  expect(parley.logs.some((line) => line.endsWith(fingerprint))).toBe(true);
  const plain = await fetch(`${parley.url}/api/conference_rooms`);
  expect(plain.status).toBe(400);
  expect(await plain.json()).toMatchObject({ code: "HTTPS_REQUIRED" });

  await parley.stop();
  const again = await start({ API_TLS_MODE: "self-signed" });
  expect((await ask(again, "/healthz", { ca })).fingerprint).toBe(fingerprint);
}, 180_000);

it("carries calls of browser phones over WSS, whose certificate is checked, beside a phone", async () => {
  const trunk = { name: "office", hosts: ["sip:192.0.2.1"], username: "office", password: "s3cret" };
  const parley = await start({
    API_TLS_MODE: "self-signed",
    SIP_STRANGERS: "challenge",
    TRUNKS: JSON.stringify([trunk]),
  });
  const ca = await readFile(join(folder, "data/tls/cert.pem"), "utf8");
  const secure = `${parley.url.replace("http:", "wss:")}/sip`;
  await expect(openWebSocket(secure, {}, () => {})).rejects.toThrow(/certificate/);

  const body = JSON.stringify({
    mode: "AUDIO",
    subject: "Weekly",
    capacity: 9,
    extension_number: "7100",
    enable_prompt: false,
  });
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const made = await ask(parley, "/api/conference_rooms", { ca, method: "POST", headers }, body);
  expect(made.status, made.text).toBe(201);
  const { id } = JSON.parse(made.text);
  const browser = await parley.phone("alice", {
    carrier: (arrived) => openWebSocket(secure, { ca }, arrived),
    credentials: { user: "office", password: "s3cret" },
  });
  const calls = [];
  for (const phone of [browser, await parley.phone("bob")]) {
    const call = await phone.call("7100");
    await call.answered();
    calls.push(call);
  }
  const [alice, bob] = [caller("alice", calls[0]!), caller("bob", calls[1]!)];
  await Promise.all([alice.hears("bob"), bob.hears("alice")]);

  const path = `/api/conference_rooms/${id}/participants`;
  const { items } = JSON.parse((await ask(parley, path, { ca })).text);
  expect(items.map(({ transport }: { transport: string }) => transport)).toEqual(["WSS", "UDP"]);
  // Into the dialog, over the connection that the browser has opened.
  await ask(parley, `${path}/${items[0].id}/destroy`, { ca, method: "POST" });
  expect((await alice.call.ended()).by).toBe("them");
}, 180_000);

it("a user made with the admin key logs in, works, goes on and logs out, over a restart", async () => {
  const parley = await start({ API_TLS_MODE: "self-signed" });
  const ca = await readFile(join(folder, "data/tls/cert.pem"), "utf8");
  const post = (
    at: ParleyProcess,
    path: string,
    body: object | undefined,
    headers: Record<string, string>,
  ) => {
    const json = body && { "content-type": "application/json" };
    const payload = body && JSON.stringify(body);
    return ask(at, path, { ca, method: "POST", headers: { ...headers, ...json } }, payload);
  };
  const admin = { "x-api-key": key };
  const password = "correct horse battery";
  const made = await post(parley, "/api/users", { username: "ana", password, role: "operator" }, admin);
  expect(made.status).toBe(201);
  const form = new URLSearchParams({ grant_type: "password", username: "ana", password }).toString();
  const login = await ask(
    parley,
    "/api/login/oauth/token",
    { ca, method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" } },
    form,
  );
  const first = JSON.parse(login.text);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const room = { mode: "AUDIO", subject: "Weekly", capacity: 9 };
  expect((await post(parley, "/api/conference_rooms", room, bearer(first.access_token))).status).toBe(201);
  expect((await ask(parley, "/api/users", { ca, headers: bearer(first.access_token) })).status).toBe(403);
  await parley.stop();

  const again = await start({ API_TLS_MODE: "self-signed" });
  const renewal = { grant_type: "refresh_token", refresh_token: first.refresh_token };
  const next = JSON.parse((await post(again, "/api/login/oauth/token", renewal, {})).text);
  const rooms = () => ask(again, "/api/conference_rooms", { ca, headers: bearer(next.access_token) });
  expect(JSON.parse((await rooms()).text).count).toBe(1);
  expect((await post(again, "/api/login/oauth/revoke", undefined, bearer(next.access_token))).status).toBe(
    200,
  );
  expect((await rooms()).status).toBe(401);

  const { text } = await ask(again, "/api/audit?orderby=id", { ca });
  expect(
    JSON.parse(text).items.map((entry: Record<string, string>) => [entry["actor_name"], entry["operation"]]),
  ).toEqual([
    ["admin key", "createUser"],
    ["ana", "getAccessToken"],
    ["ana", "createConferenceRoom"],
    ["ana", "listUsers"],
    ["ana", "getAccessToken"],
    ["ana", "revokeAccessToken"],
  ]);
}, 180_000);

it("takes a new certificate from the files, without a restart and without dropping a connection", async () => {
  const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  const write = async (pair: { cert: string; key: string }) => {
    for (const name of ["key", "cert"] as const) {
      await writeFile(`${files[name]}.new`, pair[name]);
      await rename(`${files[name]}.new`, files[name]);
    }
    return new X509Certificate(pair.cert).fingerprint256;
  };
  const newPair = () => makeSelfSigned(["127.0.0.1"], Date.now());
  const first = await write(await newPair());
  const parley = await start({ API_TLS_MODE: "files", API_TLS_CERT: files.cert, API_TLS_KEY: files.key });
  const trusting = { rejectUnauthorized: false };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const kept = () => ask(parley, "/api/conference_rooms", { ...trusting, agent });
  const served = async () => (await ask(parley, "/healthz", trusting)).fingerprint;
  const becomes = (fingerprint: string) =>
    eventually(
      async () => {
        // Within the idle limit of the connection that must survive.
        expect(await kept()).toMatchObject({ status: 200, fingerprint: first });
        return (await served()) === fingerprint ? true : undefined;
      },
      () => `certificate ${fingerprint}`,
      { limitMs: 90_000 },
    );
  expect((await kept()).fingerprint).toBe(first);

  const second = await write(await newPair());
  await becomes(second);

  await writeFile(files.cert, "this is no certificate");
  parley.signal("SIGHUP");
  await eventually(
    async () => {
      const { text } = await ask(parley, "/metrics", { ...trusting, agent });
      return /^parley_tls_certificate_rejected 1$/m.test(text) ? true : undefined;
    },
    () => "rejected certificate",
    { limitMs: 30_000 },
  );
  expect(await served()).toBe(second);
  agent.destroy();
}, 180_000);
