// How much a source may do wrong: points, bans that grow and shrink, and a table of fixed size.
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { FailureBudget } from "../../../../../bridge/sip/auth/index.ts";

describe("the budget", () => {
  const wrong = { offence: "credentials" } as const;

  it("of users at known sources counts each by itself, in one IPv6 network, too", () => {
    const budget = new FailureBudget(new FakeClock(), undefined, (user) => user);
    for (let guess = 0; guess < 5; guess += 1) budget.charge("2001:db8::/64 ana", 5, wrong);
    expect(["ana", "ben"].map((user) => budget.isSilenced(`2001:db8::/64 ${user}`))).toEqual([true, false]);
  });

  const limits = { points: 10, forgiveMs: 1000, firstSilenceMs: 1000, maxSilenceMs: 4000, sources: 3 };

  it("doubles its silence up to a limit and forgives with time", () => {
    const clock = new FakeClock();
    const budget = new FailureBudget(clock, limits);
    const silences = [1, 2, 3, 4].map(() => {
      while (!budget.charge("192.0.2.1", 5, wrong));
      let ms = 0;
      for (; budget.isSilenced("192.0.2.1"); ms += 100) clock.advance(100);
      return ms;
    });
    expect(silences).toEqual([1000, 2000, 4000, 4000]);

    clock.advance(60_000);
    expect(budget.charge("192.0.2.1", 9, wrong)).toBe(false);
    budget.forgive("192.0.2.1");
    expect(budget.snapshot()).toEqual({ sources: 0, silent: 0 });
  });

  it("has all that led to no ban forgiven after some minutes: a restart need not keep it", () => {
    const clock = new FakeClock();
    const budget = new FailureBudget(clock);
    const almost = () => budget.charge("192.0.2.1", 24.9, wrong);
    expect(almost()).toBe(false);
    clock.advance(250_000);
    expect([almost(), budget.charge("192.0.2.1", 0.1, wrong)]).toEqual([false, true]);
  });

  it("is halved by each day without an offence, and says whom it has banned, why and until when", () => {
    const clock = new FakeClock();
    const budget = new FailureBudget(clock, limits);
    for (let time = 0; time < 3; time += 1) {
      budget.charge("192.0.2.1", 10, wrong);
      clock.advance(4000);
    }
    budget.charge("192.0.2.1", 10, { offence: "flood" });
    expect(budget.bans()).toEqual([
      {
        ...{ key: "192.0.2.1", address: "192.0.2.1", offence: "flood", times: 4 },
        ...{ since: clock.now(), until: clock.now() + 4000 },
      },
    ]);
    clock.advance(86_400_000 * 2 + 4000);
    budget.charge("192.0.2.1", 10, wrong);
    expect(budget.remainingMs("192.0.2.1")).toBe(2000);
    expect(budget.lift(({ address }) => address === "192.0.2.1")).toBe(1);
    expect([budget.isSilenced("192.0.2.1"), budget.bans()]).toEqual([false, []]);
  });

  it("remembers so many sources and no more; an IPv6 network is one", () => {
    const budget = new FailureBudget(new FakeClock(), limits);
    for (let host = 1; host <= 9; host += 1) budget.charge(`192.0.2.${host}`, 10, wrong);
    expect(budget.snapshot()).toEqual({ sources: 3, silent: 3 });
    expect(budget.isSilenced("192.0.2.1")).toBe(false);

    budget.charge("2001:db8::1", 10, wrong);
    expect(budget.isSilenced("2001:db8::2")).toBe(true);
  });

  it("takes back what is returnable, as much of it as time has left, and nothing else", () => {
    const clock = new FakeClock();
    const budget = new FailureBudget(clock, limits);
    budget.charge("192.0.2.1", 4, wrong);
    budget.charge("192.0.2.1", 4, { offence: "unauthenticated", returnable: true });
    clock.advance(2000);
    // Of 8 points 6 are left, 3 of each kind.
    budget.refund("192.0.2.1");
    expect(budget.charge("192.0.2.1", 6.5, wrong)).toBe(false);
    expect(budget.charge("192.0.2.1", 0.6, wrong)).toBe(true);

    budget.charge("192.0.2.2", 4, { offence: "unauthenticated", returnable: true });
    budget.refund("192.0.2.2");
    expect(budget.snapshot()).toEqual({ sources: 1, silent: 1 });
  });
});
