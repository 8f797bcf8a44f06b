// The jitter buffer against a simulated network.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxDelayMs } from "../../../../media/jitter/index.ts";
import { Player, seededRandom, source } from "../support/lossy-network.ts";
import { Tone, toneLevel, toneToNoise } from "../support/tones.ts";

const hertz = 1004;

/** The share of 100 ms windows in which the tone stands less than 12 dB above everything else. */
function damagedShare(player: Player, fromMs: number, toMs: number): number {
  let damaged = 0;
  let windows = 0;
  for (let at = fromMs; at + 100 <= toMs; at += 100) {
    windows += 1;
    if (toneToNoise(player.audio(at, at + 100), hertz) < 12) damaged += 1;
  }
  return damaged / windows;
}

describe("a good network", () => {
  it.each([10, 20, 30, 40, 60])("plays packets of %i ms without a flaw, soon", (ptimeMs) => {
    const player = new Player();
    player.play(source({ seconds: 4, ptimeMs }), 4000);
    expect(player.count("audio", 200)).toBe(player.results.length - 10);
    expect(player.count("concealed")).toBe(0);
    expect(damagedShare(player, 200, 3900)).toBe(0);
    expect(player.delays.at(-1)).toBeLessThanOrEqual(60);
    expect(player.delays.at(-1)).toBeGreaterThanOrEqual(4);
  });

  it("plays what came out of order in order, and what came twice once", () => {
    const player = new Player();
    const packets = source({ seconds: 2 });
    const swapped = packets.map((packet, index) =>
      index % 10 === 4 ? { ...packet, arrivesAt: packet.arrivesAt + 21 } : packet,
    );
    player.play([...swapped, ...swapped.filter((_, index) => index % 7 === 0)], 1960);
    expect(player.count("concealed")).toBe(0);
    expect(damagedShare(player, 200, 1900)).toBe(0);
  });
});

describe("the wait for the next tick", () => {
  /** So faint that whole frames may go. */
  const faint = new Tone(hertz, 20);
  /** Where the ticks fall between the packets, and how late the sender's scheduler is at most. */
  const phases = [0.5, 3, 7, 13, 19.5].flatMap((phase) => [0, 1, 3].map((late) => [phase, late] as const));

  it.each(phases)(
    "is all that a clean network costs: ticks %f ms after packets, %i ms jitter",
    (phase, late) => {
      const random = seededRandom(5);
      const player = new Player();
      player.now = phase;
      player.play(source({ seconds: 60, tone: faint, path: (at) => at + late * random() }), 60_000);
      const settled = player.delays.slice(5000 / 20);
      expect(player.count("concealed")).toBe(0);
      expect(player.buffer.late).toBe(0);
      expect(Math.max(...settled)).toBeLessThanOrEqual(late + 4 + 22);
      expect(Math.min(...settled)).toBeGreaterThanOrEqual(4 + late / 2);
    },
  );

  it("grows at once with the first packet that is late, and is the same again minutes later", () => {
    const player = new Player();
    const path = (at: number) => (at === 10_000 ? at + 15 : at);
    player.play(source({ seconds: 120, tone: faint, path }), 120_000);
    const at = (seconds: number) => player.delays[(seconds * 1000) / 20]!;
    expect(player.count("concealed")).toBeLessThanOrEqual(1);
    expect(at(9)).toBeLessThanOrEqual(26);
    expect(at(10.2)).toBeGreaterThanOrEqual(15);
    expect(at(119)).toBe(at(9));
  });

  it("provides for what is late but once in ten seconds", () => {
    const random = seededRandom(8);
    const player = new Player();
    const path = (at: number, index: number) => at + (index % 500 === 300 ? 14 : 2 * random());
    player.play(source({ seconds: 120, tone: faint, path }), 120_000);
    expect(player.count("concealed", 8000)).toBe(0);
    expect(Math.max(...player.delays.slice(500))).toBeLessThanOrEqual(14 + 4 + 22);
  });
});

