// The benchmark's arithmetic: what it prints is quoted, so it has to be right.
import { describe, expect, it } from "vitest";
import { medians, percentile, type RunFigures } from "../../bench/figures.ts";
import { metricOf } from "../../bench/metrics.ts";
import {
  breathFrames,
  marker,
  markerOffset,
  roomNoise,
  syllableFrames,
  voiceOf,
} from "../../bench/payloads.ts";
import { decodeG711, encodeG711 } from "../../support/phone/index.ts";

describe("figures", () => {
  it("takes percentiles of the sorted values", () => {
    const values = Array.from({ length: 100 }, (_, index) => 99 - index);
    expect(percentile(values, 50)).toBe(50);
    expect(percentile(values, 99)).toBe(99);
    expect(percentile([], 50)).toBeNaN();
  });

  it("takes the median of each figure by itself", () => {
    const run = (mainCores: number, packetsLost: number) => ({ mainCores, packetsLost }) as RunFigures;
    expect(medians([run(0.1, 9), run(0.3, 0), run(0.2, 1)])).toEqual({ mainCores: 0.2, packetsLost: 1 });
  });

  it("adds a metric up over the workers", () => {
    const text = '# HELP x\nparley_packets_lost{worker="0"} 3\nparley_packets_lost{worker="1"} 4\nother 9\n';
    expect(metricOf(text, "packets_lost")).toBe(7);
    expect(metricOf(text, "absent")).toBeNaN();
  });
});

describe("the marker", () => {
  const sum = (...payloads: Uint8Array[]): Uint8Array => {
    const decoded = payloads.map((payload) => decodeG711("PCMU", payload));
    const mixed = decoded[0]!.map((_, index) => {
      const total = decoded.reduce((all, samples) => all + samples[index]!, 0);
      return Math.max(-32768, Math.min(32767, total));
    });
    return encodeG711("PCMU", mixed);
  };
  const voices = [0, 1, 2].map((talker) => voiceOf(talker).syllable);

  it("is not found in three voices at once, nor in noise", () => {
    expect(markerOffset(sum(...voices), 0)).toBe(-1);
    expect(markerOffset(roomNoise, 0)).toBe(-1);
    expect(syllableFrames).toBeGreaterThan(breathFrames);
  });

  it("is found among voices at its first sample", () => {
    expect(markerOffset(sum(marker, ...voices.slice(1)), 0)).toBe(0);
  });

  it("is found where it begins within a packet", () => {
    const packet = new Uint8Array(172).fill(0xff);
    packet.set(marker.subarray(0, 100), 72);
    expect(markerOffset(packet, 12)).toBe(60);
  });
});
