// Cuts messages out of a byte stream: TCP and TLS (RFC 3261 §18.3, §20.14) with the keep-alives of RFC 5626
// §3.5.1. Holds at most one unfinished message; every byte is looked at once for the end of a header section.
// Owns no socket and no timer: the caller of `push` limits how long an incomplete message may wait.
//
//   chunk ─▶ skip empty lines (ping, pong) ─▶ find the empty line ─▶ readHead ─▶ wait for the body ─▶ assemble
import { defaultLimits, type Head, type ParseLimits, type Problem, readHead } from "./head.ts";
import { emptyBody, type SipMessage } from "./message.ts";
import {
  asBuffer,
  assemble,
  decodeHead,
  findHeadEnd,
  type ParseFailure,
  refuse,
  speaksSip,
} from "./parser.ts";

export type Framed =
  | { readonly kind: "message"; readonly message: SipMessage }
  /** A message that is malformed: answer it where possible and continue. */
  | { readonly kind: "rejected"; readonly failure: ParseFailure }
  /** The start of the next message is unknown: answer where possible, then close. Always the last item. */
  | { readonly kind: "broken"; readonly failure: ParseFailure }
  /** A double CRLF: answer with one CRLF. Several in one chunk count as one. */
  | { readonly kind: "ping" }
  /** The CRLF that answers our ping. */
  | { readonly kind: "pong" };

/** A complete head whose body may be incomplete. */
interface Waiting {
  readonly head: Head;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

const RETURN = 0x0d;
const FEED = 0x0a;

export class StreamFramer {
  readonly #limits: ParseLimits;
  #buffer: Buffer = Buffer.alloc(0);
  /** The unread bytes are those from `#start` to `#end`. */
  #start = 0;
  #end = 0;
  /** The header section does not end before this offset. */
  #scanned = 0;
  #waiting: Waiting | undefined;
  /** Empty lines since the last message. */
  #emptyLines = 0;
  #pongDue = false;
  #broken = false;

  constructor(limits: ParseLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Bytes of an unfinished message. */
  get pending(): number {
    return this.#end - this.#start;
  }

  /** We have sent a double CRLF: the next empty line is its answer. */
  pingSent(): void {
    this.#pongDue = true;
  }

  /** Returns the messages that this chunk completes. After `broken` all input is ignored. */
  push(chunk: Uint8Array): Framed[] {
    const found: Framed[] = [];
    if (this.#broken) return found;
    this.#append(chunk);
    while (this.#step(found));
    if (this.#broken || this.pending === 0) this.#release();
    return found;
  }

  /** Takes one message; false when none is complete. */
  #step(found: Framed[]): boolean {
    if (!this.#waiting) {
      this.#skipEmptyLines(found);
      if (this.pending === 0 || !this.#findHead(found)) return false;
    }
    const { head, bodyStart, bodyEnd } = this.#waiting!;
    if (bodyEnd > this.#end) return false;
    const outcome = assemble(head, this.#bodyOf(bodyStart, bodyEnd));
    found.push(
      outcome.ok ? { kind: "message", message: outcome.message } : { kind: "rejected", failure: outcome },
    );
    this.#waiting = undefined;
    this.#start = bodyEnd;
    this.#scanned = bodyEnd;
    return true;
  }

  /** A copy, because the buffer is reused. */
  #bodyOf(start: number, end: number): Uint8Array {
    return start === end ? emptyBody : Buffer.from(this.#buffer.subarray(start, end));
  }

  #skipEmptyLines(found: Framed[]): void {
    for (; this.#start < this.#end; this.#start += 1) {
      const byte = this.#buffer[this.#start];
      if (byte === FEED) this.#emptyLine(found);
      else if (byte !== RETURN) {
        this.#emptyLines = 0;
        break;
      }
    }
    this.#scanned = Math.max(this.#scanned, this.#start);
  }

  #emptyLine(found: Framed[]): void {
    if (this.#pongDue) {
      this.#pongDue = false;
      found.push({ kind: "pong" });
      return;
    }
    this.#emptyLines += 1;
    if (this.#emptyLines % 2 === 0 && found.at(-1)?.kind !== "ping") found.push({ kind: "ping" });
  }

  /** Sets `#waiting`; false when the head is not complete or the stream is broken. */
  #findHead(found: Framed[]): boolean {
    const bytes = this.#buffer.subarray(0, this.#end);
    const end = findHeadEnd(bytes, Math.max(this.#start, this.#scanned - 2));
    if (!end) {
      this.#scanned = this.#end;
      if (this.pending > this.#limits.messageBytes) {
        const head = readHead(decodeHead(bytes.subarray(this.#start)), this.#limits);
        this.#break(found, refuse(head, 513, "Header section too large"));
      }
      return false;
    }
    const head = readHead(decodeHead(bytes.subarray(this.#start, end.head)), this.#limits);
    const problem = this.#framingProblem(head, end.body - this.#start);
    if (problem) {
      this.#break(found, refuse(head, problem.status, problem.reason));
      return false;
    }
    this.#waiting = { head, bodyStart: end.body, bodyEnd: end.body + (head.contentLength ?? 0) };
    return true;
  }

  #framingProblem(head: Head, headBytes: number): Problem | undefined {
    if (head.endUnknown) return head.problem;
    if (!speaksSip(head.startLine)) return { status: 400, reason: "Not a SIP message" };
    if (head.contentLength === undefined) return { status: 400, reason: "Missing Content-Length" };
    if (headBytes > this.#limits.messageBytes) return { status: 513, reason: "Header section too large" };
    if (headBytes + head.contentLength > this.#limits.messageBytes) {
      return { status: 413, reason: "Body too large" };
    }
    return undefined;
  }

  #break(found: Framed[], head: Head): void {
    this.#broken = true;
    const outcome = assemble(head, emptyBody);
    if (!outcome.ok) found.push({ kind: "broken", failure: outcome });
  }

  /** Makes room by moving the unread bytes to the front, or by doubling the buffer. */
  #append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const needed = this.pending + chunk.length;
      const target =
        needed <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafeSlow(Math.max(needed * 2, 4096));
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#shift(this.#start);
      this.#buffer = target;
    }
    asBuffer(chunk).copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  #shift(by: number): void {
    this.#start -= by;
    this.#end -= by;
    this.#scanned -= by;
    if (this.#waiting) {
      const { head, bodyStart, bodyEnd } = this.#waiting;
      this.#waiting = { head, bodyStart: bodyStart - by, bodyEnd: bodyEnd - by };
    }
  }

  /** All bytes are read: large buffers are released, small ones reused. */
  #release(): void {
    if (this.#broken || this.#buffer.length > 16_384) this.#buffer = Buffer.alloc(0);
    this.#start = 0;
    this.#end = 0;
    this.#scanned = 0;
    this.#waiting = undefined;
  }
}
