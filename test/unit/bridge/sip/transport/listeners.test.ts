// Several addresses to listen on: which one speaks to whom, and as whom.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock, MemoryNetwork } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import {
  createTcpTransport,
  createTransportLayer,
  createUdpTransport,
  type SipTransportLayer,
  type Transport,
  type TransportLayerOptions,
} from "../../../../../bridge/sip/transport/index.ts";
import { freePort, optionsFrom } from "../routing/real.ts";

/** What the kernel's table of routes would say. */
const routes: Readonly<Record<string, string>> = {
  "10.0.0.9": "10.0.0.1",
  "192.168.1.9": "192.168.1.1",
  "198.51.100.7": "192.168.1.1",
  "203.0.113.7": "203.0.113.5",
  "127.0.0.1": "127.0.0.1",
  "172.16.0.9": "172.16.0.1",
  "100.64.0.9": "10.0.0.1",
};

let clock: FakeClock;
let network: MemoryNetwork;
let layer: SipTransportLayer;

async function listen(addresses: readonly string[], options: Partial<TransportLayerOptions> = {}) {
  layer = createTransportLayer({
    clock,
    logger: silentLogger,
    transports: addresses.map((address) => (receive) => network.transport({ addresses: [address], receive })),
    findRoute: async (remote) => {
      const ours = routes[remote];
      if (ours === undefined) throw Object.assign(new Error("no route"), { code: "ENETUNREACH" });
      return ours;
    },
    ...options,
  });
  await layer.listen();
}

const flowTo = (address: string) => layer.connect({ protocol: "UDP", address, port: 5060 });
const localTowards = async (address: string) => (await flowTo(address)).local.address;

beforeEach(() => {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
});

afterEach(() => layer.close());

describe("a destination gets", () => {
  it("the listener of its family, without asking for a route when there is only one", async () => {
    await listen(["10.0.0.1", "fd00::1"]);
    expect(await localTowards("10.9.9.9")).toBe("10.0.0.1");
    expect(await localTowards("2001:db8::9")).toBe("fd00::1");
  });

  it("among several the one that the system's route leads through", async () => {
    await listen(["127.0.0.1", "10.0.0.1", "192.168.1.1"]);
    expect(await localTowards("10.0.0.9")).toBe("10.0.0.1");
    expect(await localTowards("192.168.1.9")).toBe("192.168.1.1");
    expect(await localTowards("127.0.0.1")).toBe("127.0.0.1");
  });

  it("one that is not the loopback when the route leads through an address we do not listen on", async () => {
    await listen(["127.0.0.1", "10.0.0.1"]);
    expect(await localTowards("172.16.0.9")).toBe("10.0.0.1");
  });

  it("nothing without a route or a listener of its family", async () => {
    await listen(["127.0.0.1", "10.0.0.1"]);
    await expect(flowTo("10.77.0.1")).rejects.toMatchObject({ code: "ENETUNREACH" });
    await expect(flowTo("2001:db8::9")).rejects.toMatchObject({ code: "NO_TRANSPORT" });
    expect(layer.supports("UDP", 4)).toBe(true);
    expect(layer.supports("UDP", 6)).toBe(false);
    expect(layer.supports("TCP", 4)).toBe(false);
  });
});

describe("an answer", () => {
  it("leaves from the listener that the request came to, whatever the route says", async () => {
    await listen(["10.0.0.1", "192.168.1.1"]);
    const arrivedAt: string[] = [];
    layer.receive = (message, flow) => {
      arrivedAt.push(flow.local.address);
      if (message.kind === "request") void layer.sendResponse(createResponse(message, 200), flow);
    };
    const stranger: Transport = network.transport({ addresses: ["10.0.0.9"], receive: () => {} });
    await stranger.listen();
    for (const address of ["192.168.1.1", "10.0.0.1"]) {
      const flow = await stranger.connect({ protocol: "UDP", address, port: 5060 });
      const lines = [
        "OPTIONS sip:parley SIP/2.0",
        "Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1",
        "From: <sip:eve@example.com>;tag=eve",
        "To: <sip:parley>",
        `Call-ID: ${address}`,
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
      ];
      await stranger.send(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), flow);
      await clock.run(10);
    }
    expect(arrivedAt).toEqual(["192.168.1.1", "10.0.0.1"]);
    expect(network.log.filter(({ what }) => what === "200 OPTIONS").map(({ from }) => from)).toEqual([
      "192.168.1.1:5060",
      "10.0.0.1:5060",
    ]);
  });
});

