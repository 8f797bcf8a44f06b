// What a phone has heard: the last ten seconds of received audio, in order of arrival, and promises of the
// next so-many milliseconds. Time here is counted in samples received, never in sleep.
import { clicks, fitTones, levelDbov, type Tone, telephoneRate } from "../tones.ts";
import { within } from "./waiting.ts";

interface Listener {
  readonly until: number;
  readonly wake: () => void;
}

const capacity = 10 * telephoneRate;

export class Ear {
  readonly #ring = new Int16Array(capacity);
  /** Takes all that comes, as it comes; `timestamp`: of the packet that it came in. */
  onAudio: (samples: Int16Array, timestamp: number) => void = () => {};
  #listeners: Listener[] = [];
  #heard = 0;

  /** Samples since the call began. */
  get heard(): number {
    return this.#heard;
  }

  append(samples: Int16Array, timestamp = 0): void {
    this.onAudio(samples, timestamp);
    for (const sample of samples) {
      this.#ring[this.#heard % capacity] = sample;
      this.#heard += 1;
    }
    const due = this.#listeners.filter((listener) => listener.until <= this.#heard);
    if (due.length === 0) return;
    this.#listeners = this.#listeners.filter((listener) => listener.until > this.#heard);
    for (const listener of due) listener.wake();
  }

  /** The audio that was received last. */
  last(milliseconds: number): Int16Array {
    return this.#from(Math.max(0, this.#heard - (milliseconds * telephoneRate) / 1000), this.#heard);
  }

  /** The next `milliseconds` of audio; fails when packets come too slowly for it. */
  async next(milliseconds: number): Promise<Int16Array> {
    const from = this.#heard;
    const until = from + (milliseconds * telephoneRate) / 1000;
    if (until - from > capacity) throw new Error(`cannot remember ${milliseconds} ms`);
    const arrived = new Promise<void>((wake) => this.#listeners.push({ until, wake }));
    await within(
      arrived,
      milliseconds * 2 + 2000,
      () => `${milliseconds} ms of audio (only ${((this.#heard - from) * 1000) / telephoneRate} ms came)`,
    );
    return this.#from(from, until);
  }

  /** Levels of these tones in the next `windowMs`, by frequency. */
  async hears(frequencies: readonly number[], windowMs = 300): Promise<ReadonlyMap<number, number>> {
    const { levels } = fitTones(await this.next(windowMs), frequencies);
    return new Map(frequencies.map((frequency, index) => [frequency, levels[index]!]));
  }

  /**
   * Waits for a whole window in which exactly `expected` is heard, each tone within `toleranceDb` of its level,
   * and of `absent` nothing above `silentDbov`. Fails with what was heard instead after `limitMs` of audio.
   */
  async hearsExactly(
    expected: readonly Tone[],
    absent: readonly number[],
    { toleranceDb = 1.5, silentDbov = -50, windowMs = 300, limitMs = 20_000 } = {},
  ): Promise<void> {
    const frequencies = [...expected.map((tone) => tone.frequency), ...absent];
    let heard: ReadonlyMap<number, number> = new Map();
    for (let listened = 0; listened < limitMs; listened += windowMs) {
      heard = await this.hears(frequencies, windowMs);
      const right =
        expected.every((tone) => Math.abs(heard.get(tone.frequency)! - tone.levelDbov) <= toleranceDb) &&
        absent.every((frequency) => heard.get(frequency)! <= silentDbov);
      if (right) return;
    }
    const show = (tone: readonly [number, number]): string => `${tone[0]} Hz at ${tone[1].toFixed(1)} dBov`;
    const wanted = expected.map((tone) => show([tone.frequency, tone.levelDbov]));
    throw new Error(
      `heard ${[...heard].map(show).join(", ")} (all together ${levelDbov(this.last(windowMs)).toFixed(1)}); ` +
        `expected only ${wanted.join(", ") || "silence"}`,
    );
  }

  /**
   * Waits for a whole second of this tone alone at its level without a click. A busy machine may make our own
   * packets late, so a few seconds may fail; what is wrong with the bridge is wrong in all of them.
   */
  async hearsCleanly(tone: Tone, { windowMs = 1000, windows = 6, toleranceDb = 1.5 } = {}): Promise<void> {
    const heard: string[] = [];
    for (let window = 0; window < windows; window += 1) {
      const samples = await this.next(windowMs);
      const level = fitTones(samples, [tone.frequency]).levels[0]!;
      const found = clicks(samples, [tone.frequency], { marginDb: 20 });
      if (found.length === 0 && Math.abs(level - tone.levelDbov) <= toleranceDb) return;
      heard.push(`${level.toFixed(1)} dBov with ${found.length} clicks`);
    }
    throw new Error(`${tone.frequency} Hz was never clean: ${heard.join(", ")}`);
  }

  #from(from: number, until: number): Int16Array {
    return Int16Array.from({ length: until - from }, (_, index) => this.#ring[(from + index) % capacity]!);
  }
}
