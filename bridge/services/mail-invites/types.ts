// The nouns of invitations: what people are told of a room, in which mail, and what is kept so that no invitee is told
// twice or forgotten. Instants are RFC 3339 in UTC.
import type { MinuteCount, RoomId } from "#common";

/** The outcome of a room's invitations. `partly`: some invitees have no address, or there are too many. */
export const invitationOutcomes = ["sent", "partly", "none", "not_configured"] as const;
export type InvitationOutcome = (typeof invitationOutcomes)[number];

/** The data of a room in an invitation. */
export interface Meeting {
  readonly subject: string;
  /** BCP 47 */
  readonly language: string;
  /** IANA name */
  readonly timezone: string;
  readonly startAt: string | null;
  readonly endAt: string | null;
  readonly numbers: string;
  readonly extension: string;
  readonly pin: string | null;
}

export type MailKind = "invitation" | "update" | "cancellation";

/** The change in the recipient's calendar. */
export interface CalendarEntry {
  readonly method: "REQUEST" | "CANCEL";
  readonly startAt: string;
  readonly endAt: string | null;
}

export interface InviteMail {
  readonly room: RoomId;
  readonly occasion: MailKind;
  readonly meeting: Meeting;
  /** Rises with each mail about the room (RFC 5545 §3.8.7.4). */
  readonly sequence: number;
  /** Null when no time is set. */
  readonly calendar: CalendarEntry | null;
}

/** The data that a room's invitees have got last. */
export interface Invited {
  readonly room: RoomId;
  /** Of the room, when it was looked at. */
  readonly revision: number;
  readonly meeting: Meeting;
  readonly recipients: readonly string[];
}

export interface AddressedMail {
  readonly recipient: string;
  readonly mail: InviteMail;
}

export interface QueuedMail extends AddressedMail {
  readonly id: string;
  /** How often it was tried. */
  readonly attempts: number;
  readonly dueAt: string;
}

export interface InvitationsRepository {
  invited(room: RoomId): Promise<Invited | undefined>;
  invitedRooms(): Promise<readonly RoomId[]>;
  /**
   * All or nothing: keeps what the room's invitees know now, or forgets it, and puts the mails into the outbox, each
   * in place of what waits there for the same person about the same room. False when more than `limit` would wait.
   */
  record(
    room: RoomId,
    change: { readonly invited?: Invited; readonly mails: readonly QueuedMail[] },
    limit: number,
  ): Promise<boolean>;
  /** The one that is due first. */
  next(): Promise<QueuedMail | undefined>;
  waiting(): Promise<number>;
  postpone(id: string, attempts: number, dueAt: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** The mails of the last hour, oldest first. */
  sent(): Promise<readonly MinuteCount[]>;
  keepSent(counts: readonly MinuteCount[]): Promise<void>;
}

/** `refused`: the server never takes it. `failed`: this time. `unreachable`: nor any other at present. */
export type Delivery =
  | { readonly kind: "sent" }
  | { readonly kind: "refused" | "failed" | "unreachable"; readonly reason: string };

/** Hands one mail to the mail server. Never rejects. */
export type Deliver = (mail: QueuedMail) => Promise<Delivery>;

/** The mail address of the account with this id, if there is one. */
export type AddressOf = (id: string) => Promise<string | undefined>;
