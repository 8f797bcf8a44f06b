// The transport layer seen by a stranger on the wire: where answers go, what is believed, what vanishes.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock, MemoryNetwork, settle } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipMessage } from "../../../../../bridge/sip/message/message.ts";
import {
  createTransportLayer,
  type Flow,
  type SipTransportLayer,
  type Transport,
  type TransportLayerOptions,
} from "../../../../../bridge/sip/transport/index.ts";
import { newRequest } from "../transaction/peer.ts";

const stranger = "198.51.100.7";
const inside = "192.168.1.20";
const ours = ["192.168.1.10", "203.0.113.5"] as const;

let clock: FakeClock;
let network: MemoryNetwork;
let layer: SipTransportLayer;
let received: { message: SipMessage; flow: Flow }[];

async function open(options: Partial<TransportLayerOptions> = {}) {
  layer = createTransportLayer({
    clock,
    logger: silentLogger,
    transports: [(receive) => network.transport({ addresses: ours, receive })],
    ...options,
  });
  layer.receive = (message, flow) => {
    received.push({ message, flow });
    if (message.kind === "request")
      void layer.sendResponse(createResponse(message, 200, { toTag: "us" }), flow);
  };
  await layer.listen();
}

async function wireAt(address: string, port: number) {
  const heard: string[] = [];
  const receive = (data: Uint8Array) => void heard.push(Buffer.from(data).toString());
  const transport: Transport = network.transport({ addresses: [address], port, receive });
  await transport.listen();
  const say = async (text: string, to: string = ours[1]) => {
    const flow = await transport.connect({ protocol: "UDP", address: to, port: 5060 });
    await transport.send(Buffer.from(text), flow);
    await clock.run(10);
  };
  return { heard, say };
}

const options = (via: string, rest = "") =>
  [
    "OPTIONS sip:203.0.113.5 SIP/2.0",
    `Via: SIP/2.0/UDP ${via}`,
    "From: <sip:eve@example.com>;tag=eve",
    "To: <sip:203.0.113.5>",
    "Call-ID: call",
    "CSeq: 1 OPTIONS",
    `${rest}Content-Length: 0\r\n\r\n`,
  ].join("\r\n");

const viaOf = (text: string | undefined) => /^Via: (.*)\r$/m.exec(text ?? "")?.[1];

beforeEach(() => {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
  received = [];
});

afterEach(async () => {
  await layer.close();
  await clock.run(10);
  expect(clock.pending).toBe(0);
});

describe("the Via of a request", () => {
  it("with rport is answered where it came from, whatever it says (RFC 3581)", async () => {
    await open();
    const { heard, say } = await wireAt(stranger, 40_001);
    await say(options("10.1.1.1:5060;rport;branch=z9hG4bK1"));
    expect(viaOf(heard[0])).toBe(
      `SIP/2.0/UDP 10.1.1.1:5060;rport=40001;branch=z9hG4bK1;received=${stranger}`,
    );
  });

  it("without rport is answered at the source's address and the port it names (§18.2.2)", async () => {
    await open();
    const { say } = await wireAt(stranger, 40_001);
    const named = await wireAt(stranger, 5070);
    const standard = await wireAt(stranger, 5060);
    await say(options("phone.example.com:5070;branch=z9hG4bK1"));
    expect(viaOf(named.heard[0])).toContain(`;received=${stranger}`);
    await say(options("198.51.100.77;branch=z9hG4bK2"));
    expect(viaOf(standard.heard[0])).toContain(`;received=${stranger}`);
  });

  it("without rport that names an address of a private network is answered where it came from, and counted", async () => {
    await open();
    const { heard, say } = await wireAt(stranger, 40_001);
    await say(options("10.1.1.1:5060;branch=z9hG4bK1"));
    expect(viaOf(heard[0])).toBe(`SIP/2.0/UDP 10.1.1.1:5060;branch=z9hG4bK1;received=${stranger}`);
    expect(received[0]?.message.repairs).toEqual(["via"]);
  });

  it("that tells the truth is left as it is", async () => {
    await open();
    const { heard, say } = await wireAt(stranger, 5060);
    await say(options(`${stranger};branch=z9hG4bK1`));
    expect(viaOf(heard[0])).toBe(`SIP/2.0/UDP ${stranger};branch=z9hG4bK1`);
  });

  it("cannot direct a response to a third party", async () => {
    await open();
    const victim = await wireAt("198.51.100.99", 5060);
    const { heard, say } = await wireAt(stranger, 5060);
    await say(options("198.51.100.99;branch=z9hG4bK1;received=198.51.100.99;maddr=198.51.100.99"));
    await say(options("198.51.100.99;branch=z9hG4bK2;rport=5060;received=198.51.100.99"));
    expect(victim.heard).toEqual([]);
    expect(heard).toHaveLength(2);
    expect(viaOf(heard[0])).toContain(`received=${stranger}`);
  });
});

