// Takes a mail and a calendar file apart line by line, with nothing of what put them together.
export interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly parts: readonly Part[];
}

/** RFC 5322 and RFC 2045: headers, unfolded; parts; bodies decoded. */
export function readMail(raw: string): Part {
  const end = raw.indexOf("\r\n\r\n");
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), decodedWords(line.slice(colon + 1).trim())] as const;
    }),
  );
  const content = raw.slice(end + 4);
  const boundary = /boundary="?([^";]+)/.exec(headers.get("content-type") ?? "")?.[1];
  if (boundary === undefined) return { headers, body: decoded(content, headers), parts: [] };
  const pieces = content.split(`--${boundary}`).slice(1, -1);
  return { headers, body: "", parts: pieces.map((piece) => readMail(piece.replace(/^\r\n|\r\n$/g, ""))) };
}

/** All parts of a type, however deep. */
export function partsOf(mail: Part, type: string): readonly Part[] {
  const own = mail.headers.get("content-type")?.startsWith(type) ? [mail] : [];
  return [...own, ...mail.parts.flatMap((part) => partsOf(part, type))];
}

export const plain = (part: Part): string => partsOf(part, "text/plain")[0]?.body ?? "";
/** What stands in the mail and what is attached. */
export const calendars = (part: Part): readonly Part[] => [
  ...partsOf(part, "text/calendar"),
  ...partsOf(part, "application/ics"),
];

function decoded(content: string, headers: ReadonlyMap<string, string>): string {
  const encoding = headers.get("content-transfer-encoding")?.toLowerCase();
  if (encoding === "base64") return Buffer.from(content, "base64").toString("utf8");
  return encoding === "quoted-printable" ? quotedPrintable(content.replace(/=\r\n/g, "")) : content;
}

const quotedPrintable = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");

const decodedWords = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === "b"
        ? Buffer.from(word, "base64").toString("utf8")
        : quotedPrintable(word.replaceAll("_", " ")),
    );

/** RFC 5545 §3.1: content lines, unfolded; a name that comes twice keeps its last value. */
export function readCalendar(text: string): ReadonlyMap<string, string> {
  const lines = text
    .replace(/\r\n[ \t]/g, "")
    .split("\r\n")
    .filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [, name = "", value = ""] = /^([A-Z-]+)(?:;(?:"[^"]*"|[^":])*)?:(.*)$/s.exec(line) ?? [];
      return [name, value.replace(/\\n/g, "\n").replace(/\\([,;\\])/g, "$1")] as const;
    }),
  );
}
