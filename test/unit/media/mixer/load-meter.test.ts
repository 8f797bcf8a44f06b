import { describe, expect, it } from "vitest";
import { latenessBoundsMs } from "#media/protocol";
import { FakeClock } from "#test/support";
import { LoadMeter } from "../../../../media/mixer/load-meter.ts";

describe("the load of a worker", () => {
  it("is that of the time since the last look: ticks over 10 ms late or given up, processor time, the machine", () => {
    const clock = new FakeClock();
    const ticker = { ticks: 0, skipped: 0, lateBuckets: [...latenessBoundsMs, 0].map(() => 0) };
    const used = { thread: 0, video: 0, machine: { busy: 0, total: 0 } };
    const meter = new LoadMeter({
      ...{ clock, ticker },
      videoMs: () => used.video,
      threadMs: () => used.thread,
      machine: () => used.machine,
    });
    clock.advance(1000);
    const onTime = latenessBoundsMs.indexOf(10);
    ticker.ticks = 48;
    ticker.lateBuckets[onTime] = 40;
    ticker.lateBuckets[onTime + 1] = 7;
    ticker.lateBuckets[ticker.lateBuckets.length - 1] = 1;
    ticker.skipped = 2;
    Object.assign(used, { thread: 450, video: 1300, machine: { busy: 30, total: 40 } });
    expect(meter.take()).toEqual({ lateTicks: 0.2, mixerCpu: 0.45, videoCpu: 1.3, machineCpu: 0.75 });

    clock.advance(1000);
    expect(meter.take()).toEqual({ lateTicks: 0, mixerCpu: 0, videoCpu: 0, machineCpu: 0 });
  });
});
