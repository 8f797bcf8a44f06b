// The recorded names of callers who have left: a caller who comes back to the same meeting is not asked again. Kept no longer
// than the meeting. Knows nothing of files.
import { BoundedMap, type Clock } from "#common";

/** A recording of a caller saying their own name. The code that holds it must discard it. */
export interface SpokenName {
  /** The clip to play. */
  readonly clip: string;
  readonly durationMs: number;
  discard(): void;
}

/** A caller who may come back, as the call identifies them: not all callers can be distinguished. */
export interface NamedCaller {
  readonly number: string;
  readonly source: string;
}

interface Left {
  readonly name: SpokenName;
  readonly at: number;
}

/** After that time another person may call from the same number. */
const returnsWithinMs = 5 * 60_000;
const maxKept = 200;

export class LeftNames {
  readonly #clock: Clock;
  /** In the order of leaving. */
  readonly #left = new BoundedMap<string, Left>({ most: maxKept, onDrop: ({ name }) => name.discard() });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps the name of a participant who has left. */
  keep({ number, source }: NamedCaller, name: SpokenName): void {
    this.#forgetOld();
    if (number === "" || number === "anonymous") {
      name.discard();
      return;
    }
    this.#forget(source);
    this.#left.set(source, { name, at: this.#clock.monotonic() });
  }

  /** Returns the name of a caller who is back, and no longer keeps it. */
  takeBack({ source }: NamedCaller): SpokenName | undefined {
    this.#forgetOld();
    const left = this.#left.get(source);
    this.#left.delete(source);
    return left?.name;
  }

  /** Discards all names, at the end of the meeting. */
  clear(): void {
    for (const source of [...this.#left.keys()]) this.#forget(source);
  }

  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [source, { at }] of this.#left) if (now - at > returnsWithinMs) this.#forget(source);
  }

  #forget(source: string): void {
    this.#left.get(source)?.name.discard();
    this.#left.delete(source);
  }
}
