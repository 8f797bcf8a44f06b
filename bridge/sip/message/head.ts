// The text above the body: start line and header lines (RFC 3261 §7.3). Unfolds, expands compact names, splits
// list headers and finds the Content-Length; knows nothing of what the other headers mean. Never throws: the
// first fault is noted and reading goes on, so that a faulty request can still be answered.
import { isToken, splitList, trimSpace } from "./grammar.ts";
import { headerName } from "./header-names.ts";
import { Headers } from "./message.ts";

export interface ParseLimits {
  /** The whole message. */
  readonly messageBytes: number;
  /** One header with its folded lines, or the start line, in characters. */
  readonly lineLength: number;
  /** Header values after lists were split. */
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
  /** Undefined when there is none; only to be trusted when there is no problem. */
  readonly contentLength: number | undefined;
  /** A head with a problem leaves it open where the message ends. */
  readonly problem: Problem | undefined;
  /** A list header stood there without a value; it is not among the headers. */
  readonly emptyHeader: boolean;
  /** A line whose name is none was passed over. */
  readonly ignoredLine: boolean;
}

const tooLarge = (reason: string): Problem => ({ status: 513, reason });
const bad = (reason: string): Problem => ({ status: 400, reason });

/** `text` is everything up to the empty line, without it. */
export function readHead(text: string, limits: ParseLimits): Head {
  const headers = new Headers();
  const lines = new Lines(text);
  const startLine = lines.next();
  let problem = startLine.length > limits.lineLength ? tooLarge("Start line too long") : undefined;
  // There is nothing yet that could be continued.
  if (lines.folded) problem ??= bad("Malformed header line");
  let contentLength: number | undefined;
  let emptyHeader = false;
  let ignoredLine = false;
  let seen = 0;

  while (lines.more) {
    const line = lines.nextUnfolded();
    if (line.length > limits.lineLength) {
      problem ??= tooLarge("Header line too long");
      continue;
    }
    const colon = line.indexOf(":");
    const name = headerName(trimSpace(line, 0, Math.max(colon, 0)));
    if (!name.known && !isToken(name.canonical)) {
      if (colon < 0 || isStructural(line)) problem ??= bad("Malformed header line");
      else ignoredLine = true;
      continue;
    }
    const value = trimSpace(line, colon + 1);
    if (name.single !== 0) {
      // A second one with the same value is ignored (RFC 4475 §3.3.8).
      if ((seen & name.single) !== 0) {
        if (headers.get(name.key) !== value) problem ??= bad(`Conflicting ${name.canonical} headers`);
        continue;
      }
      seen |= name.single;
      if (name.key === "content-length") {
        contentLength = Number(value);
        if (!/^\d+$/.test(value)) problem ??= bad("Malformed Content-Length");
      }
    }
    // A list of nothing; of a Via it would leave it open whom to answer.
    if (name.list && value === "" && name.key !== "via") {
      emptyHeader = true;
    } else if (name.list && value.includes(",")) {
      for (const element of splitList(value)) headers.appendParsed(name.canonical, name.key, element);
    } else headers.appendParsed(name.canonical, name.key, value);
    if (headers.size > limits.headers) {
      problem ??= tooLarge("Too many headers");
      break;
    }
  }
  if (lines.bareReturn) problem ??= bad("Bare carriage return");
  return { startLine, headers, contentLength, problem, emptyHeader, ignoredLine };
}

/**
 * Whether a line whose name is none may have been meant as a header that says where the message ends, whom to answer or
 * what it belongs to: such a line is not to be passed over.
 */
function isStructural(line: string): boolean {
  const [word = ""] = trimSpace(line).split(/[^\w-]/, 1);
  const name = headerName(word);
  return name.single !== 0 || name.key === "via" || name.key === "route" || name.key === "record-route";
}

/** The lines of a text, ended by CRLF or LF. */
class Lines {
  readonly #text: string;
  #at = 0;
  /** The first carriage return at or after `#at`. */
  #return: number;
  /** A carriage return stands where no line ends: others may take it for a line end. */
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

  /** A line with those that continue it (RFC 3261 §7.3.1), one space for each fold. */
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
