// A DNS made of a table. It counts what it is asked, and fails where it is told to.
import type { Dns, NaptrRecord, SrvRecord } from "../../bridge/sip/routing/index.ts";

export interface Zone {
  /** `order preference flags service replacement`: `10 1 s SIP+D2U _sip._udp.example.com`. */
  readonly naptr?: Readonly<Record<string, readonly string[]>>;
  /** `priority weight port name`: `10 60 5060 a.example.com`. */
  readonly srv?: Readonly<Record<string, readonly string[]>>;
  /** Addresses of both families. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  readonly ttl?: number;
}

export interface FakeDns extends Dns {
  zone: Zone;
  /** `naptr example.com`, `srv _sip._udp.example.com`, `4 example.com`, in the order of asking. */
  readonly asked: string[];
  /** Every question fails with it while it is set; `never` is no answer at all. */
  failing: Error | "never" | undefined;
}

export function fakeDns(zone: Zone): FakeDns {
  const answer = async <Record>(question: string, records: () => readonly Record[]) => {
    dns.asked.push(question);
    if (dns.failing === "never") await new Promise<never>(() => {});
    if (dns.failing instanceof Error) throw dns.failing;
    return records();
  };
  const dns: FakeDns = {
    zone,
    asked: [],
    failing: undefined,
    naptr: (name) => answer(`naptr ${name}`, () => (dns.zone.naptr?.[name] ?? []).map(naptrOf)),
    srv: (name) => answer(`srv ${name}`, () => (dns.zone.srv?.[name] ?? []).map(srvOf)),
    addresses: (name, family) =>
      answer(`${family} ${name}`, () =>
        (dns.zone.hosts?.[name] ?? [])
          .filter((address) => address.includes(":") === (family === 6))
          .map((address) => ({ address, ...(dns.zone.ttl === undefined ? {} : { ttl: dns.zone.ttl }) })),
      ),
  };
  return dns;
}

function naptrOf(text: string): NaptrRecord {
  const [order, preference, flags = "", service = "", replacement = ""] = text.split(" ");
  return { order: Number(order), preference: Number(preference), flags, service, replacement };
}

function srvOf(text: string): SrvRecord {
  const [priority, weight, port, name = ""] = text.split(" ");
  return { priority: Number(priority), weight: Number(weight), port: Number(port), name };
}
