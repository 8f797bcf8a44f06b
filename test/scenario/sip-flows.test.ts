// Ten thousand random calls between two endpoints on bad networks: both sides of each come to the same end, and
// nothing is left. In memory and on a fake clock, but too long for the unit project.
import { expect, it } from "vitest";
import { runFlows } from "../unit/bridge/sip/session/refer-flows.ts";

const flowsAtOnce = 125;
const worldsInTest = 10;
const firstWorld = 1000;

it.each(Array.from({ length: 8 }, (_, index) => firstWorld + index * worldsInTest))(
  "the calls of worlds %i and following end alike on both sides",
  async (first) => {
    for (let seed = first; seed < first + worldsInTest; seed += 1) {
      const report = await runFlows(seed, flowsAtOnce);
      expect(report.faults, `world ${seed}`).toEqual([]);
    }
  },
  120_000,
);
