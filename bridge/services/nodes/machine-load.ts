// How busy the machine is, sampled every few seconds so that no request waits for it.
import { freemem, totalmem } from "node:os";
import { type BusyTimes, type Clock, readProcessors, type Timer } from "#common";

/** Times since the machine started, in any unit, and memory in bytes. */
export interface MachineReading {
  readonly cpu: BusyTimes;
  readonly memory: { readonly used: number; readonly total: number };
}

/** Whole per cent of the machine. */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

export interface MachineLoad {
  readonly usage: Usage;
  /** Idempotent. */
  close(): void;
}

const sampleEveryMs = 5000;

export function createMachineLoad(clock: Clock, read: () => MachineReading = readMachine): MachineLoad {
  let last = read();
  // Until the second sample the processor's share is that since the machine started.
  let usage = usageBetween({ ...last, cpu: { busy: 0, total: 0 } }, last);
  let timer: Timer | undefined;
  const sample = () => {
    const next = read();
    usage = usageBetween(last, next);
    last = next;
    timer = clock.after(sampleEveryMs, sample);
  };
  timer = clock.after(sampleEveryMs, sample);

  return {
    get usage() {
      return usage;
    },
    close() {
      timer?.cancel();
    },
  };
}

function usageBetween(before: MachineReading, after: MachineReading): Usage {
  return {
    cpu: perCent(after.cpu.busy - before.cpu.busy, after.cpu.total - before.cpu.total),
    memory: perCent(after.memory.used, after.memory.total),
  };
}

/** A counter that stood still or went back, as it may when processors come and go, counts as idle. */
function perCent(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return Math.min(100, Math.max(0, Math.round((100 * part) / whole)));
}

function readMachine(): MachineReading {
  const memory = totalmem();
  return { cpu: readProcessors(), memory: { used: memory - freemem(), total: memory } };
}
