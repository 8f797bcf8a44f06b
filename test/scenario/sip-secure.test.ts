// SIP over TLS and over WebSockets as a telephone, a browser and an attacker meet it: calls with sound, what OpenSSL says of
// the TLS port, a certificate that is renewed, frames and handshakes that are none.
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectSecurely } from "node:tls";
import { promisify } from "node:util";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { makeSelfSigned } from "../../bridge/services/access/certificate/self-signed.ts";
import { connectTls, eventually, openWebSocket, type PhoneOptions } from "../support/phone/index.ts";
import { type Caller, caller, type Name, newExtension, useParley } from "./use-parley.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "parley-secure-"));
afterAll(() => rmSync(folder, { recursive: true }));

const certificate = join(folder, "cert.pem");
const key = join(folder, "key.pem");
async function renew(): Promise<string> {
  const pair = await makeSelfSigned(["127.0.0.1", "localhost"], Date.now());
  writeFileSync(key, pair.key);
  writeFileSync(certificate, pair.cert);
  return pair.cert;
}
let ca = await renew();

const trunk = { name: "office", hosts: ["sip:192.0.2.1"], username: "office", password: "s3cret" };
const parley = useParley({
  env: {
    API_TLS_CERT: certificate,
    API_TLS_KEY: key,
    API_CORS_ORIGINS: JSON.stringify(["https://panel.example"]),
    SIP_STRANGERS: "challenge",
    TRUNKS: JSON.stringify([trunk]),
  },
});

const sockets: (Socket | WebSocket)[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) {
    if ("terminate" in socket) socket.terminate();
    else socket.destroy();
  }
});

const overTls = (): PhoneOptions => ({ carrier: (arrived) => connectTls(parley().sipTls, { ca }, arrived) });
const socketUrl = () => `${parley().url.replace("http", "ws")}/sip`;
const overSocket = (credentials = { user: "office", password: "s3cret" }): PhoneOptions => ({
  carrier: (arrived) => openWebSocket(socketUrl(), {}, arrived),
  credentials,
});

async function joins(name: Name, extension: string, options: PhoneOptions): Promise<Caller> {
  const call = await (await parley().phone(name, options)).call(extension);
  await call.answered();
  return caller(name, call);
}

async function metric(name: string): Promise<number> {
  const line = (await parley().metrics()).split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.split(" ")[1] ?? 0);
}

const counted = (name: string, value: number) =>
  eventually(
    async () => ((await metric(name)) === value ? true : undefined),
    () => `${name} ${value}`,
  );

const openssl = async (...args: string[]): Promise<string> => {
  const target = ["-connect", `127.0.0.1:${parley().sipTls.port}`];
  const asking = execFile("openssl", ["s_client", ...target, ...args], { timeout: 20_000 });
  asking.stdin?.end();
  let output = "";
  for (const stream of [asking.stdout, asking.stderr]) stream?.on("data", (text) => (output += text));
  await once(asking, "close");
  return output;
};

describe("calls", () => {
  it("over TLS, over a WebSocket and over UDP hear each other, and either side ends them", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const [alice, bob, carol] = await Promise.all([
      joins("alice", extension, overTls()),
      joins("bob", extension, overSocket()),
      joins("carol", extension, {}),
    ]);
    await Promise.all([
      alice.hears("bob", "carol"),
      bob.hears("alice", "carol"),
      carol.hears("alice", "bob"),
    ]);
    const transports = (await parley().participants(room)).map(({ transport }) => transport);
    expect([...transports].sort()).toEqual(["TLS", "UDP", "WS"]);

    await alice.call.hangUp();
    await bob.hears("carol");
    // Into the dialog, over the connection that the browser has opened: its Contact is an address that is none.
    const { id } = await parley().participant(room, "bob");
    await parley().command(room, id, "destroy");
    expect((await bob.call.ended()).by).toBe("them");
  });

  it("over a WebSocket need credentials, from wherever they come", async () => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    const stranger = await parley().phone("stranger", overSocket({ user: "office", password: "guess" }));
    const call = await stranger.call(extension);
    expect((await call.rejected()).status).toBe(401);
  });
});

