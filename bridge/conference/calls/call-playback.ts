// What one caller hears alone, above the room: sentences one at a time, and between them ringback or music. A new sentence
// cuts the running one, and so does a key; a sentence that must be heard is cut by neither and is played before any later
// one. A prompt that cannot be played counts as heard.

import { errorCode, type Logger } from "#common";
import { mustBeHeard, type Sentence, type Voice } from "#conference/speech";
import type { MediaLeg } from "#media/client";
import type { PlayItem } from "#media/protocol";

export interface CallPlaybackOptions {
  readonly leg: MediaLeg;
  readonly voice: Voice;
  readonly log: Logger;
  /** BCP 47, asked for every sentence: the caller may be in another room by then. */
  readonly language: () => string;
}

/** Sentences that are played as one item list. */
interface Passage {
  readonly sentences: readonly Sentence[];
  readonly mustBeHeard: boolean;
}

const music: readonly PlayItem[] = [{ kind: "music" }];
const ringback: readonly PlayItem[] = [{ kind: "tone", name: "ringback" }];

export class CallPlayback {
  readonly #options: CallPlaybackOptions;
  #music = false;
  #ringing = false;
  /** Played while no sentence is. */
  #between: readonly PlayItem[] | undefined;
  /** The number of the current call of `say`. */
  #spoken = 0;
  #speaking = false;
  /** A key has cut the current one: of it only sentences that must be heard are still played. */
  #cut = false;
  /** Sentences that must be heard and have not begun. */
  #owed: readonly Sentence[] = [];
  #passage: (Passage & { readonly heard: Promise<void> }) | undefined;

  constructor(options: CallPlaybackOptions) {
    this.#options = options;
  }

  /** Resolves when they were heard or cut short. */
  async say(sentences: readonly Sentence[]): Promise<void> {
    if (sentences.length === 0) return;
    this.#spoken += 1;
    const own = this.#spoken;
    this.#speaking = true;
    this.#cut = false;
    const all = [...this.#owed.filter((owed) => !sentences.includes(owed)), ...sentences];
    this.#owed = all.filter(mustBeHeard);
    if (this.#passage?.mustBeHeard) await this.#passage.heard;
    for (const passage of passagesOf(all)) {
      if (own !== this.#spoken) return;
      if (passage.mustBeHeard) this.#owed = this.#owed.filter((owed) => !passage.sentences.includes(owed));
      if (passage.mustBeHeard || !this.#cut) await this.#playPassage(passage);
    }
    if (own !== this.#spoken) return;
    this.#speaking = false;
    this.#resume();
  }

  /** A key was pressed: the current sentence stops, unless it must be heard. */
  cut(): void {
    if (!this.#speaking) return;
    this.#cut = true;
    if (this.#passage && !this.#passage.mustBeHeard) this.#stop();
  }

  /** Music while no sentence is played. */
  set music(on: boolean) {
    this.#music = on;
    this.#settle();
  }

  /** The ringback tone, which precedes music. */
  set ringing(on: boolean) {
    this.#ringing = on;
    this.#settle();
  }

  #settle(): void {
    const between = this.#ringing ? ringback : this.#music ? music : undefined;
    if (between === this.#between) return;
    this.#between = between;
    if (this.#speaking) return;
    if (between) this.#resume();
    else this.#stop();
  }

  #resume(): void {
    if (this.#between) void this.#play(this.#between, true);
  }

  async #playPassage(passage: Passage): Promise<void> {
    const { voice, language } = this.#options;
    const heard = this.#play(voice.say(language(), ...passage.sentences), false);
    const playing = { ...passage, heard };
    this.#passage = playing;
    await heard;
    if (this.#passage === playing) this.#passage = undefined;
  }

  async #play(items: readonly PlayItem[], loop: boolean): Promise<void> {
    const { leg, language } = this.#options;
    if (items.length === 0) return;
    await leg.play(items, { language: language(), loop }).catch((error) => this.#notPlayed(error));
  }

  #stop(): void {
    void this.#options.leg.stop().catch((error) => this.#notPlayed(error));
  }

  #notPlayed(error: unknown): void {
    this.#options.log.warn({ code: errorCode(error) }, "a prompt was not played");
  }
}

/** Sentences that are cut alike are played together. */
function passagesOf(sentences: readonly Sentence[]): readonly Passage[] {
  const passages: { sentences: Sentence[]; mustBeHeard: boolean }[] = [];
  for (const sentence of sentences) {
    const must = mustBeHeard(sentence);
    const last = passages.at(-1);
    if (last?.mustBeHeard === must) last.sentences.push(sentence);
    else passages.push({ sentences: [sentence], mustBeHeard: must });
  }
  return passages;
}
