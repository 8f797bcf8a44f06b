// Starts a real video process: this very Node, one pipe both ways on file descriptor 3, its output passed through to
// ours. Parley's own settings stay behind.
import { spawn } from "node:child_process";
import { type Duplex, PassThrough } from "node:stream";
import { videoProgram } from "../process/index.ts";

export interface ProcessHandle {
  readonly pid: number | undefined;
  readonly stream: Duplex;
  /** Resolves once, with the reason in words, when the process has ended. */
  readonly ended: Promise<string>;
  /** At once, and without a last word. */
  kill(): void;
}

/** Pictures lie outside of the heap, which stays small. */
const runtimeOptions = ["--single-threaded-gc", "--max-semi-space-size=2"];

export function spawnVideoProcess(): ProcessHandle {
  const child = spawn(process.execPath, [...runtimeOptions, videoProgram], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY_"))),
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be run: ${error.message}`));
    child.once("exit", (code, signal) =>
      resolve(signal === null ? `exited with code ${code}` : `was killed by ${signal}`),
    );
  });
  // Node makes pipes beyond the first three duplex sockets, and none where there is no handle left for a process.
  const stream =
    ((child.stdio as typeof child.stdio | undefined)?.[3] as Duplex | undefined) ?? new PassThrough();
  return { pid: child.pid, stream, ended, kill: () => void child.kill("SIGKILL") };
}
