// The promises about bad networks, each on the simulated line that would break it.
import { describe, expect, it } from "vitest";
import { maxDelayMs } from "../../../../media/jitter/index.ts";
import { disturbances, drifts } from "../../../bench/networks/lines.ts";
import { listen } from "../../../bench/networks/listen.ts";
import { compareSpeech } from "../../../bench/networks/speech.ts";

const named = (name: string) => disturbances.find((each) => each.name === name)!;

describe("whatever happens to the packets", () => {
  it.each(disturbances.map((each) => [each.name, each] as const))(
    "the delay stays within its bound and is below 60 ms ten seconds later: %s",
    async (_, disturbance) => {
      const heard = await listen({ codec: "PCMU", disturbance });
      expect(heard.delayMaxMs).toBeLessThanOrEqual(maxDelayMs);
      expect(heard.recoveredAfterS).toBeLessThanOrEqual(10);
      expect(heard.snrDb).toBeGreaterThan(35);
    },
  );
});

describe("at 5 % loss and 0–40 ms jitter", () => {
  it.each([
    ["PCMU", 1],
    ["PCMU", 2],
    ["PCMU", 3],
    ["G722", 4],
  ] as const)("at most one window of 100 ms in twenty is damaged (%s, seed %i)", async (codec, seed) => {
    const heard = await listen({ codec, seed, disturbance: named("5 % lost, jitter 0–40 ms") });
    expect(heard.damaged).toBeLessThanOrEqual(0.05);
    expect(heard.delayP99Ms).toBeLessThanOrEqual(80);
  });
});

describe("losses", () => {
  it.each([
    ["1 % lost at random", 0.01],
    ["5 % lost at random", 0.02],
    ["10 % lost at random", 0.03],
    ["10 % lost in bursts of 3", 0.12],
  ])("damage little: %s", async (name, share) => {
    expect((await listen({ codec: "PCMU", disturbance: named(name) })).damaged).toBeLessThanOrEqual(share);
  });
});

describe("a clock that is 200 ppm off for ten minutes", () => {
  it.each(drifts.map((each) => [each.name, each] as const))(
    "costs no sound and no delay: %s",
    async (_, disturbance) => {
      const heard = await listen({ codec: "PCMU", disturbance });
      expect(heard.damaged).toBe(0);
      expect(heard.concealed).toBe(0);
      expect(heard.delayMaxMs).toBeLessThanOrEqual(62);
    },
    60_000,
  );
});

describe("speech in Opus at 10 % loss", () => {
  it("stays like what was said with FEC, and does not without", async () => {
    const without = await compareSpeech({ lossPercent: 10, fec: false });
    const repaired = await compareSpeech({ lossPercent: 10, fec: true });
    expect(repaired.mended).toBeGreaterThan(0.85);
    expect(repaired.distanceDb).toBeLessThan(without.distanceDb - 2);
    expect(repaired.segmentalSnrDb).toBeGreaterThan(without.segmentalSnrDb + 4);
  }, 60_000);
});
