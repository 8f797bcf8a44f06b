// Measures the busy share of the machine's processors, a thread or a process between two readings of counters that only grow. A
// counter that stood still or went back, because processors come and go or a process was restarted, counts as idle.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

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
 * machine's host gave to others is busy, since we cannot have it. `yielding`: whether work of low priority (nice)
 * counts as busy, although it gives way to ours; it does unless said otherwise. Never throws; 0 of 0 while nothing can be read.
 */
export function readProcessors({ yielding = true } = {}): BusyTimes {
  for (const read of [fromProc, fromLibrary]) {
    try {
      return read(yielding);
    } catch {
      // The next one. A process that has no file handle left can do neither.
    }
  }
  return { busy: 0, total: 0 };
}

/** The first line of /proc/stat, proc(5): `cpu user nice system idle iowait irq softirq steal …`; far cheaper than `cpus()`. */
function fromProc(yielding: boolean): BusyTimes {
  const text = readFileSync("/proc/stat", "latin1");
  const [name, ...columns] = text.slice(0, text.indexOf("\n")).split(/ +/);
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, stolen = 0] =
    columns.map(Number);
  const pressing = user + system + irq + softIrq + stolen;
  const total = pressing + nice + idle + wait;
  if (name !== "cpu" || !Number.isFinite(total)) throw new Error("not the /proc/stat of Linux");
  return { busy: yielding ? pressing + nice : pressing, total };
}

/** Where there is no /proc. */
function fromLibrary(yielding: boolean): BusyTimes {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    busy += times.user + times.sys + times.irq + (yielding ? times.nice : 0);
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { busy, total };
}
