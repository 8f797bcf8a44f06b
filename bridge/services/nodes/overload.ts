// Admission by load: looks once a second at how loaded the media workers, this process and the machine are, and says
// whether anything new may begin, before what runs already suffers. It is asked before a call or a room
// begins, never for one that goes on.
//
//   worker.health ─┐
//   own thread ────┼─ every second ─▶ overload-policy: one state a worker, one for the whole machine
//   /proc/stat ────┘
import { BusyShare, type BusyTimes, type Clock, Emitter, readProcessors, type Timer } from "#common";
import {
  type Excess,
  excessOf,
  type LoadLimits,
  type LoadReading,
  nextState,
  notOverloaded,
  type OverloadState,
} from "./overload-policy.ts";

/** The part of a media worker that is read. */
export interface LoadedWorker {
  readonly index: number;
  readonly state: string;
  readonly health: { readonly load: { readonly lateTicks: number; readonly mixerCpu: number } } | undefined;
}

/** A measure over its limit when the overload began. `worker`: the number of a media worker; null: the machine as a whole. */
export interface OverloadCause extends Excess {
  readonly worker: number | null;
}

export type OverloadEvents = {
  began: { readonly causes: readonly OverloadCause[] };
  /** Whole seconds that it lasted. */
  ended: { readonly seconds: number };
};

export interface OverloadOptions {
  readonly clock: Clock;
  readonly workers: readonly LoadedWorker[];
  /** Undefined: nothing is refused for load, but it is measured. */
  readonly limits: LoadLimits | undefined;
  /** Processor time of this process' main thread, milliseconds. */
  readonly threadMs?: () => number;
  /** Work of low priority does not count: it gives way. */
  readonly machine?: () => BusyTimes;
}

/** The last second, as shares, and what follows from it. */
export interface OverloadSnapshot {
  readonly overloaded: boolean;
  readonly controlCpu: number;
  readonly machineCpu: number;
  /** Numbers of the workers that take nothing new. */
  readonly overloadedWorkers: readonly number[];
}

const lookEveryMs = 1000;
const noLimits: LoadLimits = { late_ticks: 0, mixer_cpu: 0, control_cpu: 0, machine_cpu: 0 };

export class Overload {
  readonly events = new Emitter<OverloadEvents>();
  readonly #options: OverloadOptions;
  readonly #limits: LoadLimits;
  readonly #control: BusyShare;
  readonly #machine: BusyShare;
  readonly #ofWorkers = new Map<number, OverloadState>();
  #ofMachine = notOverloaded;
  #last: LoadReading = {};
  /** Monotonic milliseconds; undefined while nothing is overloaded. */
  #since: number | undefined;
  #timer: Timer | undefined;

  constructor(options: OverloadOptions) {
    const { clock, limits, threadMs = threadTime } = options;
    const { machine = () => readProcessors({ yielding: false }) } = options;
    this.#options = options;
    this.#limits = limits ?? noLimits;
    this.#control = new BusyShare(() => ({ busy: threadMs(), total: clock.monotonic() }));
    this.#machine = new BusyShare(machine);
    this.#wait();
  }

  /** Nothing new begins on this machine: it is overloaded as a whole, or every worker that is up is. */
  get active(): boolean {
    if (this.#ofMachine.overloaded) return true;
    const ready = this.#options.workers.filter(({ state }) => state === "ready");
    return ready.length > 0 && ready.every((worker) => this.#isOverloaded(worker));
  }

  /** Nothing new begins on that worker. */
  ofWorker(worker: Pick<LoadedWorker, "index">): boolean {
    return this.#ofMachine.overloaded || this.#isOverloaded(worker);
  }

  snapshot(): OverloadSnapshot {
    const { control_cpu: controlCpu = 0, machine_cpu: machineCpu = 0 } = this.#last;
    const overloadedWorkers = this.#options.workers
      .filter((worker) => this.#isOverloaded(worker))
      .map(({ index }) => index);
    return { overloaded: this.active, controlCpu, machineCpu, overloadedWorkers };
  }

  /** Idempotent. */
  close(): void {
    this.#timer?.cancel();
    this.events.clear();
  }

  #isOverloaded({ index }: Pick<LoadedWorker, "index">): boolean {
    return this.#ofWorkers.get(index)?.overloaded === true;
  }

  #wait(): void {
    this.#timer = this.#options.clock.after(lookEveryMs, () => {
      this.#wait();
      this.#look();
    });
  }

  #look(): void {
    const causes: OverloadCause[] = [];
    this.#last = { control_cpu: this.#control.take(), machine_cpu: this.#machine.take() };
    this.#ofMachine = this.#next(this.#ofMachine, this.#last, { worker: null, causes });
    for (const { index, state, health } of this.#options.workers) {
      if (state !== "ready" || !health) this.#ofWorkers.delete(index);
      else {
        const reading = { late_ticks: health.load.lateTicks, mixer_cpu: health.load.mixerCpu };
        const before = this.#ofWorkers.get(index) ?? notOverloaded;
        this.#ofWorkers.set(index, this.#next(before, reading, { worker: index, causes }));
      }
    }
    this.#tell(causes);
  }

  /** What has just become too much is added to the causes. */
  #next(
    before: OverloadState,
    reading: LoadReading,
    { worker, causes }: { readonly worker: number | null; readonly causes: OverloadCause[] },
  ): OverloadState {
    const next = nextState(before, reading, this.#limits);
    if (next.overloaded && !before.overloaded)
      causes.push(...excessOf(reading, this.#limits).map((excess) => ({ ...excess, worker })));
    return next;
  }

  #tell(causes: readonly OverloadCause[]): void {
    const { clock } = this.#options;
    const any = this.#ofMachine.overloaded || [...this.#ofWorkers.values()].some((state) => state.overloaded);
    if (any && this.#since === undefined) {
      this.#since = clock.monotonic();
      this.events.emit("began", { causes });
    } else if (!any && this.#since !== undefined) {
      const seconds = Math.round((clock.monotonic() - this.#since) / 1000);
      this.#since = undefined;
      this.events.emit("ended", { seconds });
    }
  }
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
