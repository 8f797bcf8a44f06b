// STUN and TURN servers are asked, over each transport that their URLs can name, and whatever they answer.
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#common";
import { type Config, loadConfig } from "#config";
import { FakeClock, settle } from "#test/support";
import { readIceServers } from "../../../../../../bridge/setup/doctor/facts/ice-servers.ts";
import type { IceServerFact } from "../../../../../../bridge/setup/doctor/types.ts";
import { createAuthority } from "../../../../../support/authority.ts";
import { answerTo, bindingSuccess, refusal, success } from "./stun-answers.ts";

let closing: (() => void)[];
beforeEach(() => {
  closing = [];
});
afterEach(() => {
  for (const close of closing) close();
});

function configOf(urls: readonly string[], yaml = ""): Config {
  const servers = JSON.stringify([{ urls, shared_secret: "kestrel" }]);
  const text = `webrtc: { ice_servers: ${servers} }\n${yaml}`;
  return loadConfig({ argv: ["--config", "p"], env: {}, readFile: () => text });
}

const ask = (urls: readonly string[], yaml?: string) => readIceServers(configOf(urls, yaml), systemClock);

type Answer = (request: Buffer, from: RemoteInfo) => readonly Buffer[];

async function udpServer(answer: Answer, bind = "127.0.0.1"): Promise<number> {
  const socket: UdpSocket = createSocket(bind.includes(":") ? "udp6" : "udp4");
  socket.on("message", (request, from) => {
    for (const message of answer(request, from)) socket.send(message, from.port, from.address);
  });
  socket.bind(0, bind);
  await once(socket, "listening");
  closing.push(() => socket.close());
  return socket.address().port;
}

async function streamServer(
  server: Server,
  took: (socket: Socket) => void,
  event = "connection",
): Promise<number> {
  const sockets = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    sockets.add(socket.on("error", () => {}));
    took(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as { port: number }).port;
}

/** In two parts: a stream has no borders. */
const answersInParts = (message: (request: Buffer) => Buffer) => (socket: Socket) =>
  socket.once("data", (request: Buffer) => {
    const bytes = message(request);
    socket.write(bytes.subarray(0, 7));
    setImmediate(() => socket.write(bytes.subarray(7)));
  });

/** What a server has been asked, with a clock that moves only between requests. */
class Requests {
  count = 0;
  #arrived = () => {};
  #next = new Promise<void>((resolve) => {
    this.#arrived = resolve;
  });

  take(answers: readonly Buffer[]): readonly Buffer[] {
    this.count += 1;
    this.#arrived();
    return answers;
  }

  /** Resolves when one has arrived since the last time. */
  async next(): Promise<void> {
    await this.#next;
    this.#next = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
  }

  /** Three requests: at once, after 0.5 s, after another second. */
  async untilGivenUp(url: string): Promise<readonly IceServerFact[]> {
    const clock = new FakeClock();
    const asking = readIceServers(configOf([url]), clock);
    for (const waitMs of [500, 1000]) {
      await this.next();
      clock.advance(waitMs - 1);
      await settle();
      const { count } = this;
      clock.advance(1);
      expect(count).toBe(waitMs === 500 ? 1 : 2);
    }
    await this.next();
    clock.advance(1499);
    await settle();
    expect(clock.pending).toBe(2);
    clock.advance(1);
    expect([this.count, clock.pending]).toEqual([3, 0]);
    return asking;
  }
}

const mapped = (seen: string, told = "127.0.0.1") => ({
  ...{ outcome: "mapped", seen: { address: seen, port: 4711 }, told, certificateFault: undefined },
});

