// Gives the thread that runs the tick real-time priority: Linux's round-robin policy, sched(7). Nice values are not enough, since
// they count only among the processes of one session or service. An overloaded thread would starve signalling, so it returns to
// normal scheduling until its load has fallen. Without the permission the ticks are scheduled like all other work.
//
//   real-time ⇄ yielded, by the thread's load in the last second
import { type Clock, errorMessage, type Logger, type Timer } from "#common";

export interface Precedence {
  /** Whether the thread has real-time priority now. */
  readonly active: boolean;
}

/** The calling thread's policy. Both throw where the system refuses. */
export interface ThreadScheduler {
  realTime(): void;
  normal(): void;
}

export interface RealTimeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly scheduler: ThreadScheduler;
  /** Processor time of the calling thread since it began, milliseconds. */
  readonly threadMs?: () => number;
}

const lookEveryMs = 1000;
/** Shares of a core: above the first it yields, below the second it returns to real-time priority. */
const yieldsAbove = 0.85;
const returnsBelow = 0.65;

export class RealTime implements Precedence {
  #state: "real-time" | "yielded" | "closed" = "real-time";
  readonly #options: RealTimeOptions;
  #timer: Timer | undefined;
  #lookedAt = 0;
  #threadMs = 0;
  /** The system has once refused a change. */
  #refused = false;

  /** Throws where the system refuses. */
  constructor(options: RealTimeOptions) {
    this.#options = options;
    options.scheduler.realTime();
    this.#measure();
    this.#wait();
  }

  get active(): boolean {
    return this.#state === "real-time";
  }

  /** Idempotent. */
  close(): void {
    this.#state = "closed";
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer = this.#options.clock.after(lookEveryMs, () => {
      this.#look(this.#measure());
      this.#wait();
    });
  }

  #look(busy: number): void {
    const { scheduler, log } = this.#options;
    if (this.#state === "real-time" && busy > yieldsAbove) {
      if (!this.#change(() => scheduler.normal())) return;
      this.#state = "yielded";
      log.warn({ busy }, "the mixer takes all of a core: it no longer goes before everything else");
    } else if (this.#state === "yielded" && busy < returnsBelow) {
      if (!this.#change(() => scheduler.realTime())) return;
      this.#state = "real-time";
      log.info({ busy }, "the mixer goes before everything else again");
    }
  }

  /** False when the system refuses, which is logged once: the thread stays as it is, and the next look tries again. */
  #change(change: () => void): boolean {
    try {
      change();
      return true;
    } catch (error) {
      if (!this.#refused)
        this.#options.log.warn({ why: errorMessage(error) }, "the mixer's priority cannot be changed");
      this.#refused = true;
      return false;
    }
  }

  /** The share of a core that this thread took since the last call. */
  #measure(): number {
    const { clock, threadMs = threadTime } = this.#options;
    const [now, used] = [clock.monotonic(), threadMs()];
    const share = (used - this.#threadMs) / Math.max(1, now - this.#lookedAt);
    this.#lookedAt = now;
    this.#threadMs = used;
    return share;
  }
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Undefined when it is not available: another system, no permission (RLIMIT_RTPRIO), no such call. */
export async function goRealTime(options: Omit<RealTimeOptions, "scheduler">): Promise<RealTime | undefined> {
  try {
    return new RealTime({ ...options, scheduler: await linuxScheduler() });
  } catch (error) {
    options.log.warn(
      { why: errorMessage(error) },
      "no real-time priority: a busy machine makes ticks late; LimitRTPRIO=1 of the service or ulimit -r 1 allows it",
    );
    return undefined;
  }
}

/** <bits/sched.h>. Threads and processes that this one starts must not inherit the policy. */
const SCHED_OTHER = 0;
const SCHED_RR = 2;
const SCHED_RESET_ON_FORK = 0x4000_0000;
const lowestRealTimePriority = 1;

async function linuxScheduler(): Promise<ThreadScheduler> {
  if (process.platform !== "linux") throw new Error(`not on ${process.platform}`);
  const { default: koffi } = await import("koffi");
  const call = koffi.load(null).func("sched_setscheduler", "int", ["int", "int", "int *"]);
  const set = (policy: number, priority: number): void => {
    if (call(0, policy, Int32Array.of(priority)) === 0) return;
    const errno = koffi.errno();
    throw new Error(`sched_setscheduler failed: errno ${errno}`);
  };
  return {
    realTime: () => set(SCHED_RR | SCHED_RESET_ON_FORK, lowestRealTimePriority),
    normal: () => set(SCHED_OTHER | SCHED_RESET_ON_FORK, 0),
  };
}
