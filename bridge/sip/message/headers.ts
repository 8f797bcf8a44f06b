// Typed views of the header values that the stack reads (RFC 3261 §20, §25.1): one pure parser and one
// formatter a header, no knowledge of messages. The headers that name parties and paths are here; single
// values are in header-values.ts and authentication in auth-values.ts, exported from here too.
import { isIPv6 } from "node:net";
import { formatHostPort } from "#common";
import {
  closingQuote,
  formatParams,
  isToken,
  maxUint32,
  type Params,
  parseHostPort,
  parseParams,
  parseUnsigned,
  quote,
  skipSpace,
  splitList,
  tokenEnd,
  trimSpace,
  unescapeQuoted,
} from "./grammar.ts";
import { ifReadable, SipSyntaxError } from "./syntax-error.ts";
import { parseUri } from "./uri.ts";

export * from "./auth-values.ts";
export { quote, unquote } from "./grammar.ts";
export * from "./header-values.ts";

export interface Via {
  /** `UDP`, `TCP`, `TLS`, `WS`, `WSS` as written, upper case. */
  readonly transport: string;
  /** A name or an address; an IPv6 literal without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Lower-case names; a parameter without a value is the empty string. `received` is without brackets. */
  readonly params: Params;
}

/** From, To, Contact, Route, Record-Route, Refer-To, P-Asserted-Identity … */
export interface NameAddr {
  /** Unquoted and unescaped; undefined when there is none. */
  readonly displayName: string | undefined;
  /** The URI as written; only spaces in its user are escaped. */
  readonly uri: string;
  /** Header parameters (`tag`, `expires`, `q` …), not those of the URI. */
  readonly params: Params;
  /** It violates the grammar and was accepted all the same. */
  readonly repaired?: boolean;
}

export interface CSeq {
  /** 0 … 2^32 − 1; we send values below 2^31. */
  readonly number: number;
  readonly method: string;
}

