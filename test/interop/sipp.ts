// Runs one SIPp scenario of the folder beside this file, as one call unless told otherwise, and answers when it
// has ended. As caller it calls `server`; as callee it waits for calls on a port of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { freePort } from "../support/parley.ts";
import type { Address } from "../support/phone/index.ts";
import { exitOf } from "../support/processes.ts";

const scenarios = resolve(import.meta.dirname, "sipp");

/** Each SIPp takes three of them in steps of two. Below what the system hands out and what the bridge uses. */
let lastMediaPort = 10_000 + 8 * Math.floor(Math.random() * 1000);
function mediaPort(): number {
  lastMediaPort += 8;
  return lastMediaPort;
}

export interface SippOptions {
  /** Its working directory: error files, and the files that a scenario plays. */
  readonly folder: string;
  readonly transport?: "udp" | "tcp";
  readonly limitSeconds?: number;
  /** How many calls it makes or takes, all at once. */
  readonly calls?: number;
}

export interface CallerOptions extends SippOptions {
  readonly server: Address;
  /** Whom it calls. */
  readonly extension: string;
  /** What `[keys]` stands for. */
  readonly keys?: string;
}

/** Resolves when the scenario went as written; rejects with what SIPp says went otherwise. */
export async function sipp(scenario: string, options: CallerOptions): Promise<void> {
  const { server, extension, keys = "" } = options;
  const target = ["-s", extension, "-key", "keys", keys, `${server.address}:${server.port}`];
  await run(scenario, { ...options, port: await freePort(), args: target }).ended;
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
  const args = Object.entries(keywords).flatMap(([name, value]) => ["-key", name, value]);
  const { ended, listening } = run(scenario, { ...options, port, args });
  ended.catch(() => {});
  await listening;
  return { port, ended };
}

interface Run extends SippOptions {
  readonly port: number;
  readonly args: readonly string[];
}

function run(scenario: string, options: Run) {
  const { folder, limitSeconds = 20, calls = 1, transport = "udp", port, args } = options;
  const errorFile = `${scenario}-${port}.err`;
  const child = spawn(
    "sipp",
    [
      ...["-sf", join(scenarios, `${scenario}.xml`), "-t", transport === "tcp" ? "t1" : "u1"],
      ...["-m", String(calls), "-r", String(calls), "-l", String(calls)],
      ...["-i", "127.0.0.1", "-p", String(port), "-mi", "127.0.0.1", "-mp", String(mediaPort())],
      ...["-timeout", `${limitSeconds}s`, "-timeout_error", "-nostdin", "-trace_err"],
      ...["-error_file", errorFile, ...args],
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  const { promise: listening, resolve: announce } = Promise.withResolvers<void>();
  child.on("error", (error) => {
    output += error.message;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4000);
      announce();
    });
  }
  const ended = codeWithin(child, (limitSeconds + 5) * 1000).then(async (code) => {
    announce();
    if (code === 0) return;
    throw new Error(`SIPp ${scenario} ended with ${code}: ${await errors(folder, errorFile)}\n${output}`);
  });
  return { ended, listening };
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
