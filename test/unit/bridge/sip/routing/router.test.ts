// Which destinations are tried, in which order, and which flow a request takes there.
import { beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { FakeClock, type FakeDns, fakeDns, MemoryNetwork } from "#test/support";
import { Headers, SipResponse } from "../../../../../bridge/sip/message/message.ts";
import { parseSipUri } from "../../../../../bridge/sip/message/uri.ts";
import {
  createRouter,
  type Failure,
  failureOf,
  type Router,
} from "../../../../../bridge/sip/routing/index.ts";
import {
  createTransportLayer,
  type Destination,
  type SipTransportLayer,
} from "../../../../../bridge/sip/transport/index.ts";

const domain = parseSipUri("sip:pbx.example.com");
const srv = { "_sip._udp.pbx.example.com": ["1 1 5060 a.example.com", "2 1 5060 b.example.com"] };
const hosts = { "a.example.com": ["10.0.0.2"], "b.example.com": ["10.0.0.3"] };

let clock: FakeClock;
let network: MemoryNetwork;
let transport: SipTransportLayer;
let dns: FakeDns;
let router: Router;

beforeEach(async () => {
  clock = new FakeClock();
  network = new MemoryNetwork(clock);
  transport = createTransportLayer({
    clock,
    logger: silentLogger,
    transports: (["UDP", "TCP"] as const).map(
      (protocol) => (receive) => network.transport({ addresses: ["10.0.0.1"], protocol, receive }),
    ),
  });
  await transport.listen();
  dns = fakeDns({ srv, hosts });
  router = createRouter({ clock, log: silentLogger, transport, dns, random: () => 0 });
});

const addresses = (destinations: readonly Destination[]) => destinations.map(({ address }) => address);

/** Tries the domain's servers; the table says how each fails. */
async function attempt(failures: Readonly<Record<string, Failure>>, wanted?: () => boolean) {
  const tried: string[] = [];
  const outcome = await router.attempt(
    await router.locate(domain),
    async ({ address }) => {
      tried.push(address);
      return { outcome: address, failure: failures[address] };
    },
    wanted,
  );
  return { tried, outcome };
}

describe("a request to a domain with two servers", () => {
  it.each([{ kind: "unreachable" }, { kind: "timeout" }, { kind: "busy", seconds: undefined }] as const)(
    "goes to the second when the first is $kind",
    async (failure) => {
      expect(await attempt({ "10.0.0.2": failure })).toEqual({
        tried: ["10.0.0.2", "10.0.0.3"],
        outcome: "10.0.0.3",
      });
    },
  );

  it("goes to the first alone when that answers, whatever it answers", async () => {
    expect((await attempt({})).tried).toEqual(["10.0.0.2"]);
  });

  it("avoids for half a minute who has just failed", async () => {
    await attempt({ "10.0.0.2": { kind: "timeout" } });
    clock.advance(29_999);
    expect((await attempt({})).tried).toEqual(["10.0.0.3"]);
    clock.advance(1);
    expect((await attempt({})).tried).toEqual(["10.0.0.2"]);
  });

  it.each([
    { seconds: 120, avoided: 120_000 },
    { seconds: 86_400, avoided: 300_000 },
  ])("believes a Retry-After of $seconds s for $avoided ms", async ({ seconds, avoided }) => {
    await attempt({ "10.0.0.2": { kind: "busy", seconds } });
    clock.advance(avoided - 1);
    expect(addresses(await router.locate(domain))).toEqual(["10.0.0.3"]);
    clock.advance(1);
    expect(addresses(await router.locate(domain))).toEqual(["10.0.0.2", "10.0.0.3"]);
  });

  it("tries dead ones when there are no others, and believes them when they are back", async () => {
    const failure = { kind: "timeout" } as const;
    const all = { "10.0.0.2": failure, "10.0.0.3": failure };
    expect(await attempt(all)).toEqual({ tried: ["10.0.0.2", "10.0.0.3"], outcome: "10.0.0.3" });
    expect((await attempt({})).tried).toEqual(["10.0.0.2"]);
    expect(addresses(await router.locate(domain))).toEqual(["10.0.0.2"]);
  });

  it("stops when it is not wanted any more, and marks no destination as failed", async () => {
    const { tried } = await attempt({ "10.0.0.2": { kind: "timeout" } }, () => false);
    expect(tried).toEqual(["10.0.0.2"]);
    expect(addresses(await router.locate(domain))).toEqual(["10.0.0.2", "10.0.0.3"]);
  });

  it("has no outcome without destinations", async () => {
    dns.zone = {};
    expect(await attempt({})).toEqual({ tried: [], outcome: undefined });
  });

  it("stays with the server that a dialog has had, as long as it is one of them", async () => {
    const second = await transport.connect({ protocol: "UDP", address: "10.0.0.3", port: 5060 });
    expect((await router.resolve(domain, second))?.address).toBe("10.0.0.3");
    const other = await transport.connect({ protocol: "UDP", address: "10.0.0.9", port: 5060 });
    expect((await router.resolve(domain, other))?.address).toBe("10.0.0.2");
  });

  it("does not wait for a silent DNS for ever", async () => {
    dns.failing = "never";
    const located = expect(router.locate(domain)).rejects.toMatchObject({ code: "DNS_TIMEOUT" });
    await clock.run(8000);
    await located;
    expect(clock.pending).toBe(0);
  });
});

describe("what an outcome means", () => {
  const response = (status: number, retryAfter?: string) => {
    const headers = new Headers();
    if (retryAfter !== undefined) headers.append("Retry-After", retryAfter);
    return new SipResponse(status, "", headers);
  };

  it.each([
    ["timer B", 408, undefined, { kind: "timeout" }],
    ["a lost connection", 503, undefined, { kind: "unreachable" }],
    ["503", 503, response(503), { kind: "busy", seconds: undefined }],
    ["503 with a time", 503, response(503, "18000;duration=3600"), { kind: "busy", seconds: 18_000 }],
    ["a 408 that was received", 408, response(408), undefined],
    ["486", 486, response(486), undefined],
    ["200", 200, response(200), undefined],
  ] as const)("%s", (_, status, answer, failure) => {
    expect(failureOf(status, answer)).toEqual(failure);
  });
});

describe("a request of more than 1300 bytes (RFC 3261 §18.1.1)", () => {
  const destination = { protocol: "UDP", address: "10.0.0.2", port: 5060 } as const;
  const listenOverTcp = () =>
    network.transport({ addresses: ["10.0.0.2"], protocol: "TCP", receive: () => {} }).listen();

  it.each([
    { bytes: 1150, tcp: true, protocol: "UDP" },
    { bytes: 1151, tcp: true, protocol: "TCP" },
    { bytes: 1151, tcp: false, protocol: "UDP" },
  ])("$bytes bytes to a peer with TCP $tcp take $protocol", async ({ bytes, tcp, protocol }) => {
    if (tcp) await listenOverTcp();
    expect((await router.connect(destination, bytes)).protocol).toBe(protocol);
  });

  it("is spared the attempt over TCP for five minutes where there was none", async () => {
    await router.connect(destination, 5000);
    await listenOverTcp();
    clock.advance(299_999);
    expect((await router.connect(destination, 5000)).protocol).toBe("UDP");
    clock.advance(1);
    expect((await router.connect(destination, 5000)).protocol).toBe("TCP");
  });

  it("leaves the flow of its dialog only for TCP", async () => {
    const last = { ...(await transport.connect(destination)), id: "the one that the peer knows" };
    expect(await router.connect(destination, 100, last)).toBe(last);
    expect(await router.connect(destination, 5000, last)).toBe(last);
    await listenOverTcp();
    clock.advance(300_000);
    expect((await router.connect(destination, 5000, last)).protocol).toBe("TCP");
  });
});