/** A comment behind a Via (RFC 2543 §6.40), without brackets of its own. */
const viaComment = /[ \t]*\([^()"]*\)[ \t]*$/;

/** Refused, as RFC 4475 §3.1.2.1 does. */
const emptyEnd = /;[ \t]*;[ \t]*$/;

/** The version is not checked, so that a request of another version can still be answered. */
export function parseVia(written: string): Via {
  const value = written.replace(viaComment, "");
  const first = value.indexOf("/");
  const second = value.indexOf("/", first + 1);
  if (first < 0 || second < 0) throw new SipSyntaxError("Via", "malformed protocol");
  const start = skipSpace(value, second + 1);
  const end = tokenEnd(value, start);
  const transport = value.slice(start, end).toUpperCase();
  if (end === start || skipSpace(value, end) === end || !isToken(trimSpace(value, 0, first))) {
    throw new SipSyntaxError("Via", "malformed protocol");
  }
  const semicolon = value.indexOf(";", end);
  const sentByEnd = semicolon < 0 ? value.length : semicolon;
  const sentBy = trimSpace(value, end, sentByEnd);
  // The address of IPv6 without its brackets: no port can stand behind it.
  const { host, port } = isIPv6(sentBy) ? { host: sentBy, port: undefined } : parseHostPort("Via", sentBy);
  if (emptyEnd.test(value)) throw new SipSyntaxError("Via", "empty parameters at the end");
  const params = parseParams("Via", value, sentByEnd);
  const received = params.get("received");
  if (!received?.startsWith("[")) return { transport, host, port, params };
  const plain = new Map(params).set("received", received.replace(/^\[|\]$/g, ""));
  return { transport, host, port, params: plain };
}

export function formatVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${formatHostPort(via.host, via.port)}${formatParams(via.params)}`;
}

/** A URI in angle brackets; parameter values may be quoted, which some servers write and expect back unchanged. */
const bracketedUri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s\p{Cc}<>"]+(?:"[^\s\p{Cc}<>"]*"[^\s\p{Cc}<>"]*)*$/u;
const plainUri = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s\p{Cc}<>"]+$/u;
/** An addr-spec with header parameters behind it, up to a bracket that belongs to one of their values. */
const withParameters = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>";]+[ \t]*;/;

/**
 * `header` is named in the error. Accepted and marked as `repaired`: a display name that should have been quoted, doubled
 * quotes, quotes within quotes, missing brackets after a quoted name, spaces in a user and quotes in a
 * parameter.
 */
export function parseNameAddr(value: string, header = "address"): NameAddr {
  try {
    return parseExactly(value, header);
  } catch (error) {
    const repaired = withQuotesWithin(value, header);
    if (!repaired) throw error;
    return repaired;
  }
}

/**
 * `"Bob "the man" Miller" <sip:…>`, `"Miller\\" <sip:…>`: quotes that should have been escaped, or the reverse. Only where
 * there is a single address and the quotes are paired: otherwise the address would be ambiguous (RFC 4475 §3.1.2.6).
 */
function withQuotesWithin(value: string, header: string): NameAddr | undefined {
  const open = value.indexOf("<");
  if (open < 0 || value.indexOf("<", open + 1) >= 0) return undefined;
  const name = value.slice(0, open).trim();
  const quotes = name.split('"').length - 1;
  if (quotes === 0 || quotes % 2 !== 0) return undefined;
  const displayName = name
    .replace(/\\(?=["\\])|\\$|^"|"$/g, "")
    .replaceAll('"', "")
    .trim();
  return { ...parseBracketed(value, open, { header, displayName }), repaired: true };
}

function parseExactly(value: string, header: string): NameAddr {
  const at = skipSpace(value, 0);
  if (value[at] === '"') return parseQuotedName(value, at, header);
  const open = bracketOutsideQuotes(value, at);
  if (open < 0) return parseAddrSpec(value, at, header);
  // RFC 3261 §20.10: without brackets around the URI, `;+sip.instance=<urn:…>` is a parameter of the header.
  if (value[open - 1] === "=" && withParameters.test(value.slice(at, open))) {
    return { ...parseAddrSpec(value, at, header), repaired: true };
  }
  const displayName = open > at ? value.slice(at, open).trimEnd() : undefined;
  if (displayName?.includes('"')) throw new SipSyntaxError(header, "malformed display name");
  return parseBracketed(value, open, { header, displayName });
}

function parseQuotedName(value: string, at: number, header: string): NameAddr {
  const close = closingQuote(value, at);
  if (close < 0) throw new SipSyntaxError(header, "unbalanced quote");
  const next = skipSpace(value, close + 1);
  const displayName = unescapeQuoted(value.slice(at + 1, close));
  if (value[next] === "<") return parseBracketed(value, next, { header, displayName });
  // `""Alice"" <sip:…>`: quotes around quotes.
  const open = value.indexOf("<", next);
  const inner = open < 0 ? "" : value.slice(close + 1, open).trimEnd();
  if (close === at + 1 && inner.endsWith('""') && !inner.slice(0, -2).includes('"')) {
    return { ...parseBracketed(value, open, { header, displayName: inner.slice(0, -2) }), repaired: true };
  }
  if (!plainUri.test(value.slice(next).split(";", 1)[0]!.trimEnd())) {
    throw new SipSyntaxError(header, "malformed display name");
  }
  return { ...parseAddrSpec(value, next, header), displayName, repaired: true };
}

const anonymous = "sip:anonymous@anonymous.invalid";

/**
 * From and To: the tag identifies the dialog, the address the caller or callee. An empty address in brackets is that of an
 * anonymous party. Malformed parameters behind the brackets are left out, unless one of them may be the tag: that throws.
 */
export function parseParty(value: string, header: string): NameAddr {
  try {
    return parseNameAddr(value, header);
  } catch (error) {
    const open = bracketOutsideQuotes(value, skipSpace(value, 0));
    const close = open < 0 ? -1 : value.indexOf(">", open);
    if (close < 0 || value.indexOf("<", open + 1) >= 0) throw error;
    const behind = splitList(value.slice(close + 1), ";").map((each) => `;${each}`);
    const readable = behind.filter((each) => ifReadable(() => parseParams(header, each, 0)) !== undefined);
    const lost = behind.filter((each) => !readable.includes(each));
    if (lost.some((each) => /tag|,/i.test(each))) throw error;
    const name = value.slice(0, open);
    const address = /^(?:sips?:)?$/i.test(value.slice(open + 1, close).trim())
      ? `<${anonymous}>`
      : value.slice(open, close + 1);
    return { ...parseNameAddr(`${name}${address}${readable.join("")}`, header), repaired: true };
  }
}

/** A Contact: where the peer is reached, so that a SIP URI in it must be valid (a host, a port below 65 536). */
export function parseContact(value: string): NameAddr {
  const contact = readContact(value);
  if (/^sips?:/i.test(contact.uri)) parseUri(contact.uri, "Contact");
  return contact;
}

/** A Contact whose parameters cannot be read is reduced to the address in its brackets, which is all that is needed. */
function readContact(value: string): NameAddr {
  try {
    return parseNameAddr(value, "Contact");
  } catch (error) {
    const open = bracketOutsideQuotes(value, skipSpace(value, 0));
    const close = open < 0 ? -1 : value.indexOf(">", open);
    if (close < 0 || !/^[ \t]*;/.test(value.slice(close + 1))) throw error;
    return { ...parseNameAddr(value.slice(0, close + 1), "Contact"), repaired: true };
  }
}

/** The first `<` outside quoted strings, or −1. */
function bracketOutsideQuotes(value: string, from: number): number {
  for (let at = from; at < value.length; at += 1) {
    if (value[at] === "<") return at;
    if (value[at] !== '"') continue;
    at = closingQuote(value, at);
    if (at < 0) return -1;
  }
  return -1;
}

function parseBracketed(
  value: string,
  open: number,
  { header, displayName }: { readonly header: string; readonly displayName: string | undefined },
): NameAddr {
  const close = value.indexOf(">", open);
  if (close < 0) throw new SipSyntaxError(header, "unbalanced angle bracket");
  const written = value.slice(open + 1, close).trim();
  const uri = completeUri(written);
  if (!bracketedUri.test(uri)) throw new SipSyntaxError(header, "malformed URI");
  const params = parseParams(header, value, close + 1);
  const repaired = uri !== written || uri.includes('"') || emptyUser.test(uri);
  return repaired ? { displayName, uri, params, repaired } : { displayName, uri, params };
}

const emptyUser = /^sips?:@/i;

/** A telephone number, or user@host, without its scheme. */
const bareNumber = /^\+?[*#]{0,4}\d[\d*#.()-]{0,63}$/;
const bareAddress = /^[^\s<>:;"@/?]{1,128}@[^\s<>:;"@/?]/;

/**
 * `sip:Front Desk@pbx.example`: spaces in a user are replaced by the escapes that they should have been; those around the separators
 * of parameters and within a telephone number are removed. `1001@pbx.example` and `1001` get the scheme that they lack.
 */
function completeUri(written: string): string {
  if (bareNumber.test(written)) return `tel:${written}`;
  if (bareAddress.test(written)) return completeUri(`sip:${written}`);
  if (!/[ \t]/.test(written)) return written;
  if (/^tel:/i.test(written)) return written.replace(/[ \t]/g, "");
  const host = written.indexOf("@");
  const user = written.slice(0, Math.max(host, 0)).replace(/[ \t]/g, "%20");
  return user + written.slice(Math.max(host, 0)).replace(/[ \t]*([;=])[ \t]*/g, "$1");
}

/** Without angle brackets every semicolon begins a header parameter, and `?` and `,` are refused (§20.10). */
function parseAddrSpec(value: string, at: number, header: string): NameAddr {
  const semicolon = value.indexOf(";", at);
  const end = semicolon < 0 ? value.length : semicolon;
  const written = value.slice(at, end).trimEnd();
  const uri = /[ \t]/.test(written) ? written : completeUri(written);
  if (!plainUri.test(uri) || uri.includes("?") || uri.includes(",")) {
    throw new SipSyntaxError(header, "malformed URI");
  }
  const params = parseParams(header, value, end);
  return emptyUser.test(uri) || uri !== written
    ? { displayName: undefined, uri, params, repaired: true }
    : { displayName: undefined, uri, params };
}

/** A Route or Record-Route without the angle brackets that RFC 3261 §20.30 wants. */
export const isBareRoute = (route: string): boolean => !route.includes("<");

/** Always with angle brackets; a display name is always quoted. */
export function formatNameAddr(address: NameAddr): string {
  const name = address.displayName === undefined ? "" : `${quote(address.displayName)} `;
  return `${name}<${address.uri}>${formatParams(address.params)}`;
}

/** A To as it was written with our tag appended: some peers compare it byte by byte. An empty tag counts as absent. */
export function withTag(to: string, tag: string): string {
  const empty = /;[ \t]*tag[ \t]*(?:=[ \t]*)?(?=;|$)/i.exec(to);
  const untagged = empty ? to.slice(0, empty.index).trimEnd() + to.slice(empty.index + empty[0].length) : to;
  return `${untagged.replace(/;[ \t]*$/, "")};tag=${tag}`;
}

export function parseCSeq(value: string): CSeq {
  const text = trimSpace(value);
  const end = tokenEnd(text, 0);
  const method = text.slice(skipSpace(text, end));
  if (!isToken(method)) throw new SipSyntaxError("CSeq", "malformed method");
  return { number: parseUnsigned("CSeq", text.slice(0, end), maxUint32), method };
}
