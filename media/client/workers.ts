// The pool of media workers. Two are started with the bridge; each further one when all started workers have legs, so that a
// machine with many cores runs no idle processes. The process of a worker without legs replaces one that dies; when all workers
// have legs a spare process does.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Emitter, errorMessage, noStateRecords, StartError, type Timer } from "#common";
import { createSystemHost } from "./host.ts";
import { defaultLimits, type MediaWorkersOptions } from "./options.ts";
import { dividePorts, type PortRange } from "./ports.ts";
import { type MediaStateRecords, type PreviousWorkerState, previousWorkerStates } from "./snapshots.ts";
import { clearSockets, socketName } from "./sockets.ts";
import { SupervisedWorker, type SupervisedWorkerOptions } from "./supervised-worker.ts";
import { isServing, type MediaWorkers, type MediaWorkersEvents } from "./types.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** One takes the first rooms, the other those that come while further workers start. */
const startedAtOnce = 2;

/**
 * Resolves once the workers that are started at once are ready. When one fails, all are ended and it rejects: with a
 * StartError when the settings are wrong, with WORKER_DOWN when another try may succeed.
 */
export async function startMediaWorkers(options: MediaWorkersOptions): Promise<MediaWorkers> {
  const shares = dividePorts(options.rtp, options.workers);
  const {
    clock,
    log,
    stateRecords: kept = nothingKept,
    runtimeDirectory,
    host: given,
    compileCache,
  } = options;
  makeRuntimeDirectory(runtimeDirectory);
  const host = given ?? createSystemHost(clock, compileCache);
  const left = previousWorkerStates(kept, { workers: shares.length, log });
  const firstProcess = await clearSockets(
    runtimeDirectory,
    host,
    [...left.values()].flatMap(({ processes }) => processes),
  );
  const pool = new Pool({ ...options, stateRecords: kept, host }, { shares, previous: left, firstProcess });
  const first = pool.workers.filter(({ index }) => index < startedAtOnce || left.has(index));
  try {
    await Promise.all(first.map((worker) => worker.start()));
    return pool;
  } catch (error) {
    // Legs that the previous control process has left stay for another try.
    await (left.size > 0 ? pool.leave() : pool.close());
    throw error;
  }
}

const nothingKept: MediaStateRecords = {
  ...{
    workers: noStateRecords(),
    rooms: noStateRecords(),
    legs: noStateRecords(),
    checkpoints: noStateRecords(),
  },
};
/** How long a worker with legs waits for the next control process: by then the far ends have given up. */
const graceMs = 120_000;

/** The spare process ends after there has been a worker without legs for so long. */
const spareRestsAfterMs = 60_000;
/** The delay before the spare process starts: its start takes processor time from the first call, and one short call needs none. */
const spareAfterMs = 3000;

type PoolOptions = MediaWorkersOptions & Required<Pick<MediaWorkersOptions, "stateRecords" | "host">>;

interface Beginning {
  readonly shares: readonly PortRange[];
  readonly previous: ReadonlyMap<number, PreviousWorkerState>;
  /** The number of each worker's first process in the name of its socket. */
  readonly firstProcess: number;
}

class Pool implements MediaWorkers {
  readonly events = new Emitter<MediaWorkersEvents>();
  readonly workers: readonly SupervisedWorker[];
  readonly #options: PoolOptions;
  readonly #firstProcess: number;
  /** Never has legs, only a process that another worker may take. */
  readonly #spare: SupervisedWorker;
  #spareTimer: Timer | undefined;

  constructor(options: PoolOptions, { shares, previous, firstProcess }: Beginning) {
    this.#options = options;
    this.#firstProcess = firstProcess;
    this.workers = shares.map((share, index) =>
      this.#worker(index, share, {
        previous: previous.get(index),
        stateRecords: options.stateRecords,
        onUp: (worker) => this.events.emit("up", { worker }),
        onDown: (worker, reason) => this.events.emit("down", { worker, reason }),
        onRecovered: (worker, recovery) => this.events.emit("recovered", { worker, ...recovery }),
        onOccupied: () => this.#keepOneVacant(),
        onVacated: () => this.#letSpareRest(),
      }),
    );
    const [ports] = shares as [PortRange];
    this.#spare = this.#worker(shares.length, ports, unheard);
  }

  get healthy(): boolean {
    return this.workers.every((worker) => isServing(worker) || worker.state === "standby");
  }

  async settle(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.settle()));
  }

  async leave(): Promise<void> {
    this.#spareTimer?.cancel();
    // The spare process has no legs, and the next control process would not look for it.
    await Promise.all([...this.workers.map((worker) => worker.leave()), this.#spare.close()]);
    this.events.clear();
  }

  async close(): Promise<void> {
    await Promise.all([...this.workers, this.#spare].map((worker) => worker.close()));
    // The end of the last legs may have started the timer.
    this.#spareTimer?.cancel();
    this.events.clear();
  }

  #keepOneVacant(): void {
    if (this.workers.some((worker) => worker.vacant)) return;
    const next = this.workers.find(({ state }) => state === "standby");
    if (next) next.wake();
    else {
      this.#spareTimer?.cancel();
      this.#spareTimer = this.#options.clock.after(spareAfterMs, () => this.#keepSpare());
    }
  }

  #keepSpare(): void {
    this.#spareTimer = undefined;
    const vacant = this.workers.some((worker) => worker.vacant);
    if (!vacant && this.#spare.state === "standby") this.#spare.wake();
  }

  #letSpareRest(): void {
    if (this.#spareTimer || this.#spare.state === "standby") return;
    this.#spareTimer = this.#options.clock.after(spareRestsAfterMs, () => {
      this.#spareTimer = undefined;
      if (this.workers.some((worker) => worker.vacant)) void this.#spare.retire();
    });
  }

  #takeVacant(except: SupervisedWorker): WorkerProcess | undefined {
    for (const worker of [this.#spare, ...this.workers]) {
      const process = worker === except ? undefined : worker.surrender();
      if (process) return process;
    }
    return undefined;
  }

  #worker(index: number, ports: PortRange, listeners: Listeners): SupervisedWorker {
    const { clock, log, host, limits, runtimeDirectory } = this.#options;
    return new SupervisedWorker({
      ...{ index, ports, clock, log },
      host,
      limits: { ...defaultLimits, ...limits },
      socketPath: (process) => join(runtimeDirectory, socketName(index, this.#firstProcess + process)),
      args: (socketPath) => [
        ...["--socket", socketPath, "--index", `${index}`],
        ...["--rtp-min", `${ports.portMin}`, "--rtp-max", `${ports.portMax}`],
        ...settingsOf(this.#options),
      ],
      settings: settingsOf(this.#options),
      takeVacant: (worker) => this.#takeVacant(worker),
      ...listeners,
    });
  }
}

type Listeners = Pick<
  SupervisedWorkerOptions,
  "onUp" | "onDown" | "onRecovered" | "onOccupied" | "onVacated" | "stateRecords" | "previous"
>;

const unheard: Listeners = {
  onUp: () => {},
  onDown: () => {},
  onRecovered: () => {},
  onOccupied: () => {},
  onVacated: () => {},
  stateRecords: nothingKept,
};

/** The arguments that all processes share. */
function settingsOf(options: PoolOptions): string[] {
  const args = ["--log-level", options.logLevel];
  if (options.logFormat !== undefined) args.push("--log-format", options.logFormat);
  if (options.stateRecords !== nothingKept) args.push("--grace-ms", `${graceMs}`);
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
