// A mail as text and as simple HTML, in the room's language and time zone. Pure. What comes from a room stands on one
// line, so that it can begin no other header and imitate no other field; in HTML it is escaped.

import { type Locale, localeOf } from "./phrases.ts";
import type { InviteMail, Meeting } from "./types.ts";

export interface MailText {
  readonly subject: string;
  readonly plain: string;
  readonly html: string;
  /** Empty: none. */
  readonly link: string;
}

/** `joinUrl` is the template; empty: none. */
export function mailTextOf(mail: InviteMail, joinUrl: string): MailText {
  const { occasion, meeting } = mail;
  const locale = localeOf(meeting.language);
  const { words } = locale;
  const cancelled = occasion === "cancellation";
  const link = cancelled ? "" : linkOf(mail, joinUrl);
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
    ([label, value]) => `<tr><th align="left">${escapeHtml(label)}</th><td>${asHtml(value, link)}</td></tr>`,
  );
  const html = `<p>${escapeHtml(opening)}</p>\n<table>\n${rows.join("\n")}\n</table>\n`;
  return { subject: `${words.subject[occasion]}: ${name}`, plain, html, link };
}

function linkOf({ room, meeting }: InviteMail, template: string): string {
  return template.replaceAll("{extension}", meeting.extension).replaceAll("{room_id}", room);
}

function when({ startAt, endAt, timezone }: Meeting, { tag, words }: Locale): string {
  const format = new Intl.DateTimeFormat(tag, { dateStyle: "full", timeStyle: "short", timeZone: timezone });
  if (startAt === null && endAt === null) return words.anyTime;
  const [start, end] = [startAt, endAt].map((instant) => (instant === null ? undefined : new Date(instant)));
  if ([start, end].some((instant) => instant && isReadTwice(instant, timezone))) {
    return `${withOffsets(start, end, { tag, words }, timezone)} (${timezone})`;
  }
  if (!start) return `${words.ends}: ${format.format(end)} (${timezone})`;
  return `${end ? format.formatRange(start, end) : format.format(start)} (${timezone})`;
}

/** Each instant in full with its distance from UTC, for an hour that the clocks of the place show twice. */
function withOffsets(
  start: Date | undefined,
  end: Date | undefined,
  { tag, words }: Locale,
  timezone: string,
): string {
  const format = new Intl.DateTimeFormat(tag, {
    ...({ weekday: "long", year: "numeric", month: "long", day: "numeric" } as const),
    ...({ hour: "2-digit", minute: "2-digit", timeZoneName: "longOffset", timeZone: timezone } as const),
  });
  if (!start) return `${words.ends}: ${format.format(end)}`;
  return end ? `${format.format(start)} – ${format.format(end)}` : format.format(start);
}

const hourMs = 3_600_000;

/** Whether the clocks of the place show the same time at another instant too, because they go back in between. */
function isReadTwice(instant: Date, timezone: string): boolean {
  const at = instant.getTime();
  const shown = at + offsetMs(at, timezone);
  return [at - 3 * hourMs, at + 3 * hourMs]
    .map((near) => shown - offsetMs(near, timezone))
    .some((other) => other !== at && other + offsetMs(other, timezone) === shown);
}

/** How far the clocks of the place are ahead of UTC. */
function offsetMs(at: number, timezone: string): number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, timeZoneName: "longOffset" });
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0", seconds = "0"] =
    /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name) ?? [];
  const ahead = Number(hours) * hourMs + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return sign === "-" ? -ahead : ahead;
}

const asHtml = (value: string, link: string): string =>
  value === link && link !== "" ? `<a href="${escapeHtml(link)}">${escapeHtml(link)}</a>` : escapeHtml(value);

/** Control characters, line and paragraph separators become a space. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
