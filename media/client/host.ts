// Starts real worker processes: this very Node on media/main.ts, its output passed through to ours. The
// environment goes along except for Parley's own settings, which hold secrets a media process needs none of. What the
// runtime compiles is kept for the next worker, which then starts faster and needs no TypeScript parser in its memory.
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import type { ProcessEnd, WorkerHost } from "./options.ts";

/**
 * No helper threads for the garbage collector: they would have to wait for a busy machine's other work, and the
 * mixer, which goes before that, for them. The heap is small, and the tick leaves nothing to collect: a nursery of
 * 2 MB instead of 16 is enough.
 */
const runtimeOptions = ["--single-threaded-gc", "--max-semi-space-size=2"];
const program = fileURLToPath(new URL("../main.ts", import.meta.url));

/** `compileCache`: a folder that only we can write; undefined: what the environment says. */
export const createSystemHost = (compileCache: string | undefined): WorkerHost => ({
  spawn(args) {
    const child = spawn(process.execPath, [...runtimeOptions, program, ...args], {
      stdio: ["ignore", "inherit", "inherit"],
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
    return { pid: child.pid, ended, kill: (signal) => void child.kill(signal) };
  },

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
