// SIPp as the load of a benchmark: so many calls a second from several processes, each with an address of its
// own on the loopback network, as if each were another PBX; and SIPp as the callee that it is compared with.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Address } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import { exitOf, stopProcess } from "../support/processes.ts";
import { percentile } from "./figures.ts";
import { readResponseTimes, readStatistics } from "./sipp-figures.ts";

export type Scenario = "full-call" | "idle-call" | "options";

export interface SippLoad {
  readonly scenario: Scenario;
  readonly server: Address;
  readonly perSecond: number;
  readonly total: number;
  /** Whom it calls, in turn. */
  readonly extensions: readonly string[];
  /** What one source may ask for in a second, at most. */
  readonly perSource: number;
  /** How long an idle call lasts. */
  readonly holdMs?: number;
  /** A folder of its own for what SIPp writes. */
  readonly folder: string;
}

export interface SippFigures {
  readonly succeeded: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** From the INVITE (or OPTIONS) to its 200. */
  readonly setUpP50Ms: number;
  readonly setUpP95Ms: number;
  readonly setUpP99Ms: number;
  /** Successful ones a second, from the first to the last. */
  readonly reachedPerSecond: number;
}

const scenarios = resolve(import.meta.dirname, "sipp");
const graceSeconds = 40;
const maxAtOnce = 5000;
/** Else it gives up when it was not given the processor in time for a while. */
const patience = ["minor", "major"].flatMap((kind) => [`-watchdog_${kind}_maxtriggers`, "1000000"]);

/** When SIPp is ended, whatever the bridge does. */
export const limitOf = ({ perSecond, total, holdMs = 0 }: Pick<SippLoad, "perSecond" | "total" | "holdMs">) =>
  Math.ceil(total / perSecond + holdMs / 1000 + graceSeconds);

export async function runLoad(load: SippLoad): Promise<SippFigures> {
  const { folder, extensions, perSecond, perSource } = load;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "extensions.csv"), ["SEQUENTIAL", ...extensions].join("\n"));
  const sources = Math.ceil(perSecond / perSource);
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: sources }, (_, index) => runSource(load, index, sources)));
  const seconds = (performance.now() - startedMs) / 1000;
  const files = await readdir(folder);
  const texts = (suffix: string) =>
    Promise.all(
      files.filter((name) => name.endsWith(suffix)).map((name) => readFile(join(folder, name), "utf8")),
    );
  const statistics = (await texts(".stat")).map(readStatistics);
  const times = (await texts("_shortmessages.log")).flatMap((text) => [...readResponseTimes(text)]);
  const sum = (key: "succeeded" | "failed" | "retransmissions"): number =>
    statistics.reduce((total, one) => total + one[key], 0);
  return {
    succeeded: sum("succeeded"),
    failed: sum("failed"),
    retransmissions: sum("retransmissions"),
    setUpP50Ms: percentile(times, 50),
    setUpP95Ms: percentile(times, 95),
    setUpP99Ms: percentile(times, 99),
    reachedPerSecond: sum("succeeded") / seconds,
  };
}

/** SIPp ends with 1 when calls failed: its statistics say how many. */
async function runSource(load: SippLoad, index: number, sources: number): Promise<void> {
  const { scenario, server, perSecond, total, holdMs = 0, folder } = load;
  const limit = limitOf(load);
  const address = `127.0.0.${2 + index}`;
  const share = (whole: number): string => String(Math.max(1, Math.round(whole / sources)));
  const child = spawn(
    "sipp",
    [
      `${server.address}:${server.port}`,
      ...["-sf", join(scenarios, `${scenario}.xml`), "-inf", join(folder, "extensions.csv")],
      ...["-r", share(perSecond), "-m", share(total), "-l", String(maxAtOnce), "-d", String(holdMs)],
      ...["-i", address, "-p", String(await freePort()), "-mi", address],
      ...["-timeout", `${limit}s`, "-nostdin", ...patience, "-trace_shortmsg"],
      ...["-trace_stat", "-fd", "1", "-stf", `${index}.stat`],
    ],
    { cwd: folder, stdio: "ignore" },
  );
  const killer = setTimeout(() => child.kill("SIGKILL"), (limit + 5) * 1000);
  await exitOf(child);
  clearTimeout(killer);
}

/** SIPp's own callee. */
export class SippCallee {
  readonly server: Address;
  readonly #child: ChildProcess;

  static async start(folder: string): Promise<SippCallee> {
    await mkdir(folder, { recursive: true });
    const server = { address: "127.0.0.1", port: await freePort() };
    const child = spawn(
      "sipp",
      [
        "-sn",
        "uas",
        "-i",
        server.address,
        "-p",
        String(server.port),
        "-mp",
        "12000",
        "-nostdin",
        ...patience,
      ],
      { cwd: folder, stdio: "ignore" },
    );
    return new SippCallee(server, child);
  }

  private constructor(server: Address, child: ChildProcess) {
    this.server = server;
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async stop(): Promise<void> {
    await stopProcess(this.#child, 2000);
  }
}
