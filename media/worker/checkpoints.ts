// Tells the control process how far the legs have come, so that a successor can go on with them when this process dies: all of
// them once in two seconds, a part at a time, and those whose keys or addresses have changed at once.
import type { Clock, LegId, Timer } from "#common";
import { maxLegsAsked } from "../protocol.ts";

export interface CheckpointsOptions {
  readonly clock: Clock;
  /** Undefined: the leg is not there, or has agreed on nothing yet. */
  readonly checkpointOf: (leg: LegId) => string | undefined;
  readonly tell: (legs: [LegId, string][]) => void;
}

const partEveryMs = 500;
const parts = 4;
/** What changes together is told together. */
const soonMs = 50;

export class Checkpoints {
  readonly #options: CheckpointsOptions;
  /** In the order in which they were told last. */
  readonly #legs = new Set<LegId>();
  readonly #changed = new Set<LegId>();
  #timer: Timer | undefined;
  #soon: Timer | undefined;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
  }

  /** The leg is told of from now on, and soon. */
  changed(leg: LegId): void {
    this.#legs.add(leg);
    this.#changed.add(leg);
    this.#timer ??= this.#options.clock.after(partEveryMs, () => this.#tellPart());
    this.#soon ??= this.#options.clock.after(soonMs, () => {
      this.#soon = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      this.#tell(changed);
    });
  }

  tellAll(): void {
    this.#tell([...this.#legs]);
  }

  remove(leg: LegId): void {
    this.#legs.delete(leg);
    this.#changed.delete(leg);
    if (this.#legs.size === 0) this.close();
  }

  close(): void {
    this.#timer?.cancel();
    this.#soon?.cancel();
    this.#timer = this.#soon = undefined;
  }

  #tellPart(): void {
    this.#timer = this.#options.clock.after(partEveryMs, () => this.#tellPart());
    const part = [...this.#legs].slice(0, Math.ceil(this.#legs.size / parts));
    for (const leg of part) {
      this.#legs.delete(leg);
      this.#legs.add(leg);
    }
    this.#tell(part);
  }

  #tell(legs: readonly LegId[]): void {
    const told = legs.flatMap((leg): [LegId, string][] => {
      const checkpoint = this.#legs.has(leg) ? this.#options.checkpointOf(leg) : undefined;
      return checkpoint === undefined ? [] : [[leg, checkpoint]];
    });
    for (let at = 0; at < told.length; at += maxLegsAsked) {
      this.#options.tell(told.slice(at, at + maxLegsAsked));
    }
  }
}
