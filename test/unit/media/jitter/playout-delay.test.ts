// The policy of the jitter buffer's delay, without a buffer.
import { describe, expect, it } from "vitest";
import { maxDelayMs, PlayoutDelay } from "../../../../media/jitter/playout-delay.ts";

const tickMs = 20;

/** Packets of 20 ms: `transit` says how long each takes. The position is media time. */
function feed(delay: PlayoutDelay, count: number, transit: (index: number) => number, from = 0): void {
  for (let index = from; index < from + count; index += 1) {
    const position = index * tickMs;
    delay.add(position, 0, position + transit(index));
  }
}

function steady(count = 300): PlayoutDelay {
  const delay = new PlayoutDelay(tickMs);
  feed(delay, count, () => 30);
  return delay;
}

/** As if a frame were played `ms` after its fastest packet could have been there. */
function playedAt(delay: PlayoutDelay, ms: number): PlayoutDelay {
  delay.observe(0, 30 + ms);
  return delay;
}

describe("the delay of a stream that has just begun", () => {
  it("is 40 ms for the first packet, what the next pull brings anyway taken off", () => {
    const delay = new PlayoutDelay(tickMs);
    expect([0, 1, 20, 21, 40, 60].map((untilPull) => delay.firstWaitTicks(untilPull))).toEqual([
      2, 2, 1, 1, 0, 0,
    ]);
  });

  it("is 20 ms at least until a whole window of two seconds was measured, then what is needed", () => {
    const delay = new PlayoutDelay(tickMs);
    feed(delay, 100, () => 30);
    expect([delay.targetMs, delay.neededMs, delay.fits]).toEqual([20, 4, false]);
    feed(delay, 1, () => 30, 100);
    expect(delay.targetMs).toBe(4);
  });
});

describe("what is needed", () => {
  it("is the slowest packet of the last while and 4 ms, up to a packet 16 ms slower than the fastest", () => {
    const delay = steady(390);
    feed(delay, 1, () => 46, 390);
    expect(delay.neededMs).toBeCloseTo(20, 1);
    const slower = steady(390);
    feed(slower, 1, () => 47, 390);
    expect(slower.neededMs).toBe(4);
  });

  it("forgets a slow packet by half a millisecond a second", () => {
    const delay = steady();
    feed(delay, 1, () => 40, 300);
    feed(delay, 250, () => 30, 301);
    expect(delay.neededMs).toBeCloseTo(4 + 10 - 2.5, 1);
  });

  it("counts by how much packets begin inside a frame, and forgets that by an eighth a packet", () => {
    const delay = steady();
    delay.add(6000, 10, 6030);
    expect(delay.neededMs).toBe(14);
    delay.add(6020, 2, 6050);
    expect(delay.neededMs).toBe(4 + 10 - 8 / 8);
  });

  it("never goes beyond what the bound leaves", () => {
    const delay = new PlayoutDelay(tickMs);
    feed(delay, 300, (index) => (index % 4 === 0 ? 400 : 30));
    expect(delay.neededMs).toBe(maxDelayMs - tickMs);
  });
});

describe("a delay that is longer than needed", () => {
  it("may be cut where it is quiet once a frame and 2 ms are too much, and not before", () => {
    expect(playedAt(steady(), 4 + 22).mayShorten).toBe(false);
    expect(playedAt(steady(), 4 + 22.1).mayShorten).toBe(true);
  });

  it("must be cut out of what sounds beyond a frame and a half, 60 ms after the last correction at the soonest", () => {
    expect(playedAt(steady(), 4 + 30).mustShorten(10_000)).toBe(false);
    const delay = playedAt(steady(), 4 + 30.1);
    expect(delay.mustShorten(10_000)).toBe(true);
    delay.corrected(10_000);
    expect([delay.mustShorten(10_059), delay.mustShorten(10_060)]).toEqual([false, true]);
  });

  it("goes at once beyond 200 ms, down to what is needed", () => {
    expect(playedAt(steady(), 200).beyondBoundMs).toBe(0);
    expect(playedAt(steady(), 201).beyondBoundMs).toBe(197);
    const delay = steady();
    expect([delay.allows(0, 30 + 180), delay.allows(0, 30 + 181)]).toEqual([true, false]);
  });
});

describe("a delay that is too short", () => {
  it("may be lengthened where it is quiet, must be in what sounds, and not within 60 ms", () => {
    const delay = playedAt(steady(), 3);
    expect([delay.mayLengthen, delay.mustLengthen(10_000), delay.fits]).toEqual([true, true, false]);
    delay.corrected(10_000);
    expect([delay.mustLengthen(10_059), delay.mustLengthen(10_060)]).toEqual([false, true]);
  });

  it("is left alone when it is just what is needed", () => {
    const delay = playedAt(steady(), 4);
    expect([delay.mayLengthen, delay.mayShorten, delay.mustLengthen(10_000), delay.fits]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});

it("a reset forgets the network", () => {
  const delay = steady();
  feed(delay, 1, () => 40, 300);
  playedAt(delay, 100);
  delay.reset();
  expect([delay.currentMs, delay.targetMs, delay.neededMs]).toEqual([0, 20, 4]);
});
