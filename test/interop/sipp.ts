// Runs one SIPp scenario of the folder beside this file, as one call unless told otherwise, and answers when it
// has ended. As caller it calls `server`; as callee it waits for calls on a port of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Address, eventually } from "../support/phone/index.ts";
import { freePort, hold } from "../support/ports.ts";
import { exitOf } from "../support/processes.ts";

const scenarios = resolve(import.meta.dirname, "sipp");

/** Each SIPp takes three of them in steps of two. Below what the bridges use. */
async function mediaPort(): Promise<number> {
  for (;;) {
    const port = 10_000 + 8 * Math.floor(Math.random() * 1000);
    if (await hold(`media-${port}`)) return port;
  }
}

/** SIPp makes its first call when the time for one has passed: at one a second, after a second of nothing. */
const minPerSecond = 10;

export interface SippOptions {
  /** Its working directory: error files, and the files that a scenario plays. */
  readonly folder: string;
  readonly transport?: "udp" | "tcp";
  readonly limitSeconds?: number;
  /** Whether it answers an OPTIONS by itself; true unless the scenario does. */
  readonly answersOptions?: boolean;
  /** How many calls it makes or takes, all at once. */
  readonly calls?: number;
}

export interface CallerOptions extends SippOptions {
  readonly server: Address;
  /** Whom it calls. */
  readonly extension: string;
  /** What else the scenario's words in brackets stand for. */
  readonly keywords?: Readonly<Record<string, string>>;
}

/** Resolves when the scenario went as written; rejects with what SIPp says went otherwise. */
export async function sipp(scenario: string, options: CallerOptions): Promise<void> {
  const { server, extension, keywords = {} } = options;
  const target = ["-s", extension, ...keys(keywords), `${server.address}:${server.port}`];
  await run(scenario, { ...options, port: await freePort(), args: target });
}

/** One that is called. */
export interface Callee {
  readonly port: number;
  /** As for `sipp`. */
  readonly ended: Promise<void>;
}

/** `keywords`: what else the scenario's words in brackets stand for. */
export async function sippCallee(
  scenario: string,
  options: SippOptions,
  keywords: Readonly<Record<string, string>> = {},
): Promise<Callee> {
  const port = await freePort();
  const ended = run(scenario, { ...options, port, args: keys(keywords) });
  ended.catch(() => {});
  const listening = eventually(
    () => (isBound(port, options.transport ?? "udp") ? true : undefined),
    () => `SIPp on port ${port}`,
  );
  // One that cannot start says why.
  await Promise.race([listening, ended]);
  return { port, ended };
}

const keys = (keywords: Readonly<Record<string, string>>): string[] =>
  Object.entries(keywords).flatMap(([name, value]) => ["-key", name, value]);

interface Run extends SippOptions {
  readonly port: number;
  readonly args: readonly string[];
}

async function run(scenario: string, options: Run): Promise<void> {
  const { folder, limitSeconds = 45, calls = 1, transport = "udp", port, args } = options;
  const { answersOptions = true } = options;
  const errorFile = `${scenario}-${port}.err`;
  const child = spawn(
    "sipp",
    [
      ...["-sf", join(scenarios, `${scenario}.xml`), "-t", transport === "tcp" ? "t1" : "u1"],
      ...["-m", String(calls), "-r", String(Math.max(calls, minPerSecond)), "-l", String(calls)],
      ...["-i", "127.0.0.1", "-p", String(port), "-mi", "127.0.0.1", "-mp", String(await mediaPort())],
      // The bridge asks a silent far end whether it is there.
      ...(answersOptions ? ["-aa"] : []),
      ...["-timeout", `${limitSeconds}s`, "-timeout_error", "-nostdin", "-trace_err"],
      ...["-error_file", errorFile, ...args],
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  child.on("error", (error) => {
    output += error.message;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4000);
    });
  }
  const code = await codeWithin(child, (limitSeconds + 5) * 1000);
  if (code === 0) return;
  throw new Error(`SIPp ${scenario} ended with ${code}: ${await errors(folder, errorFile)}\n${output}`);
}

/** Whether a process has that port, as /proc/net shows it: `0100007F:84CF` in the column of local addresses. */
function isBound(port: number, transport: "udp" | "tcp"): boolean {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = readFileSync(`/proc/net/${transport}`, "latin1").split("\n");
  return lines.some((line) => line.trim().split(/\s+/)[1]?.endsWith(local));
}

async function codeWithin(child: ChildProcess, limitMs: number): Promise<number | null> {
  const killer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const { code } = await exitOf(child);
  clearTimeout(killer);
  return code;
}

async function errors(folder: string, file: string): Promise<string> {
  return (await readdir(folder)).includes(file) ? await readFile(join(folder, file), "utf8") : "";
}
