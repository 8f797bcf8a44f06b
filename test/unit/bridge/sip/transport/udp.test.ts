// UDP on the real loopback: addresses, order, errors. The only test here that opens sockets.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger, systemClock } from "#common";
import { createUdpTransport, type Flow, type Transport } from "../../../../../bridge/sip/transport/index.ts";

interface Arrival {
  readonly text: string;
  readonly flow: Flow;
}

const open: Transport[] = [];
afterEach(async () => {
  for (const transport of open.splice(0)) await transport.close();
});

async function listenOn(address: string, port = 0) {
  const arrivals: Arrival[] = [];
  const waiting: ((arrival: Arrival) => void)[] = [];
  const transport = createUdpTransport({
    clock: systemClock,
    logger: silentLogger,
    address,
    port,
    receive: (data, flow) => {
      const arrival = { text: Buffer.from(data).toString(), flow };
      const next = waiting.shift();
      if (next) next(arrival);
      else arrivals.push(arrival);
    },
  });
  open.push(transport);
  await transport.listen();
  const next = async () =>
    arrivals.shift() ?? (await new Promise<Arrival>((resolve) => waiting.push(resolve)));
  return { transport, next };
}

describe("UDP transport", () => {
  it("knows its own address towards each peer although it listens on all", async () => {
    const everywhere = await listenOn("0.0.0.0");
    const peer = await listenOn("127.0.0.2");
    const { port } = everywhere.transport;

    const there = await peer.transport.connect({ protocol: "UDP", address: "127.0.0.1", port });
    await peer.transport.send(Buffer.from("hello"), there);
    const { text, flow } = await everywhere.next();
    expect(text).toBe("hello");
    expect(flow.remote).toEqual({ address: "127.0.0.2", port: peer.transport.port });
    expect(flow.local.address).toMatch(/^127\./);
    expect(flow.local.port).toBe(port);

    await everywhere.transport.send(Buffer.from("and back"), flow);
    expect((await peer.next()).text).toBe("and back");
  });

  it("keeps the order of a new sender's datagrams", async () => {
    const everywhere = await listenOn("0.0.0.0");
    const peer = await listenOn("127.0.0.1");
    const destination = { protocol: "UDP", address: "127.0.0.1", port: everywhere.transport.port } as const;
    const flow = await peer.transport.connect(destination);
    const sent = ["1", "2", "3", "4", "5"];
    for (const text of sent) await peer.transport.send(Buffer.from(text), flow);
    const received: string[] = [];
    for (const _ of sent) received.push((await everywhere.next()).text);
    expect(received).toEqual(sent);
  });

  it("speaks IPv4 over a dual-stack socket and calls it IPv4", async () => {
    const dual = await listenOn("::");
    const peer = await listenOn("127.0.0.1");
    const destination = { protocol: "UDP", address: "127.0.0.1", port: peer.transport.port } as const;
    const flow = await dual.transport.connect(destination);
    expect(flow.local.address).toBe("127.0.0.1");
    await dual.transport.send(Buffer.from("over six"), flow);
    const arrival = await peer.next();
    expect(arrival.flow.remote.address).toBe("127.0.0.1");
    await peer.transport.send(Buffer.from("over four"), arrival.flow);
    expect((await dual.next()).flow.remote).toEqual({ address: "127.0.0.1", port: peer.transport.port });
  });

  it("rejects listen() when the port is taken", async () => {
    const { transport } = await listenOn("127.0.0.1");
    await expect(listenOn("127.0.0.1", transport.port)).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("reports what it cannot send and lives on", async () => {
    const { transport } = await listenOn("127.0.0.1");
    const other = await listenOn("127.0.0.1");
    const flow = await transport.connect({
      protocol: "UDP",
      address: "127.0.0.1",
      port: other.transport.port,
    });
    await expect(transport.send(Buffer.alloc(70_000), flow)).rejects.toMatchObject({ code: "EMSGSIZE" });
    await transport.send(Buffer.from("still here"), flow);
    expect((await other.next()).text).toBe("still here");
  });

  it("survives a peer whose port is closed", async () => {
    const { transport, next } = await listenOn("127.0.0.1");
    const gone = createSocket("udp4");
    gone.bind(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address();
    gone.close();
    await once(gone, "close");
    const flow = await transport.connect({ protocol: "UDP", address: "127.0.0.1", port });
    await transport.send(Buffer.from("anybody?"), flow);
    const self = await transport.connect({ protocol: "UDP", address: "127.0.0.1", port: transport.port });
    await transport.send(Buffer.from("myself"), self);
    expect((await next()).text).toBe("myself");
  });

  it("closes twice, and sends nothing afterwards", async () => {
    const { transport } = await listenOn("127.0.0.1");
    const flow = await transport.connect({ protocol: "UDP", address: "127.0.0.1", port: 9 });
    await transport.close();
    await transport.close();
    await expect(transport.send(Buffer.from("late"), flow)).rejects.toMatchObject({ code: "CLOSED" });
  });
});
