// Holds notifications that arise inside a tick until its end: their receiver may write to a socket, which would delay the packets
// of the legs. Outside a tick they are passed on at once. Bounded by the notifications that one tick can cause.
import type { NotificationSink } from "../leg/index.ts";
import type { Notification, NotificationName } from "../protocol.ts";

interface Waiting {
  readonly name: NotificationName;
  readonly data: Notification;
}

export class NotificationQueue {
  readonly #sink: NotificationSink;
  #waiting: Waiting[] = [];
  #held = false;

  constructor(sink: NotificationSink) {
    this.#sink = sink;
  }

  readonly tell: NotificationSink = (name, data) => {
    if (this.#held) this.#waiting.push({ name, data });
    else this.#sink(name, data);
  };

  /** A tick begins. */
  hold(): void {
    this.#held = true;
  }

  /** A tick has ended. */
  release(): void {
    this.#held = false;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { name, data } of waiting) this.#sink(name, data as Notification<typeof name>);
  }
}
