// Child processes and their children as /proc shows them (Linux): who belongs to whom, what they cost, and how
// they end: asked first, then killed by their id.
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessUsage {
  /** Seconds of processor time since its start, user and system. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Linux has counted processor time in hundredths of a second for user space on every machine we run on. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** The fields of /proc/PID/stat after the command, which may contain anything; undefined once the process is gone. */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

export function childrenOf(pid: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => Number(statFields(candidate)?.[1]) === pid)
    .sort((a, b) => a - b);
}

/** Whose command line has that in it. */
export function processesWith(text: string): readonly number[] {
  const commandLine = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      return "";
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid) && commandLine(name).includes(text))
    .map(Number)
    .sort((a, b) => a - b);
}

export const isAlive = (pid: number): boolean => {
  const state = statFields(pid)?.[0];
  return state !== undefined && state !== "Z";
};

export function usageOf(pid: number): ProcessUsage | undefined {
  const fields = statFields(pid);
  if (!fields) return undefined;
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    rssBytes: Number(fields[21]) * pageBytes,
  };
}

export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve({ code: child.exitCode, signal: child.signalCode });
      return;
    }
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: null, signal: null }));
  });
}

/** SIGTERM, and SIGKILL when that was not enough within `graceMs`. */
export async function stopProcess(child: ChildProcess, graceMs: number): Promise<Exit> {
  const exit = exitOf(child);
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  return exit.finally(() => clearTimeout(killer));
}
