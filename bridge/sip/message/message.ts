// The SIP message in memory (RFC 3261 §7). Headers keep their order and one entry a value: the parser has
// already unfolded lines, expanded compact names and split comma-separated lists, so no code below this file
// knows those spellings. The header list is the single truth; typed views are parsed on first use and cached
// on the entry, so that replacing a header can never leave a stale view behind.
import { headerName } from "./header-names.ts";
import {
  type CSeq,
  type NameAddr,
  parseContact,
  parseCSeq,
  parseNameAddr,
  parseNumber,
  parseParty,
  parseRetryAfter,
  parseVia,
  type Via,
} from "./headers.ts";
import { noRepairs, type Repair } from "./repairs.ts";
import { ifReadable, SipSyntaxError } from "./syntax-error.ts";
import { parseUri, type Uri } from "./uri.ts";

interface Entry {
  /** Canonical spelling, `Call-ID`. */
  readonly name: string;
  readonly key: string;
  readonly value: string;
  /** What `parser` returned for the value. */
  view: unknown;
  parser: ((value: string) => unknown) | undefined;
}

const newEntry = (name: string, key: string, value: string): Entry => ({
  name,
  key,
  value,
  view: undefined,
  parser: undefined,
});

export class Headers {
  #entries: Entry[] = [];

  /** The value of the first header of that name. Names are case-insensitive throughout. */
  get(name: string): string | undefined {
    return this.#first(name)?.value;
  }

  has(name: string): boolean {
    return this.#first(name) !== undefined;
  }

  /** Every value of that name, in order: a list header has one entry a list element. */
  all(name: string): string[] {
    const { key } = headerName(name);
    return this.#entries.filter((entry) => entry.key === key).map((entry) => entry.value);
  }

  /** Whether a list header contains the option tag, compared case-insensitively; `option` is lower case (RFC 3261 §7.3.1). */
  hasOption(name: string, option: string): boolean {
    const { key } = headerName(name);
    return this.#entries.some((entry) => entry.key === key && entry.value.trim().toLowerCase() === option);
  }

  /** Whether the sender supports that extension, which includes those that it requires (RFC 3261 §20.32, §20.37). */
  supports(option: string): boolean {
    return this.hasOption("Supported", option) || this.hasOption("Require", option);
  }

  append(name: string, value: string): this {
    this.#entries.push(newEntry(name, headerName(name).key, value));
    return this;
  }

  /** `append` for a name whose canonical spelling and lower-case key are known; used by the parser. */
  appendParsed(name: string, key: string, value: string): void {
    this.#entries.push(newEntry(name, key, value));
  }

  /** Puts the value above all others of its name, as Via and Record-Route need. */
  prepend(name: string, value: string): this {
    const { key } = headerName(name);
    const at = this.#entries.findIndex((entry) => entry.key === key);
    this.#entries.splice(Math.max(at, 0), 0, newEntry(name, key, value));
    return this;
  }

  /** Replaces all values of that name by one, in the place of the first. */
  set(name: string, value: string): this {
    const { key } = headerName(name);
    const at = this.#entries.findIndex((entry) => entry.key === key);
    if (at < 0) return this.append(name, value);
    this.#entries[at] = newEntry(name, key, value);
    this.#entries = this.#entries.filter((entry, index) => index <= at || entry.key !== key);
    return this;
  }

  /** Replaces the first value of that name, such as the topmost Via, and leaves the others. */
  replaceFirst(name: string, value: string): this {
    const { key } = headerName(name);
    const at = this.#entries.findIndex((entry) => entry.key === key);
    if (at < 0) return this.append(name, value);
    this.#entries[at] = newEntry(name, key, value);
    return this;
  }

  delete(name: string): this {
    const { key } = headerName(name);
    this.#entries = this.#entries.filter((entry) => entry.key !== key);
    return this;
  }

