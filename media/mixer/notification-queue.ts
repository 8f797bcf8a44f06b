// Facts that arise inside a tick wait for its end: whoever hears them may write to a socket, and no leg's
// packet waits for that. Outside a tick they pass straight on. Bounded by what one tick can tell.
import type { FactSink } from "../leg/index.ts";
import type { Fact, FactName } from "../protocol.ts";

interface Waiting {
  readonly name: FactName;
  readonly data: Fact;
}

export class FactQueue {
  readonly #sink: FactSink;
  #waiting: Waiting[] = [];
  #held = false;

  constructor(sink: FactSink) {
    this.#sink = sink;
  }

  readonly tell: FactSink = (name, data) => {
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
    for (const { name, data } of waiting) this.#sink(name, data as Fact<typeof name>);
  }
}
