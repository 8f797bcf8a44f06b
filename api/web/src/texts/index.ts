// The texts of the page, in five languages.
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { it } from "./it.ts";
import { ru } from "./ru.ts";
import type { Texts } from "./texts.ts";

export type { Texts } from "./texts.ts";

export const languages: readonly Texts[] = [en, es, fr, it, ru];

/** The first language that the person prefers and the page speaks; English if there is none (BCP 47 tags, as `navigator.languages`). */
export function textsFor(preferred: readonly string[]): Texts {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    const known = languages.find(({ lang }) => lang === primary);
    if (known !== undefined) return known;
  }
  return en;
}

/** The language as it is written where the person lives, for times and numbers: `en-GB` for `en`. */
export const localeFor = (lang: string, preferred: readonly string[] = navigator.languages): string =>
  preferred.find((tag) => tag.toLowerCase().split("-")[0] === lang) ?? lang;

/** Puts values into a text: `{name}`. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** When a booked conference begins. `instant`: as RFC 3339 writes it. */
export function beginning(instant: string, { beginsAt, lang }: Texts): string {
  const format = new Intl.DateTimeFormat(localeFor(lang), { dateStyle: "medium", timeStyle: "short" });
  return fill(beginsAt, { time: format.format(new Date(instant)) });
}
