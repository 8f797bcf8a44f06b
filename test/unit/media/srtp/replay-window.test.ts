// Which packets may still be taken (RFC 3711 §3.3.2).
import { describe, expect, it } from "vitest";
import { ReplayWindow, windowPackets } from "../../../../media/srtp/replay-window.ts";

describe("the window of replays", () => {
  it("takes every index once, in whatever order", () => {
    const window = new ReplayWindow();
    expect(window.highest).toBe(-1);
    for (const index of [5, 3, 4, 9, 0]) {
      expect(window.admits(index), `${index}`).toBe(true);
      window.take(index);
      expect(window.admits(index), `${index} again`).toBe(false);
    }
    expect(window.highest).toBe(9);
    expect([1, 2, 6, 7, 8, 10].every((index) => window.admits(index))).toBe(true);
  });

  it("takes none that is 128 or more behind the highest", () => {
    const window = new ReplayWindow();
    window.take(1000);
    expect(windowPackets).toBe(128);
    expect([window.admits(873), window.admits(872), window.admits(0)]).toEqual([true, false, false]);
  });

  it("moves on: an index that shares the place of an old one is not taken for it", () => {
    const window = new ReplayWindow();
    window.take(7);
    expect(window.admits(7 + windowPackets)).toBe(true);
    window.take(7 + windowPackets);
    expect([window.admits(7), window.admits(7 + windowPackets)]).toEqual([false, false]);
  });

  it("has room for indices far beyond 32 bits", () => {
    const window = new ReplayWindow();
    const index = 2 ** 48 - 1;
    window.take(index);
    expect([window.admits(index), window.admits(index - 1), window.highest]).toEqual([false, true, index]);
  });
});
