// What one caller hears alone, above the room: sentences one at a time, and in between what goes on for longer, the
// tone of a telephone that rings for them or music while they wait. A new sentence cuts the running one. Words that
// cannot be played do not stop what they were about.
import type { Sentence, Voice } from "#bridge/speech";
import { errorCode, type Logger } from "#common";
import type { MediaLeg } from "#media/client";
import type { PlayItem } from "#media/protocol";

export interface EarpieceOptions {
  readonly leg: MediaLeg;
  readonly voice: Voice;
  readonly log: Logger;
  /** BCP 47, asked for every sentence: a caller may come to another room. */
  readonly language: () => string;
}

const music: readonly PlayItem[] = [{ kind: "music" }];
const ringback: readonly PlayItem[] = [{ kind: "tone", name: "ringback" }];

export class Earpiece {
  readonly #options: EarpieceOptions;
  #music = false;
  #ringing = false;
  /** What is heard while nothing is said. */
  #between: readonly PlayItem[] | undefined;
  /** Which sentence is the present one. */
  #spoken = 0;
  #speaking = false;

  constructor(options: EarpieceOptions) {
    this.#options = options;
  }

  /** Resolves when it was heard or cut short; a key cuts it. */
  async say(sentences: readonly Sentence[]): Promise<void> {
    if (sentences.length === 0) return;
    const { voice, language } = this.#options;
    this.#spoken += 1;
    const own = this.#spoken;
    this.#speaking = true;
    await this.#play(voice.say(language(), ...sentences), { interruptible: true });
    if (own !== this.#spoken) return;
    this.#speaking = false;
    this.#goOn();
  }

  /** Music whenever nothing is said. */
  set music(on: boolean) {
    this.#music = on;
    this.#settle();
  }

  /** The tone of ringing, which goes before music. */
  set ringing(on: boolean) {
    this.#ringing = on;
    this.#settle();
  }

  #settle(): void {
    const between = this.#ringing ? ringback : this.#music ? music : undefined;
    if (between === this.#between) return;
    this.#between = between;
    if (this.#speaking) return;
    if (between) this.#goOn();
    else void this.#options.leg.stop().catch((error) => this.#notPlayed(error));
  }

  #goOn(): void {
    if (this.#between) void this.#play(this.#between, { loop: true });
  }

  async #play(items: readonly PlayItem[], how: { loop?: boolean; interruptible?: boolean }): Promise<void> {
    const { leg, language } = this.#options;
    if (items.length === 0) return;
    await leg.play(items, { language: language(), ...how }).catch((error) => this.#notPlayed(error));
  }

  #notPlayed(error: unknown): void {
    this.#options.log.warn({ code: errorCode(error) }, "a prompt was not played");
  }
}