describe("what we call ourselves", () => {
  const named = async (address: string) => layer.advertised(await flowTo(address)).address;

  it("is the public address outside, unless ours is public itself", async () => {
    await listen(["10.0.0.1", "192.168.1.1", "203.0.113.5"], { publicIpv4: "233.252.0.1" });
    expect(await named("10.0.0.9")).toBe("10.0.0.1");
    expect(await named("192.168.1.9")).toBe("192.168.1.1");
    expect(await named("198.51.100.7")).toBe("233.252.0.1");
    expect(await named("203.0.113.7")).toBe("203.0.113.5");
  });

  it("is for each of our addresses the one that its own translator shows", async () => {
    await listen(["10.0.0.1", "192.168.1.1", "203.0.113.5"], {
      publicIpv4: "233.252.0.1",
      publicOf: new Map([["192.168.1.1", "233.252.0.2"]]),
    });
    expect(await named("192.168.1.9")).toBe("192.168.1.1");
    expect(await named("198.51.100.7")).toBe("233.252.0.2");
    expect(await named("203.0.113.7")).toBe("203.0.113.5");
    expect(await named("100.64.0.9")).toBe("233.252.0.1");
  });

  it("is the public address of the peer's family", async () => {
    await listen(["10.0.0.1", "fd00::1"], { publicIpv4: "233.252.0.1", publicIpv6: "2001:db8::1" });
    expect(await named("198.51.100.7")).toBe("233.252.0.1");
    expect(await named("2001:db8:5::9")).toBe("2001:db8::1");
    expect(await named("fd00::9")).toBe("fd00::1");
  });

  it("never has a zone: it means nothing to others", async () => {
    await listen(["fe80::1%eth0"]);
    expect(await named("fe80::9%eth0")).toBe("fe80::1");
  });
});

describe("real sockets", () => {
  it("share a port for both families, one wildcard each", async () => {
    const shared = { clock, logger: silentLogger, ipv6Only: true };
    const port = await freePort();
    layer = createTransportLayer({
      clock,
      logger: silentLogger,
      transports: ["0.0.0.0", "::"].flatMap((address) => [
        (receive) => createUdpTransport({ ...shared, address, port, receive }),
        (_receive, receiveRead, lost) => createTcpTransport({ ...shared, address, port, receiveRead, lost }),
      ]),
    });
    await layer.listen();
    const heard: string[] = [];
    layer.receive = (message, flow) => {
      const path = `${flow.protocol} ${flow.remote.address}`;
      heard.push(message.kind === "request" ? `${path} asked` : `${path} answered`);
      if (message.kind === "request") void layer.sendResponse(createResponse(message, 200), flow);
    };
    for (const address of ["127.0.0.1", "::1"]) {
      for (const protocol of ["UDP", "TCP"] as const) {
        const flow = await layer.connect({ protocol, address, port });
        expect(flow.local.address).toBe(address);
        const sentBy = layer.advertised(flow);
        expect(sentBy).toEqual({ address, port });
        await layer.sendRequest(optionsFrom(sentBy, protocol), flow);
        while (heard.length < 2) await new Promise((resolve) => setImmediate(resolve));
        expect(heard.splice(0)).toEqual([`${protocol} ${address} asked`, `${protocol} ${address} answered`]);
      }
    }
    expect(layer.connectionCounters).toMatchObject({ open: { in: 2, out: 2 }, opened: 2, accepted: 2 });
  });
});
