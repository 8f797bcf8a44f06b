// SIP over WebSockets, behind a real HTTP server on loopback; the timers are those of a fake clock.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipMessage } from "../../../../../bridge/sip/message/message.ts";
import {
  ConnectionLimiter,
  createTransportLayer,
  createWebSocketTransport,
  type Flow,
  type SipTransportLayer,
  type WebSocketTransport,
  type WebSocketTransportOptions,
} from "../../../../../bridge/sip/transport/index.ts";
import { newRequest } from "../transaction/peer.ts";

let clock: FakeClock;
let server: Server;
let http: WebSocketServer;
let transport: WebSocketTransport;
let layer: SipTransportLayer;
let received: { message: SipMessage; flow: Flow }[];
let lost: Flow[];
/** As a proxy would tell it. */
let client: { readonly address: string; readonly proxied: boolean };
const clients: WebSocket[] = [];

async function open(options: Partial<WebSocketTransportOptions> = {}): Promise<void> {
  layer = createTransportLayer({
    clock,
    logger: silentLogger,
    transports: [
      (_receive, receiveRead, lose) => {
        const defaults = { protocol: "WSS", port: 8887, clock, receiveRead, lost: lose } as const;
        transport = createWebSocketTransport({ ...defaults, ...options });
        return transport;
      },
    ],
  });
  layer.receive = (message, flow) => {
    received.push({ message, flow });
    if (message.kind === "request") void layer.sendResponse(createResponse(message, 200), flow);
  };
  layer.lost = (flow) => void lost.push(flow);
  await layer.listen();
}

