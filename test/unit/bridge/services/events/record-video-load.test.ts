// That pictures are degraded on a worker, step by step, and that it is over.
import { Value } from "typebox/value";
import { expect, it } from "vitest";
import { noVideoHealth, type WorkerHealth } from "#media/protocol";
import { eventData, type NewEvent, recordVideoLoad } from "#services/events";
import { FakeClock, FakeWorkers } from "#test/support";

function watch() {
  const clock = new FakeClock();
  const workers = new FakeWorkers(2);
  const told: NewEvent[] = [];
  const stop = recordVideoLoad({ workers, clock, log: { append: (event) => void told.push(event) } });
  return {
    ...{ clock, workers, stop },
    take: () => told.splice(0),
    second(worker: number, degradation: number, degradedBy: "machineCpu" | null = "machineCpu") {
      const video = { ...noVideoHealth(), degradation, degradedBy };
      workers.workers[worker]?.notifications.emit("worker.health", { video } as WorkerHealth);
      clock.advance(1000);
    },
  };
}

it("tells each step once, and for how long it was when nothing is left", () => {
  const { second, take, stop } = watch();
  for (const step of [0, 1, 1, 3, 2]) second(1, step);
  second(0, 0, null);
  second(1, 0, null);
  second(1, 0, null);
  const told = take();
  expect(told.map(({ type, data }) => [type, data])).toEqual([
    [
      "video.degraded",
      { worker: 1, step: 1, framerate_percent: 50, size_percent: 100, limit: "machine_cpu" },
    ],
    ["video.degraded", { worker: 1, step: 3, framerate_percent: 33, size_percent: 67, limit: "machine_cpu" }],
    [
      "video.degraded",
      { worker: 1, step: 2, framerate_percent: 33, size_percent: 100, limit: "machine_cpu" },
    ],
    ["video.restored", { worker: 1, seconds: 5 }],
  ]);
  for (const { type, data } of told) expect([...Value.Errors(eventData[type], data)]).toEqual([]);
  stop();
  second(1, 1);
  expect(take()).toEqual([]);
});

it("ends with a worker that dies", () => {
  const { second, take, workers } = watch();
  second(0, 4);
  take();
  workers.die(workers.workers[0]!);
  workers.die(workers.workers[1]!);
  expect(take()).toEqual([{ type: "video.restored", data: { worker: 0, seconds: 1 } }]);
});
