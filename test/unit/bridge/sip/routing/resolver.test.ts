// From a URI to destinations: which records are asked for, in which order their servers are tried, and what is
// remembered.
import { beforeEach, describe, expect, it } from "vitest";
import { dnsLifetimes as lifetimes } from "#common";
import { FakeClock, type FakeDns, fakeDns, seededRandom, type Zone } from "#test/support";
import { parseSipUri } from "../../../../../bridge/sip/message/uri.ts";
import { orderSrv } from "../../../../../bridge/sip/routing/order-srv.ts";
import { Resolver } from "../../../../../bridge/sip/routing/resolver.ts";
import type { Protocol } from "../../../../../bridge/sip/transport/index.ts";

let clock: FakeClock;
let dns: FakeDns;
let search: Resolver;

interface Able {
  readonly protocols?: readonly Protocol[];
  readonly families?: readonly (4 | 6)[];
  readonly random?: () => number;
}

function given(zone: Zone, able: Able = {}) {
  const { protocols = ["UDP", "TCP"], families = [4, 6], random = () => 0 } = able;
  dns = fakeDns(zone);
  const supports = (protocol: Protocol, family: 4 | 6) =>
    protocols.includes(protocol) && families.includes(family);
  search = new Resolver({ clock, dns, random, supports });
}

