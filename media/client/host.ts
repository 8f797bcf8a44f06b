// Starts real worker processes: this very Node on media/main.ts, its output passed through to ours. Each is in a session of its
// own: neither the end of this process nor the terminal's signals reach it. The
// environment goes along except for Parley's own settings, which hold secrets a media process needs none of. What the
// runtime compiles is kept for the next worker, which then starts faster and needs no TypeScript parser in its memory.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { type Clock, signalChild, type Timer } from "#common";
import type { ProcessEnd, ProcessHandle, WorkerHost } from "./options.ts";

/**
 * No helper threads for the garbage collector: they would have to wait for a busy machine's other work, and the
 * mixer, which goes before that, for them. The heap is small, and the tick leaves nothing to collect: a nursery of
 * 2 MB instead of 16 is enough.
 */
const runtimeOptions = ["--single-threaded-gc", "--max-semi-space-size=2"];
const program = fileURLToPath(new URL("../main.ts", import.meta.url));
const lookEveryMs = 5;

/** `compileCache`: a folder that only our own user can write; undefined: as the environment says. */
export const createSystemHost = (clock: Clock, compileCache: string | undefined): WorkerHost => ({
  spawn(args) {
    const child = spawn(process.execPath, [...runtimeOptions, program, ...args], {
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY_"))),
        ...(compileCache !== undefined && { NODE_COMPILE_CACHE: compileCache }),
      },
    });
    const ended = new Promise<ProcessEnd>((resolve) => {
      child.once("error", (error) => resolve({ code: null, reason: `could not be run: ${error.message}` }));
      child.once("exit", (code, signal) => {
        const reason = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
        resolve({ code, reason });
      });
    });
    return {
      pid: child.pid,
      ended,
      kill: (signal) => signalChild(child, signal),
      release: () => child.unref(),
    };
  },

  find: (pid, socketPath) =>
    listensOn(pid, socketPath) ? new FoundProcess(pid, socketPath, clock) : undefined,

  connect(socketPath) {
    return new Promise((resolve, reject) => {
      const socket = connect(socketPath);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(socket);
      });
    });
  },
});

/** A process that is not our child: its end is found by polling; `WorkerProcess` kills it when its connection ends. */
class FoundProcess implements ProcessHandle {
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  readonly #socketPath: string;
  readonly #clock: Clock;
  readonly #end: (end: ProcessEnd) => void;
  #looking: Timer | undefined;

  constructor(pid: number, socketPath: string, clock: Clock) {
    this.pid = pid;
    this.#socketPath = socketPath;
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
    this.ended = promise;
    this.#end = resolve;
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    try {
      if (listensOn(this.pid, this.#socketPath)) process.kill(this.pid, signal);
    } catch {
      // The process has just ended.
    }
    if (!this.#looking) this.#look(`was sent ${signal}`);
  }

  release(): void {
    this.#looking?.cancel();
  }

  #look(reason: string): void {
    if (!mayHoldSockets(this.pid, this.#socketPath)) {
      this.#end({ code: null, reason });
      return;
    }
    this.#looking = this.#clock.after(lookEveryMs, () => this.#look(reason));
  }
}

/**
 * Numbers of processes are used again; one that ends, or has ended and is not reaped, has no arguments. Where the service may not see
 * them (`ProtectProc` of systemd, and another user namespace since the restart) the socket tells: its process listens on it as long as
 * it lives.
 */
function listensOn(pid: number, socketPath: string): boolean {
  const cmdline = readOf(pid, "cmdline");
  if (cmdline !== undefined) return cmdline.split("\0").includes(socketPath);
  return exists(pid) && isListening(socketPath, readText("/proc/net/unix") ?? "");
}

/** Whether the process may still have its sockets open: it does until its last thread has ended. */
function mayHoldSockets(pid: number, socketPath: string): boolean {
  const cmdline = readOf(pid, "cmdline");
  if (cmdline === undefined) return exists(pid);
  return cmdline.split("\0").includes(socketPath) || isEnding(cmdline, readOf(pid, "stat"));
}

/** Whether there is a process of that number that takes our signals. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** `sockets`: the text of `/proc/net/unix`, a line each: address, references, protocol, flags, type, state, inode, path. */
export function isListening(socketPath: string, sockets: string): boolean {
  const acceptsConnections = 0x10000;
  return sockets.split("\n").some((line) => {
    const [, , , flags = "", , , , path] = line.trim().split(/\s+/);
    return path === socketPath && (Number.parseInt(flags, 16) & acceptsConnections) !== 0;
  });
}

/**
 * Whether a process that was killed may have sockets open still: it loses its arguments first, and closes them with its last thread.
 * `cmdline`, `stat`: the contents of these files of proc(5); undefined: the process is gone.
 */
export function isEnding(cmdline: string | undefined, stat: string | undefined): boolean {
  if (cmdline !== "" || stat === undefined) return false;
  const [state, ...numbers] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const threads = Number(numbers[16]);
  return (state !== "Z" && state !== "X") || threads > 1;
}

const readOf = (pid: number, name: "cmdline" | "stat"): string | undefined =>
  readText(`/proc/${pid}/${name}`);

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
