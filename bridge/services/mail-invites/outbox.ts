// The outbox at work: one mail after the other, the one that is due first. What fails waits longer each time, from a
// minute to a day, and is given up in the end with a line in the log. A mail leaves the outbox only when the server
// has taken it or its meeting is over, so that a crash may send one twice but loses none. A restart does not make the hour
// begin anew: when mails went out is stored with them.
import { type Clock, errorMessage, type Logger, SlidingWindow, type Timer, within } from "#common";
import { isOver } from "./plan.ts";
import type { Deliver, InvitationsRepository, QueuedMail } from "./types.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The wait before each further attempt; after the last one a mail is given up. */
export const retryDelaysMs: readonly number[] = [1, 5, 15, 60, 240, 720, 1440].map(
  (minutes) => minutes * minuteMs,
);
/** At most so long until the outbox is looked at again: the wall clock may be set. */
const lookAgainMs = 10 * minuteMs;
/** How long closing waits for the mail that is being sent. */
const farewellMs = 5000;

export interface OutboxCounters {
  sent: number;
  /** Attempts that are repeated. */
  retried: number;
  /** Given up. */
  failed: number;
}

export interface OutboxOptions {
  readonly repository: Pick<InvitationsRepository, "next" | "postpone" | "remove" | "sent" | "keepSent">;
  readonly deliver: Deliver;
  /** Mails in any hour. */
  readonly perHour: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Outbox {
  readonly counters: OutboxCounters = { sent: 0, retried: 0, failed: 0 };
  readonly #options: OutboxOptions;
  /** Mails of the last hour; undefined: not read yet. */
  #sent: SlidingWindow | undefined;
  #working: Promise<void> | undefined;
  #timer: Timer | undefined;
  #again = false;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Something may be due. */
  wake(): void {
    if (this.#closed) return;
    this.#timer?.cancel();
    this.#again = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#again) this.wake();
    });
  }

  async #work(): Promise<void> {
    let waitMs = 0;
    while (!this.#closed && (this.#again || waitMs === 0)) {
      this.#again = false;
      try {
        waitMs = await this.#step();
      } catch (error) {
        this.#options.log.error({ reason: errorMessage(error) }, "the outbox cannot be read");
        waitMs = minuteMs;
      }
    }
    if (this.#closed || waitMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#options.clock.after(Math.min(waitMs, lookAgainMs), () => this.wake());
  }

  /** Sends a mail that is due; returns after how many milliseconds the next one may be. */
  async #step(): Promise<number> {
    const { repository, deliver, clock, perHour } = this.#options;
    const queued = await repository.next();
    if (!queued) return Number.POSITIVE_INFINITY;
    if (isOver(queued.mail.meeting, clock.now())) {
      await repository.remove(queued.id);
      return 0;
    }
    this.#sent ??= new SlidingWindow(clock, hourMs, await repository.sent());
    const waitMs = Math.max(Date.parse(queued.dueAt) - clock.now(), this.#sent.waitMs(perHour));
    if (waitMs > 0) return waitMs;
    const delivery = await deliver(queued);
    if (delivery.kind !== "unreachable") {
      this.#sent.add();
      await repository.keepSent(this.#sent.snapshot());
    }
    if (delivery.kind === "sent") {
      this.counters.sent += 1;
      await repository.remove(queued.id);
      return 0;
    }
    await this.#failed(queued, delivery);
    return delivery.kind === "unreachable" ? minuteMs : 0;
  }

  async #failed(queued: QueuedMail, { kind, reason }: { kind: string; reason: string }): Promise<void> {
    const { repository, clock, log } = this.#options;
    const { room } = queued.mail;
    const attempts = queued.attempts + 1;
    const retryMs = kind === "refused" ? undefined : retryDelaysMs[queued.attempts];
    if (retryMs === undefined) {
      this.counters.failed += 1;
      await repository.remove(queued.id);
      log.warn({ room, recipient: queued.recipient, attempts, reason }, "an invitation was given up");
      return;
    }
    this.counters.retried += 1;
    await repository.postpone(queued.id, attempts, new Date(clock.now() + retryMs).toISOString());
    log.info({ room, attempts, retryMs, reason }, "an invitation could not be sent yet");
  }

  /** Idempotent. A mail that is being sent may finish. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    if (this.#working) await within(this.#working, { clock: this.#options.clock, limitMs: farewellMs });
  }
}
