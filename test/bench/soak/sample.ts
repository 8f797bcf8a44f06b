// What the soak measures every ten seconds, and its table on disk (CSV): all columns are numbers.

export const columns = [
  // Seconds since the churn began; load average of the machine; calls that are up by the phones and by the bridge.
  ...["second", "machineLoad", "phonesUp", "bridgeCalls"],
  ...["controlPssMb", "workersPssMb", "videoPssMb", "otherPssMb"],
  ...["controlOwnMb", "workersOwnMb", "videoOwnMb"],
  ...["controlRssMb", "workersRssMb", "videoRssMb", "controlHeapMb", "workersHeapMb"],
  ...["workers", "videoProcesses", "controlFiles", "workersFiles", "videoFiles"],
  // UDP ports that the bridge has bound, and timers of the control process.
  ...["udpPorts", "timers"],
  ...["controlCores", "workersCores", "videoCores"],
  // Of the ticks since the sample before; `lateMaxMs` is the upper edge of the last bucket that has any.
  ...["lateP50Ms", "lateP99Ms", "lateMaxMs", "ticks", "ticksSkipped"],
  // How late the load itself was, p99: above a few milliseconds the machine is the limit, not the bridge.
  "loadLateMs",
  // Since the start: calls of the phones, and packets of those that never leave.
  ...["calls", "callsFailed", "callsDropped", "steadyReceived", "steadyLost", "bridgeLost"],
  ...["events", "eventsLost", "eventsMissed", "eventsBehind", "webhooksPending"],
  ...["holds", "keys", "mutes", "layouts", "recordings", "reloads", "requests", "requestsFailed"],
] as const;

export type Sample = { readonly [Column in (typeof columns)[number]]: number };

export function toCsv(samples: readonly Sample[]): string {
  return `${[columns.join(","), ...samples.map(toRow)].join("\n")}\n`;
}

export const toRow = (sample: Sample): string =>
  columns.map((column) => Number(sample[column].toFixed(3))).join(",");

/** A column that the table does not have is 0; a row that was cut off is left out. */
export function fromCsv(text: string): readonly Sample[] {
  const [head = "", ...rows] = text.split("\n").filter((line) => line !== "");
  const names = head.split(",");
  return rows
    .map((row) => row.split(",").map(Number))
    .filter((cells) => cells.length === names.length)
    .map(
      (cells) =>
        Object.fromEntries(columns.map((column) => [column, cells[names.indexOf(column)] ?? 0])) as Sample,
    );
}
