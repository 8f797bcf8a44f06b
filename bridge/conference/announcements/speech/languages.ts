// The languages that Parley can build sentences in, and the choice among those whose voices are installed.
import { readdirSync } from "node:fs";

export const spokenLanguages = ["en", "es", "fr", "it", "ru"] as const;
export type SpokenLanguage = (typeof spokenLanguages)[number];

/** For a BCP 47 tag: its language when that is installed, English otherwise. */
export function languageOf(tag: string, installed: ReadonlySet<SpokenLanguage>): SpokenLanguage {
  const primary = tag.split(/[-_]/)[0]?.toLowerCase();
  return spokenLanguages.find((language) => language === primary && installed.has(language)) ?? "en";
}

/** The languages for which the prompt folder has a pack: `es`, `es_MX`, `es_MX_f_Allison`. */
export function installedLanguages(promptsPath: string): ReadonlySet<SpokenLanguage> {
  let names: string[];
  try {
    names = readdirSync(promptsPath);
  } catch {
    return new Set();
  }
  return new Set(
    spokenLanguages.filter((language) => names.some((name) => name.split(/[-_]/)[0] === language)),
  );
}
