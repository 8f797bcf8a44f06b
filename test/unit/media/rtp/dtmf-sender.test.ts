// The payloads of keys that we press (RFC 4733 §2.5), tick by tick.
import { describe, expect, it } from "vitest";
import { DtmfSender } from "../../../../media/rtp/dtmf-sender.ts";

const unitsPerTick = 160;

/** What each tick sends; undefined: no key. */
const ticks = (sender: DtmfSender, count: number): (readonly number[] | undefined)[] =>
  Array.from({ length: count }, () => (sender.advance(unitsPerTick) ? [...sender.payload] : undefined));

describe("a key", () => {
  it("lasts 100 ms, ends with its end bit in three ticks, and is followed by a pause as long", () => {
    const sender = new DtmfSender();
    expect(sender.press("#")).toBe(true);
    expect(ticks(sender, 10)).toEqual([
      [11, 10, 0, 160],
      [11, 10, 1, 64],
      [11, 10, 1, 224],
      [11, 10, 2, 128],
      ...Array.from({ length: 3 }, () => [11, 0x80 | 10, 3, 32]),
      ...Array.from({ length: 3 }, () => undefined),
    ]);
    expect(sender.idle).toBe(true);
    expect(sender.advance(unitsPerTick)).toBe(false);
  });

  it("begins with its first packet, whose timestamp the others bear", () => {
    const sender = new DtmfSender();
    sender.press("1");
    const seen = Array.from({ length: 3 }, () => {
      sender.advance(unitsPerTick);
      return [sender.begins, sender.ticksSinceBegin];
    });
    expect(seen).toEqual([
      [true, 0],
      [false, 1],
      [false, 2],
    ]);
  });

  it("waits for the one before, and is forgotten when nothing may be sent any more", () => {
    const sender = new DtmfSender();
    sender.press("12");
    const events = ticks(sender, 20).flatMap((payload) => payload?.[0] ?? []);
    expect(events).toEqual([...Array(7).fill(1), ...Array(7).fill(2)]);
    sender.press("34");
    sender.advance(unitsPerTick);
    sender.clear();
    expect([sender.idle, sender.advance(unitsPerTick)]).toEqual([true, false]);
  });

  it("of an unknown name, or beyond sixty-four that wait, sends none of them", () => {
    const sender = new DtmfSender();
    expect([sender.press("1E"), sender.idle]).toEqual([false, true]);
    expect(sender.press("0123456789*#ABCD".repeat(4))).toBe(true);
    expect(sender.press("1")).toBe(false);
    sender.advance(unitsPerTick);
    expect(sender.press("1")).toBe(true);
  });
});