describe("over UDP", () => {
  it("says how it sees this machine, and what it is told", async () => {
    const seen: RemoteInfo[] = [];
    const port = await udpServer((request, from) => {
      seen.push(from);
      return [success(request)];
    });
    const url = `stun:127.0.0.1:${port}`;

    expect(await ask([url])).toEqual([{ url, ...mapped("203.0.113.9") }]);
    expect(seen).toMatchObject([{ size: 20 }]);
  });

  it("is told the public address outside of local_networks", async () => {
    const port = await udpServer((request) => [success(request)]);
    const outside = "node: { public_ipv4: 198.51.100.7, local_networks: [10.0.0.0/8] }\n";

    expect(await ask([`turn:127.0.0.1:${port}`], outside)).toMatchObject([{ told: "198.51.100.7" }]);
  });

  it("of IPv6, in brackets", async () => {
    const port = await udpServer((request) => [success(request)], "::1");
    const url = `turn:[::1]:${port}?transport=udp`;

    expect(await ask([url])).toEqual([{ url, ...mapped("203.0.113.9", "::1") }]);
  });

  it("is asked again after 0.5 and 1 s, and given up after 3 s", async () => {
    const requests = new Requests();
    const port = await udpServer(() => requests.take([]));
    const url = `stun:127.0.0.1:${port}`;

    expect(await requests.untilGivenUp(url)).toEqual([{ url, outcome: "unanswered", problem: "no answer" }]);
  });

  it("is heard after a first datagram was lost", async () => {
    const requests = new Requests();
    const port = await udpServer((request) => requests.take(requests.count > 0 ? [success(request)] : []));
    const clock = new FakeClock();
    const asking = readIceServers(configOf([`stun:127.0.0.1:${port}`]), clock);
    await requests.next();
    clock.advance(500);

    expect(await asking).toMatchObject([{ outcome: "mapped" }]);
    expect([requests.count, clock.pending]).toEqual([2, 0]);
  });

  it("is not believed before it answers this transaction", async () => {
    const port = await udpServer((request) => [
      Buffer.from("SIP/2.0 400 Bad Request\r\n\r\n"),
      Buffer.alloc(0),
      success(Buffer.alloc(12, 7), "192.0.2.66"),
      success(request),
    ]);

    expect(await ask([`stun:127.0.0.1:${port}`])).toMatchObject([mapped("203.0.113.9")]);
  });

  it("that answers with something else says so", async () => {
    const requests = new Requests();
    const port = await udpServer(() => requests.take([Buffer.from("hello")]));
    const url = `stun:127.0.0.1:${port}`;

    expect(await requests.untilGivenUp(url)).toEqual([
      { url, outcome: "unanswered", problem: "what it answers is no STUN" },
    ]);
  });

  it("that refuses says with which code", async () => {
    const port = await udpServer((request) => [refusal(request, 401)]);
    const url = `turn:127.0.0.1:${port}`;

    expect(await ask([url])).toEqual([{ url, outcome: "refused", code: 401 }]);
  });

  it("where nothing listens says so at once", async () => {
    const port = await udpServer(() => []);
    for (const close of closing.splice(0)) close();
    const url = `stun:127.0.0.1:${port}`;

    expect(await ask([url])).toEqual([{ url, outcome: "unanswered", problem: "nothing listens there" }]);
  });
});

describe("over TCP", () => {
  const turn = (port: number) => `turn:127.0.0.1:${port}?transport=tcp`;

  it("is framed by the length in its header", async () => {
    const port = await streamServer(
      createServer(),
      answersInParts((request) => success(request)),
    );

    expect(await ask([turn(port)])).toEqual([{ url: turn(port), ...mapped("203.0.113.9") }]);
  });

  it.each<[what: string, took: (socket: Socket) => void, problem: string]>([
    ["closes", (socket) => socket.resume().end(), "it closes the connection"],
    ["breaks off", (socket) => socket.resume().resetAndDestroy(), "it closes the connection"],
    [
      "speaks something else",
      (socket) => socket.write("SSH-2.0-OpenSSH_9.2p1 Debian\r\n"),
      "what it answers is no STUN",
    ],
    [
      "announces more than any answer has",
      answersInParts((request) => {
        const message = answerTo(request, bindingSuccess);
        message.writeUInt16BE(0xfffc, 2);
        return message;
      }),
      "what it answers is no STUN",
    ],
    [
      "answers another transaction",
      answersInParts(() => success(Buffer.alloc(12, 7))),
      "what it answers is no STUN",
    ],
  ])("one that %s does not answer", async (_, took, problem) => {
    const port = await streamServer(createServer(), took);

    expect(await ask([turn(port)])).toEqual([{ url: turn(port), outcome: "unanswered", problem }]);
  });

  it("is given up after 3 s of silence, or of single bytes", async () => {
    const clock = new FakeClock();
    let arrived = () => {};
    const request = new Promise<void>((resolve) => (arrived = resolve));
    const port = await streamServer(createServer(), (socket) =>
      socket.once("data", () => {
        socket.write(Buffer.from([1]));
        arrived();
      }),
    );
    const asking = readIceServers(configOf([turn(port)]), clock);
    await request;
    clock.advance(3000);

    expect(await asking).toMatchObject([{ outcome: "unanswered", problem: "no answer" }]);
    expect(clock.pending).toBe(0);
  });
});

