// Invitations by mail, in the words of the configuration.

import type { Clock, Logger } from "#common";
import type { RoomsService } from "#conference/rooms";
import { type Config, readMail } from "#config";
import { addressOfUser, createSmtp, MailInvites, type MailSettings } from "#services/mail-invites";
import type { Store } from "#services/store";

export interface InvitationParts {
  readonly config: Config;
  readonly store: Store;
  readonly rooms: RoomsService;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createMailInvites({ config, store, rooms, clock, log }: InvitationParts): MailInvites {
  const mail = mailSettings(config);
  return new MailInvites({
    rooms,
    repository: store.invitations,
    deliver: mail && createSmtp(mail, clock),
    addressOf: addressOfUser(store.users),
    maxRecipients: config.mail.max_recipients,
    perHour: config.mail.per_hour,
    clock,
    log,
  });
}

/** Undefined when no mail server is configured. */
function mailSettings({ mail }: Config): MailSettings | undefined {
  const read = readMail(mail);
  return read && { ...read, joinUrl: mail.join_url };
}
