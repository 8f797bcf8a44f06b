// Watches a room's schedule while it has participants, inside or not. Reads the wall clock again at every turn and never
// trusts one timer for longer than a quarter of a minute: a clock that is set, forwards or back, costs no more than
// that.
import type { Clock, Timer } from "#common";
import { marksBetween, nextMark, type ScheduleMark } from "../policy/schedule.ts";
import type { Room } from "../records/room.ts";

const maxMs = 15_000;

export interface ScheduleWatchOptions {
  readonly clock: Clock;
  /** The room as it is now. */
  readonly record: () => Room;
  readonly onMark: (mark: ScheduleMark) => void;
}

export class ScheduleWatch {
  readonly #options: ScheduleWatchOptions;
  #timer: Timer | undefined;
  /** Undefined while the room has no participants. */
  #lookedAt: number | undefined;

  constructor(options: ScheduleWatchOptions) {
    this.#options = options;
  }

  /** The first participant came. Idempotent. */
  start(): void {
    if (this.#lookedAt !== undefined) return;
    this.#lookedAt = this.#options.clock.now();
    this.#arm();
  }

  /** After a restart: what came due since then, when no process looked, is due now. `since`: ms since 1970. */
  catchUp(since: number): void {
    if (this.#lookedAt === undefined) return;
    this.#lookedAt = Math.min(this.#lookedAt, since);
    this.look();
  }

  /** The last participant has left. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#lookedAt = undefined;
  }

  /** The schedule has changed: what is due is due at once, the rest is armed again. */
  look(): void {
    if (this.#lookedAt === undefined) return;
    const now = this.#options.clock.now();
    const marks = marksBetween(this.#options.record(), this.#lookedAt, now);
    this.#lookedAt = now;
    for (const mark of marks) this.#options.onMark(mark);
    // A mark may have sent the last one away.
    if (this.#lookedAt !== undefined) this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { clock, record } = this.#options;
    // From the instant that has been looked at: a mark that comes due between the two is due at once.
    const next = nextMark(record(), this.#lookedAt!);
    if (next === undefined) return;
    const left = Math.max(0, next - clock.now());
    this.#timer = clock.after(Math.min(maxMs, left), () => this.look());
  }
}
