// The lexical pieces that header values and URIs are made of (RFC 3261 §25.1): tokens, quoted strings,
// parameters, lists, host and port. Every function is one pass over its text, without backtracking, and throws
// only SipSyntaxError. Error details name the fault and never repeat what the peer sent.
import { SipSyntaxError } from "./syntax-error.ts";

export type Params = ReadonlyMap<string, string>;

/** Shared by everything that has no parameters. */
export const noParams: Params = new Map();

const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const LESS = 0x3c;
const GREATER = 0x3e;

/** The characters of a token, by code. */
const tokenCodes = new Uint8Array(128);
for (const character of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") {
  tokenCodes[character.charCodeAt(0)] = 1;
}
const hostText = /^[\w.-]+$/;
/** With the zone of a link-local address, which some peers write and which has no meaning outside their machine (RFC 4007 §11). */
const ipv6Text = /^((?=[\da-fA-F.]*:)[\da-fA-F:.]+)(?:%[\w.-]+)?$/;
/** What a parameter value may contain without quotes: a token or a host, IPv6 references included. */
const bareValue = /^[\w\-.!%*+`'~:[\]/]+$/;
const digits = /^\d+$/;
const blankOrQuote = /[\s"]/;

/** The index where the token that begins at `from` ends. */
export function tokenEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code > 127 || tokenCodes[code] === 0) break;
    at += 1;
  }
  return at;
}

export const isToken = (text: string): boolean => text !== "" && tokenEnd(text, 0) === text.length;

const isSpace = (code: number): boolean => code === SPACE || code === TAB;

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

/** A part of the text without spaces and tabs at both ends; other white space is content. */
export function trimSpace(text: string, from = 0, to = text.length): string {
  const start = Math.min(skipSpace(text, from), to);
  let end = to;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The index of the quote that closes the one at `open`, or −1. */
export function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return -1;
}

/** Removes the backslashes of quoted pairs from the content of a quoted string. */
export function unescapeQuoted(inner: string): string {
  return inner.includes("\\") ? inner.replace(/\\(.)/gs, "$1") : inner;
}

/** `text` as a quoted string. Line breaks, which no header may hold, become spaces. */
export function quote(text: string): string {
  return `"${text.replace(/[\r\n]+/g, " ").replace(/["\\]/g, "\\$&")}"`;
}

/** The text of a quoted string; anything else is returned as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== QUOTE) return text;
  return closingQuote(text, 0) === text.length - 1 ? unescapeQuoted(text.slice(1, -1)) : text;
}

const quoteOrBracket = /["<]/;

/** Splits at `separator` outside quotes and angle brackets; trims, and drops empty elements. */
export function splitList(text: string, separator = ","): string[] {
  const plain = !quoteOrBracket.test(text);
  const elements: string[] = [];
  for (let start = 0; start <= text.length; ) {
    const found = plain ? text.indexOf(separator, start) : separatorOutside(text, separator, start);
    const end = found < 0 ? text.length : found;
    const element = trimSpace(text, start, end);
    if (element !== "") elements.push(element);
    start = end + 1;
  }
  return elements;
}

/** The next separator that is neither quoted nor in angle brackets, or −1. */
function separatorOutside(text: string, separator: string, from: number): number {
  const code = separator.charCodeAt(0);
  let bracketed = false;
  for (let at = from; at < text.length; at += 1) {
    const here = text.charCodeAt(at);
    if (here === LESS) bracketed = true;
    else if (here === GREATER) bracketed = false;
    else if (bracketed) continue;
    else if (here === code) return at;
    else if (here === QUOTE) {
      const close = closingQuote(text, at);
      if (close < 0) return -1;
      at = close;
    }
  }
  return -1;
}

/**
 * `;name=value;flag` from `start` to the end. Names come out in lower case, values unquoted, the first of two
 * equal names counts. Empty parameters (`;;`, a trailing `;`) are accepted.
 */
export function parseParams(header: string, text: string, start: number): Params {
  let at = skipSpace(text, start);
  if (at >= text.length) return noParams;
  const params = new Map<string, string>();
  while (at < text.length) {
    if (text.charCodeAt(at) !== SEMICOLON) throw new SipSyntaxError(header, "text where a parameter belongs");
    at = skipSpace(text, at + 1);
    if (at >= text.length) break;
    if (text.charCodeAt(at) === SEMICOLON) continue;
    const end = tokenEnd(text, at);
    if (end === at) throw new SipSyntaxError(header, "malformed parameter name");
    const name = text.slice(at, end);
    at = skipSpace(text, end);
    let value = "";
    if (text.charCodeAt(at) === EQUALS) {
      at = skipSpace(text, at + 1);
      if (text.charCodeAt(at) === QUOTE) {
        const close = closingQuote(text, at);
        if (close < 0) throw new SipSyntaxError(header, "unbalanced quote");
        value = unescapeQuoted(text.slice(at + 1, close));
        at = skipSpace(text, close + 1);
      } else {
        const next = text.indexOf(";", at);
        const stop = next < 0 ? text.length : next;
        value = text.slice(at, stop).trimEnd();
        if (blankOrQuote.test(value)) throw new SipSyntaxError(header, "malformed parameter value");
        at = stop;
      }
    }
    const key = name.toLowerCase();
    if (!params.has(key)) params.set(key, value);
  }
  return params;
}

/** `;name=value;flag`, values quoted where necessary. */
export function formatParams(params: Params): string {
  let text = "";
  for (const [name, value] of params) {
    if (value === "") text += `;${name}`;
    else text += `;${name}=${bareValue.test(value) ? value : quote(value)}`;
  }
  return text;
}

/** A decimal number without sign. */
export function parseUnsigned(header: string, text: string, max: number): number {
  const value = digits.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) throw new SipSyntaxError(header, "not a number in range");
  return value;
}

export const maxUint32 = 2 ** 32 - 1;

export interface HostPort {
  /** A name, an IPv4 or an IPv6 literal without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

/** `host`, `host:port`, `[IPv6]:port`; white space around the colon is allowed as in a Via. An empty port counts as absent. */
export function parseHostPort(header: string, text: string): HostPort {
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    const host = ipv6Text.exec(text.slice(1, Math.max(close, 1)))?.[1];
    if (host === undefined) throw new SipSyntaxError(header, "malformed IPv6 address");
    return { host, port: parsePort(header, text.slice(close + 1).trimStart()) };
  }
  const colon = text.indexOf(":");
  const host = (colon < 0 ? text : text.slice(0, colon)).trimEnd();
  if (!hostText.test(host)) throw new SipSyntaxError(header, "malformed host");
  return { host, port: colon < 0 ? undefined : parsePort(header, text.slice(colon)) };
}

function parsePort(header: string, text: string): number | undefined {
  if (text === "") return undefined;
  if (!text.startsWith(":")) throw new SipSyntaxError(header, "malformed port");
  const port = text.slice(1).trim();
  return port === "" ? undefined : parseUnsigned(header, port, 65535);
}
