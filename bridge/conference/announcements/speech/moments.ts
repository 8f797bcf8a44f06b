// A day and a time of day as each language speaks them, in the time zone of the room. Pure.
import type { SpokenLanguage } from "./languages.ts";
import { numberPrompts } from "./numbers.ts";

/** An instant in local time. */
export interface WallTime {
  /** Days since the epoch. */
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 0 is January. */
  readonly month: number;
  readonly date: number;
  readonly hour: number;
  readonly minute: number;
}

const dayMs = 86_400_000;

function wallTime(instant: number, timezone: string): WallTime {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const month = part("month") - 1;
  const midnight = Date.UTC(part("year"), month, part("day"));
  return {
    day: Math.round(midnight / dayMs),
    weekday: new Date(midnight).getUTCDay(),
    month,
    date: part("day"),
    hour: part("hour"),
    minute: part("minute"),
  };
}

/** Names of prompts: the day, then the time. Today's day is not spoken. */
export function momentPrompts(
  language: SpokenLanguage,
  at: number,
  { now, timezone }: { readonly now: number; readonly timezone: string },
): string[] {
  const moment = wallTime(at, timezone);
  const days = moment.day - wallTime(now, timezone).day;
  return [...dayPrompts(language, moment, days), ...timePrompts[language](moment)];
}

function dayPrompts(language: SpokenLanguage, moment: WallTime, days: number): string[] {
  if (days <= 0) return [];
  if (days === 1) return ["digits/tomorrow"];
  if (days <= 6) return [`digits/day-${moment.weekday}`];
  const month = `digits/mon-${moment.month}`;
  const { date } = moment;
  switch (language) {
    case "en":
      return [month, ...englishOrdinal(date)];
    case "es":
      return ["digits/es-el", ...numberPrompts(language, date), "digits/es-de", month];
    case "fr":
      return [...(date === 1 ? ["digits/h-1"] : numberPrompts(language, date)), month];
    case "it":
    case "ru":
      return [...numberPrompts(language, date), month];
  }
}

function englishOrdinal(date: number): string[] {
  if (date <= 20 || date === 30) return [`digits/h-${date}`];
  return [`digits/${date - (date % 10)}`, `digits/h-${date % 10}`];
}

const timePrompts: Readonly<Record<SpokenLanguage, (time: WallTime) => string[]>> = {
  en: ({ hour, minute }) => [
    "digits/at",
    ...numberPrompts("en", twelve(hour)),
    ...(minute === 0 ? ["digits/oclock"] : minute < 10 ? ["digits/oh"] : []),
    ...(minute === 0 ? [] : numberPrompts("en", minute)),
    half(hour),
  ],
  es: ({ hour, minute }) => [
    ...(twelve(hour) === 1
      ? ["digits/at_s", "digits/1F"]
      : ["digits/at", ...numberPrompts("es", twelve(hour))]),
    ...(minute === 0 ? [] : ["digits/and", ...numberPrompts("es", minute)]),
    half(hour),
  ],
  fr: ({ hour, minute }) => [
    "digits/at",
    ...numberPrompts("fr", hour),
    hour <= 1 ? "digits/oclock" : "hours",
    ...(minute === 0 ? [] : numberPrompts("fr", minute)),
  ],
  it: ({ hour, minute }) => [
    "digits/at",
    ...(hour === 0 ? ["digits/ore-mezzanotte"] : hour === 1 ? ["digits/ore-una"] : numberPrompts("it", hour)),
    ...(minute === 0 ? [] : ["digits/e", ...numberPrompts("it", minute)]),
  ],
  ru: ({ hour, minute }) => [
    "digits/at",
    ...numberPrompts("ru", hour),
    ...(minute < 10 ? ["digits/0"] : []),
    ...numberPrompts("ru", minute),
  ],
};

const twelve = (hour: number): number => hour % 12 || 12;
const half = (hour: number): string => (hour < 12 ? "digits/a-m" : "digits/p-m");
