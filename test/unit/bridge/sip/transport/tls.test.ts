// TLS on the real loopback; the timers are those of a fake clock.
import { once } from "node:events";
import { connect as openPlain, type Socket } from "node:net";
import { type ConnectionOptions, connect as openTls, type TLSSocket } from "node:tls";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipMessage } from "../../../../../bridge/sip/message/message.ts";
import {
  anyPeer,
  ConnectionLimiter,
  createTcpTransport,
  createTlsTransport,
  createTransportLayer,
  type Destination,
  type Flow,
  type SipTransportLayer,
  type StreamTransport,
  TlsClient,
  type TlsIdentity,
  type TlsPeer,
  type TlsTransportOptions,
} from "../../../../../bridge/sip/transport/index.ts";
import { type Authority, createAuthority, type Pem } from "../../../../support/authority.ts";
import { newRequest } from "../transaction/peer.ts";

interface End {
  readonly tls: StreamTransport;
  readonly layer: SipTransportLayer;
  readonly received: { message: SipMessage; flow: Flow }[];
  readonly lost: Flow[];
}

let authority: Authority;
let pair: Pem;
let clock: FakeClock;
const ends: End[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  authority = await createAuthority();
  pair = await authority.issue(["pbx.example", "127.0.0.1"]);
});
beforeEach(() => {
  clock = new FakeClock();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { layer, tls } of ends.splice(0)) {
    await layer.close();
    expect(tls.connections).toBe(0);
  }
  expect(clock.pending).toBe(0);
});

/** Of a peer that is to be believed by the authority of the tests. */
const believing: TlsPeer = { ...anyPeer, ca: "ca.pem" };
const clientFor = (peer: TlsPeer, files: Readonly<Record<string, string>> = {}) =>
  new TlsClient(() => peer, {
    read: (path) => ({ "ca.pem": authority.cert, ...files })[path] ?? "",
    version: () => 0,
  });

const identityOf = (current: TlsIdentity) => ({ current, onChange: () => {} });

async function listen(options: Partial<TlsTransportOptions> = {}): Promise<End> {
  let tls!: StreamTransport;
  const layer = createTransportLayer({
    clock,
    logger: silentLogger,
    transports: [
      (_receive, receiveRead, lost) => {
        const where = { address: "127.0.0.1", port: 0 };
        const defaults = { identity: identityOf(pair), client: clientFor(believing) };
        tls = createTlsTransport({
          clock,
          logger: silentLogger,
          receiveRead,
          lost,
          ...where,
          ...defaults,
          ...options,
        });
        return tls;
      },
    ],
  });
  const end: End = { tls, layer, received: [], lost: [] };
  layer.receive = (message, flow) => {
    end.received.push({ message, flow });
    if (message.kind === "request") void layer.sendResponse(createResponse(message, 200), flow);
  };
  layer.lost = (flow) => void end.lost.push(flow);
  await layer.listen();
  ends.push(end);
  return end;
}