beforeEach(async () => {
  clock = new FakeClock();
  received = [];
  lost = [];
  client = { address: "127.0.0.1", proxied: false };
  server = createServer();
  http = new WebSocketServer({ server, maxPayload: 65_536, autoPong: false });
  http.on("connection", (socket, { socket: { remotePort = 0, localPort = 0 } }) => {
    const { address, proxied } = client;
    const local = { address: "127.0.0.1", port: localPort };
    void transport.take({ socket, remote: { address, port: remotePort }, local, proxied });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  for (const one of clients.splice(0)) one.terminate();
  await layer.close();
  await new Promise((resolve) => http.close(resolve));
  await new Promise((resolve) => server.close(resolve));
  expect([transport.connections, clock.pending]).toEqual([0, 0]);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle();
}

interface Client {
  readonly socket: WebSocket;
  /** What has come, with its kind of frame. */
  readonly heard: string[];
  readonly closed: Promise<number>;
}

async function connect(options: WebSocket.ClientOptions = {}): Promise<Client> {
  const { port } = server.address() as { port: number };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/sip`, "sip", options);
  clients.push(socket);
  const heard: string[] = [];
  socket.on("message", (data, isBinary) => heard.push(`${isBinary ? "binary" : "text"} ${data}`));
  socket.on("ping", () => heard.push("ping"));
  socket.on("pong", (data) => heard.push(`pong ${data}`));
  socket.on("error", () => {});
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  await once(socket, "open");
  return { socket, heard, closed };
}

const options = (callId: string, extra = "") =>
  [
    "OPTIONS sip:127.0.0.1 SIP/2.0",
    `Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK${callId}`,
    "From: <sip:eve@example.com>;tag=eve",
    "To: <sip:127.0.0.1>",
    `Call-ID: ${callId}`,
    "CSeq: 1 OPTIONS",
    `${extra}\r\n`,
  ].join("\r\n");

describe("messages", () => {
  it("come and go one in each frame, as text or binary, with Content-Length or without", async () => {
    await open();
    const { socket, heard } = await connect();
    socket.send(options("a"));
    socket.send(Buffer.from(options("b", "Content-Length: 0\r\n")), { binary: true });
    await until(() => heard.length === 2);
    expect(heard[0]).toMatch(
      /^text SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/WSS df7jal23ls0d\.invalid;.*received=127/,
    );
    expect(received.map(({ message }) => message.callId)).toEqual(["a", "b"]);
    expect(received[0]!.flow).toMatchObject({ protocol: "WSS", reliable: true, id: "wss 1" });
    expect(layer.advertised(received[0]!.flow)).toEqual({ address: "127.0.0.1", port: 8887 });
  });

  it("that are not UTF-8 go out as binary", async () => {
    await open();
    const { socket, heard } = await connect();
    socket.send(options("a"));
    await until(() => heard.length === 1);
    const request = newRequest("OPTIONS");
    const { flow } = received[0]!;
    await transport.send(Buffer.concat([Buffer.from(`${request.method} `), Buffer.from([0xff, 0xfe])]), flow);
    await until(() => heard.length === 2);
    expect(heard[1]).toMatch(/^binary OPTIONS /);
  });

  it("that are wrong are answered, and the connection stays", async () => {
    await open();
    const { socket, heard } = await connect();
    socket.send(options("a").replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE"));
    socket.send(options("b"));
    await until(() => heard.length === 2);
    expect(heard.map((text) => text.slice(0, 16))).toEqual(["text SIP/2.0 400", "text SIP/2.0 200"]);
  });

  it.each([
    ["is no SIP", "GET / HTTP/1.1\r\n\r\n", 1003],
    ["is one letter", "x", 1003],
    ["is larger than the limit", "x".repeat(65_537), 1009],
  ])("end the connection when one %s", async (_, text, code) => {
    await open();
    const { socket, closed } = await connect();
    socket.send(text);
    expect(await closed).toBe(code);
    await until(() => lost.length === 1);
    expect(received).toEqual([]);
  });

  it("end it too when the frames are none", async () => {
    await open();
    const { socket, closed } = await connect();
    (socket as unknown as { _socket: { write(data: Buffer): void } })._socket.write(
      Buffer.from([0xff, 0x80, 0, 0, 0, 0]),
    );
    expect(await closed).toBe(1002);
    await until(() => transport.counters.closed.error === 1);
  });

  it("are read with rests when there are too many pings among them", async () => {
    await open();
    const { socket, heard } = await connect();
    socket.send(options("a"));
    await until(() => heard.length === 1);
    for (let count = 0; count < 21; count += 1) socket.ping();
    await until(() => transport.counters.pings === 21);
    socket.send(options("b"));
    for (let turn = 0; turn < 20; turn += 1) await settle();
    expect(received).toHaveLength(1);
    clock.advance(1000);
    await until(() => received.length === 2);
  });
});

describe("pings", () => {
  it("are answered in kind: frames with what they carry, empty lines with one", async () => {
    await open();
    const { socket, heard } = await connect();
    socket.ping("there?");
    socket.send("\r\n\r\n");
    await until(() => heard.length === 2);
    expect(heard).toEqual(["pong there?", "text \r\n"]);
    expect(transport.counters.pings).toBe(2);
  });

  it("are sent, and a browser that does not answer is gone", async () => {
    await open();
    const [alive, dead] = [await connect(), await connect({ autoPong: false })];
    for (const [index, { socket }] of [alive, dead].entries()) socket.send(options(`a${index}`));
    await until(() => received.length === 2);
    for (const { flow } of received) layer.prove(flow);
    clock.advance(25_000);
    await until(() => alive.heard.includes("ping") && dead.heard.includes("ping"));
    // The pong of the living one is on its way.
    await settle();
    await settle();
    clock.advance(10_000);
    await dead.closed;
    await until(() => lost.length === 1);
    expect(transport.counters.closed).toEqual({ dead: 1 });
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe("a connection", () => {
  it("is a stranger's wherever it comes from, and has to show credentials in time", async () => {
    await open({ limits: { pingMs: 1_000_000 } });
    const [silent, asks, proven] = [await connect(), await connect(), await connect()];
    asks.socket.send(options("asks"));
    proven.socket.send(options("proven"));
    await until(() => received.length === 2);
    const { flow } = received.find(({ message }) => message.callId === "proven")!;
    layer.prove(flow, "token 1");
    clock.advance(20_000);
    expect(await silent.closed).toBe(1001);
    clock.advance(40_000);
    expect(await asks.closed).toBe(1001);
    await until(() => lost.length === 2);
    expect(transport.counters.closed).toEqual({ silent: 1, unproven: 1 });
    expect(proven.socket.readyState).toBe(WebSocket.OPEN);
  });

  it("is closed with the credential that was accepted on it", async () => {
    await open();
    const ends = [await connect(), await connect(), await connect()];
    for (const [index, { socket }] of ends.entries()) socket.send(options(`c${index}`));
    await until(() => received.length === 3);
    const flowOf = (index: number) => received.find(({ message }) => message.callId === `c${index}`)!.flow;
    layer.prove(flowOf(0), "token 1");
    layer.prove(flowOf(1), "token 1");
    layer.prove(flowOf(1), "account 7");
    layer.prove(flowOf(2), "token 2");
    expect(layer.revoke("account 7")).toBe(1);
    await ends[1]!.closed;
    expect(layer.revoke("token 1")).toBe(1);
    await ends[0]!.closed;
    expect(ends[2]!.socket.readyState).toBe(WebSocket.OPEN);
    expect(transport.counters.closed).toEqual({ revoked: 2 });
  });

  it("is refused where its source has its places, or is not accepted", async () => {
    const places = new ConnectionLimiter({ clock, maxUnprovenPerSource: 1 });
    await open({ places, accept: ({ remote }) => remote.address !== "192.0.2.66" });
    await connect();
    const second = await connect();
    expect(await second.closed).toBe(1013);
    client = { address: "192.0.2.66", proxied: true };
    const unwanted = await connect();
    expect(await unwanted.closed).toBe(1008);
    expect(transport.counters).toMatchObject({ accepted: 1, refused: 2 });
  });

  it("through a proxy counts for the client, and media leaves from the address that faces it", async () => {
    await open({ findRoute: async (remote) => (remote === "203.0.113.5" ? "192.0.2.10" : "192.0.2.99") });
    client = { address: "203.0.113.5", proxied: true };
    const { socket } = await connect();
    socket.send(options("a"));
    await until(() => received.length === 1);
    expect(received[0]!.flow).toMatchObject({
      remote: { address: "203.0.113.5" },
      local: { address: "192.0.2.10" },
    });
  });

  it("learns that the bridge ends", async () => {
    await open();
    const { closed } = await connect();
    await until(() => transport.connections === 1);
    await layer.close();
    expect(await closed).toBe(1001);
  });

  it("is never opened by us", async () => {
    await open();
    expect(layer.supports("WSS", 4)).toBe(false);
    const destination = { protocol: "WSS", address: "192.0.2.1", port: 443 } as const;
    await expect(layer.connect(destination)).rejects.toMatchObject({ code: "NO_TRANSPORT" });
  });
});
