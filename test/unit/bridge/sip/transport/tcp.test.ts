// TCP on the real loopback; the timers are those of a fake clock.
import { once } from "node:events";
import { connect as open, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RateLimit, silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipMessage } from "../../../../../bridge/sip/message/message.ts";
import {
  createTcpTransport,
  createTransportLayer,
  type Flow,
  type SipTransportLayer,
  type StreamTransport,
  type StreamTransportOptions,
} from "../../../../../bridge/sip/transport/index.ts";
import { newRequest } from "../transaction/peer.ts";

interface End {
  readonly tcp: StreamTransport;
  readonly layer: SipTransportLayer;
  readonly received: { message: SipMessage; flow: Flow }[];
}

let clock: FakeClock;
const ends: End[] = [];
const sockets: Socket[] = [];

beforeEach(() => {
  clock = new FakeClock();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { layer, tcp } of ends.splice(0)) {
    await layer.close();
    expect(tcp.connections).toBe(0);
  }
  expect(clock.pending).toBe(0);
});

async function listen(options: Partial<StreamTransportOptions> = {}, rateLimit?: RateLimit): Promise<End> {
  let tcp!: StreamTransport;
  const layer = createTransportLayer({
    clock,
    logger: silentLogger,
    ...(rateLimit && { rateLimit }),
    transports: [
      (_receive, receiveRead) => {
        const where = { address: "127.0.0.1", port: 0 };
        tcp = createTcpTransport({ clock, logger: silentLogger, receiveRead, ...where, ...options });
        return tcp;
      },
    ],
  });
  const received: End["received"] = [];
  layer.receive = (message, flow) => {
    received.push({ message, flow });
    if (message.kind === "request") void layer.sendResponse(createResponse(message, 200), flow);
  };
  await layer.listen();
  const end = { tcp, layer, received };
  ends.push(end);
  return end;
}

const at = ({ tcp }: End) => ({ protocol: "TCP", address: "127.0.0.1", port: tcp.port }) as const;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle();
}

/** A raw client that collects what it hears. */
async function dial(end: End): Promise<{ socket: Socket; heard: () => string; closed: Promise<unknown> }> {
  const socket = open(end.tcp.port, "127.0.0.1");
  sockets.push(socket);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk.toString();
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await once(socket, "connect");
  return { socket, heard: () => text, closed };
}

const options = (callId: string, port = 5060) =>
  [
    "OPTIONS sip:127.0.0.1 SIP/2.0",
    `Via: SIP/2.0/TCP 127.0.0.1:${port};branch=z9hG4bK${callId}`,
    "From: <sip:eve@example.com>;tag=eve",
    "To: <sip:127.0.0.1>",
    `Call-ID: ${callId}`,
    "CSeq: 1 OPTIONS",
    "Content-Length: 0\r\n\r\n",
  ].join("\r\n");

async function send(from: End, to: End): Promise<Flow> {
  const flow = await from.layer.connect(at(to));
  const request = newRequest("OPTIONS");
  const { address, port } = from.layer.advertised(flow);
  request.headers.prepend("Via", `SIP/2.0/TCP ${address}:${port};branch=z9hG4bK1`);
  await from.layer.sendRequest(request, flow);
  return flow;
}

