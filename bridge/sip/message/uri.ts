// SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966): read, written, compared. Escapes are decoded on the way in
// and made on the way out, so that all code in between handles plain text.
import { formatHostPort } from "#common";
import { noParams, type Params, parseHostPort } from "./grammar.ts";
import { ifReadable, SipSyntaxError } from "./syntax-error.ts";

export interface SipUri {
  readonly kind: "sip";
  readonly scheme: "sip" | "sips";
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** As written; compare without case. An IPv6 literal is without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Lower-case names; a parameter without a value is the empty string. */
  readonly params: Params;
  readonly headers: Params;
}

export interface TelUri {
  readonly kind: "tel";
  readonly scheme: "tel";
  /** Digits, `*`, `#` and letters, with a leading `+` when global; visual separators are removed. */
  readonly number: string;
  readonly params: Params;
}

/** A URI of a scheme that the stack does not support: answered 416. */
export interface OtherUri {
  readonly kind: "other";
  /** Lower case. */
  readonly scheme: string;
  /** What follows the colon, as written. */
  readonly rest: string;
}

export type Uri = SipUri | TelUri | OtherUri;

/** A URI without its headers, which no Request-URI has (RFC 3261 §19.1.1 table 1): `sip:a@b?Replaces=…` is `sip:a@b`. */
export function requestUriOf(uri: string): string {
  const question = uri.indexOf("?", uri.indexOf("@") + 1);
  return question < 0 ? uri : uri.slice(0, question);
}

/**
 * Where the user part ends: at the last `@` before the first parameter or header after the host. User names that are mail
 * addresses often contain an unescaped `@` (`sip:alice@example.com@192.0.2.1`), and no host does. −1: no user.
 */
function userEnd(text: string, start: number): number {
  const first = text.indexOf("@", start);
  if (first < 0 || text.indexOf("@", first + 1) < 0) return first;
  const length = text.slice(first).search(/[;?]/);
  return text.lastIndexOf("@", length < 0 ? text.length : first + length);
}

