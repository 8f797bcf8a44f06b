// Counts attempts with a wrong key by where they come from, so that keys cannot be guessed at line speed. The
// table is bounded: when it is full, the source that was quiet longest is forgotten. IPv6 sources count by
// their /64, because one host owns all of it.
import type { Clock } from "#common";

export interface AttemptLimits {
  /** Wrong keys a source may try within the window before it has to wait. */
  readonly attempts: number;
  readonly windowMs: number;
  /** Sources remembered. */
  readonly sources: number;
}

interface Failures {
  count: number;
  forgetAt: number;
}

export class FailedAttempts {
  readonly #clock: Clock;
  readonly #limits: AttemptLimits;
  /** In order of the last failure. */
  readonly #sources = new Map<string, Failures>();

  constructor(clock: Clock, limits: AttemptLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Sources remembered now. */
  get size(): number {
    return this.#sources.size;
  }

  /** Whole seconds this address has to wait before its next attempt is looked at; 0 when it may try. */
  waitSeconds(address: string): number {
    const failures = this.#sources.get(sourceOf(address));
    if (!failures || failures.count < this.#limits.attempts) return 0;
    return Math.max(0, Math.ceil((failures.forgetAt - this.#clock.monotonic()) / 1000));
  }

  /** Opens the window anew. */
  failed(address: string): void {
    const source = sourceOf(address);
    const now = this.#clock.monotonic();
    const earlier = this.#sources.get(source);
    const count = earlier && earlier.forgetAt > now ? earlier.count + 1 : 1;
    this.#sources.delete(source);
    this.#sources.set(source, { count, forgetAt: now + this.#limits.windowMs });
    if (this.#sources.size > this.#limits.sources) this.#sources.delete(this.#sources.keys().next().value!);
  }
}

function sourceOf(address: string): string {
  const plain = address.split("%", 1)[0]!;
  if (plain.startsWith("::ffff:")) return plain.slice("::ffff:".length);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const first = head === "" ? [] : head.split(":");
  if (tail === undefined) return first.slice(0, 4).join(":");
  const last = tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  return [...first, ...zeros, ...last].slice(0, 4).join(":");
}