describe("the TLS port, as OpenSSL sees it", () => {
  it("shows the certificate, and speaks TLS 1.2 and 1.3 alone", async () => {
    for (const [version, spoken] of [
      ["1_2", "TLSv1.2"],
      ["1_3", "TLSv1.3"],
    ] as const) {
      const said = await openssl(
        `-tls${version}`,
        "-CAfile",
        certificate,
        "-verify_ip",
        "127.0.0.1",
        "-brief",
      );
      expect(said).toContain(`Protocol version: ${spoken}`);
      expect(said).toContain("Verification: OK");
    }
    for (const version of ["-tls1", "-tls1_1"]) {
      expect(await openssl(version, "-cipher", "ALL:@SECLEVEL=0")).not.toContain("Cipher is ECDHE");
    }
  });

  it("takes the ciphers that keep what was said secret for ever, and no others", async () => {
    const { stdout } = await run("openssl", ["ciphers", "-tls1_2", "-s", "ALL:@SECLEVEL=0"]);
    const names = stdout.trim().split(":");
    expect(names.length).toBeGreaterThan(20);
    const taken: string[] = [];
    for (const name of names) {
      const said = await openssl("-tls1_2", "-cipher", `${name}:@SECLEVEL=0`);
      if (said.includes(`Cipher is ${name}`)) taken.push(name);
    }
    expect(taken).toEqual([
      "ECDHE-ECDSA-AES256-GCM-SHA384",
      "ECDHE-ECDSA-CHACHA20-POLY1305",
      "ECDHE-ECDSA-AES128-GCM-SHA256",
      "ECDHE-ECDSA-AES256-SHA384",
      "ECDHE-ECDSA-AES128-SHA256",
    ]);
  }, 120_000);

  it("shows a certificate that was renewed, without a restart", async () => {
    const before = new X509Certificate(ca).serialNumber;
    const phone = await parley().phone("alice", overTls());
    ca = await renew();
    parley().signal("SIGHUP");
    const after = new X509Certificate(ca).serialNumber;
    await eventually(
      async () =>
        (await openssl("-tls1_3")).includes("Verify") && (await serial()) === after ? true : undefined,
      () => "the new certificate",
    );
    expect(before).not.toBe(after);
    // A connection that stood goes on.
    expect((await phone.request("OPTIONS", "parley")).status).toBe(200);
  });
});

async function serial(): Promise<string | undefined> {
  const socket = connectSecurely({
    ...{ port: parley().sipTls.port, host: "127.0.0.1" },
    rejectUnauthorized: false,
  });
  sockets.push(socket);
  await once(socket, "secureConnect");
  return socket.getPeerX509Certificate()?.serialNumber;
}

describe("attackers", () => {
  it("that say something else than TLS are closed and counted, and others notice nothing", async () => {
    const failed = 'parley_sip_connections_closed_total{reason="handshake"}';
    const before = await metric(failed);
    for (let count = 0; count < 20; count += 1) {
      const socket = connect(parley().sipTls.port, "127.0.0.1");
      sockets.push(socket);
      socket.on("error", () => {});
      socket.write("OPTIONS sip:parley SIP/2.0\r\n\r\n");
      await once(socket, "close");
    }
    await counted(failed, before + 20);
    const phone = await parley().phone("alice", overTls());
    expect((await phone.request("OPTIONS", "parley")).status).toBe(200);
  });

  it("over WebSockets get no further than their first frame, and no more places than there are", async () => {
    const opened = async () => {
      const socket = new WebSocket(socketUrl(), "sip");
      sockets.push(socket);
      socket.on("error", () => {});
      const closed = once(socket, "close").then(([code]) => code as number);
      await once(socket, "open");
      return { socket, closed };
    };
    const hostile = await opened();
    hostile.socket.send("GET / HTTP/1.1\r\n\r\n");
    expect(await hostile.closed).toBe(1003);
    const large = await opened();
    large.socket.send(Buffer.alloc(70_000, "x"));
    expect(await large.closed).toBe(1009);
    for (let count = 0; count < 16; count += 1) await opened();
    expect(await (await opened()).closed).toBe(1013);
  });

  it("from pages of other sites are refused before they are connected", async () => {
    const ask = async (origin: string) => {
      const socket = new WebSocket(socketUrl(), "sip", { headers: { origin } });
      sockets.push(socket);
      socket.on("error", () => {});
      const opened = once(socket, "open").then(() => 101);
      return Promise.race([
        opened,
        once(socket, "unexpected-response").then(([, { statusCode }]) => statusCode),
      ]);
    };
    expect(await ask("https://evil.example")).toBe(403);
    expect(await ask("https://panel.example")).toBe(101);
  });
});
