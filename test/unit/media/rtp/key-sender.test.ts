// The payloads of keys that we press (RFC 4733 §2.5), tick by tick.
import { describe, expect, it } from "vitest";
import { KeySender } from "../../../../media/rtp/key-sender.ts";

const unitsPerTick = 160;

/** What each tick sends: how many times, and the payload. */
function ticks(sender: KeySender, count: number): (readonly [times: number, payload: readonly number[]])[] {
  return Array.from({ length: count }, () => {
    const times = sender.advance(unitsPerTick);
    return [times, times === 0 ? [] : [...sender.payload]] as const;
  });
}

describe("a key", () => {
  it("lasts 100 ms, ends with its end bit three times, and is followed by a pause as long", () => {
    const sender = new KeySender();
    expect(sender.press("#")).toBe(true);
    expect(ticks(sender, 10)).toEqual([
      [1, [11, 10, 0, 160]],
      [1, [11, 10, 1, 64]],
      [1, [11, 10, 1, 224]],
      [1, [11, 10, 2, 128]],
      [3, [11, 0x80 | 10, 3, 32]],
      ...Array.from({ length: 5 }, () => [0, []]),
    ]);
    expect(sender.idle).toBe(true);
    expect(sender.advance(unitsPerTick)).toBe(0);
  });

  it("begins with its first packet, whose timestamp the others bear", () => {
    const sender = new KeySender();
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
    const sender = new KeySender();
    sender.press("12");
    const events = ticks(sender, 20).flatMap(([times, [event]]) => (times > 0 ? [event] : []));
    expect(events).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    sender.press("34");
    sender.advance(unitsPerTick);
    sender.clear();
    expect([sender.idle, sender.advance(unitsPerTick)]).toEqual([true, 0]);
  });

  it("of an unknown name, or beyond sixty-four that wait, sends none of them", () => {
    const sender = new KeySender();
    expect([sender.press("1E"), sender.idle]).toEqual([false, true]);
    expect(sender.press("0123456789*#ABCD".repeat(4))).toBe(true);
    expect(sender.press("1")).toBe(false);
    sender.advance(unitsPerTick);
    expect(sender.press("1")).toBe(true);
  });
});