const at = ({ tls }: End, host = "pbx.example"): Destination => ({
  protocol: "TLS",
  address: "127.0.0.1",
  port: tls.port,
  host,
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle();
}

async function plain(end: End): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const socket = openPlain(end.tls.port, "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => {});
  socket.resume();
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await once(socket, "connect");
  return { socket, closed };
}

interface Client {
  readonly socket: TLSSocket;
  readonly heard: () => string;
  readonly closed: Promise<unknown>;
}

async function secure(end: End, options: ConnectionOptions = {}): Promise<Client> {
  const socket = openTls({
    ...{ port: end.tls.port, host: "127.0.0.1", servername: "pbx.example", ca: authority.cert },
    ...options,
  });
  sockets.push(socket);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  const closed = new Promise((resolve) => socket.on("close", resolve));
  const failed = new Promise((_, reject) => socket.on("error", reject));
  failed.catch(() => {});
  await Promise.race([once(socket, "secureConnect"), failed]);
  return { socket, heard: () => text, closed };
}

const options = (callId: string) =>
  [
    "OPTIONS sips:127.0.0.1 SIP/2.0",
    `Via: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK${callId}`,
    "From: <sip:eve@example.com>;tag=eve",
    "To: <sip:127.0.0.1>",
    `Call-ID: ${callId}`,
    "CSeq: 1 OPTIONS",
    "Content-Length: 0\r\n\r\n",
  ].join("\r\n");

async function send(from: End, to: End, host?: string): Promise<Flow> {
  const flow = await from.layer.connect(at(to, host));
  const request = newRequest("OPTIONS");
  const { address, port } = from.layer.advertised(flow);
  request.headers.prepend("Via", `SIP/2.0/TLS ${address}:${port};branch=z9hG4bK1`);
  await from.layer.sendRequest(request, flow);
  return flow;
}

describe("connections that others open", () => {
  it("carry messages both ways, and name TLS and our listener", async () => {
    const end = await listen();
    const { socket, heard } = await secure(end);
    socket.write(options("a"));
    await until(() => heard() !== "");
    expect(heard()).toMatch(/^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/TLS /);
    const { flow } = end.received[0]!;
    expect(flow).toMatchObject({ protocol: "TLS", reliable: true, remote: { address: "127.0.0.1" } });
    expect(flow.peerNames).toBeUndefined();
    expect(end.layer.advertised(flow)).toEqual({ address: "127.0.0.1", port: end.tls.port });
  });

  it("speak TLS 1.2 and 1.3, nothing older and nothing weak", async () => {
    const end = await listen();
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const { socket } = await secure(end, { minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
    }
    const weak = "AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0";
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
    await expect(secure(end, { maxVersion: "TLSv1.2", ciphers: weak })).rejects.toThrow(/handshake failure/);
    await expect(secure(end, old)).rejects.toThrow();
    await until(() => end.tls.counters.closed.handshake === 2);
  });

  it("are closed when their handshake stalls, and when it is none", async () => {
    const end = await listen({ handshakeMs: 10_000 });
    const [stalls, talks] = [await plain(end), await plain(end)];
    await until(() => end.tls.counters.accepted === 2);
    // The beginning of a handshake record, and nothing behind it.
    stalls.socket.write(Buffer.from([22, 3, 1, 2, 0, 1]));
    talks.socket.write(options("a"));
    await talks.closed;
    await settle();
    clock.advance(9999);
    await settle();
    expect(stalls.socket.destroyed).toBe(false);
    clock.advance(1);
    await stalls.closed;
    await until(() => end.tls.counters.closed["handshake-timeout"] === 1);
    expect(end.tls.counters.closed).toEqual({ handshake: 1, "handshake-timeout": 1 });
    expect([end.received, end.lost]).toEqual([[], []]);
  });

  it("have few places before their handshake is over, and few handshakes a second", async () => {
    const end = await listen({ trusted: () => false, maxUnprovenPerSource: 3 });
    for (let made = 0; made < 3; made += 1) await plain(end);
    const fourth = await plain(end);
    await fourth.closed;
    expect(end.tls.counters).toMatchObject({ accepted: 3, refused: 1 });
    for (const socket of sockets.splice(0)) socket.destroy();
    await until(() => end.tls.counters.closed.handshake === 3);
    for (let made = 4; made < 50; made += 1) {
      const { socket } = await plain(end);
      socket.destroy();
      await until(() => end.tls.counters.closed.handshake === made);
    }
    const last = await plain(end);
    await last.closed;
    expect(end.tls.counters.refused).toBe(2);
    clock.advance(1000);
    await secure(end);
  });

  it("share their places with those over TCP", async () => {
    const places = new ConnectionLimiter({ clock, maxConnectionsPerSource: 1 });
    const end = await listen({ places });
    const where = { address: "127.0.0.1", port: 0 };
    const tcp = createTcpTransport({
      clock,
      logger: silentLogger,
      receiveRead: () => true,
      places,
      ...where,
    });
    await tcp.listen();
    await secure(end);
    const second = openPlain(tcp.port, "127.0.0.1");
    sockets.push(second);
    second.on("error", () => {});
    await once(second, "close");
    expect(tcp.counters.refused).toBe(1);
    await tcp.close();
  });

  it("get a new certificate once it is replaced, and keep the one they began with", async () => {
    let replace!: (next: TlsIdentity) => void;
    const end = await listen({ identity: { current: pair, onChange: (apply) => (replace = apply) } });
    const before = await secure(end);
    replace(await authority.issue(["new.example"]));
    const after = await secure(end, { servername: "new.example" });
    expect(after.socket.getPeerCertificate().subjectaltname).toBe("DNS:new.example");
    before.socket.write(options("a"));
    await until(() => before.heard() !== "");
    // What cannot be used changes nothing.
    replace({ cert: "nonsense", key: "nonsense" });
    await secure(end, { servername: "new.example" });
  });

  it("say who they are by a certificate, where an authority for it is configured", async () => {
    const end = await listen({ clientAuthorities: authority.cert });
    const foreign = await (await createAuthority()).issue(["office.example"]);
    const own = await authority.issue(["sip:office.example", "x.example"]);
    const shown: (readonly string[] | undefined)[] = [];
    for (const certificate of [{}, foreign, own]) {
      const { socket, heard } = await secure(end, certificate);
      socket.write(options("a"));
      await until(() => heard() !== "");
      shown.push(end.received.at(-1)!.flow.peerNames);
    }
    expect(shown).toEqual([undefined, undefined, ["office.example"]]);
  });

  it("are refused without a certificate where one is required", async () => {
    const end = await listen({ clientAuthorities: authority.cert, requireClientCertificate: true });
    const { closed, socket } = await secure(end);
    socket.write(options("a"));
    await closed;
    expect(end.received).toEqual([]);
    expect(end.tls.counters.closed).toEqual({ handshake: 1 });
    const known = await secure(end, await authority.issue(["office.example"]));
    known.socket.write(options("b"));
    await until(() => known.heard() !== "");
  });

  it("are trusted by the certificate where the address is not", async () => {
    const end = await listen({
      clientAuthorities: authority.cert,
      trusted: ({ peerNames = [] }) => peerNames.includes("office.example"),
    });
    const known = await secure(end, await authority.issue(["office.example"]));
    const stranger = await secure(end);
    for (const { socket } of [known, stranger]) socket.write(options("a"));
    await until(() => end.received.length === 2);
    clock.advance(60_000);
    await stranger.closed;
    await until(() => end.tls.connections === 1);
    expect(known.socket.destroyed).toBe(false);
  });
});

describe("connections that we open", () => {
  it("are used again for the same host, and for another one only if the certificate has it too", async () => {
    const [left, right] = [
      await listen(),
      await listen({ identity: identityOf(await authority.issue(["a.example", "b.example", "127.0.0.1"])) }),
    ];
    const [first, second] = await Promise.all([
      left.layer.connect(at(right, "a.example")),
      left.layer.connect(at(right, "a.example")),
    ]);
    expect(second.id).toBe(first.id);
    expect((await left.layer.connect(at(right, "b.example"))).id).toBe(first.id);
    const { host: _, ...byAddress } = at(right);
    expect((await left.layer.connect(byAddress)).id).toBe(first.id);
    await expect(left.layer.connect(at(right, "c.example"))).rejects.toMatchObject({
      code: "CERTIFICATE_NAME",
    });
    await send(left, right, "a.example");
    await until(() => left.received.length === 1);
    expect([left.tls.connections, right.tls.connections]).toEqual([1, 1]);
    expect(first.peerNames).toEqual(["a.example", "b.example"]);
  });

  it("serve no host that is met by other rules, whatever the certificate says", async () => {
    const right = await listen({
      identity: identityOf(await authority.issue(["a.example", "b.example", "127.0.0.1"])),
    });
    const peers: Record<string, TlsPeer> = {
      "a.example": { ...believing, verify: false },
      "b.example": { ...believing },
      "127.0.0.1": { ...believing },
    };
    const read = () => authority.cert;
    const left = await listen({ client: new TlsClient((host) => peers[host], { read, version: () => 0 }) });
    const ids = new Set<string>();
    for (const host of [...Object.keys(peers), ...Object.keys(peers)]) {
      ids.add((await left.layer.connect(at(right, host))).id);
    }
    expect(ids.size).toBe(3);
  });

  it.each([
    ["for another name", "other.example", believing, /is for DNS:pbx\.example/],
    [
      "of an unknown authority",
      "pbx.example",
      anyPeer,
      /self-signed certificate in certificate chain|unable to (get|verify)/,
    ],
  ])("are given up when the certificate is %s", async (_, host, peer, reason) => {
    const [left, right] = [await listen({ client: clientFor(peer) }), await listen()];
    await expect(left.layer.connect(at(right, host))).rejects.toThrow(reason);
    await until(() => right.tls.connections === 0);
    expect(left.tls.counters).toMatchObject({ opened: 0 });
  });

  it("take a name that the configuration allows, or any certificate where it says so", async () => {
    const right = await listen();
    const named = await listen({ client: clientFor({ ...believing, names: ["pbx.example"] }) });
    const blind = await listen({ client: clientFor({ ...anyPeer, verify: false }) });
    expect((await named.layer.connect(at(right, "sip.other.example"))).peerNames).toEqual(["pbx.example"]);
    expect((await blind.layer.connect(at(right, "anything.example"))).peerNames).toBeUndefined();
  });

  it("name the host that is wanted, and show a certificate where there is one", async () => {
    const own = await authority.issue(["bridge.example"]);
    const right = await listen({ clientAuthorities: authority.cert, requireClientCertificate: true });
    const client = clientFor(
      { ...believing, certificate: "own.pem", key: "own.key" },
      { "own.pem": own.cert, "own.key": own.key },
    );
    const left = await listen({ client });
    await send(left, right);
    await until(() => right.received.length === 1);
    expect(right.received[0]!.flow.peerNames).toEqual(["bridge.example"]);
  });

  it("serve no request of ours when the peer has opened them without a certificate", async () => {
    const [left, right] = [await listen(), await listen()];
    const flow = await left.layer.connect(at(right));
    await until(() => right.tls.connections === 1);
    const back = {
      protocol: "TLS",
      address: "127.0.0.1",
      port: flow.local.port,
      host: "pbx.example",
    } as const;
    await expect(right.layer.connect(back)).rejects.toThrow();
  });

  it("are given up when the peer does not shake hands in time", async () => {
    const left = await listen({ connectTimeoutMs: 5000 });
    const mute = createTcpTransport({
      ...{ clock, logger: silentLogger, receiveRead: () => true, address: "127.0.0.1", port: 0 },
    });
    await mute.listen();
    const dialling = left.layer.connect({
      protocol: "TLS",
      address: "127.0.0.1",
      port: mute.port,
      host: "pbx.example",
    });
    await until(() => mute.connections === 1);
    clock.advance(5000);
    await expect(dialling).rejects.toMatchObject({ code: "CONNECT_TIMEOUT" });
    await mute.close();
  });
});

describe("keep-alives (RFC 5626)", () => {
  it("are answered, and sent where we have opened the connection and it is quiet", async () => {
    const [left, right] = [await listen(), await listen()];
    await send(left, right);
    await until(() => left.received.length === 1);
    clock.advance(100_000);
    await until(() => right.tls.counters.pings === 1);
    const { socket, heard } = await secure(left);
    socket.write("\r\n\r\n");
    await until(() => heard() === "\r\n");
  });
});
