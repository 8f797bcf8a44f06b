// The text above the body: start line and header lines (RFC 3261 §7.3). Unfolds, expands compact names, splits
// list headers and finds the Content-Length; knows nothing of what the other headers mean. Never throws: the
// first fault is noted and reading goes on, so that a faulty request can still be answered.
import { splitList } from "./grammar.ts";
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
}

/** Headers of which there may be one alone; a second with the same value is ignored (RFC 4475 §3.3.8). */
const single = new Set(["from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type"]);

const headerToken = /^[\w\-.!%*+`'~]+$/;
const bareReturn = /\r(?!\n)/;
const tooLarge = (reason: string): Problem => ({ status: 513, reason });
const bad = (reason: string): Problem => ({ status: 400, reason });

/** `text` is everything up to the empty line, without it. */
export function readHead(text: string, limits: ParseLimits): Head {
  const headers = new Headers();
  const seen = new Map<string, string>();
  let problem: Problem | undefined = bareReturn.test(text) ? bad("Bare carriage return") : undefined;
  let at = lineEnd(text, 0);
  const startLine = lineAt(text, 0, at);
  if (startLine.length > limits.lineLength) problem ??= tooLarge("Start line too long");

  while (at < text.length) {
    const start = at + 1;
    at = lineEnd(text, start);
    let line = lineAt(text, start, at);
    if (isFolded(text, at)) {
      const parts = [line.trimEnd()];
      do {
        const from = at + 1;
        at = lineEnd(text, from);
        parts.push(lineAt(text, from, at).trim());
      } while (isFolded(text, at));
      line = parts.join(" ");
    }
    if (line.length > limits.lineLength) {
      problem ??= tooLarge("Header line too long");
      continue;
    }
    const colon = line.indexOf(":");
    const raw = colon < 0 ? "" : line.slice(0, colon).trimEnd();
    if (!headerToken.test(raw)) {
      problem ??= bad("Malformed header line");
      continue;
    }
    const name = headerName(raw);
    const value = line.slice(colon + 1).trim();
    if (single.has(name.key)) {
      const earlier = seen.get(name.key);
      if (earlier !== undefined) {
        if (earlier !== value) problem ??= bad(`Conflicting ${name.canonical} headers`);
        continue;
      }
      seen.set(name.key, value);
    }
    if (name.list && value.includes(",")) {
      for (const element of splitList(value)) headers.appendParsed(name.canonical, name.key, element);
    } else headers.appendParsed(name.canonical, name.key, value);
    if (headers.size > limits.headers) {
      problem ??= tooLarge("Too many headers");
      break;
    }
  }

  const length = seen.get("content-length");
  if (length === undefined) return { startLine, headers, contentLength: undefined, problem };
  if (!/^\d+$/.test(length)) problem ??= bad("Malformed Content-Length");
  return { startLine, headers, contentLength: Number(length), problem };
}

/** The index of the line feed that ends the line, or the end of the text. */
function lineEnd(text: string, from: number): number {
  const feed = text.indexOf("\n", from);
  return feed < 0 ? text.length : feed;
}

function lineAt(text: string, start: number, end: number): string {
  return text.slice(start, text.charCodeAt(end - 1) === 0x0d && end > start ? end - 1 : end);
}

function isFolded(text: string, end: number): boolean {
  const next = text.charCodeAt(end + 1);
  return next === 0x20 || next === 0x09;
}
