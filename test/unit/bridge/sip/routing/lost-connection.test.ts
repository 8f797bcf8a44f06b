// A connection that goes takes with it what waits for answers on it, at once; and is opened again for what follows.
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock, settle } from "#test/support";
import {
  createTransactionLayer,
  type SipTransactionLayer,
} from "../../../../../bridge/sip/transaction/index.ts";
import {
  createTcpTransport,
  createTransportLayer,
  type SipTransportLayer,
} from "../../../../../bridge/sip/transport/index.ts";
import { newRequest, storyOf } from "../transaction/peer.ts";

let clock: FakeClock;
let transport: SipTransportLayer;
let layer: SipTransactionLayer;
let server: Server;
let sockets: Socket[];
let heard: string;

beforeEach(async () => {
  clock = new FakeClock();
  transport = createTransportLayer({
    clock,
    logger: silentLogger,
    transports: [
      (_receive, receiveRead, lost) =>
        createTcpTransport({
          clock,
          logger: silentLogger,
          receiveRead,
          lost,
          address: "127.0.0.1",
          port: 0,
        }),
    ],
  });
  layer = createTransactionLayer({ clock, logger: silentLogger, transport });
  await transport.listen();
  sockets = [];
  heard = "";
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      heard += data;
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((closed) => server.close(closed));
  await layer.close();
  await transport.close();
  expect(clock.pending).toBe(0);
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle();
}

const connect = () =>
  transport.connect({
    protocol: "TCP",
    address: "127.0.0.1",
    port: (server.address() as { port: number }).port,
  });

/** The text of a response to the last request that was heard. */
function responseTo(method: string, status: number): string {
  const request = heard.slice(heard.lastIndexOf(`${method} sip:`));
  const copied = request.match(/^(?:Via|From|To|Call-ID|CSeq): .*\r\n/gm) ?? [];
  return `SIP/2.0 ${status} Whatever\r\n${copied.join("")}Content-Length: 0\r\n\r\n`;
}

it("fails every transaction that waits on it, and no other", async () => {
  const flow = await connect();
  const invite = storyOf(layer.request(newRequest("INVITE"), flow));
  await until(() => heard.includes("INVITE sip:"));
  sockets[0]?.write(responseTo("INVITE", 180));
  await until(() => invite.length === 1);
  const options = storyOf(layer.request(newRequest("OPTIONS"), flow));
  const elsewhere = layer.request(newRequest("OPTIONS"), { ...flow, id: "another connection" });
  const other = storyOf(elsewhere);
  await until(() => other.length === 2 && heard.includes("OPTIONS sip:"));

  sockets[0]?.destroy();
  await until(() => options.length === 2 && invite.length === 3);

  expect(invite).toEqual(["180", "transport error", "terminated"]);
  expect(options).toEqual(["transport error", "terminated"]);
  expect(layer.size).toBe(0);
  expect(transport.connectionCounters).toMatchObject({ open: { in: 0, out: 0 }, closed: { peer: 1 } });
});

it("is used again while it stands, and replaced once it has gone", async () => {
  const first = await connect();
  expect((await connect()).id).toBe(first.id);
  await until(() => sockets.length === 1);
  sockets[0]?.end();
  await until(() => transport.connectionCounters.open.out === 0);
  const second = await connect();
  expect(second.id).not.toBe(first.id);
  const options = storyOf(layer.request(newRequest("OPTIONS"), second));
  await until(() => heard.includes("OPTIONS sip:"));
  sockets[1]?.write(responseTo("OPTIONS", 200));
  await until(() => options.length > 0);
  expect(options).toEqual(["200"]);
  await clock.run(0);
  expect(options).toEqual(["200", "terminated"]);
});

it("does not disturb what has been answered", async () => {
  const flow = await connect();
  const invite = storyOf(layer.request(newRequest("INVITE"), flow));
  await until(() => heard.includes("INVITE sip:"));
  sockets[0]?.write(responseTo("INVITE", 200));
  await until(() => invite.length === 1);
  sockets[0]?.destroy();
  await until(() => transport.connectionCounters.open.out === 0);
  await clock.run(32_000);
  expect(invite).toEqual(["200", "terminated"]);
});
