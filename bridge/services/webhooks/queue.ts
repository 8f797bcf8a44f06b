// One webhook's queue: its place in the event log, and the deliveries that failed and are tried again. One request at a
// time. Events are sent in their order; one that fails holds up the others for its first tries, then it is put off and
// they are sent before it. When the receiver is back after an outage, the deliveries that were put off come first.
//
//   log ─▶ next wanted event ─▶ try ─▶ delivered
//                                │ └─▶ pending ─▶ try … ─▶ delivered | failed
//                                └ 410 ─▶ the owner is told, nothing more is sent

import { type Clock, errorMessage, type Logger, SerialQueue } from "#common";
import { type EventLog, type LogEvent, type Matches, matcherOf } from "#services/events";
import { Alarm } from "./alarm.ts";
import { afterTry, isRetried, newDelivery } from "./delivery.ts";
import {
  isMeetEvent,
  type MeetData,
  type MeetEvent,
  meetPayload,
  meetSignatureHeaders,
} from "./meet-format.ts";
import { Outage } from "./outage.ts";
import type { ProgressSaver } from "./progress-saver.ts";
import { blockingTries, waitAfter } from "./schedule.ts";
import type { Send } from "./send.ts";
import { signatureHeaders } from "./signature.ts";
import type { Attempt, Delivery, Webhook, WebhookQueueSnapshot } from "./types.ts";

export interface QueueOptions {
  readonly log: EventLog;
  readonly send: Send;
  readonly saver: ProgressSaver;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly userAgent: string;
  /** 0 … 1. */
  readonly random: () => number;
  /** The receiver wants no more. */
  readonly onGone: (webhook: string) => void;
  readonly onAttempt: (succeeded: boolean) => void;
  /** What is told to a receiver of the meet API. */
  readonly meetData: MeetData;
}

interface Pending {
  delivery: Delivery;
  /** Monotonic milliseconds. */
  dueAt: number;
}

/** Which event is next is looked up in portions. */
const pageSize = 100;
/** With so many that are tried again, no new one is begun. */
const maxPending = 100;
const pauseMs = 5000;

export class WebhookQueue {
  readonly #options: QueueOptions;
  /** One request at a time, those that a client asks for included. */
  readonly #turns = new SerialQueue(100);
  readonly #ended = new AbortController();
  readonly #pending = new Map<string, Pending>();
  #webhook: Webhook;
  #matches: Matches;
  #page: LogEvent[] = [];
  #read: number;
  #position: number;
  #skipped: number;
  readonly #outage: Outage;
  readonly #alarm: Alarm;
  #running: Promise<void> = Promise.resolve();

  constructor(webhook: Webhook, pending: readonly Delivery[], options: QueueOptions) {
    this.#webhook = webhook;
    this.#options = options;
    this.#matches = matcherFor(webhook);
    this.#read = webhook.position;
    this.#position = webhook.position;
    this.#skipped = webhook.skipped;
    const { clock } = options;
    this.#alarm = new Alarm(clock);
    this.#outage = new Outage(clock, pending);
    for (const delivery of pending) {
      const inMs = Math.max(0, Date.parse(delivery.nextAttemptAt ?? "") - clock.now() || 0);
      this.#pending.set(delivery.id, { delivery, dueAt: clock.monotonic() + inMs });
    }
  }

  get pending(): number {
    return this.#pending.size;
  }