/** Quotes are paired and follow the host: around the value of a parameter, where some servers put them. */
const quotedOnlyAsValues = /^[^"]*$|^[^";]*;[^"]*(?:"[^"]*"[^"]*)+$/;

/**
 * `header` is named in the error: where the URI was found. An empty user (`sip:@host`) and an empty port
 * (`sip:host:`) count as absent.
 */
export function parseUri(text: string, header = "Request-URI"): Uri {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (!/^[a-z][a-z\d+.-]*$/.test(scheme)) throw new SipSyntaxError(header, "malformed scheme");
  if (/[\s<>]/.test(text) || !quotedOnlyAsValues.test(text)) {
    throw new SipSyntaxError(header, "a character that no URI may hold");
  }
  if (scheme === "sip" || scheme === "sips") return parseSip(scheme, text, header);
  const rest = text.slice(colon + 1);
  if (scheme === "tel") return parseTel(rest, header);
  if (rest === "") throw new SipSyntaxError(header, "empty URI");
  return { kind: "other", scheme, rest };
}

/** Like `parseUri`, where only a SIP or SIPS URI is allowed: a Contact or a Route of ours. */
export function parseSipUri(text: string, header = "Request-URI"): SipUri {
  const uri = parseUri(text, header);
  if (uri.kind !== "sip") throw new SipSyntaxError(header, "not a SIP URI");
  return uri;
}

function parseSip(scheme: "sip" | "sips", text: string, header: string): SipUri {
  const start = scheme.length + 1;
  const at = userEnd(text, start);
  let user: string | undefined;
  let password: string | undefined;
  if (at >= 0) {
    const userInfo = text.slice(start, at);
    const colon = userInfo.indexOf(":");
    user = decode(colon < 0 ? userInfo : userInfo.slice(0, colon)) || undefined;
    if (colon >= 0) password = decode(userInfo.slice(colon + 1));
    if (user === undefined && password !== undefined) throw new SipSyntaxError(header, "empty user");
  }
  const hostStart = at < 0 ? start : at + 1;
  const question = text.indexOf("?", hostStart);
  const paramsEnd = question < 0 ? text.length : question;
  const semicolon = text.indexOf(";", hostStart);
  const hostEnd = semicolon < 0 || semicolon > paramsEnd ? paramsEnd : semicolon;
  const { host, port } = parseHostPort(header, text.slice(hostStart, hostEnd).replace(/:$/, ""));
  const params = hostEnd === paramsEnd ? noParams : parsePairs(text.slice(hostEnd + 1, paramsEnd), ";");
  const headers = question < 0 ? noParams : parsePairs(text.slice(question + 1), "&");
  return { kind: "sip", scheme, user, password, host, port, params, headers };
}

function parseTel(rest: string, header: string): TelUri {
  const semicolon = rest.indexOf(";");
  const number = withoutSeparators(semicolon < 0 ? rest : rest.slice(0, semicolon));
  if (!/^\+?[\da-fA-F*#]+$/.test(number)) throw new SipSyntaxError(header, "malformed telephone number");
  const params = semicolon < 0 ? noParams : parsePairs(rest.slice(semicolon + 1), ";");
  return { kind: "tel", scheme: "tel", number, params };
}

/** A telephone number without its visual separators (RFC 3966 §5.1.1). */
export const withoutSeparators = (number: string): string => number.replace(/[-.()]/g, "");

/** Names in lower case and decoded; the first of two equal names counts, empty pairs are ignored. */
function parsePairs(text: string, separator: string): Params {
  const pairs = new Map<string, string>();
  for (const pair of text.split(separator)) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals)).toLowerCase();
    if (!pairs.has(name)) pairs.set(name, equals < 0 ? "" : decode(pair.slice(equals + 1)));
  }
  return pairs;
}

/** Decodes `%XX` as UTF-8, or as Latin-1 when the bytes are not UTF-8. A lone `%` stands for itself. */
function decode(text: string): string {
  if (!text.includes("%")) return text;
  const wellFormed = text.replace(/%(?![\da-fA-F]{2})/g, "%25");
  try {
    return decodeURIComponent(wellFormed);
  } catch {
    return wellFormed.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

// What may stand unescaped in each part (RFC 3261 §25.1): unreserved characters and the part's own list.
/** `;` and `?` are allowed there too, but many switches read them as the beginning of parameters and headers. */
const inUser = /[^\w\-.!~*'()&=+$,/]/gu;
const inPassword = /[^\w\-.!~*'()&=+$,]/gu;
const inParam = /[^\w\-.!~*'()[\]/:&+$]/gu;
const inHeader = /[^\w\-.!~*'()[\]/?:+$]/gu;

function encode(text: string, reserved: RegExp): string {
  return text.replace(reserved, (character) => {
    let escaped = "";
    for (const byte of Buffer.from(character)) {
      escaped += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    }
    return escaped;
  });
}

/** `text` escaped for the user part of a SIP URI. */
export const escapeUser = (text: string): string => encode(text, inUser);

export function formatUri(uri: Uri): string {
  if (uri.kind === "other") return `${uri.scheme}:${uri.rest}`;
  if (uri.kind === "tel") return `tel:${uri.number}${formatPairs(uri.params)}`;
  let text = `${uri.scheme}:`;
  if (uri.user !== undefined) {
    text += escapeUser(uri.user);
    if (uri.password !== undefined) text += `:${encode(uri.password, inPassword)}`;
    text += "@";
  }
  text += formatHostPort(uri.host, uri.port) + formatPairs(uri.params);
  let separator = "?";
  for (const [name, value] of uri.headers) {
    text += `${separator}${encode(name, inHeader)}=${encode(value, inHeader)}`;
    separator = "&";
  }
  return text;
}

function formatPairs(params: Params): string {
  let text = "";
  for (const [name, value] of params) {
    text += `;${encode(name, inParam)}`;
    if (value !== "") text += `=${encode(value, inParam)}`;
  }
  return text;
}

/** Parameters that make a difference even when only one of two URIs has them (RFC 3261 §19.1.4). */
const decisive = ["user", "ttl", "method", "maddr", "transport"];

/** Equality by RFC 3261 §19.1.4 and RFC 3966 §4. Not transitive: an unknown parameter on one side is ignored. */
export function sameUri(a: Uri, b: Uri): boolean {
  if (a.kind === "sip" && b.kind === "sip") return sameSip(a, b);
  if (a.kind === "tel" && b.kind === "tel") {
    return (
      sameText(a.number, b.number) &&
      a.params.size === b.params.size &&
      sameWhereBoth(a.params, b.params, true)
    );
  }
  return a.kind === "other" && b.kind === "other" && a.scheme === b.scheme && a.rest === b.rest;
}

/**
 * Whether both name the same user or the same telephone number. Schemes, hosts, ports, parameters and
 * headers are ignored, because proxies on the way rewrite them. False when one cannot be read.
 */
export function isSameUser(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [ifReadable(() => parseUri(one)), ifReadable(() => parseUri(other))];
  if (!a || !b) return false;
  if (a.kind !== "sip" || b.kind !== "sip") return sameUri(a, b);
  return a.user === b.user;
}

function sameSip(a: SipUri, b: SipUri): boolean {
  return (
    a.scheme === b.scheme &&
    a.user === b.user &&
    a.password === b.password &&
    sameText(a.host, b.host) &&
    a.port === b.port &&
    decisive.every((name) => a.params.has(name) === b.params.has(name)) &&
    sameWhereBoth(a.params, b.params, false) &&
    a.headers.size === b.headers.size &&
    sameWhereBoth(a.headers, b.headers, true)
  );
}

/** `all`: every name of `a` must be in `b` too. */
function sameWhereBoth(a: Params, b: Params, all: boolean): boolean {
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined ? all : !sameText(value, other)) return false;
  }
  return true;
}

const sameText = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase();
