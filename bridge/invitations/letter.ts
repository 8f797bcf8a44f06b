// A letter as text and as simple HTML, in the room's language and time zone. Pure. What comes from a room stands on one
// line, so that it can begin no other header and imitate no other field; in HTML it is escaped.
import type { Letter, Meeting } from "./types.ts";
import { type Locale, localeOf } from "./words.ts";

export interface Text {
  readonly subject: string;
  readonly plain: string;
  readonly html: string;
  /** Empty: none. */
  readonly link: string;
}

/** `joinUrl` is the template; empty: none. */
export function textOf(letter: Letter, joinUrl: string): Text {
  const { occasion, meeting } = letter;
  const locale = localeOf(meeting.language);
  const { words } = locale;
  const cancelled = occasion === "cancellation";
  const link = cancelled ? "" : linkOf(letter, joinUrl);
  const name = oneLine(meeting.subject);
  const opening = words.opening[occasion];
  const facts: (readonly [label: string, value: string])[] = [
    [words.name, name],
    [words.when, when(meeting, locale)],
  ];
  if (!cancelled) {
    facts.push(
      [words.link, link],
      [words.numbers, oneLine(meeting.numbers)],
      [words.extension, meeting.extension],
      [words.pin, meeting.pin ?? ""],
    );
  }
  const shown = facts.filter(([, value]) => value !== "");
  const plain = `${opening}\n\n${shown.map(([label, value]) => `${label}: ${value}`).join("\n")}\n`;
  const rows = shown.map(
    ([label, value]) => `<tr><th align="left">${escaped(label)}</th><td>${asHtml(value, link)}</td></tr>`,
  );
  const html = `<p>${escaped(opening)}</p>\n<table>\n${rows.join("\n")}\n</table>\n`;
  return { subject: `${words.subject[occasion]}: ${name}`, plain, html, link };
}

function linkOf({ room, meeting }: Letter, template: string): string {
  return template.replaceAll("{extension}", meeting.extension).replaceAll("{room_id}", room);
}

function when({ startAt, endAt, timezone }: Meeting, { tag, words }: Locale): string {
  if (startAt === null) return words.anyTime;
  const format = new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "short", timeZone: timezone });
  const start = new Date(startAt);
  const time = endAt === null ? format.format(start) : format.formatRange(start, new Date(endAt));
  return `${time} (${timezone})`;
}

const asHtml = (value: string, link: string): string =>
  value === link && link !== "" ? `<a href="${escaped(link)}">${escaped(link)}</a>` : escaped(value);

/** Control characters, line and paragraph separators become a space. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
