// Runs one SIPp scenario of the folder beside this file as one call, and answers when it has ended.
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { freePort } from "../support/parley.ts";
import type { Address } from "../support/phone/index.ts";
import { exitOf } from "../support/processes.ts";

const scenarios = resolve(import.meta.dirname, "sipp");

export interface SippOptions {
  readonly server: Address;
  /** Whom it calls. */
  readonly extension: string;
  /** Its working directory: error files, and the files that a scenario plays. */
  readonly folder: string;
  /** What `[keys]` stands for. */
  readonly keys?: string;
  readonly limitSeconds?: number;
}

/** Resolves when the scenario went as written; rejects with what SIPp says went otherwise. */
export async function sipp(scenario: string, options: SippOptions): Promise<void> {
  const { server, extension, folder, keys = "", limitSeconds = 20 } = options;
  const [port, mediaPort] = [await freePort(), await freePort()];
  const child = spawn(
    "sipp",
    [
      `${server.address}:${server.port}`,
      ...["-sf", join(scenarios, `${scenario}.xml`), "-s", extension, "-m", "1", "-key", "keys", keys],
      ...["-i", "127.0.0.1", "-p", String(port), "-mi", "127.0.0.1", "-mp", String(mediaPort)],
      ...["-timeout", `${limitSeconds}s`, "-timeout_error", "-nostdin", "-trace_err"],
      ...["-error_file", `${scenario}.err`],
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
  const killer = setTimeout(() => child.kill("SIGKILL"), (limitSeconds + 5) * 1000);
  const { code } = await exitOf(child);
  clearTimeout(killer);
  if (code !== 0)
    throw new Error(`SIPp ${scenario} ended with ${code}: ${await errors(folder, scenario)}\n${output}`);
}

async function errors(folder: string, scenario: string): Promise<string> {
  const file = (await readdir(folder)).find((name) => name === `${scenario}.err`);
  return file ? await readFile(join(folder, file), "utf8") : "";
}
