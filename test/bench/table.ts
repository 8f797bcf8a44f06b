// The benchmarks' tables: one row a size.
import type { RunFigures } from "./figures.ts";

const columns: readonly (readonly [title: string, value: (run: RunFigures) => string])[] = [
  ["main cores", (run) => run.mainCores.toFixed(3)],
  ["worker cores", (run) => run.workerCores.toFixed(3)],
  ["main MB", (run) => run.mainRssMb.toFixed(0)],
  ["worker MB", (run) => run.workerRssMb.toFixed(0)],
  ["delay p50/p99 ms", (run) => `${run.delayP50Ms.toFixed(1)} / ${run.delayP99Ms.toFixed(1)}`],
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

export function formatTable(results: readonly { legs: number; figures: RunFigures }[]): string {
  const rows = [
    ["legs", ...columns.map(([title]) => title)],
    ...results.map(({ legs, figures }) => [String(legs), ...columns.map(([, value]) => value(figures))]),
  ];
  return formatRows(rows);
}

/** The first row has the titles. */
export function formatRows(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  ")).join("\n");
}
