import { describe, expect, it } from "vitest";
import { BusyShare, type BusyTimes, readProcessors } from "#common";

describe("the share of time that something was busy", () => {
  const shareOf = (...readings: readonly BusyTimes[]) => {
    const rest = [...readings];
    return new BusyShare(() => rest.shift()!);
  };

  it("is that since the last look", () => {
    const share = shareOf({ busy: 100, total: 1000 }, { busy: 190, total: 1100 }, { busy: 190, total: 1200 });
    expect(share.take()).toBe(0.9);
    expect(share.take()).toBe(0);
  });

  it("may exceed one where several processors are added up", () => {
    expect(shareOf({ busy: 0, total: 0 }, { busy: 250, total: 100 }).take()).toBe(2.5);
  });

  it("is none when a counter went back, or no time has passed", () => {
    const share = shareOf({ busy: 900, total: 1000 }, { busy: 10, total: 2000 }, { busy: 20, total: 2000 });
    expect(share.take()).toBe(0);
    expect(share.take()).toBe(0);
  });

  it("is none while there is nothing to read", () => {
    const share = shareOf({ busy: 10, total: 20 }, { busy: 0, total: 0 }, { busy: 0, total: 0 });
    expect([share.take(), share.take()]).toEqual([0, 0]);
  });

  it("reads the processors of a real machine", () => {
    const { busy, total } = readProcessors();
    expect(busy).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(busy);
  });
});