  /** Removes the values of that name for which `test` is true; returns whether there were any. */
  removeWhere(name: string, test: (value: string) => boolean): boolean {
    const { key } = headerName(name);
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.key !== key || !test(entry.value));
    return this.#entries.length < before;
  }

  /** The first value of that name through `parse`, which runs once an entry. Throws what `parse` throws. */
  view<T>(name: string, parse: (value: string) => T): T | undefined {
    const entry = this.#first(name);
    return entry && viewOf(entry, parse);
  }

  /** Every value of that name through `parse`. */
  views<T>(name: string, parse: (value: string) => T): T[] {
    const { key } = headerName(name);
    const found: T[] = [];
    for (const entry of this.#entries) if (entry.key === key) found.push(viewOf(entry, parse));
    return found;
  }

  /** Name and value in wire order. */
  *[Symbol.iterator](): IterableIterator<readonly [name: string, value: string]> {
    for (const { name, value } of this.#entries) yield [name, value];
  }

  get size(): number {
    return this.#entries.length;
  }

  clone(): Headers {
    const copy = new Headers();
    copy.#entries = [...this.#entries];
    return copy;
  }

  #first(name: string): Entry | undefined {
    const { key } = headerName(name);
    for (const entry of this.#entries) if (entry.key === key) return entry;
    return undefined;
  }
}

function viewOf<T>(entry: Entry, parse: (value: string) => T): T {
  if (entry.parser !== parse) {
    entry.view = parse(entry.value);
    entry.parser = parse;
  }
  return entry.view as T;
}

export const emptyBody: Uint8Array = new Uint8Array(0);

// One function for each header: the cache of views uses it as key, and errors name the header.
const parseFrom = (value: string) => parseParty(value, "From");
const parseTo = (value: string) => parseParty(value, "To");
const parseRoute = (value: string) => parseNameAddr(value, "Route");
const parseRecordRoute = (value: string) => parseNameAddr(value, "Record-Route");
const parseReferredBy = (value: string) => parseNameAddr(value, "Referred-By");
const parseMaxForwards = (value: string) => parseNumber(value, "Max-Forwards", 255);
const parseExpires = (value: string) => parseNumber(value, "Expires");

/** What requests and responses share. The getters throw SipSyntaxError; after `parseMessage` they cannot. */
abstract class MessageBase {
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** What the parser has accepted against the grammar; set only by it. */
  repairs: readonly Repair[] = noRepairs;

  constructor(headers: Headers, body: Uint8Array) {
    this.headers = headers;
    this.body = body;
  }

  /** The topmost Via. */
  get via(): Via {
    return requireHeader("Via", this.headers.view("Via", parseVia));
  }
  get from(): NameAddr {
    return requireHeader("From", this.headers.view("From", parseFrom));
  }
  get to(): NameAddr {
    return requireHeader("To", this.headers.view("To", parseTo));
  }
  get callId(): string {
    return requireHeader("Call-ID", this.headers.get("Call-ID"));
  }
  get cseq(): CSeq {
    return requireHeader("CSeq", this.headers.view("CSeq", parseCSeq));
  }
  /** The first Contact; undefined when there is none or it is `*`. */
  get contact(): NameAddr | undefined {
    return this.headers.get("Contact") === "*" ? undefined : this.headers.view("Contact", parseContact);
  }
  /** Every Contact in order; none when it is `*`, the wish to remove all bindings (RFC 3261 §10.2.2). */
  get contacts(): NameAddr[] {
    return this.headers.get("Contact") === "*" ? [] : this.headers.views("Contact", parseContact);
  }
  get routes(): NameAddr[] {
    return this.headers.views("Route", parseRoute);
  }
  get recordRoutes(): NameAddr[] {
    return this.headers.views("Record-Route", parseRecordRoute);
  }
  get referredBy(): NameAddr | undefined {
    return this.headers.view("Referred-By", parseReferredBy);
  }
  get maxForwards(): number | undefined {
    return this.headers.view("Max-Forwards", parseMaxForwards);
  }
  /** The Expires header in seconds; a Contact may override it. */
  get expires(): number | undefined {
    return this.headers.view("Expires", parseExpires);
  }
}

export class SipRequest extends MessageBase {
  readonly kind = "request";
  readonly method: string;
  /** The Request-URI as written. */
  readonly uri: string;
  #target: Uri | undefined;

  constructor(method: string, uri: string, headers: Headers, body: Uint8Array = emptyBody) {
    super(headers, body);
    this.method = method;
    this.uri = uri;
  }

  /** The Request-URI, parsed. */
  get target(): Uri {
    this.#target ??= parseUri(this.uri);
    return this.#target;
  }

  /** The sender is our neighbour: no proxy has added a Via. */
  get direct(): boolean {
    return this.headers.all("Via").length === 1;
  }
}

export class SipResponse extends MessageBase {
  readonly kind = "response";
  /** 100 to 699. */
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, headers: Headers, body: Uint8Array = emptyBody) {
    super(headers, body);
    this.status = status;
    this.reason = reason;
  }

  /** The seconds of Retry-After (RFC 3261 §20.33); undefined when it is absent or cannot be read. */
  get retryAfterSeconds(): number | undefined {
    return ifReadable(() => this.headers.view("Retry-After", parseRetryAfter))?.seconds;
  }
}

export type SipMessage = SipRequest | SipResponse;

/** Content types that say nothing or something wrong about a body: the beginning of the body decides instead. */
const vagueTypes =
  /^(?:|.{0,40}[^a-z]sdp"?(?:,.*)?|sdp|text\/plain|application\/octet-stream|multipart\/.*)$/i;
const plainEncodings = /^(?:identity|none|[78]bit|binary|utf-?8)$/i;

/**
 * The body begins as a session description does (RFC 8866 §5.1), but its Content-Type is missing or vague, or its
 * Content-Encoding names no encoding.
 */
export function isMistypedDescription({ headers, body }: SipMessage): boolean {
  if (body.length === 0) return false;
  // The common case.
  if (headers.get("Content-Type") === "application/sdp" && !headers.has("Content-Encoding")) return false;
  const type = headers.get("Content-Type") ?? "";
  if (!beginsAsDescription(beginningOf(body))) return false;
  const encodings = headers
    .all("Content-Encoding")
    .filter((word) => word.trim().toLowerCase() !== "identity");
  if (!isVagueType(type) || !encodings.every((word) => plainEncodings.test(word.trim()))) return false;
  return typeOf(type).toLowerCase() !== "application/sdp" || encodings.length > 0;
}

/** The type and subtype as written, without parameters and white space. */
const typeOf = (contentType: string): string => contentType.split(";", 1)[0]!.replace(/\s/g, "");

/** Whether a Content-Type is so vague or so misspelled that the body itself decides. */
export const isVagueType = (contentType: string): boolean => vagueTypes.test(typeOf(contentType));

/** Begins as a session description does, after what is skipped: blank lines, zero bytes, a byte order mark. */
export const beginsAsDescription = (text: string): boolean => /^\ufeff?[\s\0]{0,64}v=0/.test(text);

const beginning = 80;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const beginningOf = (body: Uint8Array): string => utf8.decode(body.subarray(0, beginning));

function requireHeader<T>(header: string, value: T | undefined): T {
  if (value === undefined) throw new SipSyntaxError(header, "missing");
  return value;
}

export type HeaderLines = readonly (readonly [name: string, value: string])[];
