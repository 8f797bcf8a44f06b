// What we call ourselves towards a peer, and which names are ours (RFC 3261 §18.1.2).
import { describe, expect, it } from "vitest";
import {
  AdvertisedAddresses,
  type AdvertisedAddressesOptions,
} from "../../../../../bridge/sip/transport/advertised.ts";
import type { Flow } from "../../../../../bridge/sip/transport/transport.ts";

const names = (options: Partial<AdvertisedAddressesOptions> = {}) =>
  new AdvertisedAddresses({
    publicIpv4: "203.0.113.1",
    publicIpv6: "2001:db8::1",
    localNetworks: ["10.0.0.0/8"],
    ...options,
  });

const flow = (local: string, remote: string) =>
  ({ local: { address: local, port: 5060 }, remote: { address: remote, port: 5060 } }) as unknown as Flow;

describe("our address towards a peer", () => {
  it.each([
    ["inside, is our own", "10.0.0.5", "10.1.1.1", "10.0.0.5"],
    ["outside, is the public one for a private one of ours", "10.0.0.5", "198.51.100.1", "203.0.113.1"],
    ["outside, for an address that a carrier shares", "100.64.0.5", "198.51.100.1", "203.0.113.1"],
    ["outside, is our own where that is public itself", "192.0.2.9", "198.51.100.1", "192.0.2.9"],
    ["outside, in IPv6", "fd00::5", "2001:db8:9::1", "2001:db8::1"],
    ["of a socket for both families, is IPv4", "::ffff:10.0.0.5", "198.51.100.1", "203.0.113.1"],
  ])("%s", (_, local, remote, expected) => {
    expect(names().advertise(flow(local, remote), 5061)).toEqual({ address: expected, port: 5061 });
  });

  it("is the one that stands for that address of ours, where there are several translators", () => {
    const several = names({ publicOf: new Map([["10.0.0.6", "203.0.113.6"]]) });
    expect(several.advertise(flow("10.0.0.6", "198.51.100.1"), 5060).address).toBe("203.0.113.6");
    expect(several.advertise(flow("10.0.0.5", "198.51.100.1"), 5060).address).toBe("203.0.113.1");
    expect(several.advertise(flow("10.0.0.6", "10.2.2.2"), 5060).address).toBe("10.0.0.6");
  });

  it("is our own where no public one is known", () => {
    const unknown = names({ publicIpv4: undefined });
    expect(unknown.advertise(flow("10.0.0.5", "198.51.100.1"), 5060).address).toBe("10.0.0.5");
  });
});

describe("a name", () => {
  it("is ours once we have given it, in whatever case, at its port alone", () => {
    const given = names({ publicIpv6: "2001:db8::A" });
    expect(given.isOurs("2001:db8::a", 5060)).toBe(false);
    given.advertise(flow("fd00::5", "2001:db8:9::1"), 5060);
    expect([given.isOurs("2001:DB8::a", 5060), given.isOurs("2001:db8::a", 5061)]).toEqual([true, false]);
  });

  it("beyond 1024 is not remembered: no peer makes the table grow", () => {
    const given = names();
    for (let port = 1; port <= 1025; port += 1) given.advertise(flow("10.0.0.5", "10.1.1.1"), port);
    expect([given.isOurs("10.0.0.5", 1024), given.isOurs("10.0.0.5", 1025)]).toEqual([true, false]);
  });
});
