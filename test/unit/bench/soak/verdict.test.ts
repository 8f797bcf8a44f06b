import { expect, it } from "vitest";
import { columns, fromCsv, type Sample, toCsv } from "../../../bench/soak/sample.ts";
import { judge, slopeOf } from "../../../bench/soak/verdict.ts";

const zeros = Object.fromEntries(columns.map((column) => [column, 0])) as Sample;
const hours = 2;

/** A sample every minute. */
const run = (at: (hour: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: hours * 60 }, (_, index) => ({
    ...zeros,
    second: (index + 1) * 60,
    ...at((index + 1) / 60),
  }));

const failed = (samples: readonly Sample[], idle: readonly Sample[] = [zeros, zeros]) =>
  judge(samples, idle)
    .filter(({ passed }) => passed === false)
    .map(({ what }) => what);

it("the slope is that of most pairs, whatever a few samples say", () => {
  const points = Array.from({ length: 50 }, (_, x) => ({ x, y: 3 * x + (x % 10 === 4 ? 500 : 0) }));
  expect(slopeOf(points)).toBe(3);
});

it("a run in which nothing grows and nothing is lost has passed", () => {
  expect(failed(run((hour) => ({ controlOwnMb: 150 + 5 * Math.sin(40 * hour) })))).toEqual([]);
});

it("memory may grow in the first third, and not afterwards", () => {
  expect(failed(run((hour) => ({ workersOwnMb: 300 + 100 * Math.min(hour, hours / 3) })))).toEqual([]);
  expect(failed(run((hour) => ({ workersOwnMb: 300 + 20 * hour })))).toEqual([
    "memory of workers, the last two thirds",
  ]);
  expect(failed(run((hour) => ({ workersPssMb: 300 + 20 * hour })))).toEqual([]);
});

it("of a short run's memory nothing is said", () => {
  expect(failed(run((hour) => ({ controlOwnMb: 500 * hour })).slice(0, 50))).toEqual([]);
});

it.each([
  ["controlFiles with nobody there", { controlFiles: 42 }],
  ["udpPorts with nobody there", { udpPorts: 8 }],
  ["timers with nobody there", { timers: 30 }],
] as const)("what is left over fails it: %s", (what, after) => {
  expect(
    failed(
      run(() => ({})),
      [zeros, { ...zeros, ...after }],
    ),
  ).toEqual([what]);
});

it("ticks that come later and later fail it, and a call or an event that was lost", () => {
  const samples = run((hour) => ({ lateP99Ms: 2 + 3 * hour, callsDropped: 1, eventsMissed: 2 }));
  expect(failed(samples)).toEqual([
    "lateness of ticks, p99, first and last quarter",
    "calls that the bridge dropped",
    "events that a reader missed",
  ]);
});

it("a run without a sample has failed", () => {
  expect(failed([])).toEqual(["samples"]);
});

it("samples come back from their table, without a row that was cut off", () => {
  const samples = run((hour) => ({ lateP99Ms: Math.round(hour) / 8 })).slice(0, 3);
  expect(fromCsv(toCsv(samples))).toEqual(samples);
  expect(fromCsv(`${toCsv(samples)}40,1,2`)).toEqual(samples);
});
