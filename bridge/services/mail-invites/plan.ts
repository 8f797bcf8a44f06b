// Plans the mails for a room that was made, changed or destroyed: compares the data that its invitees have got with the present
// ones. Pure. Planning again gives no mails, so that a restart may do it. No mail is sent about a meeting that is over.
import type { Room } from "#conference/rooms";
import type { AddressedMail, CalendarEntry, Invited, InviteMail, MailKind, Meeting } from "./types.ts";

export interface Plan {
  /** The record of what invitees know, to be stored; undefined: no invitee knows of the room. */
  readonly invited?: Invited;
  readonly mails: readonly AddressedMail[];
}

/** The admin PIN is no part of it. */
export const meetingOf = (room: Room): Meeting => ({
  subject: room.subject,
  language: room.language,
  timezone: room.timezone,
  startAt: room.scheduledStartAt,
  endAt: room.scheduledEndAt,
  numbers: room.numbers,
  extension: room.extensionNumber,
  pin: room.roomPin,
});

interface Change {
  readonly room: Room;
  readonly recipients: readonly string[];
  readonly before: Invited | undefined;
  readonly now: number;
}

export function planChange({ room, recipients, before, now }: Change): Plan {
  const { id, revision } = room;
  const meeting = meetingOf(room);
  if (isOver(meeting, now)) return before ? { invited: { ...before, revision }, mails: [] } : { mails: [] };
  const sequence = revision - 1;
  const mailAbout = (occasion: MailKind, about: Meeting, calendar: CalendarEntry | null): InviteMail => ({
    ...{ room: id, occasion, meeting: about, sequence, calendar },
  });
  const known = new Set(before?.recipients);
  const wanted = new Set(recipients);
  const mails: AddressedMail[] = [];
  for (const recipient of recipients) {
    if (!known.has(recipient)) {
      mails.push({ recipient, mail: mailAbout("invitation", meeting, entry("REQUEST", meeting)) });
    } else if (before && differs(before.meeting, meeting)) {
      // A time that is no longer set leaves the calendar.
      const calendar = entry("REQUEST", meeting) ?? entry("CANCEL", before.meeting);
      mails.push({ recipient, mail: mailAbout("update", meeting, calendar) });
    }
  }
  for (const recipient of before?.recipients ?? []) {
    if (!before || wanted.has(recipient)) continue;
    const calendar = entry("CANCEL", before.meeting);
    mails.push({ recipient, mail: mailAbout("cancellation", before.meeting, calendar) });
  }
  return recipients.length === 0
    ? { mails }
    : { invited: { room: id, revision, meeting, recipients }, mails };
}

/** The room is gone. */
export function planCancellation(
  { room, revision, meeting, recipients }: Invited,
  now: number,
): readonly AddressedMail[] {
  if (isOver(meeting, now)) return [];
  const calendar = entry("CANCEL", meeting);
  const mail: InviteMail = { room, occasion: "cancellation", meeting, sequence: revision, calendar };
  return recipients.map((recipient) => ({ recipient, mail }));
}

export const isOver = ({ endAt }: Meeting, now: number): boolean =>
  endAt !== null && Date.parse(endAt) <= now;

const entry = (method: CalendarEntry["method"], { startAt, endAt }: Meeting): CalendarEntry | null =>
  startAt === null ? null : { method, startAt, endAt };

/** The language of the text is no news by itself. */
const printedFields = ["subject", "timezone", "startAt", "endAt", "numbers", "extension", "pin"] as const;
const differs = (before: Meeting, after: Meeting): boolean =>
  printedFields.some((name) => before[name] !== after[name]);
