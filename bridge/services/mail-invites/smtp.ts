// Hands mails to the mail server (RFC 5321), one connection each, and says what became of them. What the server says
// goes into logs on one line and cut short; the password never does.
import { createTransport } from "nodemailer";
import { type Clock, errorMessage } from "#common";
import { calendarOf } from "./calendar.ts";

import { headerText } from "./header-text.ts";
import { mailTextOf, oneLine } from "./mail-text.ts";
import type { Deliver, Delivery, QueuedMail } from "./types.ts";

export interface MailSettings {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly secure: "auto" | "starttls" | "tls" | "none";
    /** Empty: without a login. */
    readonly user: string;
    readonly password: string;
  };
  readonly from: { readonly name: string; readonly address: string };
  /** Template with `{extension}` and `{room_id}`; empty: no link. */
  readonly joinUrl: string;
}

const limits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 } as const;
const reasonLength = 200;

export function createSmtp({ server, from, joinUrl }: MailSettings, clock: Clock): Deliver {
  const { host, port, secure, user, password } = server;
  const transport = createTransport({
    ...{ host, port, ...limits },
    secure: secure === "tls",
    requireTLS: secure === "starttls" || (secure === "auto" && user !== ""),
    ignoreTLS: secure === "none",
    ...(user !== "" && { auth: { user, pass: password } }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);

  return async ({ id, recipient, mail }: QueuedMail) => {
    const text = mailTextOf(mail, joinUrl);
    const calendar = calendarOf({ mail, text, recipient, organizer: from, now: clock.now() });
    try {
      await transport.sendMail({
        from,
        to: { name: "", address: recipient },
        envelope: { from: from.address, to: [recipient] },
        text: text.plain,
        html: text.html,
        // The same at every attempt, so that a second copy is known as such.
        messageId: `<${id}@${domain}>`,
        date: new Date(clock.now()),
        headers: {
          Subject: { prepared: true, foldLines: true, value: headerText(text.subject) },
          "Auto-Submitted": "auto-generated",
        },
        ...(calendar !== undefined && {
          icalEvent: {
            method: mail.calendar?.method ?? "REQUEST",
            filename: "invitation.ics",
            content: calendar,
          },
        }),
      });
      return { kind: "sent" };
    } catch (error) {
      return failureOf(error);
    }
  };
}

/** RFC 5321 §4.2.1: 5yz to the recipient or to the mail itself is final; everything else may pass. */
function failureOf(error: unknown): Delivery {
  const { responseCode, command } = (error ?? {}) as { responseCode?: unknown; command?: unknown };
  const reason = oneLine(errorMessage(error)).slice(0, reasonLength);
  if (typeof responseCode !== "number") return { kind: "unreachable", reason };
  const ofThisMail = command === "RCPT TO" || command === "DATA";
  return { kind: responseCode >= 500 && ofThisMail ? "refused" : "failed", reason };
}
