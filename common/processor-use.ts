// How much of its time something was busy between two looks: the machine's processors, a thread, a process. What is
// read are counters that only grow; one that stood still or went back, as it does when processors come and go or a
// process is started again, counts as idle.
import { readFileSync } from "node:fs";
import { type CpuInfo, cpus } from "node:os";

/** Counters since any moment, both in the same unit. */
export interface BusyTimes {
  readonly busy: number;
  readonly total: number;
}

export class BusyShare {
  readonly #read: () => BusyTimes;
  #last: BusyTimes;

  constructor(read: () => BusyTimes) {
    this.#read = read;
    this.#last = read();
  }

  /** The share since the last call, or since it was made. At least 0; above 1 where `busy` adds up several processors. */
  take(): number {
    const [before, after] = [this.#last, this.#read()];
    this.#last = after;
    const total = after.total - before.total;
    return total > 0 ? Math.max(0, (after.busy - before.busy) / total) : 0;
  }
}

/**
 * Of all processors of the machine together, since it started. Time that waits for disks is idle; time that a virtual
 * machine's host gave to others is busy, since we cannot have it.
 */
export function readProcessors(): BusyTimes {
  try {
    return parseProcStat(readFileSync("/proc/stat", "latin1"));
  } catch {
    return sumOf(cpus());
  }
}

/** The first line of /proc/stat, proc(5): `cpu user nice system idle iowait irq softirq steal …`; far cheaper than `cpus()`. */
function parseProcStat(text: string): BusyTimes {
  const [name, ...columns] = text.slice(0, text.indexOf("\n")).split(/ +/);
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, stolen = 0] =
    columns.map(Number);
  const busy = user + nice + system + irq + softIrq + stolen;
  if (name !== "cpu" || !Number.isFinite(busy + idle)) throw new Error("not the /proc/stat of Linux");
  return { busy, total: busy + idle + wait };
}

/** Where there is no /proc. */
function sumOf(processors: readonly CpuInfo[]): BusyTimes {
  let idle = 0;
  let total = 0;
  for (const { times } of processors) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { busy: total - idle, total };
}
