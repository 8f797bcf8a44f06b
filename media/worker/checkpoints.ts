// Sends checkpoints of the legs to the control process, so that a successor can continue them when this process dies: of all legs
// within two seconds, a part at a time, and soon of those whose keys or addresses have changed.
import type { Clock, LegId, Timer } from "#common";
import { maxLegsAsked } from "../protocol.ts";

export interface CheckpointsOptions {
  readonly clock: Clock;
  /** The checkpoint of a leg; undefined: the leg does not exist, or nothing has been negotiated yet. */
  readonly checkpointOf: (leg: LegId) => string | undefined;
  readonly tell: (legs: [LegId, string][]) => void;
}

const partEveryMs = 500;
const parts = 4;
/** Changes within this time are sent together. */
const soonMs = 50;

export class Checkpoints {
  readonly #options: CheckpointsOptions;
  /** The legs in the order of their last checkpoints. */
  readonly #legs = new Set<LegId>();
  readonly #changed = new Set<LegId>();
  #timer: Timer | undefined;
  #soon: Timer | undefined;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
  }

  /** Schedules a checkpoint of the leg soon, and regular ones from now on. */
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
