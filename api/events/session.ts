// One reader of the event stream, over any transport: the snapshot if it is wanted, then events in order, and a
// heartbeat when nothing happens. The next events are fetched when the reader has taken the last ones, so that what
// waits for it is bounded; a reader that takes too long is disconnected, with the number at which it can resume.

import { type Clock, type Timer, within } from "#common";
import { assertReadable, EventsGone, Follower, type LogEvent, type Matches } from "#services/events";
import type { EventSource } from "./source.ts";

export type Ending =
  | { readonly code: "SLOW_READER"; readonly after: number }
  | { readonly code: "EVENTS_GONE"; readonly oldest: number }
  /** The log cannot be read now. */
  | { readonly code: "INTERNAL_ERROR"; readonly after: number }
  | { readonly code: "STOPPING"; readonly after: number }
  /** The credential no longer gives the right to read. */
  | { readonly code: "REVOKED"; readonly after: number };

export interface Snapshot {
  /** The rooms are as they were right after this event. */
  readonly seq: number;
  readonly time: string;
  readonly rooms: readonly unknown[];
}

/** The way to a reader. Nothing throws: a reader that has gone is ended by its owner with `close`. */
export interface Sink {
  /** Resolves when it is on its way to the reader. */
  send(message: Snapshot | readonly LogEvent[]): Promise<void>;
  /** `seq`: up to here the reader has all it wants. */
  heartbeat(seq: number): void;
  end(ending: Ending): void;
}

export interface SessionOptions {
  readonly source: EventSource;
  readonly clock: Clock;
  readonly sink: Sink;
  readonly matches: Matches;
  readonly room: string | undefined;
  /** Undefined: from now on, with a snapshot first. */
  readonly after: number | undefined;
}

const heartbeatMs = 20_000;
const slowMs = 15_000;

export class EventSession {
  readonly #options: SessionOptions;
  #follower: Follower | undefined;
  #heartbeat: Timer | undefined;
  /** Ends the wait for the reader to take a message; undefined while there is none. */
  #giveUp: (() => void) | undefined;
  #state: "open" | "ended" = "open";

  constructor(options: SessionOptions) {
    this.#options = options;
    void this.#run();
  }

  /** Parley stops, or the reader has lost the right to read. */
  stop(code: "STOPPING" | "REVOKED"): void {
    this.#end({ code, after: this.#follower?.position ?? 0 });
  }

  /** The reader has gone. Idempotent. */
  close(): void {
    this.#state = "ended";
    this.#heartbeat?.cancel();
    this.#follower?.close();
    this.#giveUp?.();
  }

  async #run(): Promise<void> {
    const { source, matches, after } = this.#options;
    this.#armHeartbeat();
    try {
      if (after !== undefined) assertReadable(source.log, after);
      const snapshot = after === undefined ? await this.#snapshot() : undefined;
      const follower = new Follower(source.log, snapshot?.seq ?? after ?? 0, matches);
      this.#follower = follower;
      let inTime = snapshot === undefined || (await this.#deliver(snapshot));
      while (inTime && this.#state === "open") {
        const events = await follower.next();
        inTime = events.length === 0 || (await this.#deliver(events));
        if (!inTime) this.#end({ code: "SLOW_READER", after: (events[0]?.seq ?? 1) - 1 });
      }
    } catch (error) {
      if (error instanceof EventsGone) this.#end({ code: "EVENTS_GONE", oldest: error.oldest });
      else this.#end({ code: "INTERNAL_ERROR", after: this.#follower?.position ?? 0 });
    }
  }

  /** The rooms and the number of the last event before, taken at one moment; shown once that event is on disk. */
  async #snapshot(): Promise<Snapshot> {
    const { source, clock, room } = this.#options;
    const seq = source.log.last;
    const time = new Date(clock.now()).toISOString();
    const rooms = source.onCall().filter((one) => room === undefined || one.room.id === room);
    await source.log.settled();
    return { seq, time, rooms };
  }

  /** False when it took too long. */
  async #deliver(message: Snapshot | readonly LogEvent[]): Promise<boolean> {
    if (this.#state === "ended") return true;
    const { clock, sink } = this.#options;
    // A promise of its own each time: a race with one that lasts as long as the session would keep each of these until then.
    const { promise, resolve, reject } = Promise.withResolvers<true>();
    this.#giveUp = () => resolve(true);
    sink.send(message).then(() => resolve(true), reject);
    const inTime = await within(promise, { clock, limitMs: slowMs });
    this.#giveUp = undefined;
    if (this.#state === "open") this.#armHeartbeat();
    return inTime ?? false;
  }

  #armHeartbeat(): void {
    const { clock, sink } = this.#options;
    this.#heartbeat?.cancel();
    this.#heartbeat = clock.after(heartbeatMs, () => {
      sink.heartbeat(this.#follower?.position ?? 0);
      this.#armHeartbeat();
    });
  }

  #end(ending: Ending): void {
    if (this.#state === "ended") return;
    this.close();
    this.#options.sink.end(ending);
  }
}
