// Answers of the DNS and how long they are kept.
import { beforeEach, describe, expect, it } from "vitest";
import { DnsCache } from "#common";
import { FakeClock } from "#test/support";

interface Address {
  readonly address: string;
  readonly ttl?: number;
}

let clock: FakeClock;
let asked: string[];
let zone: Map<string, readonly Address[]>;
let failure: Error | undefined;

beforeEach(() => {
  clock = new FakeClock();
  asked = [];
  zone = new Map([["a.example", [{ address: "192.0.2.1", ttl: 60 }]]]);
  failure = undefined;
});

const cache = (limits: { readonly maxEntries?: number; readonly maxPending?: number } = {}) =>
  new DnsCache<Address>({
    clock,
    ask: async (name) => {
      asked.push(name);
      if (failure) throw failure;
      return zone.get(name) ?? [];
    },
    ttlOf: ({ ttl }) => ttl,
    ...limits,
  });

/** For how long an answer is kept: the name is asked for again then, and not a moment before. */
async function keptFor(names: DnsCache<Address>, name: string, seconds: number): Promise<void> {
  await names.of(name);
  const before = asked.length;
  clock.advance(seconds * 1000 - 1);
  await names.of(name);
  expect(asked.length).toBe(before);
  clock.advance(1);
  await names.of(name);
  expect(asked.length).toBe(before + 1);
}

describe("an answer", () => {
  it.each([
    ["for the time that it says", [{ address: "192.0.2.1", ttl: 60 }], 60],
    [
      "for the shortest of its times",
      [
        { address: "192.0.2.1", ttl: 90 },
        { address: "192.0.2.2", ttl: 30 },
      ],
      30,
    ],
    ["for five seconds at least", [{ address: "192.0.2.1", ttl: 0 }], 5],
    ["for five minutes at most", [{ address: "192.0.2.1", ttl: 86_400 }], 300],
    ["for a minute when it does not say", [{ address: "192.0.2.1" }], 60],
    ["for half a minute when there is nothing", [], 30],
  ] as const)("is kept %s", async (_, records, seconds) => {
    zone.set("b.example", records);
    const names = cache();
    expect(await names.of("b.example")).toEqual(records);
    clock.advance(600_000);
    await keptFor(names, "b.example", seconds);
  });

  it("that no server gives is nothing, for five seconds", async () => {
    failure = new Error("ETIMEOUT");
    const names = cache();
    expect(await names.of("a.example")).toEqual([]);
    clock.advance(4999);
    failure = undefined;
    expect(await names.of("a.example")).toEqual([]);
    clock.advance(1);
    expect(await names.of("a.example")).toEqual(zone.get("a.example"));
  });

  it("is the same whatever the case of the name", async () => {
    const names = cache();
    await names.of("A.Example");
    await names.of("a.example");
    expect(asked).toEqual(["a.example"]);
  });
});

describe("questions", () => {
  it("about one name at the same time are one", async () => {
    const names = cache();
    expect(await Promise.all([names.of("a.example"), names.of("a.example")])).toEqual([
      zone.get("a.example"),
      zone.get("a.example"),
    ]);
    expect(asked.length).toBe(1);
  });

  it("are bounded in number, as are the answers that are kept", async () => {
    const names = cache({ maxPending: 2, maxEntries: 2 });
    const first = [names.of("a.example"), names.of("b.example")];
    await expect(names.of("c.example")).rejects.toMatchObject({ code: "TOO_MANY_QUESTIONS" });
    await Promise.all(first);
    await names.of("c.example");
    await names.of("a.example");
    expect(asked).toEqual(["a.example", "b.example", "c.example", "a.example"]);
  });
});
