// Where the processes of one worker come from: started, found as the previous control process has left them, or taken from a worker
// without legs. Writes down which one is the worker's, and which are still to hand their legs over to it.
import { errorMessage } from "#common";
import type { PortRange } from "./ports.ts";
import type { MediaStateRecords, WorkerSnapshot } from "./snapshots.ts";
import { type ProcessListener, WorkerProcess, type WorkerProcessOptions } from "./worker-process.ts";

export interface WorkerProcessesOptions
  extends Pick<WorkerProcessOptions, "clock" | "log" | "host" | "limits"> {
  /** The worker's. */
  readonly index: number;
  readonly ports: PortRange;
  /** Of the process of that number: the one before may live on in another worker's place. */
  readonly socketPath: (process: number) => string;
  readonly args: (socketPath: string) => readonly string[];
  /** What of the arguments a process must have had that is gone on with. */
  readonly settings: readonly string[];
  readonly stateRecords: Pick<MediaStateRecords, "workers">;
  /** A process that runs and has no legs, from another worker's place. */
  readonly takeVacant: () => WorkerProcess | undefined;
  /** What is told of each. */
  readonly listener: ProcessListener;
}

export class WorkerProcesses {
  readonly #options: WorkerProcessesOptions;
  #started = 0;

  constructor(options: WorkerProcessesOptions) {
    this.#options = options;
  }

  /** Rejects when it does not come up, or is wanted no more when it has. */
  async start(signal: AbortSignal): Promise<WorkerProcess> {
    const path = this.#options.socketPath(this.#started);
    this.#started += 1;
    const process = await WorkerProcess.start(this.#at(path), signal);
    if (!signal.aborted) return process;
    await process.stop();
    throw signal.reason;
  }

  /** The one that is left, when it can be gone on with; otherwise undefined, and all that are left are to be drained. Rejects when aborted. */
  async find(left: readonly WorkerSnapshot[], signal: AbortSignal) {
    const [own, ...others] = left;
    if (!own) return undefined;
    const mayAttach = others.length === 0 && this.#mayAttach(own);
    const found = mayAttach && (await WorkerProcess.attach(this.#at(own.socketPath), own.pid, signal));
    if (found) return found;
    // A successor is written down in their place.
    for (const process of left)
      this.#options.stateRecords.workers.put(leftKey(process), { ...process, index: this.#options.index });
    return undefined;
  }

  /** They mix until their legs can go on elsewhere, tell how far these have come, and end. Rejects when aborted. */
  async drain(left: readonly WorkerSnapshot[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      left.map(({ pid, socketPath }) => WorkerProcess.drain(this.#at(socketPath), pid, signal)),
    );
    for (const process of left) this.#options.stateRecords.workers.delete(leftKey(process));
  }

  /**
   * One that may go on where another one has died, and is yet to be told everything: one without legs if `mayTake`, else a new
   * one. Undefined when it did not come up.
   */
  async successor(mayTake: boolean, signal: AbortSignal): Promise<WorkerProcess | undefined> {
    const { takeVacant, ports, log, listener } = this.#options;
    const taken = mayTake ? takeVacant() : undefined;
    try {
      if (!taken) {
        const process = await this.start(signal);
        this.keep(process, true);
        return process;
      }
      taken.listener = listener;
      this.keep(taken, true);
      await taken.request("worker.ports", ports);
      return taken;
    } catch (error) {
      taken?.kill("it could not go on for another one");
      log.error({ reason: errorMessage(error) }, "a successor did not come up");
      return undefined;
    }
  }

  /** Writes down that it is this worker's. `incomplete`: it has not been told everything yet. */
  keep({ pid, socketPath }: WorkerProcess, incomplete = false): void {
    const { index, settings, ports, stateRecords } = this.#options;
    if (pid === undefined) return;
    stateRecords.workers.put(`${index}`, {
      ...{ index, pid, socketPath, settings: [...settings], incomplete },
      ...ports,
    });
  }

  /** The worker has none. */
  forget(): void {
    this.#options.stateRecords.workers.delete(`${this.#options.index}`);
  }

  /** It has what this one is to have, and all that is written down. */
  #mayAttach({ settings, portMin, portMax, incomplete }: WorkerSnapshot): boolean {
    const { settings: wanted, ports } = this.#options;
    const samePorts = portMin === ports.portMin && portMax === ports.portMax;
    return !incomplete && samePorts && settings.join("\0") === wanted.join("\0");
  }

  #at(socketPath: string): WorkerProcessOptions {
    const { clock, log, host, limits, args, listener } = this.#options;
    return { clock, log, host, limits, socketPath, args: args(socketPath), listener };
  }
}

const leftKey = ({ pid }: WorkerSnapshot): string => `left ${pid}`;
