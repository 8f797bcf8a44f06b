// What a caller hears, as names of the prompt pack, and how numbers are put together from them.
import type { PlayItem } from "#media/protocol";

export const prompt = (name: string): PlayItem => ({ kind: "prompt", name });
export const attentionTone: PlayItem = { kind: "tone", name: "attention" };
export const errorTone: PlayItem = { kind: "tone", name: "error" };

/** 0 to 999 as the recordings of `digits/` say it. */
export function sayNumber(number: number): PlayItem[] {
  if (number >= 100) {
    const rest = number % 100;
    const hundreds = [digits(Math.floor(number / 100)), digits("hundred")];
    return rest === 0 ? hundreds : [...hundreds, ...sayNumber(rest)];
  }
  if (number <= 20) return [digits(number)];
  const ones = number % 10;
  return ones === 0 ? [digits(number)] : [digits(number - ones), digits(ones)];
}

/** A number digit by digit, as telephone numbers are read out. */
export const sayDigits = (number: string): PlayItem[] =>
  [...number].filter((digit) => digit >= "0" && digit <= "9").map((digit) => digits(digit));

/** How many are here, to one of them. */
export function sayPresent(present: number): PlayItem[] {
  const others = present - 1;
  if (others <= 0) return [prompt("conf-onlyperson")];
  if (others === 1) return [prompt("conf-onlyone")];
  return [prompt("conf-thereare"), ...sayNumber(others), prompt("conf-otherinparty")];
}

const digits = (name: number | string): PlayItem => prompt(`digits/${name}`);