describe("what we say our address is", () => {
  it("is the public one outside, the local one inside, each with the port we listen on", async () => {
    await open({ publicIpv4: "233.252.0.1", publicIpv6: "2001:db8::1" });
    const at = async (address: string) =>
      layer.advertised(await layer.connect({ protocol: "UDP", address, port: 5060 }));
    expect(await at(inside)).toEqual({ address: "192.168.1.10", port: 5060 });
    expect(await at(stranger)).toEqual({ address: "233.252.0.1", port: 5060 });
    expect(await at("fe80::1%eth0")).toMatchObject({ port: 5060 });
  });

  it("is the local one when no public one is configured, and follows the configured networks", async () => {
    await open({ publicIpv4: "233.252.0.1", localNetworks: ["198.51.100.0/24"] });
    const outside = await layer.connect({ protocol: "UDP", address: inside, port: 5060 });
    expect(layer.advertised(outside).address).toBe("233.252.0.1");
    const within = await layer.connect({ protocol: "UDP", address: stranger, port: 5060 });
    expect(layer.advertised(within).address).toBe(within.local.address);
  });

  it("is the only one whose responses we take", async () => {
    await open({ publicIpv4: "233.252.0.1" });
    const { say } = await wireAt(stranger, 5060);
    const flow = await layer.connect({ protocol: "UDP", address: stranger, port: 5060 });
    const { address, port } = layer.advertised(flow);
    const response = (via: string) =>
      options(via).replace("OPTIONS sip:203.0.113.5 SIP/2.0", "SIP/2.0 200 OK");
    await say(response("192.168.1.10:5060;branch=z9hG4bK1"));
    await say(response("proxy.example.com;branch=z9hG4bK1"));
    expect(received).toEqual([]);
    expect(layer.counters.foreignResponses).toBe(2);
    await say(response(`${address}:${port};branch=z9hG4bK1;received=1.2.3.4;rport=9`));
    expect(received).toHaveLength(1);
  });
});

describe("what is not a message", () => {
  it.each(["", "\r\n", "\r\n\r\n", "\0\0\0\0"])("keep-alive %j vanishes", async (text) => {
    await open();
    const { heard, say } = await wireAt(stranger, 5060);
    await say(text);
    expect([heard, received]).toEqual([[], []]);
    expect(layer.counters).toMatchObject({ keepAlives: 1, received: 0, malformed: 0 });
  });

  it("garbage vanishes", async () => {
    await open();
    const { heard, say } = await wireAt(stranger, 5060);
    await say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await say("\u0001\u0002 garbage");
    expect([heard, received]).toEqual([[], []]);
    expect(layer.counters.malformed).toBe(2);
  });

  it("a malformed request is answered 400, at its true source", async () => {
    await open();
    const { heard, say } = await wireAt(stranger, 40_001);
    await say(options("10.1.1.1;rport;branch=z9hG4bK1").replace("CSeq: 1 OPTIONS", "CSeq: one OPTIONS"));
    expect(heard[0]).toMatch(/^SIP\/2\.0 400 /);
    expect(viaOf(heard[0])).toContain("rport=40001");
    expect(received).toEqual([]);
  });

  it("another version is answered 505", async () => {
    await open();
    const { heard, say } = await wireAt(stranger, 5060);
    await say(options(`${stranger};branch=z9hG4bK1`).replace("5 SIP/2.0\r", "5 SIP/7.0\r"));
    expect(heard[0]).toMatch(/^SIP\/2\.0 505 /);
  });

  it("a malformed ACK or response is never answered", async () => {
    await open();
    const { heard, say } = await wireAt(stranger, 5060);
    const broken = options(`${stranger};branch=z9hG4bK1`).replace("Call-ID: call\r\n", "");
    await say(broken.replaceAll("OPTIONS", "ACK"));
    await say(broken.replace(/^OPTIONS \S+ SIP\/2.0/, "SIP/2.0 200 OK"));
    expect(heard).toEqual([]);
    expect(layer.counters.malformed).toBe(2);
  });
});

