// The calendar file of a mail (RFC 5545; methods: RFC 5546 §3.2.2 and §3.2.5). Its UID is the room's id and stays, so
// that calendars find the entry again. Times are in UTC, which needs no table of time zones. The recipient is the only
// attendee in it: invitees do not learn of each other.
import {
  ICalAttendeeRole,
  ICalAttendeeStatus,
  ICalCalendar,
  ICalCalendarMethod,
  ICalEventStatus,
} from "ical-generator";
import { type MailText, oneLine } from "./mail-text.ts";
import type { InviteMail } from "./types.ts";

export interface CalendarOptions {
  readonly mail: InviteMail;
  readonly text: MailText;
  readonly recipient: string;
  readonly organizer: { readonly name: string; readonly address: string };
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Undefined when the mail changes nothing in a calendar. */
export function calendarOf({ mail, text, recipient, organizer, now }: CalendarOptions): string | undefined {
  const { room, meeting, sequence, calendar: entry } = mail;
  if (!entry) return undefined;
  const calendar = new ICalCalendar({
    method: ICalCalendarMethod[entry.method],
    prodId: { company: "Parley", product: "Parley", language: "EN" },
  });
  const event = calendar.createEvent({
    id: room,
    sequence,
    stamp: new Date(now),
    start: new Date(entry.startAt),
    ...(entry.endAt !== null && { end: new Date(entry.endAt) }),
    summary: oneLine(meeting.subject),
    description: { plain: text.plain.trimEnd() },
    status: entry.method === "CANCEL" ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: {
      name: organizer.name || organizer.address,
      email: organizer.address,
      mailto: organizer.address,
    },
  });
  event.createAttendee({
    email: recipient,
    role: ICalAttendeeRole.REQ,
    status: ICalAttendeeStatus.NEEDSACTION,
    rsvp: entry.method === "REQUEST",
  });
  if (text.link !== "") event.url(text.link).location(text.link);
  return calendar.toString();
}
