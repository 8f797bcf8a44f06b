// The media time of packets: a stream whose stamps are right passes unchanged, whatever its pauses and its network; one
// whose stamps are wrong in a consistent way is heard by its numbers and lengths.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatOf } from "../../../../media/codec/index.ts";
import { emptyRtpHeader, MediaTimestamps } from "../../../../media/rtp/index.ts";

interface Packet {
  readonly sequence: number;
  readonly stamp: number;
  readonly at: number;
  /** Payload bytes of PCMU: a millisecond is eight. */
  readonly bytes?: number;
}

const start = 2 ** 32 - 3000;

/** What the packets are taken for, in units from the first. */
function heard(packets: readonly Packet[], timestamps = new MediaTimestamps()): number[] {
  const header = emptyRtpHeader();
  return packets.map(({ sequence, stamp, at, bytes = 160 }) => {
    header.sequence = sequence & 0xffff;
    header.timestamp = (start + stamp) >>> 0;
    header.payloadStart = 12;
    header.payloadEnd = 12 + bytes;
    timestamps.correct(new Uint8Array(12 + bytes), header, formatOf("PCMU"), at);
    return (header.timestamp - start) | 0;
  });
}

/** Packets of 20 ms with a clock of their own, sent when they are due. */
const stamped = (count: number, clock: (index: number) => number): Packet[] =>
  Array.from({ length: count }, (_, index) => ({
    sequence: 65_530 + index,
    stamp: Math.round(clock(index)),
    at: index * 20,
  }));

const steps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, index) => time - times[index]!);

describe("stamps that are right", () => {
  it("are believed, through pauses, losses, reordering and packets of any length", () => {
    const packets = (bytes: fc.Arbitrary<number>, lost: fc.Arbitrary<boolean>, latestMs: number) => {
      const pauseMs = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 60, max: 3000 }));
      const lateMs = fc.integer({ min: 0, max: latestMs });
      return fc.array(fc.record({ bytes, pauseMs, lost, lateMs }), { minLength: 2, maxLength: 80 });
    };
    const lengths = [80, 160, 240, 480];
    const tenth = fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0);
    const oneLength = fc.constantFrom(...lengths).chain((bytes) => packets(fc.constant(bytes), tenth, 15));
    // How long a packet was that has not come is not known where lengths are mixed: all of them come, and in order.
    const mixedLengths = packets(fc.constantFrom(...lengths), fc.constant(false), 9);
    fc.assert(
      fc.property(fc.oneof(oneLength, mixedLengths), (source) => {
        let stamp = 0;
        const sent = source.flatMap(({ bytes, pauseMs, lost, lateMs }, index) => {
          stamp += pauseMs * 8;
          const one = { sequence: index, stamp, at: stamp / 8 + lateMs, bytes };
          stamp += bytes;
          return lost && index > 0 ? [] : [one];
        });
        const arrived = [...sent].sort((left, right) => left.at - right.at);
        expect(heard(arrived)).toEqual(arrived.map((one) => one.stamp));
      }),
      { numRuns: 300 },
    );
  });

  it("are believed in discontinuous transmission: a packet every 400 ms", () => {
    const packets = Array.from({ length: 50 }, (_, index) => ({
      sequence: index,
      stamp: index * 3200,
      at: index * 400,
    }));
    expect(heard(packets)).toEqual(packets.map(({ stamp }) => stamp));
  });

  it("are believed when the network holds pauses back and gives all at once", () => {
    const packets = Array.from({ length: 20 }, (_, index) => ({
      sequence: index,
      stamp: index * 3200,
      at: index < 5 || index > 14 ? index * 400 : 6000 + index,
    }));
    expect(heard(packets)).toEqual(packets.map(({ stamp }) => stamp));
  });

  it("that leap with a pause that comes late as well leap", () => {
    const packets = stamped(40, (index) => index * 160 + (index >= 20 ? 8000 : 0)).map((one, index) =>
      index >= 20 ? { ...one, at: one.at + 1000 } : one,
    );
    expect(heard(packets)).toEqual(packets.map(({ stamp }) => stamp));
  });
});

describe("stamps that are wrong", () => {
  it.each([
    ["waver", (index: number) => index * 160 + [0, -8, 8][index % 3]!],
    ["are a little fast", (index: number) => index * 163],
  ])("and %s are put end to end", (_, clock) => {
    expect(new Set(steps(heard(stamped(60, clock))))).toEqual(new Set([160]));
  });

  it.each([
    ["once, far ahead", (index: number) => index * 160 + (index >= 20 ? 1_000_000 : 0)],
    ["once, back", (index: number) => index * 160 - (index >= 20 ? 1_000_000 : 0)],
    ["every second, by 100 ms", (index: number) => index * 160 + Math.floor(index / 50) * 800],
    ["in one packet of ten alone", (index: number) => index * 160 + (index % 10 === 9 ? 1600 : 0)],
    ["in one packet of ten to zero", (index: number) => (index % 10 === 9 ? 0 : index * 160)],
  ])("by a leap %s, with packets that come on time, are put end to end", (_, clock) => {
    expect(new Set(steps(heard(stamped(60, clock))))).toEqual(new Set([160]));
  });

  it("by a leap are put end to end through jitter of a third of a packet", () => {
    const packets = stamped(200, (index) => index * 160 + Math.floor(index / 20) * 1600).map(
      (one, index) => ({
        ...one,
        at: one.at + ((index * 7919) % 7),
      }),
    );
    expect(new Set(steps(heard(packets)))).toEqual(new Set([160]));
  });

  it.each([
    ["twice too fast", (index: number) => index * 320],
    ["three times too slow", (index: number) => (index * 160) / 3],
    ["six times too fast, wavering", (index: number) => index * 960 + (index % 5)],
    ["standing still", () => 77],
    ["counting packets", (index: number) => index],
    ["going backwards", (index: number) => -index * 160],
    ["without any order", (index: number) => (index * 2_654_435_761) % 4_294_967_296],
  ])("by a clock %s are where they should be from the sixth packet on", (_, clock) => {
    const times = heard(stamped(60, clock));
    const first = clock(0);
    expect(times.slice(6).map((time) => (time - first) | 0)).toEqual(
      Array.from({ length: 54 }, (_each, index) => (index + 6) * 160),
    );
  });

  it("by a factor still say how long a pause was", () => {
    const packets = stamped(60, (index) => 2 * (index * 160 + (index >= 30 ? 8000 : 0))).map((one, index) =>
      index >= 30 ? { ...one, at: one.at + 1000 } : one,
    );
    expect(heard(packets)[30]! - heard(packets)[29]!).toBe(160 + 8000);
  });

  it("are not taken for right ones after a pause of silence, nor are packets lost", () => {
    const packets = stamped(60, () => 0).filter((_, index) => index < 20 || index > 24);
    expect(steps(heard(packets)).slice(6)).toEqual(
      Array.from({ length: 48 }, (_, index) => (index === 13 ? 960 : 160)),
    );
  });

  it("are counted, each packet once, and right ones never", () => {
    const timestamps = new MediaTimestamps();
    heard(
      stamped(50, (index) => index * 160),
      timestamps,
    );
    expect(timestamps.corrected).toBe(0);
    timestamps.reset();
    heard(
      stamped(50, (index) => index * 320),
      timestamps,
    );
    expect(timestamps.corrected).toBe(49);
  });
});