/** `UDP 192.0.2.1 5060`, best first. */
async function found(uri: string): Promise<string[]> {
  const destinations = await search.destinations(parseSipUri(uri));
  return destinations.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`);
}

const hosts = {
  "example.com": ["192.0.2.100"],
  "a.example.com": ["192.0.2.1"],
  "b.example.com": ["192.0.2.2"],
  "c.example.com": ["192.0.2.3", "2001:db8::3"],
};

beforeEach(() => {
  clock = new FakeClock();
});

describe("without any DNS query", () => {
  it.each([
    ["sip:100@192.0.2.7", "UDP 192.0.2.7 5060"],
    ["sip:100@192.0.2.7:5070", "UDP 192.0.2.7 5070"],
    ["sip:100@192.0.2.7;transport=tcp", "TCP 192.0.2.7 5060"],
    ["sip:100@[2001:db8::7]", "UDP 2001:db8::7 5060"],
    ["sip:100@[::ffff:192.0.2.7]", "UDP 192.0.2.7 5060"],
    ["sips:100@192.0.2.7", "TLS 192.0.2.7 5061"],
    ["sips:100@192.0.2.7;transport=tcp", "TLS 192.0.2.7 5061"],
    ["sip:100@192.0.2.7;transport=ws", "WS 192.0.2.7 80"],
    ["sip:100@example.com;maddr=192.0.2.8", "UDP 192.0.2.8 5060"],
  ])("%s is %s", async (uri, destination) => {
    given({ hosts });
    expect(await found(uri)).toEqual([destination]);
    expect(dns.asked).toEqual([]);
  });
});

describe("a name", () => {
  it("with a port is an address, and nothing else is asked for", async () => {
    given({ hosts, srv: { "_sip._udp.c.example.com": ["1 1 5070 a.example.com"] } });
    expect(await found("sip:c.example.com:5062")).toEqual(["UDP 2001:db8::3 5062", "UDP 192.0.2.3 5062"]);
    expect(dns.asked).toEqual(["6 c.example.com", "4 c.example.com"]);
  });

  it("goes by NAPTR to SRV to addresses, as its owner prefers", async () => {
    given({
      hosts,
      naptr: {
        "example.com": [
          "20 1 s SIP+D2U _sip._udp.example.com",
          "10 2 s SIP+D2T _sip._tcp.example.com",
          "10 1 S sips+d2t _sips._tcp.example.com",
          "1 1 u E2U+sip nowhere.example.com",
          "1 1 s SIP+D2S _sip._sctp.example.com",
        ],
      },
      srv: {
        "_sip._udp.example.com": ["1 1 5060 a.example.com"],
        "_sip._tcp.example.com": ["1 1 5080 b.example.com"],
      },
    });
    expect(await found("sip:example.com.")).toEqual(["TCP 192.0.2.2 5080", "UDP 192.0.2.1 5060"]);
    expect(dns.asked).not.toContain("srv _sips._tcp.example.com");
  });

  it("without NAPTR is asked for every transport that we have", async () => {
    given({
      hosts,
      srv: {
        "_sip._tcp.example.com": ["1 1 5080 b.example.com"],
        "_sip._udp.example.com": ["1 1 5060 a.example.com"],
        "_sips._tcp.example.com": ["1 1 5061 c.example.com"],
      },
    });
    expect(await found("sip:example.com")).toEqual(["UDP 192.0.2.1 5060", "TCP 192.0.2.2 5080"]);
    expect(await found("sip:example.com;transport=tcp")).toEqual(["TCP 192.0.2.2 5080"]);
  });

  it("with sips takes TLS and nothing less", async () => {
    given(
      {
        hosts,
        naptr: { "example.com": ["1 1 s SIP+D2U _sip._udp.example.com"] },
        srv: {
          "_sip._udp.example.com": ["1 1 5060 a.example.com"],
          "_sips._tcp.example.com": ["1 1 5061 b.example.com"],
        },
      },
      { protocols: ["UDP", "TCP", "TLS"] },
    );
    expect(await found("sips:example.com")).toEqual(["TLS 192.0.2.2 5061"]);
  });

  it("without any of these is an address at the usual port", async () => {
    given({ hosts });
    expect(await found("sip:example.com")).toEqual(["UDP 192.0.2.100 5060"]);
    expect(await found("sip:example.com;transport=tcp")).toEqual(["TCP 192.0.2.100 5060"]);
    expect(await found("sip:nobody.example.com")).toEqual([]);
  });

  it("whose service is decidedly not there leads nowhere, although it has an address", async () => {
    given({ hosts, srv: { "_sip._udp.example.com": ["0 0 0 ."] } });
    expect(await found("sip:example.com")).toEqual([]);
  });

  it("is looked up in the families we can speak, IPv6 first", async () => {
    given({ hosts });
    expect(await found("sip:c.example.com")).toEqual(["UDP 2001:db8::3 5060", "UDP 192.0.2.3 5060"]);
    given({ hosts }, { families: [4] });
    expect(await found("sip:c.example.com")).toEqual(["UDP 192.0.2.3 5060"]);
    expect(dns.asked).not.toContain("6 c.example.com");
  });

  it("never leads to more than sixteen places, and to each once", async () => {
    const many = Array.from({ length: 40 }, (_, index) => `192.0.2.${index % 20}`);
    given({ hosts: { "example.com": many } });
    expect(await found("sip:example.com")).toHaveLength(16);
    given({ hosts: { "example.com": ["192.0.2.1", "192.0.2.2", "192.0.2.1"] } });
    expect(await found("sip:example.com")).toEqual(["UDP 192.0.2.1 5060", "UDP 192.0.2.2 5060"]);
  });
});

describe("servers of one domain", () => {
  const record = (priority: number, weight: number, name: string) => ({ priority, weight, port: 5060, name });

  it("are tried by priority, whatever the dice say", () => {
    const records = [record(30, 99, "c"), record(10, 0, "a"), record(20, 50, "b")];
    for (const value of [0, 0.5, 0.999]) {
      expect(orderSrv(records, () => value).map(({ name }) => name)).toEqual(["a", "b", "c"]);
    }
  });

  it("of equal priority share the work by weight", () => {
    const random = seededRandom(2782);
    const first = { light: 0, heavy: 0, none: 0 };
    const rounds = 4000;
    for (let round = 0; round < rounds; round += 1) {
      const order = orderSrv([record(1, 20, "light"), record(1, 60, "heavy"), record(1, 0, "none")], random);
      expect(order).toHaveLength(3);
      first[order[0]!.name as keyof typeof first] += 1;
    }
    expect(first.heavy / rounds).toBeGreaterThan(0.71);
    expect(first.heavy / rounds).toBeLessThan(0.77);
    expect(first.light / rounds).toBeGreaterThan(0.22);
    expect(first.light / rounds).toBeLessThan(0.28);
    // A weight of 0 is a small chance and not none at all.
    expect(first.none).toBeGreaterThan(0);
    expect(first.none / rounds).toBeLessThan(0.03);
  });

  it("are drawn again for each request from records that are asked for once", async () => {
    given(
      { hosts, srv: { "_sip._udp.example.com": ["1 1 5060 a.example.com", "1 1 5060 b.example.com"] } },
      { random: seededRandom(1) },
    );
    const firsts = new Set<string>();
    for (let round = 0; round < 20; round += 1) firsts.add((await found("sip:example.com"))[0]!);
    expect(firsts.size).toBe(2);
    expect(dns.asked.filter((question) => question === "srv _sip._udp.example.com")).toHaveLength(1);
  });
});

describe("answers", () => {
  const questions = () => dns.asked.splice(0).length;

  it("are kept for as long as the records say, within bounds", async () => {
    for (const [ttl, ms] of [
      [20, 20_000],
      [0, lifetimes.shortest],
      [86_400, lifetimes.longest],
    ] as const) {
      given({ hosts, ttl }, { families: [4] });
      await found("sip:A.example.com:5060");
      clock.advance(ms - 1);
      expect(await found("sip:a.example.com:5060")).toEqual(["UDP 192.0.2.1 5060"]);
      expect(questions()).toBe(1);
      clock.advance(1);
      await found("sip:a.example.com:5060");
      expect(questions()).toBe(1);
    }
  });

  it("that there is nothing are kept too, and failures for a moment", async () => {
    given({}, { families: [4] });
    await found("sip:example.com:5060");
    clock.advance(lifetimes.nothing - 1);
    await found("sip:example.com:5060");
    expect(questions()).toBe(1);
    clock.advance(1);
    dns.failing = new Error("SERVFAIL");
    expect(await found("sip:example.com:5060")).toEqual([]);
    clock.advance(lifetimes.failed - 1);
    await found("sip:example.com:5060");
    expect(questions()).toBe(1);
    dns.failing = undefined;
    dns.zone = { hosts };
    clock.advance(1);
    expect(await found("sip:example.com:5060")).toEqual(["UDP 192.0.2.100 5060"]);
  });

  it("are shared by all who ask at the same time", async () => {
    given({ hosts }, { families: [4] });
    await Promise.all([found("sip:a.example.com:5060"), found("sip:a.example.com:5070")]);
    expect(questions()).toBe(1);
  });

  it("are kept in a table of fixed size: the oldest is forgotten", async () => {
    given({}, { families: [4] });
    for (let index = 0; index <= 500; index += 1) await found(`sip:h${index}.example.com:5060`);
    questions();
    await found("sip:h1.example.com:5060");
    expect(questions()).toBe(0);
    await found("sip:h0.example.com:5060");
    expect(questions()).toBe(1);
  });

  it("are waited for by a bounded number", async () => {
    given({}, { families: [4] });
    dns.failing = "never";
    for (let index = 0; index < 100; index += 1) void found(`sip:h${index}.example.com:5060`);
    await expect(found("sip:other.example.com:5060")).rejects.toMatchObject({ code: "TOO_MANY_QUESTIONS" });
    expect(questions()).toBe(100);
  });
});