describe("a bad network", () => {
  it.each([1, 2, 3])(
    "damages few of 100 ms at one packet in twenty lost and 0 to 40 ms jitter, seed %i",
    (seed) => {
      const random = seededRandom(seed);
      const player = new Player();
      const path = (sentAt: number) => (random() < 0.05 ? undefined : sentAt + 40 * random());
      player.play(source({ seconds: 30, path }), 30_000);
      expect(damagedShare(player, 1000, 29_900)).toBeLessThan(0.05);
      expect(player.buffer.late).toBeLessThan(30);
      expect(Math.max(...player.delays.slice(100))).toBeLessThan(110);
    },
  );

  it("conceals a lost packet at the tone's own level", () => {
    const player = new Player();
    player.play(source({ seconds: 1, path: (at, index) => (index === 25 ? undefined : at) }), 1000);
    expect(player.count("concealed")).toBe(1);
    const lost = player.results.indexOf("concealed") * 20;
    expect(toneToNoise(player.audio(lost - 40, lost + 60), hertz)).toBeGreaterThan(15);
    expect(player.buffer.concealedSamples).toBe(160);
  });

  it("fades to silence when the source dies, and says so", () => {
    const player = new Player();
    player.play(source({ seconds: 1 }), 1600);
    expect(player.results.slice(-20)).toEqual(Array.from({ length: 20 }, () => "silence"));
    expect(toneLevel(player.audio(1200, 1600), hertz)).toBeLessThan(-90);
    expect(player.buffer.concealedSamples).toBeLessThanOrEqual(800);
  });

  it("returns to a low delay within ten seconds of a stall, keeping the delay bounded all the while", () => {
    const player = new Player();
    const path = (at: number) => (at >= 3000 && at < 3500 ? 3500 : at);
    player.play(source({ seconds: 15, path }), 15_000);
    expect(Math.max(...player.delays)).toBeLessThanOrEqual(maxDelayMs);
    expect(player.delays[13_500 / 20]).toBeLessThanOrEqual(60);
    expect(damagedShare(player, 13_500, 14_900)).toBe(0);
  });

  it("follows the network to a longer delay and back", () => {
    const player = new Player();
    const random = seededRandom(9);
    const path = (at: number) => at + (at > 5000 && at < 15_000 ? 120 * random() : 0);
    player.play(source({ seconds: 30, path }), 30_000);
    expect(player.delays[14_000 / 20]).toBeGreaterThan(90);
    expect(player.delays[4000 / 20]).toBeLessThanOrEqual(60);
    expect(player.delays[25_000 / 20]).toBeLessThanOrEqual(60);
    expect(damagedShare(player, 7000, 29_900)).toBeLessThan(0.05);
  });

  it("is heard again at once when the way becomes 300 ms longer for good", () => {
    const player = new Player();
    player.play(source({ seconds: 5, path: (at) => (at < 2000 ? at : at + 300) }), 5000);
    expect(damagedShare(player, 2500, 4900)).toBe(0);
    expect(player.delays.at(-1)).toBeLessThanOrEqual(60);
  });
});

it("holds nothing of the stream before when another begins", () => {
  const player = new Player();
  player.play(source({ seconds: 1 }), 1000);
  for (const packet of source({ seconds: 0.1, startAt: 1000, firstSequence: 14 })) player.take(packet);
  expect(player.buffer.pending).toBe(true);
  player.buffer.restart();
  expect(player.buffer.pending).toBe(false);
});

describe("the bound of the delay", () => {
  it.each([1, 2, 3, 4])("is not passed by a millisecond, whatever the jitter, seed %i", (seed) => {
    expect(maxDelayMs).toBe(200);
    const random = seededRandom(seed);
    const player = new Player();
    const widest = 100 * seed;
    const path = (at: number) => (at < 3000 ? at + widest : at + widest * random());
    player.play(source({ seconds: 20, path }), 20_000);
    expect(Math.max(...player.delays)).toBeLessThanOrEqual(maxDelayMs);
    expect(Math.max(...player.delays)).toBeGreaterThan(Math.min(90, widest));
  });

  it("holds when a shorter way makes all that waits too old at once", () => {
    const player = new Player();
    const path = (at: number) => (at < 5000 ? at + 190 : at);
    player.play(source({ seconds: 8, path }), 8000);
    expect(Math.max(...player.delays)).toBeLessThanOrEqual(maxDelayMs);
    expect(damagedShare(player, 5600, 7900)).toBe(0);
  });

  it("does not begin with a packet that is too long to be kept", () => {
    const player = new Player();
    player.take({ sequence: 1, timestamp: 0, payload: new Uint8Array(1601), arrivesAt: player.now });
    expect(player.pull()).toBe("silence");
    expect(player.delays).toEqual([0]);
  });
});

