// The text above the body: start line and header lines (RFC 3261 §7.3). Unfolds, expands compact names, splits
// list headers and finds the Content-Length; knows nothing of what the other headers mean. Never throws: the
// first fault is noted and reading goes on, so that a faulty request can still be answered.
import { isToken, splitList, trimSpace } from "./grammar.ts";
import { type HeaderName, headerName } from "./header-names.ts";
import { Headers } from "./message.ts";

export interface ParseLimits {
  /** Limit of the whole message, bytes. */
  readonly messageBytes: number;
  /** One header with its folded lines, or the start line, in characters. */
  readonly lineLength: number;
  /** Number of header values after lists were split. */
  readonly headers: number;
}

export const defaultLimits: ParseLimits = { messageBytes: 65_536, lineLength: 16_384, headers: 256 };

/** Why a message is refused. The reason is safe to send and to log: it never repeats what the peer sent. */
export interface Problem {
  readonly status: 400 | 413 | 505 | 513;
  readonly reason: string;
}

export interface Head {
  readonly startLine: string;
  readonly headers: Headers;
  /** Undefined when there is no such header; not reliable when `endUnknown` is set. */
  readonly contentLength: number | undefined;
  /** The first fault found. */
  readonly problem: Problem | undefined;
  /** Other parsers may find another Content-Length in this head: the end of the message is ambiguous. */
  readonly endUnknown: boolean;
  /** A list header had no value; it is not among the headers. */
  readonly emptyHeader: boolean;
  /** A line without a valid header name was skipped. */
  readonly ignoredLine: boolean;
}

const contentLengthKey = "content-length";

const tooLarge = (reason: string): Problem => ({ status: 513, reason });
const bad = (reason: string): Problem => ({ status: 400, reason });

/** `text` is everything up to the empty line, without it. */
export function readHead(text: string, limits: ParseLimits): Head {
  const headers = new Headers();
  const lines = new Lines(text);
  const startLine = lines.next();
  let problem: Problem | undefined;
  let endUnknown = false;
  const note = (fault: Problem, leavesEndOpen = true) => {
    problem ??= fault;
    endUnknown ||= leavesEndOpen;
  };
  if (startLine.length > limits.lineLength) note(tooLarge("Start line too long"));
  // No line precedes that could be continued.
  if (lines.folded) note(bad("Malformed header line"));
  let contentLength: number | undefined;
  let emptyHeader = false;
  let ignoredLine = false;
  let seen = 0;

  while (lines.more) {
    const line = lines.nextUnfolded();
    if (line.length > limits.lineLength) {
      note(tooLarge("Header line too long"));
      continue;
    }
    const colon = line.indexOf(":");
    const name = headerName(trimSpace(line, 0, Math.max(colon, 0)));
    if (!name.known && !isToken(name.canonical)) {
      const meant = nameMeant(line);
      if (colon < 0 || isStructural(meant))
        note(bad("Malformed header line"), meant.key === contentLengthKey);
      else ignoredLine = true;
      continue;
    }
    const value = trimSpace(line, colon + 1);
    if (name.single !== 0) {
      // A second one with the same value is ignored (RFC 4475 §3.3.8).
      if ((seen & name.single) !== 0) {
        if (headers.get(name.key) !== value) {
          note(bad(`Conflicting ${name.canonical} headers`), name.key === contentLengthKey);
        }
        continue;
      }
      seen |= name.single;
      if (name.key === contentLengthKey) {
        contentLength = Number(value);
        if (!/^\d+$/.test(value)) note(bad("Malformed Content-Length"));
      }
    }
    // An empty list; with an empty Via it would be unclear whom to answer.
    if (name.list && value === "" && name.key !== "via") {
      emptyHeader = true;
    } else if (name.list && value.includes(",")) {
      for (const element of splitList(value)) headers.appendParsed(name.canonical, name.key, element);
    } else headers.appendParsed(name.canonical, name.key, value);
    if (headers.size > limits.headers) {
      note(tooLarge("Too many headers"));
      break;
    }
  }
  if (lines.bareReturn) note(bad("Bare carriage return"));
  return { startLine, headers, contentLength, problem, endUnknown, emptyHeader, ignoredLine };
}

/** The header that a line without a valid name may have been meant as: its first word. */
function nameMeant(line: string): HeaderName {
  const [word = ""] = trimSpace(line).split(/[^\w-]/, 1);
  return headerName(word);
}

/**
 * A header that determines where the message ends, whom to answer or which dialog it belongs to: a line that may have been meant
 * as one must not be skipped.
 */
function isStructural(name: HeaderName): boolean {
  return name.single !== 0 || name.key === "via" || name.key === "route" || name.key === "record-route";
}

/** The lines of a text, ended by CRLF or LF. */
class Lines {
  readonly #text: string;
  #at = 0;
  /** The first carriage return at or after `#at`. */
  #return: number;
  /** A carriage return is found that ends no line: other parsers may take it for a line end. */
  bareReturn = false;

  constructor(text: string) {
    this.#text = text;
    this.#return = this.#find("\r", 0);
  }

  get more(): boolean {
    return this.#at < this.#text.length;
  }

  next(): string {
    const start = this.#at;
    const feed = this.#find("\n", start);
    this.#at = feed + 1;
    if (this.#return >= feed) return this.#text.slice(start, feed);
    const end = this.#return;
    this.#return = this.#find("\r", feed + 1);
    if (end === feed - 1) return this.#text.slice(start, end);
    this.bareReturn = true;
    return this.#text.slice(start, feed).replaceAll("\r", " ");
  }

  /** A line with its continuation lines (RFC 3261 §7.3.1), one space for each fold. */
  nextUnfolded(): string {
    const line = this.next();
    if (!this.folded) return line;
    const parts = [trimSpace(line)];
    while (this.folded) parts.push(trimSpace(this.next()));
    return parts.join(" ");
  }

  /** The next line continues the one before. */
  get folded(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    return code === 0x20 || code === 0x09;
  }

  #find(character: string, from: number): number {
    const found = this.#text.indexOf(character, from);
    return found < 0 ? this.#text.length : found;
  }
}
