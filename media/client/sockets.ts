// The names of the workers' sockets. A process that outlives its control process keeps its socket: new ones take other names.
import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { WorkerHost } from "./options.ts";

/** The socket's name; `process` counts the processes of the worker. */
export const socketName = (worker: number, process: number): string =>
  process === 0 ? `media-${worker}.sock` : `media-${worker}-${process}.sock`;

const named = /^media-\d+(?:-(\d+))?\.sock$/;

interface Listening {
  readonly pid: number;
  readonly socketPath: string;
}

/**
 * Removes the sockets on which no process listens, except those of live processes in `known`. Resolves with the lowest
 * process number that no remaining socket has.
 */
export async function clearSockets(
  folder: string,
  host: Pick<WorkerHost, "find" | "connect">,
  known: readonly Listening[],
): Promise<number> {
  const living = new Set(
    known.filter(({ pid, socketPath }) => host.find(pid, socketPath)).map(({ socketPath }) => socketPath),
  );
  const others = readdirSync(folder).filter((name) => named.test(name) && !living.has(join(folder, name)));
  const answering = await Promise.all(
    others.map(async (name) => {
      const path = join(folder, name);
      if (await answers(host, path)) return path;
      rmSync(path, { force: true });
      return undefined;
    }),
  );
  const taken = [...living, ...answering.filter((path) => path !== undefined)];
  const numbers = taken.map((path) => Number(named.exec(basename(path))?.[1] ?? 0));
  return Math.max(-1, ...numbers) + 1;
}

async function answers(host: Pick<WorkerHost, "connect">, path: string): Promise<boolean> {
  try {
    (await host.connect(path)).destroy();
    return true;
  } catch {
    return false;
  }
}