describe("the source's clock", () => {
  it.each([1.0003, 0.9997])("is followed for minutes when it runs at %f of ours", (clock) => {
    const player = new Player();
    player.play(source({ seconds: 240, clock }), 239_000);
    expect(player.count("concealed", 1000)).toBe(0);
    expect(damagedShare(player, 1000, 238_900)).toBeLessThan(0.01);
    expect(Math.max(...player.delays.slice(100))).toBeLessThanOrEqual(90);
    const moved = clock > 1 ? player.buffer.cutSamples : player.buffer.insertedSamples;
    expect(moved).toBeGreaterThan(0);
  });

  it("is followed in silence by whole frames", () => {
    const player = new Player();
    player.play(source({ seconds: 120, clock: 1.0003, tone: new Tone(hertz, 20) }), 119_000);
    expect(player.buffer.cutSamples).toBeGreaterThan(0);
    expect(player.buffer.cutSamples % 160).toBe(0);
    expect(player.count("concealed", 1000)).toBe(0);
  });

  it.each([
    ["forward", 800_000],
    ["a little forward", 4000],
    ["back", -800_000],
  ])("may be set %s within a stream", (_, jump) => {
    const player = new Player();
    const before = source({ seconds: 2, firstSequence: 0, firstTimestamp: 1_000_000 });
    const after = source({
      seconds: 3,
      startAt: 2000,
      firstSequence: 100,
      firstTimestamp: 1_016_000 + jump,
    });
    player.play([...before, ...after], 5000);
    expect(damagedShare(player, 2600, 4900)).toBe(0);
    expect(Math.max(...player.delays)).toBeLessThanOrEqual(maxDelayMs);
  });
});

describe("the sequence", () => {
  it("may leap", () => {
    const player = new Player();
    const before = source({ seconds: 2, firstSequence: 0, firstTimestamp: 0 });
    const after = source({ seconds: 2, startAt: 2000, firstSequence: 1100, firstTimestamp: 16_000 });
    player.play([...before, ...after], 4000);
    expect(damagedShare(player, 2300, 3900)).toBe(0);
  });

  it("may have silence in it that was never sent", () => {
    const player = new Player();
    const talk = source({ seconds: 1, firstSequence: 0, firstTimestamp: 0 });
    const more = source({ seconds: 1, startAt: 3000, firstSequence: 50, firstTimestamp: 24_000 });
    player.play([...talk, ...more], 4000);
    expect(toneLevel(player.audio(1300, 2900), hertz)).toBeLessThan(-90);
    expect(damagedShare(player, 3200, 3900)).toBe(0);
    expect(player.delays.at(-1)).toBeLessThanOrEqual(60);
  });

  it("keeps keys and comfort noise silent and does not take them for losses", () => {
    const player = new Player();
    const packets = source({ seconds: 2, firstSequence: 0, firstTimestamp: 0 });
    const isKey = (index: number) => index >= 50 && index < 60;
    const waiting = packets.map((packet, index) => ({ packet, payloadType: isKey(index) ? 101 : 0 }));
    for (const { packet, payloadType } of waiting) {
      while (player.now + 20 < packet.arrivesAt) {
        player.now += 20;
        player.pull();
      }
      player.take(packet, payloadType);
    }
    expect(player.count("concealed")).toBe(0);
    expect(player.count("silence", 1000)).toBeGreaterThanOrEqual(8);
  });
});

describe("anything at all", () => {
  it("leaves the buffer within its bounds and able to play", () => {
    const anyPacket = fc.record({
      sequence: fc.integer({ min: 0, max: 0xffff }),
      timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      length: fc.integer({ min: 0, max: 1400 }),
      wait: fc.integer({ min: 0, max: 60 }),
      payloadType: fc.constantFrom(0, 0, 0, 13),
    });
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 150 }), (packets) => {
        const player = new Player();
        for (const { sequence, timestamp, length, wait, payloadType } of packets) {
          player.take(
            { sequence, timestamp, payload: new Uint8Array(length), arrivesAt: player.now },
            payloadType,
          );
          for (let ms = 20; ms <= wait; ms += 20) {
            player.now += 20;
            player.pull();
          }
        }
        const resumesAt = player.now;
        const good = source({ seconds: 2, startAt: resumesAt, firstSequence: 777, firstTimestamp: 99_999 });
        player.buffer.restart();
        const heardBefore = player.frames.length * 20;
        player.play(good, resumesAt + 2000);
        expect(damagedShare(player, heardBefore + 200, heardBefore + 1900)).toBe(0);
        expect(player.delays.at(-1)).toBeLessThanOrEqual(60);
      }),
      { numRuns: 30, seed: 4242 },
    );
  });

  it("recovers by itself from a stretch of chaos in sequence and time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        const random = seededRandom(seed);
        const path = (at: number) => {
          if (at > 4000) return at + 10 * random();
          return random() < 0.3 ? undefined : at + 600 * random();
        };
        const player = new Player();
        player.play(source({ seconds: 14, path }), 14_000);
        expect(Math.max(...player.delays)).toBeLessThanOrEqual(maxDelayMs);
        expect(player.delays.at(-1)).toBeLessThanOrEqual(70);
        expect(damagedShare(player, 12_000, 13_900)).toBe(0);
      }),
      { numRuns: 8, seed: 99 },
    );
  });
});
