// What other folders may import of speech: sentences in, items to play out.
export { installedLanguages, type SpokenLanguage, spokenLanguages } from "./languages.ts";
export { type HelpEntry, mustBeHeard, type Phrase, type Sentence } from "./sentences.ts";
export { createVoice, type Voice } from "./voice.ts";
