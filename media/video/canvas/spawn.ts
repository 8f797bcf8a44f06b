// Starts a real video process: this very Node, one pipe both ways on file descriptor 3, a file without a name on 4 in which it says whose
// pictures it decodes, its output passed through to ours. Parley's own settings stay behind.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duplex, PassThrough } from "node:stream";
import { signalChild } from "#common";
import { type Decoding, markBytes, readMark, videoProgram } from "../process/index.ts";

export interface ProcessHandle {
  readonly pid: number | undefined;
  readonly stream: Duplex;
  /** Resolves once, with the reason in words, when the process has ended. */
  readonly ended: Promise<string>;
  /** The source whose picture it decodes now, or did when it ended, before `ended` resolves; undefined: none. */
  decoding(): Decoding | undefined;
  /** Kills the process at once. */
  kill(): void;
}

/** Pictures lie outside of the heap, which stays small. */
const runtimeOptions = ["--single-threaded-gc", "--max-semi-space-size=2"];

export function spawnVideoProcess(): ProcessHandle {
  const mark = openMark();
  const child = spawn(process.execPath, [...runtimeOptions, videoProgram], {
    stdio: ["ignore", "inherit", "inherit", "pipe", mark ?? "ignore"],
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
  let last: Decoding | undefined;
  let isOpen = mark !== undefined;
  const decoding = () => (isOpen ? readFrom(mark!) : last);
  void ended.then(() => {
    last = decoding();
    if (isOpen) closeSync(mark!);
    isOpen = false;
  });
  return { pid: child.pid, stream, ended, decoding, kill: () => signalChild(child, "SIGKILL") };
}

/** Undefined where no file can be made: then it is not known whose pictures a process died of. */
function openMark(): number | undefined {
  const path = join(tmpdir(), `parley-video-${randomBytes(8).toString("hex")}`);
  try {
    const fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return fd;
  } catch {
    return undefined;
  }
}

function readFrom(fd: number): Decoding | undefined {
  const mark = Buffer.alloc(markBytes);
  try {
    return readMark(mark.subarray(0, readSync(fd, mark, 0, markBytes, 0)));
  } catch {
    return undefined;
  }
}
