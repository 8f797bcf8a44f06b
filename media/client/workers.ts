// The pool of media workers: kept alive and closed together. Two are started with the bridge; each further one when
// no started worker is without legs, so that a machine with many cores holds no idle processes.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Emitter, errorMessage, StartError } from "#common";
import { createSystemHost } from "./host.ts";
import { defaultLimits, type MediaWorkersOptions } from "./options.ts";
import { dividePorts, type PortRange } from "./ports.ts";
import { SupervisedWorker } from "./supervised-worker.ts";
import type { MediaWorkers, MediaWorkersEvents } from "./types.ts";

/** One takes the first rooms, the other those that come while further workers start. */
const startedAtOnce = 2;

/**
 * Resolves once the workers that are started at once are ready; rejects, and everything ended, when one is not: with a
 * StartError where the settings are wrong, with WORKER_DOWN where another try may succeed.
 */
export async function startMediaWorkers(options: MediaWorkersOptions): Promise<MediaWorkers> {
  const shares = dividePorts(options.rtp, options.workers);
  makeRuntimeDirectory(options.runtimeDirectory);
  const pool = new Pool(options, shares);
  try {
    await Promise.all(pool.workers.slice(0, startedAtOnce).map((worker) => worker.start()));
    return pool;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class Pool implements MediaWorkers {
  readonly events = new Emitter<MediaWorkersEvents>();
  readonly workers: readonly SupervisedWorker[];

  constructor(options: MediaWorkersOptions, shares: readonly PortRange[]) {
    this.workers = shares.map((share, index) => {
      const socketPath = join(options.runtimeDirectory, `media-${index}.sock`);
      return new SupervisedWorker({
        index,
        clock: options.clock,
        log: options.log,
        host: options.host ?? createSystemHost(options.compileCache),
        limits: { ...defaultLimits, ...options.limits },
        socketPath,
        args: workerArguments(options, { socketPath, index, share }),
        onUp: (worker) => this.events.emit("up", { worker }),
        onDown: (worker, reason) => this.events.emit("down", { worker, reason }),
        onOccupied: () => this.#keepOneVacant(),
      });
    });
  }

  get healthy(): boolean {
    return this.workers.every(({ state }) => state === "ready" || state === "standby");
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    this.events.clear();
  }

  #keepOneVacant(): void {
    if (this.workers.some((worker) => worker.vacant)) return;
    this.workers.find(({ state }) => state === "standby")?.wake();
  }
}

function workerArguments(
  options: MediaWorkersOptions,
  { socketPath, index, share }: { socketPath: string; index: number; share: PortRange },
): string[] {
  const args = ["--socket", socketPath, "--index", `${index}`, "--log-level", options.logLevel];
  if (options.logFormat !== undefined) args.push("--log-format", options.logFormat);
  args.push("--rtp-min", `${share.portMin}`, "--rtp-max", `${share.portMax}`);
  if (options.promptsPath !== undefined) args.push("--prompts", options.promptsPath);
  if (options.musicPath !== undefined) args.push("--music", options.musicPath);
  if (options.clipsPath !== undefined) args.push("--clips", options.clipsPath);
  if (options.agc !== undefined) args.push("--agc", options.agc ? "on" : "off");
  if (options.videoCodecs) args.push("--video-codecs", options.videoCodecs.join(","));
  if (options.videoGuard !== undefined) args.push("--video-guard", options.videoGuard ? "on" : "off");
  if (options.noiseGate !== undefined) args.push("--noise-gate", options.noiseGate ? "on" : "off");
  return args;
}

function makeRuntimeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartError(`cannot make the folder ${path}: ${errorMessage(error)}`, { cause: error });
  }
}