  get place(): { readonly id: string; readonly position: number; readonly skipped: number } {
    return { id: this.#webhook.id, position: this.#position, skipped: this.#skipped };
  }

  snapshot(): WebhookQueueSnapshot {
    const behind = Math.max(0, this.#options.log.newest - this.#position);
    return { webhook: this.#webhook.id, behind, failingSeconds: this.#outage.seconds };
  }

  /** Begins to send; without it only what a client asks for is sent. */
  start(): void {
    this.#running = this.#keepRunning();
  }

  /** Its record has changed. */
  follow(webhook: Webhook): void {
    this.#webhook = webhook;
    this.#matches = matcherFor(webhook);
  }

  /** Tries a delivery once, now, independently of its schedule. */
  sendNow(delivery: Delivery): Promise<Attempt> {
    return this.#turns.run(() => this.#try(this.#pending.get(delivery.id)?.delivery ?? delivery));
  }

  /** Idempotent. A request that is under way is given up; it counts as not made. */
  async close(): Promise<void> {
    this.#ended.abort();
    this.#alarm.ring();
    await Promise.all([this.#running, this.#turns.idle()]);
  }

  /** The log cannot be read when the disk fails: that passes. */
  async #keepRunning(): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#ended.signal.aborted) {
      try {
        await this.#run();
      } catch (error) {
        logger.error({ webhook: this.#webhook.id, why: errorMessage(error) }, "a webhook pauses");
        this.#alarm.arm();
        await this.#alarm.wait(clock.monotonic() + pauseMs);
      }
    }
  }

  async #run(): Promise<void> {
    const off = this.#options.log.events.on("appended", () => this.#alarm.ring());
    try {
      while (!this.#ended.signal.aborted) {
        this.#alarm.arm();
        const due = this.#due();
        const next = due ?? (await this.#fresh());
        if (!next) {
          await this.#alarm.wait(this.#nextDueAt);
          continue;
        }
        await this.#turns.run(() => this.#tryAgain(next));
        if (!due) this.#takeHead();
      }
    } finally {
      off();
    }
  }

  /** Infinity when nothing is tried again. */
  get #nextDueAt(): number {
    return Math.min(...[...this.#pending.values()].map(({ dueAt }) => dueAt));
  }

  /** The oldest of those whose time has come. */
  #due(): Delivery | undefined {
    const now = this.#options.clock.monotonic();
    const due = [...this.#pending.values()].filter(({ dueAt }) => dueAt <= now);
    return due.sort((a, b) => (a.delivery.seq ?? 0) - (b.delivery.seq ?? 0))[0]?.delivery;
  }

  /**
   * A delivery of the next event that is wanted; none when there is none, or while others hold it up. The event stays the next one
   * until it has been tried: a failure before that is no reason to pass it over.
   */
  async #fresh(): Promise<Delivery | undefined> {
    const waiting = [...this.#pending.values()];
    const held =
      waiting.length >= maxPending || waiting.some(({ delivery }) => delivery.tries < blockingTries);
    if (held) return undefined;
    for (;;) {
      const event = await this.#next();
      if (!event) return undefined;
      const payload = await this.payloadOf(event);
      if (payload !== undefined)
        return newDelivery(this.#webhook.id, event, this.#options.clock.now(), payload);
      this.#takeHead();
      this.#position = event.seq;
    }
  }

  #takeHead(): void {
    this.#read = this.#page.shift()?.seq ?? this.#read;
  }

  /** Undefined: there is nothing to tell any more. */
  async payloadOf(event: MeetEvent): Promise<string | undefined> {
    if (this.#webhook.format === "parley") return JSON.stringify(event);
    return meetPayload(event, this.#options.meetData);
  }

  /** The first of `#page` afterwards. */
  async #next(): Promise<LogEvent | undefined> {
    const { log, saver, logger } = this.#options;
    for (;;) {
      const event = this.#page[0];
      if (event) {
        if (this.#matches(event)) return event;
        this.#takeHead();
        this.#position = event.seq;
        continue;
      }
      saver.note(this.place);
      if (this.#read >= log.newest) return undefined;
      this.#page = [...(await log.read(this.#read, pageSize))];
      const missing = (this.#page[0]?.seq ?? log.oldest) - this.#read - 1;
      if (missing <= 0) continue;
      this.#skipped += missing;
      this.#read += missing;
      logger.warn({ webhook: this.#webhook.id, missing }, "the log had forgotten events of a webhook");
    }
  }

  /** A client may have asked for it in the meantime. */
  async #tryAgain(delivery: Delivery): Promise<void> {
    if (delivery.tries === 0 || this.#pending.get(delivery.id)?.delivery === delivery)
      await this.#try(delivery);
  }

  async #try(delivery: Delivery): Promise<Attempt> {
    const { url, secrets, format } = this.#webhook;
    const { clock, send, userAgent } = this.#options;
    const signed = { id: delivery.event, at: clock.now(), body: delivery.payload };
    const headers = {
      "content-type": "application/json",
      "user-agent": userAgent,
      ...signatureHeaders(signed, secrets),
      ...(format === "meet" && meetSignatureHeaders(signed, secrets)),
    };
    const outcome = await send({ url, headers, body: delivery.payload }, this.#ended.signal);
    const { retryAfterMs, ...attempt } = outcome;
    if (!this.#ended.signal.aborted) this.#settle(delivery, attempt, retryAfterMs);
    return attempt;
  }

  #settle(delivery: Delivery, attempt: Attempt, askedMs: number): void {
    const { clock, saver, onAttempt, onGone, random } = this.#options;
    const succeeded = attempt.error === null;
    onAttempt(succeeded);
    this.#pending.delete(delivery.id);
    const again = !succeeded && isRetried(delivery, attempt);
    const waitMs = again ? waitAfter(delivery.tries + 1, random(), askedMs) : undefined;
    const next = waitMs === undefined ? null : new Date(clock.now() + waitMs).toISOString();
    const tried = afterTry(delivery, attempt, next);
    if (waitMs !== undefined) {
      this.#pending.set(delivery.id, { delivery: tried, dueAt: clock.monotonic() + waitMs });
    }
    this.#position = Math.max(this.#position, delivery.seq ?? 0);
    saver.note(this.place, tried);
    if (succeeded) this.#recovered();
    else this.#outage.failed();
    if (attempt.status === 410) onGone(this.#webhook.id);
    this.#alarm.ring();
  }

  /** After an outage, what stepped aside is due at once. */
  #recovered(): void {
    if (!this.#outage.recovered()) return;
    const now = this.#options.clock.monotonic();
    for (const pending of this.#pending.values()) pending.dueAt = Math.min(pending.dueAt, now);
  }
}

function matcherFor({ types, room, format }: Webhook): Matches {
  const matches = matcherOf({ types, room: room ?? undefined });
  return format === "meet" ? (event) => isMeetEvent(event) && matches(event) : matches;
}