describe("over TLS", () => {
  it("answers, and its certificate is judged by its name", async () => {
    const authority = await createAuthority();
    const { cert, key } = await authority.issue(["127.0.0.1"]);
    const server = createTlsServer({ cert, key });
    const port = await streamServer(
      server,
      answersInParts((request) => success(request)),
      "secureConnection",
    );
    const url = `turns:127.0.0.1:${port}`;

    expect(await ask([url])).toEqual([
      { url, ...mapped("203.0.113.9"), certificateFault: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    ]);
  });

  it("is not what a server without TLS speaks; TURN over DTLS is not asked", async () => {
    const port = await streamServer(createServer(), (socket) => {
      socket.once("data", () => socket.write("hello, and goodbye\r\n"));
    });
    const urls = [`stuns:127.0.0.1:${port}`, `turns:127.0.0.1:${port}?transport=udp`];

    expect(await ask(urls)).toEqual([
      { url: urls[0], outcome: "unanswered", problem: "it does not speak TLS" },
      { url: urls[1], outcome: "unasked" },
    ]);
  });
});

it("each URL is asked once, all at once; what is written wrong is named by its place", async () => {
  let requests = 0;
  const port = await udpServer((request) => {
    requests += 1;
    return [success(request)];
  });
  const url = `stun:127.0.0.1:${port}`;

  expect(await ask([url, "turn:ada:secret@127.0.0.1", url])).toEqual([
    expect.objectContaining({ url, outcome: "mapped" }),
    { url: "webrtc.ice_servers[0].urls[1]", outcome: "malformed" },
  ]);
  expect(requests).toBe(1);
});

describe("a name", () => {
  const named = (port: number) => [`stun:stun.example.com:${port}`];
  const byName = (port: number, find: (family: 4 | 6) => Promise<readonly { readonly address: string }[]>) =>
    readIceServers(configOf(named(port)), new FakeClock(), ({ name, family }) => {
      expect(name).toBe("stun.example.com");
      return find(family);
    });

  it("is looked up", async () => {
    const port = await udpServer((request) => [success(request)]);

    expect(await byName(port, async () => [{ address: "127.0.0.1" }])).toMatchObject([{ outcome: "mapped" }]);
  });

  it("is asked by IPv6 where it has no IPv4 address, or none that answers", async () => {
    const port = await udpServer((request) => [success(request)], "::1");
    const six = async (family: 4 | 6) => (family === 6 ? [{ address: "::1" }] : []);
    const both = async (family: 4 | 6) => [{ address: family === 6 ? "::1" : "127.0.0.1" }];

    expect(await byName(port, six)).toMatchObject([{ outcome: "mapped", told: "::1" }]);
    expect(await byName(port, both)).toMatchObject([{ outcome: "mapped", told: "::1" }]);
  });

  it("whose IPv4 address refuses, and that has no other, is said to refuse", async () => {
    const port = await udpServer(() => []);
    for (const close of closing.splice(0)) close();
    const four = async (family: 4 | 6) => (family === 4 ? [{ address: "127.0.0.1" }] : []);

    expect(await byName(port, four)).toMatchObject([{ problem: "nothing listens there" }]);
  });

  it.each<[string, () => Promise<readonly { readonly address: string }[]>, string]>([
    ["has no address", async () => [], "its name has no address"],
    [
      "that no name server answers for",
      () => Promise.reject(new Error("queryA ETIMEOUT stun.example.com")),
      "its name cannot be looked up: queryA ETIMEOUT stun.example.com",
    ],
  ])("%s", async (_, find, problem) => {
    expect(await byName(3478, find)).toEqual([{ url: named(3478)[0], outcome: "unanswered", problem }]);
  });

  it("is waited for as long as an answer", async () => {
    const clock = new FakeClock();
    const asking = readIceServers(configOf(named(3478)), clock, () => new Promise(() => {}));
    clock.advance(3000);

    expect(await asking).toMatchObject([{ outcome: "unanswered", problem: "its name is not found in time" }]);
    expect(clock.pending).toBe(0);
  });
});

it("without servers nothing is asked", async () => {
  const config = loadConfig({ argv: [], env: {}, readFile: () => "" });
  expect(await readIceServers(config, new FakeClock())).toEqual([]);
});
