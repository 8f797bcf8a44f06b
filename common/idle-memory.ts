// Returns unused memory of the start or of busy hours to the operating system, once the process is idle.
// V8 keeps the pages of a heap that has shrunk, and compiled code that nothing uses; Node keeps what it has read from its compile
// cache; the C library keeps what was freed below what is still in use. That is half of what an idle process holds.
// The process stops for that time, some tenths of a second with a large heap, so it happens seldom.
import { Session } from "node:inspector/promises";
import { flushCompileCache } from "node:module";
import type { Clock, Timer } from "./clock.ts";
import { processMemory } from "./process-memory.ts";

export interface IdleMemoryOptions {
  readonly clock: Clock;
  /** Whether the process has work that a pause would disturb. */
  readonly isBusy: () => boolean;
  /** `releaseMemory` by default; replaced by tests. Its failure is ignored. */
  readonly release?: () => Promise<unknown>;
}

const lookEveryMs = 10_000;
const minIntervalMs = 600_000;

/** Releases memory once the process has been idle from one look to the next, and again after each time that it was busy. */
export class IdleMemory {
  readonly #options: Required<IdleMemoryOptions>;
  #timer: Timer;
  #wasBusy = true;
  #isDue = true;
  #releasedAt = Number.NEGATIVE_INFINITY;

  constructor({ release = releaseMemory, ...options }: IdleMemoryOptions) {
    this.#options = { ...options, release };
    this.#timer = this.#arm();
  }

  close(): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    return this.#options.clock.after(lookEveryMs, () => this.#look());
  }

  #look(): void {
    const { clock, isBusy, release } = this.#options;
    const now = clock.monotonic();
    const busy = isBusy();
    if (busy) this.#isDue = true;
    else if (this.#isDue && !this.#wasBusy && now - this.#releasedAt >= minIntervalMs) {
      this.#isDue = false;
      this.#releasedAt = now;
      release().catch(() => {});
    }
    this.#wasBusy = busy;
    this.#timer = this.#arm();
  }
}

/** Resolves with the bytes by which the resident size has become smaller; negative when it has grown. */
export async function releaseMemory(): Promise<number> {
  const before = processMemory().rss;
  flushCompileCache();
  const session = new Session();
  session.connect();
  try {
    // Unlike the collections that V8 makes by itself it gives empty pages back instead of keeping them.
    await session.post("HeapProfiler.collectGarbage");
  } finally {
    session.disconnect();
  }
  await trimAllocator();
  return before - processMemory().rss;
}

/** malloc_trim(3), which glibc alone has: other C libraries give pages back by themselves. */
async function trimAllocator(): Promise<void> {
  try {
    const { default: koffi } = await import("koffi");
    koffi.load(null).func("malloc_trim", "int", ["size_t"])(0);
  } catch {
    // No binary of koffi for this machine, or another C library.
  }
}
