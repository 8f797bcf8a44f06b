// Typed views of the header values that the stack reads (RFC 3261 §20, §25.1): one pure parser and one
// formatter a header, no knowledge of messages. The headers that name parties and paths are here; single
// values are in header-values.ts and authentication in auth-values.ts, offered again through this door.
import {
  closingQuote,
  formatHostPort,
  formatParams,
  isToken,
  maxUint32,
  type Params,
  parseHostPort,
  parseParams,
  parseUnsigned,
  quote,
  skipSpace,
  tokenEnd,
  trimSpace,
  unescapeQuoted,
} from "./grammar.ts";
import { SipSyntaxError } from "./syntax-error.ts";

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
  /** The URI as written. */
  readonly uri: string;
  /** Header parameters (`tag`, `expires`, `q` …), not those of the URI. */
  readonly params: Params;
}

export interface CSeq {
  /** 0 … 2^32 − 1; we send values below 2^31. */
  readonly number: number;
  readonly method: string;
}

/** The version is not looked at, so that a request of another version can still be answered. */
export function parseVia(value: string): Via {
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
  const { host, port } = parseHostPort("Via", trimSpace(value, end, sentByEnd));
  const params = parseParams("Via", value, sentByEnd);
  const received = params.get("received");
  if (!received?.startsWith("[")) return { transport, host, port, params };
  const plain = new Map(params).set("received", received.replace(/^\[|\]$/g, ""));
  return { transport, host, port, params: plain };
}

export function formatVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${formatHostPort(via.host, via.port)}${formatParams(via.params)}`;
}

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/;

/** `header` is named in the error. A display name that should have been quoted is taken as it stands. */
export function parseNameAddr(value: string, header = "address"): NameAddr {
  const at = skipSpace(value, 0);
  let open = value.indexOf("<", at);
  let displayName: string | undefined;
  if (value[at] === '"') {
    const close = closingQuote(value, at);
    if (close < 0) throw new SipSyntaxError(header, "unbalanced quote");
    displayName = unescapeQuoted(value.slice(at + 1, close));
    open = skipSpace(value, close + 1);
    if (value[open] !== "<") throw new SipSyntaxError(header, "malformed display name");
  } else if (open < 0) {
    return parseAddrSpec(value, at, header);
  } else if (open > at) {
    displayName = value.slice(at, open).trimEnd();
    if (displayName.includes('"')) throw new SipSyntaxError(header, "malformed display name");
  }
  const close = value.indexOf(">", open);
  if (close < 0) throw new SipSyntaxError(header, "unbalanced angle bracket");
  const uri = value.slice(open + 1, close).trim();
  if (!scheme.test(uri)) throw new SipSyntaxError(header, "malformed URI");
  return { displayName, uri, params: parseParams(header, value, close + 1) };
}

/** Without angle brackets every semicolon begins a header parameter, and `?` and `,` are refused (§20.10). */
function parseAddrSpec(value: string, at: number, header: string): NameAddr {
  const semicolon = value.indexOf(";", at);
  const end = semicolon < 0 ? value.length : semicolon;
  const uri = value.slice(at, end).trimEnd();
  if (!scheme.test(uri) || uri.includes("?") || uri.includes(",")) {
    throw new SipSyntaxError(header, "malformed URI");
  }
  return { displayName: undefined, uri, params: parseParams(header, value, end) };
}

/** Always with angle brackets; a display name is always quoted. */
export function formatNameAddr(address: NameAddr): string {
  const name = address.displayName === undefined ? "" : `${quote(address.displayName)} `;
  return `${name}<${address.uri}>${formatParams(address.params)}`;
}

/** The address with its parameter `name` set to `value`: how a tag is added. */
export function withParam(address: NameAddr, name: string, value: string): NameAddr {
  return { ...address, params: new Map(address.params).set(name, value) };
}

export function parseCSeq(value: string): CSeq {
  const text = trimSpace(value);
  const end = tokenEnd(text, 0);
  const method = text.slice(skipSpace(text, end));
  if (!isToken(method)) throw new SipSyntaxError("CSeq", "malformed method");
  return { number: parseUnsigned("CSeq", text.slice(0, end), maxUint32), method };
}

export function formatCSeq(cseq: CSeq): string {
  return `${cseq.number} ${cseq.method}`;
}