describe("who is listened to", () => {
  it("unknown sources get no response at all", async () => {
    await open({ accept: (flow) => flow.remote.address === inside });
    const outside = await wireAt(stranger, 5060);
    const phone = await wireAt(inside, 5060);
    await outside.say(options(`${stranger};branch=z9hG4bK1`));
    await outside.say("INVITE nonsense SIP/2.0\r\n\r\n");
    await phone.say(options(`${inside};branch=z9hG4bK1`), ours[0]);
    expect(outside.heard).toEqual([]);
    expect(phone.heard).toHaveLength(1);
    expect(layer.counters).toMatchObject({ refused: 2, received: 1 });
  });

  it("a flood from one source is cut to its rate, and other sources are not affected", async () => {
    await open({ rateLimit: { perSecond: 10, burst: 5, sources: 100 } });
    const flood = await wireAt(stranger, 5060);
    const phone = await wireAt(inside, 5060);
    const message = options(`${stranger};branch=z9hG4bK1`);
    for (let count = 0; count < 50; count += 1) await flood.say(message);
    await phone.say(options(`${inside};branch=z9hG4bK1`), ours[0]);
    // 5 at once, then 10 a second for the half second that 50 messages took.
    expect(flood.heard.length).toBeGreaterThanOrEqual(9);
    expect(flood.heard.length).toBeLessThanOrEqual(10);
    expect(layer.counters.flooded).toBe(50 - flood.heard.length);
    expect(phone.heard).toHaveLength(1);
  });
});

describe("the layer itself", () => {
  it("survives a user that fails", async () => {
    await open();
    layer.receive = () => {
      throw new Error("a defect");
    };
    const { say } = await wireAt(stranger, 5060);
    await say(options(`${stranger};branch=z9hG4bK1`));
    expect(layer.counters.failures).toBe(1);
  });

  it("refuses a protocol that is not enabled", async () => {
    await open();
    const destination = { protocol: "TLS", address: stranger, port: 5061 } as const;
    await expect(layer.connect(destination)).rejects.toMatchObject({ code: "NO_TRANSPORT" });
  });

  it("counts what could not be sent and tells the caller", async () => {
    await open();
    network.break(stranger, new Error("no route"));
    const flow = await layer.connect({ protocol: "UDP", address: stranger, port: 5060 });
    const request = newRequest("OPTIONS");
    request.headers.prepend("Via", "SIP/2.0/UDP 203.0.113.5;branch=z9hG4bK1");
    await expect(layer.sendRequest(request, flow)).rejects.toThrow("no route");
    expect(layer.counters.sendErrors).toBe(1);
  });

  it("closes what it opened when one transport cannot listen", async () => {
    await open();
    const both = createTransportLayer({
      clock,
      logger: silentLogger,
      transports: [
        (receive) => network.transport({ addresses: ["10.5.5.5"], protocol: "TCP", receive }),
        (receive) => network.transport({ addresses: ours, receive }),
      ],
    });
    await expect(both.listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
    await settle();
    const again = network.transport({ addresses: ["10.5.5.5"], protocol: "TCP", receive: () => {} });
    await again.listen();
  });
});
