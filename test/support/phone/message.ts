// SIP as plain text: enough of RFC 3261 §7 for a phone on loopback, written without the product's parser so
// that a mistake there cannot hide itself here.

export interface Message {
  /** Undefined for a response. */
  readonly method: string | undefined;
  /** Undefined for a request. */
  readonly status: number | undefined;
  /** Request-URI or reason phrase. */
  readonly subject: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const compact: Readonly<Record<string, string>> = {
  v: "via",
  f: "from",
  t: "to",
  i: "call-id",
  m: "contact",
  c: "content-type",
  l: "content-length",
};

/** Undefined for what is not SIP (a keep-alive). */
export function parseMessage(text: string): Message | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [startLine = "", ...lines] = text
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(startLine);
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(startLine);
  if (!response && !request) return undefined;
  return {
    method: request?.[1],
    status: response ? Number(response[1]) : undefined,
    subject: (request ?? response)?.[2] ?? "",
    headers: lines.map((line) => {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).trim().toLowerCase();
      return [compact[name] ?? name, line.slice(colon + 1).trim()];
    }),
    body: text.slice(end + 4),
  };
}

export const headersOf = (message: Message, name: string): readonly string[] =>
  message.headers.filter(([key]) => key === name.toLowerCase()).map(([, value]) => value);

export const headerOf = (message: Message, name: string): string | undefined => headersOf(message, name)[0];

export function buildMessage(
  startLine: string,
  headers: readonly (readonly [string, string])[],
  body = "",
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [startLine, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
}

/** A response that repeats what §8.2.6 says a response repeats. */
export function respondTo(
  request: Message,
  status: number,
  phrase: string,
  extra: {
    readonly toTag?: string;
    readonly headers?: readonly (readonly [string, string])[];
    readonly body?: string;
  } = {},
): string {
  const to = headerOf(request, "To") ?? "";
  const tagged = extra.toTag && tagOf(to) === undefined ? `${to};tag=${extra.toTag}` : to;
  return buildMessage(
    `SIP/2.0 ${status} ${phrase}`,
    [
      ...headersOf(request, "Via").map((via) => ["Via", via] as const),
      ["From", headerOf(request, "From") ?? ""],
      ["To", tagged],
      ["Call-ID", headerOf(request, "Call-ID") ?? ""],
      ["CSeq", headerOf(request, "CSeq") ?? ""],
      ...(extra.headers ?? []),
    ],
    extra.body ?? "",
  );
}

export const tagOf = (address: string): string | undefined => /;\s*tag=([^;>\s]+)/.exec(address)?.[1];

export const branchOf = (message: Message): string | undefined =>
  /;\s*branch=([^;,\s]+)/.exec(headerOf(message, "Via") ?? "")?.[1];

export const uriOf = (address: string): string =>
  /<([^>]*)>/.exec(address)?.[1] ?? address.split(";")[0]!.trim();

export const cseqOf = (message: Message): { number: number; method: string } => {
  const [number = "0", method = ""] = (headerOf(message, "CSeq") ?? "").split(/\s+/);
  return { number: Number(number), method };
};

export interface Reason {
  readonly cause: number;
  readonly text: string;
}

/** `Reason: SIP;cause=403;text="Conference locked"` (RFC 3326). */
export function reasonOf(message: Message): Reason | undefined {
  const value = headersOf(message, "Reason").find((reason) => /^SIP\s*;/i.test(reason));
  if (value === undefined) return undefined;
  return {
    cause: Number(/;\s*cause=(\d+)/i.exec(value)?.[1] ?? 0),
    text: /;\s*text="((?:[^"\\]|\\.)*)"/i.exec(value)?.[1] ?? "",
  };
}
