// The key `mail` in the words of the domain.
import type { MailSettings } from "#bridge/invitations";
import { type Config, readMail } from "#config";

/** Undefined when no mail server is configured. */
export function mailSettings({ mail }: Config): MailSettings | undefined {
  const read = readMail(mail);
  return read && { ...read, joinUrl: mail.join_url };
}
