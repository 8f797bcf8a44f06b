// Sources whose pictures end the video process. A single death may have another reason; a source during whose decoding the process
// ends twice within ten minutes is not decoded any more, as long as it is open.
import type { Decoding } from "../process/index.ts";

const strikesToRefuse = 2;
const forgetMs = 10 * 60_000;
/** A process that was killed because it did not answer was kept by a source that it dealt with for so long. */
export const stuckMs = 2000;

export class Quarantine {
  readonly #strikes = new Map<number, { count: number; at: number }>();
  readonly #refused = new Set<number>();

  has(source: number): boolean {
    return this.#refused.has(source);
  }

  /** The process has ended while it dealt with that source; true when it is refused from now on. `now`: milliseconds. */
  strike({ source }: Pick<Decoding, "source">, now: number): boolean {
    const before = this.#strikes.get(source);
    const count = before && now - before.at < forgetMs ? before.count + 1 : 1;
    this.#strikes.set(source, { count, at: now });
    if (count < strikesToRefuse) return false;
    this.#refused.add(source);
    return true;
  }

  /** Forgets a source that was closed. */
  forget(source: number): void {
    this.#strikes.delete(source);
    this.#refused.delete(source);
  }
}
