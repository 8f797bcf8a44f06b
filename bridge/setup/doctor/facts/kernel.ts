// Facts from the kernel and the time service about this machine. Each is undefined where it cannot be read.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const limitMs = 3000;
/** Of Linux: the highest there is. */
const highestPriority = 99;

export function readEphemeralPorts(): readonly [number, number] | undefined {
  const [first, last] = numbersOf(read("/proc/sys/net/ipv4/ip_local_port_range"));
  return first === undefined || last === undefined ? undefined : [first, last];
}

export const readReceiveBufferLimit = (): number | undefined =>
  numbersOf(read("/proc/sys/net/core/rmem_max"))[0];

export const readDroppedDatagrams = (): number | undefined => receiveErrorsIn(read("/proc/net/snmp"));

/** `RcvbufErrors` of the table of UDP: names in one line, figures in the next. */
export function receiveErrorsIn(text: string): number | undefined {
  const [names = "", figures = ""] = text.split("\n").filter((line) => line.startsWith("Udp:"));
  const column = names.split(" ").indexOf("RcvbufErrors");
  const figure = column < 0 ? undefined : figures.split(" ")[column];
  return figure === undefined ? undefined : Number(figure);
}

export function readRealTimeLimit(): number | undefined {
  return process.getuid?.() === 0 ? highestPriority : realTimeLimitIn(read("/proc/self/limits"));
}

/** Of /proc/PID/limits: the soft limit. */
export function realTimeLimitIn(limits: string): number | undefined {
  const [, soft] = /^Max realtime priority +(\d+|unlimited)/m.exec(limits) ?? [];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? highestPriority : Number(soft);
}

/** Asks timedatectl, which sees the kernel's own flag, with any program that sets the clock. */
export function readClockSynchronised(): Promise<boolean | undefined> {
  if (existsSync("/run/systemd/timesync/synchronized")) return Promise.resolve(true);
  return new Promise((resolve) => {
    execFile(
      "timedatectl",
      ["show", "--property=NTPSynchronized", "--value"],
      { timeout: limitMs, killSignal: "SIGKILL", maxBuffer: 1000 },
      (error, stdout) => {
        const answer = { yes: true, no: false }[stdout.trim()];
        resolve(error ? undefined : answer);
      },
    );
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

const numbersOf = (text: string): readonly (number | undefined)[] => text.match(/\d+/g)?.map(Number) ?? [];
