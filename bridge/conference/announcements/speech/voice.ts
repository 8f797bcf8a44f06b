// Speaks sentences in the language of a room, if its voice is installed.
import type { PlayItem } from "#media/protocol";
import { languageOf, type SpokenLanguage, spokenLanguages } from "./languages.ts";
import { compose, type Sentence } from "./sentences.ts";

export interface Voice {
  /** The items to play one after the other; `language` is a BCP 47 tag. */
  say(language: string, ...sentences: readonly Sentence[]): PlayItem[];
}

/** `installed`: the languages whose voices are installed. */
export function createVoice(installed: ReadonlySet<SpokenLanguage> = new Set(spokenLanguages)): Voice {
  return {
    say: (language, ...sentences) =>
      sentences.flatMap((sentence) => compose(languageOf(language, installed), sentence)),
  };
}
