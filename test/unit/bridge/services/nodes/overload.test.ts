import { describe, expect, it } from "vitest";
import { Overload, type OverloadCause } from "#services/nodes";
import { FakeClock } from "#test/support";

const limits = { late_ticks: 10, mixer_cpu: 80, control_cpu: 90, machine_cpu: 97 };
const idle = { lateTicks: 0, mixerCpu: 0 };

function watched(wanted: typeof limits | "none" = limits) {
  const clock = new FakeClock();
  const workers = [0, 1].map((index) => ({ index, state: "ready", health: { load: { ...idle } } }));
  const used = { threadMs: 0, machine: { busy: 0, total: 0 } };
  const overload = new Overload({
    ...{ clock, workers, limits: wanted === "none" ? undefined : wanted },
    threadMs: () => used.threadMs,
    machine: () => used.machine,
  });
  const told: (readonly OverloadCause[] | number)[] = [];
  overload.events.on("began", ({ causes }) => told.push(causes));
  overload.events.on("ended", ({ seconds }) => told.push(seconds));
  const seconds = (count: number, { control = 0, machine = 0 } = {}) => {
    for (let second = 0; second < count; second += 1) {
      used.threadMs += 1000 * control;
      used.machine = { busy: used.machine.busy + 100 * machine, total: used.machine.total + 100 };
      clock.advance(1000);
    }
  };
  return { overload, workers, seconds, told };
}

describe("admission by load", () => {
  it("begins after two bad seconds in a row, not after one", () => {
    const { overload, workers, seconds, told } = watched();
    for (const worker of workers) worker.health.load.lateTicks = 0.1;
    seconds(1);
    expect(overload.active).toBe(false);
    for (const worker of workers) worker.health.load.lateTicks = 0.09;
    seconds(1);
    for (const worker of workers) worker.health.load.lateTicks = 0.25;
    seconds(1);
    expect(overload.active).toBe(false);
    seconds(1);
    expect(overload.active).toBe(true);
    expect(told).toEqual([
      [
        { measure: "late_ticks", percent: 25, worker: 0 },
        { measure: "late_ticks", percent: 25, worker: 1 },
      ],
    ]);
  });

  it("ends after ten seconds that are clearly good, however long it has been in between", () => {
    const { overload, workers, seconds, told } = watched();
    const load = workers[0]!.health.load;
    load.mixerCpu = 0.8;
    seconds(2);
    // Under the limit, and not by much.
    load.mixerCpu = 0.75;
    seconds(60);
    expect(overload.ofWorker({ index: 0 })).toBe(true);
    load.mixerCpu = 0.7;
    seconds(9);
    load.mixerCpu = 0.75;
    seconds(1);
    load.mixerCpu = 0.7;
    seconds(9);
    expect(overload.ofWorker({ index: 0 })).toBe(true);
    seconds(1);
    expect(overload.ofWorker({ index: 0 })).toBe(false);
    expect(told).toEqual([[{ measure: "mixer_cpu", percent: 80, worker: 0 }], 80]);
  });

  it("is that of one worker while another one is at ease, and of the machine when all are", () => {
    const { overload, workers, seconds, told } = watched();
    workers[1]!.health.load.mixerCpu = 0.95;
    seconds(2);
    expect([overload.active, overload.ofWorker({ index: 0 }), overload.ofWorker({ index: 1 })]).toEqual([
      false,
      false,
      true,
    ]);
    expect(overload.snapshot().overloadedWorkers).toEqual([1]);
    workers[0]!.health.load.mixerCpu = 0.95;
    seconds(2);
    expect(overload.active).toBe(true);
    // It has been told already that this began.
    expect(told).toHaveLength(1);
  });

  it.each([
    ["control_cpu", { control: 0.92 }, 92],
    ["machine_cpu", { machine: 0.98 }, 98],
  ])("counts %s for all workers", (measure, busy, percent) => {
    const { overload, seconds, told } = watched();
    seconds(2, busy);
    expect([overload.active, overload.ofWorker({ index: 1 })]).toEqual([true, true]);
    expect(told).toEqual([[{ measure, percent, worker: null }]]);
  });

  it("forgets a worker that has died", () => {
    const { overload, workers, seconds } = watched();
    workers[0]!.health.load.lateTicks = 1;
    seconds(2);
    workers[0]!.state = "down";
    seconds(1);
    workers[0]!.state = "ready";
    expect(overload.ofWorker({ index: 0 })).toBe(false);
  });

  it("measures and refuses nothing where limits are 0, or none are wanted", () => {
    const off = { late_ticks: 0, mixer_cpu: 0, control_cpu: 0, machine_cpu: 0 };
    for (const { overload, seconds } of [watched(off), watched("none")]) {
      seconds(5, { control: 1, machine: 1 });
      expect(overload.snapshot()).toEqual({
        ...{ overloaded: false, controlCpu: 1, machineCpu: 1 },
        overloadedWorkers: [],
      });
    }
  });
});
