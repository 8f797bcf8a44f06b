// Whatever happens on the way, both sides of a call come to the same end and nothing is left: no session, dialog,
// transaction or timer. The scenario project runs ten thousand of these; here a part of them, and the seeds that
// have once found a fault.
import { expect, it } from "vitest";
import { runFlows } from "./refer-flows.ts";

const flowsAtOnce = 125;
const worlds = 12;
/** Worlds that failed once. */
const remembered: readonly number[] = [];

it.each([...remembered, ...Array.from({ length: worlds }, (_, index) => index)])(
  "the calls of world %i end alike on both sides",
  async (seed) => {
    const report = await runFlows(seed, flowsAtOnce);
    expect(report.faults).toEqual([]);
    expect(report.cancelled).toBeGreaterThan(10);
    if (seed % 3 === 0) return;
    // Without outages most calls come to something, and what is repeated for half a minute arrives.
    expect(report.answered).toBeGreaterThan(flowsAtOnce / 2);
    expect(report.oneSided).toBeLessThan(flowsAtOnce / 20);
    expect(report.actions["reoffer"]).toBeGreaterThan(10);
  },
  30_000,
);
