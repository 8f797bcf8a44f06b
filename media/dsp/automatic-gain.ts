// Brings every voice to a common level. Learns only from what rises out of the noise and falls back into it, as
// syllables do, and moves only while that sounds: a hum, a hiss or a held tone teaches it nothing, and between
// words the gain stands still. Never lifts the noise above a whisper.
//
//   syllable → its mean level → level of the voice → wanted gain → a step a frame towards it
import { fromDbov, toDbov } from "./level.ts";

const speechDbov = -22;
const boundDb = 12;
/** Noise is not lifted above this. */
const highestNoiseDbov = -50;
/** A syllable stands this far above the noise (9 dB), and ends when it has fallen this far below its mean. */
const standsOut = 8;
const quietest = fromDbov(-50);
const minMs = 60;
const maxMs = 2000;
/** So many have been heard before anything is done about them: a tone that comes and goes is no voice yet. */
const syllablesOfVoice = 4;
/** The level of a voice follows its syllables over about this much speech. */
const memoryMs = 4000;
const riseDbPerSecond = 4;
const fallDbPerSecond = 8;

export class AutomaticGain {
  /** −12 … +12. */
  gainDb = 0;
  /** How loud the voice is while it sounds; undefined before its first syllable. */
  voiceDbov: number | undefined;
  readonly #tickMs: number;
  #wantedDb = 0;
  #energy = 0;
  #ticks = 0;
  #syllables = 0;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** What comes may be a syllable. */
  get hearsSyllable(): boolean {
    return this.#ticks > 0;
  }

  /** One frame's mean square and the noise floor's, both before any gain. */
  update(level: number, floor: number): void {
    const fell = level * this.#ticks * standsOut < this.#energy;
    if (!fell && level >= quietest && level >= floor * standsOut) {
      this.#energy += level;
      this.#ticks += 1;
      this.#move();
    } else if (this.#ticks > 0) {
      // What only sinks into a floor that has risen to it was no syllable.
      if (fell) this.#learn(floor);
      this.interrupt();
    }
  }

  /** What came is not what was said: nothing is to be learnt from a syllable that the network cut off. */
  interrupt(): void {
    this.#energy = 0;
    this.#ticks = 0;
  }

  /** A syllable is over. */
  #learn(floor: number): void {
    const lengthMs = this.#ticks * this.#tickMs;
    if (lengthMs < minMs || lengthMs > maxMs) return;
    this.#syllables += 1;
    const dbov = toDbov(this.#energy / this.#ticks);
    const weight = 1 - Math.exp(-lengthMs / memoryMs);
    const before = this.voiceDbov ?? dbov;
    this.voiceDbov = before + (dbov - before) * weight;
    if (this.#syllables < syllablesOfVoice) return;
    const most = Math.max(0, Math.min(boundDb, highestNoiseDbov - toDbov(floor)));
    this.#wantedDb = Math.min(most, Math.max(-boundDb, speechDbov - this.voiceDbov));
  }

  #move(): void {
    const away = this.#wantedDb - this.gainDb;
    const perSecond = away > 0 ? riseDbPerSecond : fallDbPerSecond;
    const step = (perSecond * this.#tickMs) / 1000;
    this.gainDb += Math.abs(away) <= step ? away : Math.sign(away) * step;
  }
}
