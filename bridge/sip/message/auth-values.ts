// The values of the four authentication headers: challenges and credentials as a scheme with parameters
// (RFC 3261 §20.7, §20.44; RFC 7616; RFC 8898 for Bearer). Reads and writes, computes nothing.
import { closingQuote, isToken, type Params, quote, skipSpace, unescapeQuoted } from "./grammar.ts";
import { SipSyntaxError } from "./syntax-error.ts";

export interface AuthValue {
  /** As written: `Digest`, `Bearer`. Compare case-insensitively. */
  readonly scheme: string;
  /** What follows Bearer or Basic when it is no parameter list. */
  readonly token: string | undefined;
  /** Lower-case names, values unquoted. */
  readonly params: Params;
}

/** Where another challenge begins: `Scheme name=` behind a comma. */
const nextScheme = /,[ \t]*(?=[A-Za-z][\w-]{0,31}[ \t]+[A-Za-z][\w-]{0,31}[ \t]*=)/y;

/**
 * The challenges or credentials of one header. RFC 3261 §7.3.1 allows only one, but some servers write several separated by
 * commas, as in HTTP (RFC 9110 §11.6.1).
 */
export function splitAuth(value: string): string[] {
  const values: string[] = [];
  let start = 0;
  for (let at = 0; at < value.length; at += 1) {
    if (value[at] === '"') {
      const close = closingQuote(value, at);
      if (close < 0) break;
      at = close;
    } else if (value[at] === ",") {
      nextScheme.lastIndex = at;
      if (!nextScheme.test(value)) continue;
      values.push(value.slice(start, at));
      start = at + 1;
    }
  }
  return [...values, value.slice(start)];
}

/** One challenge, or credentials. Some senders separate parameters by spaces or semicolons instead of commas; this is accepted. */
export function parseAuth(value: string, header = "Authorization"): AuthValue {
  const text = value.trim();
  const space = text.search(/[ \t]/);
  const scheme = space < 0 ? text : text.slice(0, space);
  if (!isToken(scheme)) throw new SipSyntaxError(header, "malformed scheme");
  const start = space < 0 ? text.length : skipSpace(text, space);
  if (/^[\w\-.~+/]+=*$/.test(text.slice(start))) {
    return { scheme, token: text.slice(start), params: new Map() };
  }
  return { scheme, token: undefined, params: parseAuthParams(header, text, start) };
}

const separators: ReadonlySet<string> = new Set([",", ";", " ", "\t"]);
/** A value without quotes, before a parameter that no comma separates from it. */
const beforeParameter = /^[^\s";]+(?=[ \t;][ \t]*[A-Za-z][\w-]*[ \t]*=)/;

function parseAuthParams(header: string, text: string, start: number): Params {
  const params = new Map<string, string>();
  let at = start;
  while (at < text.length) {
    if (separators.has(text[at]!)) {
      at += 1;
      continue;
    }
    const equals = text.indexOf("=", at);
    const name = text.slice(at, Math.max(equals, at)).trimEnd();
    if (!isToken(name)) throw new SipSyntaxError(header, "malformed parameter name");
    at = skipSpace(text, equals + 1);
    let value: string;
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close < 0) throw new SipSyntaxError(header, "unbalanced quote");
      value = unescapeQuoted(text.slice(at + 1, close));
      at = close + 1;
      if (at < text.length && !separators.has(text[at]!))
        throw new SipSyntaxError(header, "malformed parameter value");
    } else {
      let end = elementEnd(text, at);
      const bare = beforeParameter.exec(text.slice(at, end))?.[0];
      if (bare !== undefined) end = at + bare.length;
      // A list without quotes extends to the next parameter.
      if (name.toLowerCase() === "qop") end = listEnd(text, end);
      value = text
        .slice(at, end)
        .trimEnd()
        .replace(/[ \t]*,[ \t]*/g, ",");
      if (/[\s"]/.test(value)) throw new SipSyntaxError(header, "malformed parameter value");
      at = end;
    }
    const key = name.toLowerCase();
    // With two realms or two nonces it would be ambiguous which one was signed.
    if (params.has(key) && params.get(key) !== value)
      throw new SipSyntaxError(header, "a parameter stands twice");
    params.set(key, value);
  }
  return params;
}

function elementEnd(text: string, from: number): number {
  const comma = text.indexOf(",", from);
  return comma < 0 ? text.length : comma;
}

/** The end of an unquoted list of words that continues after the comma at `comma`. */
function listEnd(text: string, comma: number): number {
  let end = comma;
  while (end < text.length) {
    const next = elementEnd(text, end + 1);
    if (!isToken(text.slice(end + 1, next).trim())) break;
    end = next;
  }
  return end;
}

/** Never quoted (RFC 7616 §3.3, §3.4); everything else always is, `qop` depending on the side. */
const bare = new Set(["algorithm", "stale", "nc", "userhash"]);

function formatAuth(auth: AuthValue, bareQop: boolean): string {
  if (auth.token !== undefined) return `${auth.scheme} ${auth.token}`;
  const parts: string[] = [];
  for (const [name, value] of auth.params) {
    const plain = isToken(value) && (bare.has(name) || (bareQop && name === "qop"));
    parts.push(`${name}=${plain ? value : quote(value)}`);
  }
  return parts.length === 0 ? auth.scheme : `${auth.scheme} ${parts.join(", ")}`;
}

/** For WWW-Authenticate and Proxy-Authenticate, where qop is a quoted list. */
export const formatChallenge = (auth: AuthValue): string => formatAuth(auth, false);

/** For Authorization and Proxy-Authorization, where qop is one word. */
export const formatCredentials = (auth: AuthValue): string => formatAuth(auth, true);
