// Whether a far end that should send does: tells when nothing has come for five seconds, and when something comes
// again. Tells only: silence alone ends no call.
import type { LegId } from "#common";
import type { FactSink } from "./options.ts";

const silentAfterMs = 5000;

export class InboundWatch {
  readonly #leg: LegId;
  readonly #facts: FactSink;
  #silent = false;
  #expectedSince = 0;

  constructor(leg: LegId, facts: FactSink) {
    this.#leg = leg;
    this.#facts = facts;
  }

  /** From now on packets should come; monotonic milliseconds. */
  expect(now: number): void {
    this.#expectedSince = now;
  }

  /** Once a tick while packets should come. `lastPacketAt`: undefined before the first. */
  look(now: number, lastPacketAt = Number.NEGATIVE_INFINITY): void {
    const silent = now - Math.max(lastPacketAt, this.#expectedSince) >= silentAfterMs;
    const heardAgain = this.#silent && now - lastPacketAt < silentAfterMs;
    if (silent === this.#silent || (this.#silent && !heardAgain)) return;
    this.#silent = silent;
    this.#facts("leg.inbound", { leg: this.#leg, state: silent ? "silent" : "heard" });
  }
}
