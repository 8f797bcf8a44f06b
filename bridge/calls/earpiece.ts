// What one caller hears alone, above the room: sentences one at a time, and music in between while they wait. A new
// sentence cuts the running one. Words that cannot be played do not stop what they were about.
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

export class Earpiece {
  readonly #options: EarpieceOptions;
  #music = false;
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
    if (this.#music) this.#startMusic();
  }

  /** Music whenever nothing is said. */
  set music(on: boolean) {
    if (this.#music === on) return;
    this.#music = on;
    if (this.#speaking) return;
    if (on) this.#startMusic();
    else void this.#options.leg.stop().catch((error) => this.#notPlayed(error));
  }

  #startMusic(): void {
    void this.#play(music, { loop: true });
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
