// The benchmark's arithmetic: what it prints is quoted, so it has to be right.
import { describe, expect, it } from "vitest";
import { medians, percentile, type RunFigures } from "../../bench/figures.ts";
import { metricSum, tickSecond } from "../../bench/metrics.ts";
import { beatFrames, benchCodecs, Ear, frameMs, prepareRepertoire } from "../../bench/payloads.ts";
import { allScenarios, chooseScenarios } from "../../bench/scenarios.ts";
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
  it.each(benchCodecs)(
    "is heard once, in its place, and neither in voices nor in noise: %s",
    async (codec) => {
      const { voices, roomNoise, markerMs } = await prepareRepertoire(codec, 3);
      const ear = new Ear(codec);
      const heard = [...voices[0]!.plain, ...voices[0]!.marked, ...roomNoise].map((payload) =>
        ear.hear(payload),
      );
      const first = heard.findIndex((at) => at !== undefined);
      expect((first - beatFrames) * frameMs + heard[first]!).toBeCloseTo(markerMs, 0);
      expect(markerMs).toBeLessThan(10);
      expect(heard.slice(first + 2).every((at) => at === undefined)).toBe(true);
    },
  );

  it("is not found in three voices at once, twice as loud as they were sent", async () => {
    const { voices } = await prepareRepertoire("PCMU", 3);
    const beats = voices.map(({ plain }) => plain.map((payload) => decodeG711("PCMU", payload)));
    const ear = new Ear("PCMU");
    for (let frame = 0; frame < beatFrames; frame += 1) {
      const sum = beats[0]![frame]!.map(
        (_, at) => 2 * beats.reduce((all, beat) => all + beat[frame]![at]!, 0),
      );
      expect(ear.hear(encodeG711("PCMU", sum))).toBeUndefined();
    }
  });
});

describe("the choice of scenarios", () => {
  const all = { only: [], codecs: benchCodecs, legs: [], talkers: 3, workers: 1 };

  it("is everything, or names by their beginnings, or sizes of one's own", () => {
    expect(chooseScenarios(all)).toEqual(allScenarios);
    const named = chooseScenarios({ ...all, only: ["PCMU 40", "opus 50"] });
    expect(named.map(({ name }) => name)).toEqual(["opus 50", "PCMU 40 rooms of 5", "opus 50, all talk"]);
    const own = chooseScenarios({ ...all, codecs: ["g722"], legs: [7], talkers: 2, workers: 2 });
    expect(own).toMatchObject([{ codec: "G722", legsPerRoom: 7, talkersPerRoom: 2, workers: 2 }]);
  });

  it("refuses what there is not", () => {
    expect(() => chooseScenarios({ ...all, codecs: ["GSM"] })).toThrow("GSM");
    expect(() => chooseScenarios({ ...all, only: ["Siren"] })).toThrow("scenario");
  });
});