describe("TCP transport", () => {
  it("carries requests and their responses over one connection, which is used again", async () => {
    const [left, right] = [await listen(), await listen()];
    const [first, second] = await Promise.all([left.layer.connect(at(right)), left.layer.connect(at(right))]);
    expect(second.id).toBe(first.id);
    await send(left, right);
    await send(left, right);
    await until(() => left.received.length === 2);
    expect(left.received.map(({ message }) => message.kind)).toEqual(["response", "response"]);
    expect(right.received[0]?.flow).toMatchObject({ reliable: true, local: { port: right.tcp.port } });
    expect([left.tcp.connections, right.tcp.connections]).toEqual([1, 1]);
    expect(left.layer.advertised(first).port, "the port we listen on").toBe(left.tcp.port);
  });

  it("takes a message in pieces and several in one", async () => {
    const end = await listen();
    const { socket, heard } = await dial(end);
    const text = options("a");
    socket.write(text.slice(0, 50));
    await settle();
    socket.write(text.slice(50) + options("b") + options("c"));
    await until(() => (heard().match(/SIP\/2\.0 200/g) ?? []).length === 3);
    expect(end.received.map(({ message }) => message.callId)).toEqual(["a", "b", "c"]);
  });

  it("answers a ping", async () => {
    const end = await listen();
    const { socket, heard } = await dial(end);
    socket.write("\r\n\r\n");
    await until(() => heard() === "\r\n");
    expect(end.tcp.counters.pings).toBe(1);
  });

  it("does not read on for a while when more comes than its source may send", async () => {
    const end = await listen({}, { perSecond: 10, burst: 20, sources: 10 });
    const { socket } = await dial(end);
    // More than a read and the kernel's buffers together hold.
    const total = 60_000;
    socket.write(Array.from({ length: total }, (_, index) => options(`a${index}`)).join(""));
    await until(() => end.layer.counters.flooded > 0);
    for (let turn = 0; turn < 50; turn += 1) await settle();
    const { flooded } = end.layer.counters;
    expect(end.received).toHaveLength(20);
    expect(flooded).toBeLessThan(2000);
    await clock.run(1000);
    await until(() => end.layer.counters.flooded > flooded);
    expect(end.received, "what it may send meanwhile is read").toHaveLength(30);
    expect(end.layer.counters.flooded).toBeLessThan(4000);
  });

  it("answers what breaks the stream, then closes it", async () => {
    const end = await listen();
    const { socket, heard, closed } = await dial(end);
    socket.write(options("a").replace("Content-Length: 0", "Content-Length: many"));
    await closed;
    expect(heard()).toMatch(/^SIP\/2\.0 400 /);
    await until(() => end.tcp.connections === 0);
    expect(end.tcp.counters.closed).toEqual({ broken: 1 });
  });

  it("closes a caller that never says anything", async () => {
    const end = await listen();
    const { closed } = await dial(end);
    await until(() => end.tcp.connections === 1);
    clock.advance(20_000);
    await closed;
    await until(() => end.tcp.connections === 0);
    expect(end.tcp.counters.closed).toEqual({ silent: 1 });
  });

  it("closes a caller whose message drips", async () => {
    const end = await listen({ limits: { unfinishedMs: 3000 } });
    const { socket, heard, closed } = await dial(end);
    socket.write(options("a"));
    await until(() => heard() !== "");
    const text = options("b");
    for (let byte = 0; byte < 5; byte += 1) {
      socket.write(text[byte]!);
      await settle();
      await settle();
      clock.advance(1000);
    }
    await closed;
    await until(() => end.tcp.connections === 0);
    expect(end.tcp.counters.closed).toEqual({ unfinished: 1 });
  });

  it("keeps a busy caller whose chunks always end within a message", async () => {
    const end = await listen({ limits: { unfinishedMs: 3000 } });
    const { socket } = await dial(end);
    const text = options("a");
    socket.write(text + text.slice(0, 40));
    for (let round = 1; round <= 5; round += 1) {
      await until(() => end.received.length === round);
      clock.advance(2000);
      socket.write(text.slice(40) + text.slice(0, 40));
    }
    await until(() => end.received.length === 6);
    expect(end.tcp.connections).toBe(1);
  });

  it("closes an idle connection, and counts idleness from the last message", async () => {
    const [left, right] = [await listen({ limits: { idleMs: 60_000 } }), await listen()];
    await send(left, right);
    await until(() => left.received.length === 1);
    clock.advance(59_000);
    await send(left, right);
    await until(() => left.received.length === 2);
    clock.advance(59_000);
    expect(left.tcp.connections).toBe(1);
    clock.advance(1000);
    await until(() => left.tcp.connections + right.tcp.connections === 0);
    expect(left.tcp.counters.closed).toEqual({ idle: 1 });
    expect(right.tcp.counters.closed).toEqual({ peer: 1 });
  });

  it("bounds the connections of one source, and of all", async () => {
    const end = await listen({ maxConnectionsPerSource: 2, maxConnections: 3 });
    for (const name of ["a", "b"]) (await dial(end)).socket.write(options(name));
    await until(() => end.received.length === 2);
    const third = await dial(end);
    await third.closed;
    expect(end.tcp.connections).toBe(2);
    expect(end.tcp.counters.refused).toBe(1);

    // Whom we dial takes a place of others, not one of ours.
    for (const displaced of [0, 1, 2]) {
      const other = await listen();
      await end.layer.connect(at(other));
      await until(() => end.tcp.connections === 3);
      expect(end.tcp.counters.closed.displaced ?? 0).toBe(displaced);
    }
    const last = await listen();
    await expect(end.layer.connect(at(last))).rejects.toMatchObject({ code: "TOO_MANY_CONNECTIONS" });
  });

  it("keeps a connection for trusted sources, however many unknown ones wait", async () => {
    // Every connection of this test comes from one address: the first ones are made while it is a stranger's.
    let trusted = false;
    const end = await listen({ maxConnections: 8, maxUnprovenPerSource: 8, trusted: () => trusted });
    const idle = [await dial(end), await dial(end)];
    const third = await dial(end);
    await idle[0]!.closed;
    expect(end.tcp.counters.closed).toEqual({ displaced: 1 });
    trusted = true;
    const known = await dial(end);
    known.socket.write(options("known"));
    await until(() => known.heard() !== "");
    expect(end.tcp.connections).toBe(3);
    clock.advance(20_000);
    await Promise.all([idle[1]!.closed, third.closed]);
    await until(() => end.tcp.connections === 1);
    clock.advance(60_000);
    await settle();
    expect(end.tcp.connections).toBe(1);
  });

  it("closes an unknown source that sends requests without credentials, and keeps one whose credentials were accepted", async () => {
    const end = await listen({ trusted: () => false });
    const [asks, proves] = [await dial(end), await dial(end)];
    asks.socket.write(options("asks"));
    proves.socket.write(options("proves"));
    await until(() => end.received.length === 2);
    const port = (proves.socket.address() as { port: number }).port;
    end.layer.prove(end.received.find(({ flow }) => flow.remote.port === port)!.flow);
    clock.advance(60_000);
    await asks.closed;
    await until(() => end.tcp.connections === 1);
    expect(end.tcp.counters.closed).toEqual({ unproven: 1 });
    clock.advance(60_000);
    await settle();
    expect(end.tcp.connections).toBe(1);
  });

  it("closes connections of unknown sources at once", async () => {
    const end = await listen({ accept: () => false });
    const { closed, heard } = await dial(end);
    await closed;
    expect(heard()).toBe("");
    expect(end.tcp.counters).toMatchObject({ accepted: 0, refused: 1 });
  });

  it("lets go of a peer that does not read", async () => {
    const end = await listen({ limits: { queuedBytes: 100_000 } });
    const { socket, closed } = await dial(end);
    socket.pause();
    socket.write(options("a"));
    await until(() => end.received.length === 1);
    const { flow } = end.received[0]!;
    const results: Promise<unknown>[] = [];
    for (let round = 0; round < 200; round += 1) results.push(end.tcp.send(Buffer.alloc(50_000), flow));
    const settled = await Promise.allSettled(results);
    expect(
      settled.some((result) => result.status === "rejected" && result.reason.code === "PEER_NOT_READING"),
    ).toBe(true);
    socket.resume();
    await closed;
    expect(end.tcp.counters.closed).toEqual({ "not-reading": 1 });
  });

  it("rejects when nothing listens there, and when the port is taken", async () => {
    const end = await listen();
    const gone = await listen();
    await gone.layer.close();
    await expect(end.layer.connect(at(gone))).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const second = createTcpTransport({
      clock,
      logger: silentLogger,
      receiveRead: () => true,
      address: "127.0.0.1",
      port: end.tcp.port,
    });
    await expect(second.listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
    await second.close();
  });

  it("answers on a new connection when that of the request is gone (§18.2.2)", async () => {
    const [left, right] = [await listen(), await listen()];
    const { socket } = await dial(right);
    right.layer.receive = (message, flow) => right.received.push({ message, flow });
    // A sender whose Via names where it listens, and whose connection is gone before the answer.
    const callee = await left.layer.connect(at(right));
    const { address, port } = left.layer.advertised(callee);
    expect([address, port]).toEqual(["127.0.0.1", left.tcp.port]);
    socket.write(options("a", port));
    await until(() => right.received.length === 1);
    socket.destroy();
    await until(() => right.tcp.connections === 1);
    const { message, flow } = right.received[0]!;
    if (message.kind === "request") await right.layer.sendResponse(createResponse(message, 200), flow);
    await until(() => left.received.length === 1);
    expect(left.received[0]?.message).toMatchObject({ kind: "response", status: 200 });
  });

  it("closes while it dials and while others talk", async () => {
    const [left, right] = [await listen(), await listen()];
    await send(left, right);
    const dialing = left.layer.connect({ protocol: "TCP", address: "127.0.0.9", port: right.tcp.port });
    const [outcome] = await Promise.allSettled([dialing, left.layer.close()]);
    expect(outcome.status).toBe("rejected");
    await left.layer.close();
    await until(() => right.tcp.connections === 0);
  });
});
