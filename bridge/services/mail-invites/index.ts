// Public interface of invitations: mails about rooms, and the calendar entries that come with them.
export { addressOfUser } from "./accounts.ts";
export { type InvitationsOptions, MailInvites } from "./invitations.ts";
export type { OutboxCounters } from "./outbox.ts";
export { createSmtp, type MailSettings } from "./smtp.ts";
export * from "./types.ts";
