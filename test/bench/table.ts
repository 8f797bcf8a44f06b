// The benchmarks' tables: one row a scenario.
import type { RunFigures } from "./figures.ts";

const columns: readonly (readonly [title: string, value: (run: RunFigures) => string])[] = [
  ["main cores", (run) => run.mainCores.toFixed(3)],
  ["worker cores", (run) => run.workerCores.toFixed(3)],
  ["main MB", (run) => run.mainRssMb.toFixed(0)],
  ["worker MB", (run) => run.workerRssMb.toFixed(0)],
  ["delay p50/p99 ms", (run) => `${milliseconds(run.delayP50Ms)} / ${milliseconds(run.delayP99Ms)}`],
  ["lost to phones", (run) => String(run.packetsLost)],
  ["lost to bridge", (run) => String(run.workerPacketsLost)],
  [
    "tick late p99/max ms",
    (run) => `${run.tickLatenessP99Ms.toFixed(1)} / ${run.tickLatenessMaxMs.toFixed(1)}`,
  ],
  ["tick cost p99 ms", (run) => run.tickCostP99Ms.toFixed(2)],
  ["ticks skipped", (run) => String(run.ticksSkipped)],
  ["deaf legs", (run) => String(run.deafLegs)],
  ["markers missed", (run) => String(run.markersMissed)],
  ["load cores", (run) => run.loadCores.toFixed(3)],
  ["load late p99 ms", (run) => run.sendLatenessP99Ms.toFixed(1)],
];

/** As Markdown. */
export function formatTable(results: readonly { name: string; figures: RunFigures }[]): string {
  const rows = [
    ["scenario", ...columns.map(([title]) => title)],
    ["---", ...columns.map(() => "--:")],
    ...results.map(({ name, figures }) => [name, ...columns.map(([, value]) => value(figures))]),
  ];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Nothing was measured where there is no number. */
const milliseconds = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : "–");

/** The first row has the titles. */
export function formatRows(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  ")).join("\n");
}
