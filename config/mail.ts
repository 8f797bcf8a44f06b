// The section `mail`: the mail server, and the sender and the link of invitations. The errors of the checks contain neither the
// password nor the URL, which may contain it.
import { type Static, Type } from "typebox";
import { mailAddress, StartError } from "#common";

const text = (value: string, description: string) => Type.String({ default: value, description });
const count = (value: number, maximum: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: value, description });

export const mailSchema = Type.Object(
  {
    smtp_url: text(
      "",
      "smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the first byte. Empty: host and the keys below it.",
    ),
    host: text("", "The mail server. Empty, as smtp_url: no invitations."),
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 0,
      description: "0: 465 with TLS from the first byte, 587 otherwise.",
    }),
    user: text("", "Empty: without a login."),
    password: text("", "Of the user."),
    secure: Type.Enum(["auto", "starttls", "tls", "none"], {
      default: "auto",
      description:
        "auto: STARTTLS where it is offered, and always before a password. starttls: never without. tls: from the first byte. none: in the clear.",
    }),
    from: text("", "Sender of invitations: `Conference <conference@example.com>` or the address alone."),
    join_url: text(
      "",
      "Link in invitations, such as https://meet.example.com/{extension}; {extension} and {room_id} are filled in. Empty: none.",
    ),
    max_recipients: count(200, 1000, "How many people a room may invite; the rest of its list is left out."),
    per_hour: count(500, 100_000, "How many mails are sent in an hour; the rest waits."),
  },
  { additionalProperties: false, description: "Invitations by mail." },
);

export type MailKeys = Static<typeof mailSchema>;

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly secure: MailKeys["secure"];
  /** Empty: no login. */
  readonly user: string;
  readonly password: string;
}

export interface MailSender {
  /** May be empty. */
  readonly name: string;
  readonly address: string;
}

export interface Mail {
  readonly server: MailServer;
  readonly from: MailSender;
}

/** Undefined when no server is configured. Throws StartError. */
export function readMail(keys: MailKeys): Mail | undefined {
  if (!isTemplate(keys.join_url)) {
    throw new StartError(
      `mail.join_url: "${keys.join_url}" is not an http or https address with {extension} or {room_id} in it`,
    );
  }
  if (keys.smtp_url !== "" && keys.host !== "") {
    throw new StartError("mail.smtp_url and mail.host both name a server; only one of them may");
  }
  if (keys.smtp_url === "" && keys.host === "") {
    if (keys.user !== "" || keys.password !== "") {
      throw new StartError("mail.user and mail.password need mail.host");
    }
    return undefined;
  }
  const server = keys.smtp_url === "" ? serverOf(keys) : serverOfUrl(keys);
  const from = senderOf(keys.from);
  if (!from) {
    throw new StartError(`mail.from: "${keys.from}" is not a sender such as "Parley <parley@example.com>"`);
  }
  return { server, from };
}

const defaultPort = (secure: MailKeys["secure"]): number => (secure === "tls" ? 465 : 587);

function serverOf({ host, port, secure, user, password }: MailKeys): MailServer {
  if (!isHost(host)) throw new StartError(`mail.host: "${host}" is not the name or address of a machine`);
  if ((user === "") !== (password === "")) throw new StartError("mail.user and mail.password go together");
  return { host, port: port || defaultPort(secure), secure, user, password };
}

function serverOfUrl({ smtp_url, user, password, port, secure: asked }: MailKeys): MailServer {
  const url = URL.parse(smtp_url);
  const host = url?.hostname.replace(/^\[(.*)\]$/, "$1") ?? "";
  if (!url || !/^smtps?:$/.test(url.protocol) || !isHost(host) || !/^\/?$/.test(url.pathname)) {
    throw new StartError("mail.smtp_url is not of the form smtp://USER:PASSWORD@HOST:PORT");
  }
  if (user !== "" || password !== "" || port !== 0 || url.search !== "" || url.hash !== "") {
    throw new StartError("mail.smtp_url holds user, password and port itself, and nothing after them");
  }
  const secure = url.protocol === "smtps:" ? "tls" : asked;
  const login = { user: decodePart(url.username), password: decodePart(url.password) };
  if ((login.user === "") !== (login.password === "")) {
    throw new StartError("mail.smtp_url needs a user and a password, or neither");
  }
  return { host, port: Number(url.port) || defaultPort(secure), secure, ...login };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new StartError("mail.smtp_url has a % in its user or password that must be written %25");
  }
}

const isHost = (host: string): boolean => /^[A-Za-z0-9:._-]{1,253}$/.test(host);

function senderOf(from: string): MailSender | undefined {
  const [, name = "", inBrackets] = /^\s*"?([^"<>\p{Cc}]*?)"?\s*<([^<>]*)>\s*$/u.exec(from) ?? [];
  const address = mailAddress((inBrackets ?? from).trim());
  return address === undefined ? undefined : { name: name.trim(), address };
}

function isTemplate(template: string): boolean {
  if (template === "") return true;
  const filled = template.replaceAll("{extension}", "800").replaceAll("{room_id}", "800");
  const url = URL.parse(filled);
  return filled !== template && !/[{}\s]/.test(filled) && /^https?:$/.test(url?.protocol ?? "");
}
