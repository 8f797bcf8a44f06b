// The processes of one worker: starts them, finds those that the previous control process has left, or takes one from a worker
// without legs. Stores which process is the worker's, and which ones still have to hand their legs over to it.
import { errorMessage } from "#common";
import type { PortRange } from "./ports.ts";
import type { MediaStateRecords, WorkerSnapshot } from "./snapshots.ts";
import { type ProcessListener, WorkerProcess, type WorkerProcessOptions } from "./worker-process.ts";

export interface WorkerProcessesOptions
  extends Pick<WorkerProcessOptions, "clock" | "log" | "host" | "limits"> {
  /** The index of the worker. */
  readonly index: number;
  readonly ports: PortRange;
  /** The socket of each process of the worker by its number: earlier ones may live on in another worker. */
  readonly socketPath: (process: number) => string;
  readonly args: (socketPath: string) => readonly string[];
  /** The arguments that a process must have been started with to be resumed. */
  readonly settings: readonly string[];
  readonly stateRecords: Pick<MediaStateRecords, "workers">;
  /** Takes a running process without legs from another worker. */
  readonly takeVacant: () => WorkerProcess | undefined;
  /** Receives what each process reports. */
  readonly listener: ProcessListener;
}

export class WorkerProcesses {
  readonly #options: WorkerProcessesOptions;
  #started = 0;

  constructor(options: WorkerProcessesOptions) {
    this.#options = options;
  }

  /** Rejects when the process does not come up, or when `signal` has aborted by then. */
  async start(signal: AbortSignal): Promise<WorkerProcess> {
    const path = this.#options.socketPath(this.#started);
    this.#started += 1;
    const process = await WorkerProcess.start(this.#at(path), signal);
    if (!signal.aborted) return process;
    await process.stop();
    throw signal.reason;
  }

  /** The process in `left` that can be resumed; undefined: none can, and all of `left` must be drained. Rejects when aborted. */
  async find(left: readonly WorkerSnapshot[], signal: AbortSignal) {
    const [own, ...others] = left;
    if (!own) return undefined;
    const mayAttach = others.length === 0 && this.#mayAttach(own);
    const found = mayAttach && (await WorkerProcess.attach(this.#at(own.socketPath), own.pid, signal));
    if (found) return found;
    // A successor is stored in their place.
    for (const process of left)
      this.#options.stateRecords.workers.put(leftKey(process), { ...process, index: this.#options.index });
    return undefined;
  }

  /** Drains the processes, which mix until then: they report the checkpoints of their legs and end. Rejects when aborted. */
  async drain(left: readonly WorkerSnapshot[], signal: AbortSignal): Promise<void> {
    await Promise.all(
      left.map(({ pid, socketPath }) => WorkerProcess.drain(this.#at(socketPath), pid, signal)),
    );
    for (const process of left) this.#options.stateRecords.workers.delete(leftKey(process));
  }

  /**
   * A process that may replace one that died, and has no state yet: another worker's process without legs if `mayTake`, else a
   * new one. Undefined when it did not come up.
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

  /** Stores the process as this worker's. `incomplete`: it has not received its whole state yet. */
  keep({ pid, socketPath }: WorkerProcess, incomplete = false): void {
    const { index, settings, ports, stateRecords } = this.#options;
    if (pid === undefined) return;
    stateRecords.workers.put(`${index}`, {
      ...{ index, pid, socketPath, settings: [...settings], incomplete },
      ...ports,
    });
  }

  /** Stores that the worker has no process. */
  forget(): void {
    this.#options.stateRecords.workers.delete(`${this.#options.index}`);
  }

  /** Whether the process has the settings and ports of this worker, and its whole state. */
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
