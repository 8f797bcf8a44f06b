// The benchmark's arithmetic: what it prints is quoted, so it has to be right.
import { describe, expect, it } from "vitest";
import { medians, percentile, type RunFigures } from "../../bench/figures.ts";
import { metricSum, tickSecond } from "../../bench/metrics.ts";
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

  it("adds a metric up over the workers, and takes the worst of what is not a sum", () => {
    const text = [
      "# HELP parley_media_packets_lost_total RTP packets that never came.",
      'parley_media_packets_lost_total{worker="0"} 3',
      'parley_media_packets_lost_total{worker="1"} 4',
      "parley_media_packets_lost_total_other 9",
      'parley_media_tick_lateness_seconds{worker="0",quantile="0.99"} 0.001',
      'parley_media_tick_lateness_seconds{worker="0",quantile="1"} 0.002',
      'parley_media_tick_lateness_seconds{worker="1",quantile="0.99"} 0.003',
      'parley_media_tick_lateness_seconds{worker="1",quantile="1"} 0.005',
      'parley_media_tick_cost_seconds{worker="0"} 0.0005',
    ].join("\n");
    expect(metricSum(text, "parley_media_packets_lost_total")).toBe(7);
    expect(metricSum(text, "absent")).toBeNaN();
    expect(tickSecond(text)).toEqual({ latenessP99Ms: 3, latenessMaxMs: 5, costP99Ms: 0.5 });
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
