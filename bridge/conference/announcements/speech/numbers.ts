// Whole numbers, put together from the recordings of `digits/` by the rules of each language. Pure. Up to 999;
// larger numbers are read digit by digit.
import type { SpokenLanguage } from "./languages.ts";

/** Names of prompts. */
export function numberPrompts(language: SpokenLanguage, value: number): string[] {
  if (!Number.isInteger(value) || value < 0 || value > 999) return digitPrompts(String(value));
  if (value < 100) return belowHundred[language](value);
  return hundreds(language, Math.floor(value / 100), value % 100);
}

/** Digits and keys, one by one. */
export function digitPrompts(text: string): string[] {
  return [...text].flatMap((character) => {
    if (character === "*") return ["digits/star"];
    if (character === "#") return ["digits/pound"];
    return /^[0-9]$/.test(character) ? [`digits/${character}`] : [];
  });
}

const digit = (value: number | string): string => `digits/${value}`;
const tensOf = (value: number): number => value - (value % 10);

/** Tens and ones, with `between` in the middle. */
const tensAndOnes = (value: number, ...between: string[]): string[] => {
  const ones = value % 10;
  return ones === 0 ? [digit(value)] : [digit(tensOf(value)), ...between, digit(ones)];
};

/** Words that the Italian voice has as one recording, because the vowel of the ten is dropped: ventuno, ventotto. */
const italianWhole = (value: number): boolean => [1, 8].includes(value % 10);

const belowHundred: Readonly<Record<SpokenLanguage, (value: number) => string[]>> = {
  en: (value) => (value <= 20 ? [digit(value)] : tensAndOnes(value)),
  ru: (value) => (value <= 20 ? [digit(value)] : tensAndOnes(value)),
  it: (value) => (value <= 20 || italianWhole(value) ? [digit(value)] : tensAndOnes(value)),
  es: (value) => (value <= 29 ? [digit(value)] : tensAndOnes(value, digit("and"))),
  fr: french,
};

/** 71 is 60 and 11, 91 is 80 11; `et` precedes the one up to 71. */
function french(value: number): string[] {
  if (value <= 20 || value % 10 === 0) return [digit(value)];
  const base = value > 80 ? 80 : value > 60 ? 60 : tensOf(value);
  const rest = value - base;
  return base < 80 && rest % 10 === 1 ? [digit(base), digit("et"), digit(rest)] : [digit(base), digit(rest)];
}

function hundreds(language: SpokenLanguage, count: number, rest: number): string[] {
  const below = rest === 0 ? [] : belowHundred[language](rest);
  switch (language) {
    case "en":
      return [digit(count), digit("hundred"), ...below];
    case "fr":
    case "it":
      return count === 1 ? [digit("hundred"), ...below] : [digit(count), digit("hundred"), ...below];
    case "es":
      if (count === 1) return rest === 0 ? [digit("hundred")] : [digit("100-and"), ...below];
      return [digit(count * 100), ...below];
    case "ru":
      // The voice has no word for two hundred and above.
      return count === 1 ? [digit("hundred"), ...below] : digitPrompts(String(count * 100 + rest));
  }
}
