// Watches a room's schedule while it has participants, inside or not. Reads the wall clock at least every 15 seconds, so that
// setting the clock, forwards or back, delays a mark by no more than that.
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

  /** Called when a participant arrives. Idempotent. */
  start(): void {
    if (this.#lookedAt !== undefined) return;
    this.#lookedAt = this.#options.clock.now();
    this.#arm();
  }

  /** After a restart: handles the marks that came due while no process ran. `since`: ms since 1970. */
  catchUp(since: number): void {
    if (this.#lookedAt === undefined) return;
    this.#lookedAt = Math.min(this.#lookedAt, since);
    this.look();
  }

  /** Called when the last participant has left. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#lookedAt = undefined;
  }

  /** Handles the marks that are due, and sets the timer for the next one; also called when the schedule has changed. */
  look(): void {
    if (this.#lookedAt === undefined) return;
    const now = this.#options.clock.now();
    const marks = marksBetween(this.#options.record(), this.#lookedAt, now);
    this.#lookedAt = now;
    for (const mark of marks) this.#options.onMark(mark);
    // A mark may have sent the last participant away.
    if (this.#lookedAt !== undefined) this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { clock, record } = this.#options;
    // From the instant of the last look: a mark that came due since then is handled at once.
    const next = nextMark(record(), this.#lookedAt!);
    if (next === undefined) return;
    const left = Math.max(0, next - clock.now());
    this.#timer = clock.after(Math.min(maxMs, left), () => this.look());
  }
}
