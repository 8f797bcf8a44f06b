// Names in session descriptions: found in time or not at all, asked for once, and never too many at once.
import { describe, expect, it } from "vitest";
import { FakeClock, settle } from "#test/support";
import { type AskHost, HostNames } from "../../../../media/worker/host-names.ts";

const found = (map: ReadonlyMap<string, string>) => Object.fromEntries(map);

describe("host names", () => {
  it("are looked up in the family wanted, and kept for as long as the DNS says", async () => {
    const clock = new FakeClock();
    const asked: string[] = [];
    const names = new HostNames(clock, async (name, family) => {
      asked.push(`${name} ${family}`);
      return name === "gone.example"
        ? []
        : [{ address: family === 4 ? "192.0.2.1" : "2001:db8::1", ttl: 60 }];
    });
    expect(found(await names.find(["a.example", "gone.example"], 4))).toEqual({ "a.example": "192.0.2.1" });
    expect(found(await names.find(["a.example"], 4))).toEqual({ "a.example": "192.0.2.1" });
    expect(found(await names.find(["a.example"], 6))).toEqual({ "a.example": "2001:db8::1" });
    expect(asked).toEqual(["a.example 4", "gone.example 4", "a.example 6"]);
    clock.advance(61_000);
    await names.find(["a.example"], 4);
    expect(asked).toHaveLength(4);
  });

  it("that are not found within two seconds are not found, and cost nothing of those that are", async () => {
    const clock = new FakeClock();
    const slow = Promise.withResolvers<readonly { address: string }[]>();
    const ask: AskHost = (name) =>
      name === "slow.example" ? slow.promise : Promise.resolve([{ address: "192.0.2.1" }]);
    const names = new HostNames(clock, ask);
    let outcome: ReadonlyMap<string, string> | undefined;
    void names.find(["slow.example", "a.example"], 4).then((map) => {
      outcome = map;
    });
    await settle();
    clock.advance(1999);
    await settle();
    expect(outcome).toBeUndefined();
    clock.advance(1);
    await settle();
    expect(found(outcome!)).toEqual({ "a.example": "192.0.2.1" });
    slow.resolve([{ address: "192.0.2.2" }]);
    await settle();
    expect(found(outcome!)).toEqual({ "a.example": "192.0.2.1" });
    expect(found(await names.find(["slow.example"], 4))).toEqual({ "slow.example": "192.0.2.2" });
  });

  it("whose server fails are not found, and no call fails with them", async () => {
    const names = new HostNames(new FakeClock(), () => Promise.reject(new Error("SERVFAIL")));
    expect(found(await names.find(["a.example"], 4))).toEqual({});
  });

  it("are asked for sixteen at once at most", async () => {
    let pending = 0;
    const clock = new FakeClock();
    const names = new HostNames(clock, () => {
      pending += 1;
      return new Promise(() => {});
    });
    for (let index = 0; index < 100; index += 1) void names.find([`host${index}.example`], 4);
    await settle();
    expect(pending).toBe(16);
  });
});
