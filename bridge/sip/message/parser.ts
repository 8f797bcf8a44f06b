// Bytes to message: one datagram, or one message that the framer has cut from a stream (RFC 3261 §7, §18.3).
//
//   bytes ─▶ readHead (lines, names, lists) ─▶ start line ─▶ checks ─▶ SipRequest | SipResponse
//
// Strict about what decides where a message ends and whom to answer, lenient about the rest: a malformed header
// that the message does not need is omitted, and each leniency is noted in `repairs`. Never throws on input from
// the network. No getter of a parsed message throws.
import { isUtf8 } from "node:buffer";
import { isToken } from "./grammar.ts";
import { defaultLimits, type Head, type ParseLimits, type Problem, readHead } from "./head.ts";
import { isBareRoute, type NameAddr, parseContact } from "./headers.ts";
import { emptyBody, isMistypedDescription, type SipMessage, SipRequest, SipResponse } from "./message.ts";
import type { Repair } from "./repairs.ts";
import { SipSyntaxError } from "./syntax-error.ts";

export { defaultLimits, type ParseLimits } from "./head.ts";

export interface ParseSuccess {
  readonly ok: true;
  readonly message: SipMessage;
}

export interface ParseFailure extends Problem {
  readonly ok: false;
  /**
   * What `createResponse` needs to answer; its Via is readable, other headers may be missing or malformed.
   * Undefined when no answer is to be sent: responses, ACKs, no usable Via, or no SIP at all.
   */
  readonly request: SipRequest | undefined;
}

export type ParseOutcome = ParseSuccess | ParseFailure;

/**
 * One whole message. Bytes after the Content-Length are ignored (RFC 3261 §18.3). The body is a view of `data`,
 * which must not be written to again.
 */
export function parseMessage(data: Uint8Array, limits: ParseLimits = defaultLimits): ParseOutcome {
  const bytes = asBuffer(data);
  if (bytes.length > limits.messageBytes) return silent(513, "Message too large");
  const start = skipBlankLines(bytes, 0);
  const end = findHeadEnd(bytes, start);
  const text = decodeHead(bytes.subarray(start, end === undefined ? bytes.length : end.head));
  const head = readHead(text, limits);
  if (end === undefined) return assemble(refuse(head, 400, "Header section does not end"), emptyBody);
  const available = bytes.length - end.body;
  const length = head.contentLength ?? available;
  if (length > available) {
    return assemble(refuse(head, 400, "Content-Length larger than the message"), emptyBody);
  }
  return assemble(head, length === 0 ? emptyBody : bytes.subarray(end.body, end.body + length));
}

/** Where the header section ends and the body begins. */
export interface HeadEnd {
  readonly head: number;
  readonly body: number;
}

/** Looks for the empty line at or after `from`; lines may end in CRLF or LF. */
export function findHeadEnd(bytes: Buffer, from: number): HeadEnd | undefined {
  const proper = bytes.indexOf("\n\r\n", from, "latin1");
  const bare = (proper < 0 ? bytes : bytes.subarray(0, proper)).indexOf("\n\n", from, "latin1");
  if (bare < 0 && proper < 0) return undefined;
  const feed = bare < 0 ? proper : bare;
  return { head: bytes[feed - 1] === 0x0d ? feed - 1 : feed, body: bare < 0 ? proper + 3 : bare + 2 };
}

/** Empty lines before a start line are ignored (RFC 3261 §7.5). */
function skipBlankLines(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x0d || bytes[at] === 0x0a) at += 1;
  return at;
}

/** UTF-8, as the RFC says; else Latin-1, which some phones send. */
export function decodeHead(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString("utf8") : bytes.toString("latin1");
}

export const asBuffer = (data: Uint8Array): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** The head with a problem, unless it already has one. */
export function refuse(head: Head, status: Problem["status"], reason: string): Head {
  return { ...head, problem: head.problem ?? { status, reason } };
}

/** Whether a start line is one of SIP, of any version. */
export const speaksSip = (startLine: string): boolean => /^SIP\/| SIP\/\d+\.\d+\s*$/i.test(startLine);

/** Makes a message of a head and its body, or returns the reason of the refusal. */
export function assemble(head: Head, body: Uint8Array): ParseOutcome {
  return /^SIP\//i.test(head.startLine) ? assembleResponse(head, body) : assembleRequest(head, body);
}

const statusLine = /^SIP\/2\.0 +([1-6]\d\d)(?: +(.*)| *)$/is;

function assembleResponse(head: Head, body: Uint8Array): ParseOutcome {
  const { problem } = head;
  if (problem) return silent(problem.status, problem.reason);
  const match = statusLine.exec(head.startLine);
  if (!match) return silent(400, "Malformed status line");
  const response = new SipResponse(Number(match[1]), match[2] ?? "", head.headers, body);
  const fault = faultOf(() => checkMandatory(response));
  if (fault) return silent(400, fault.message);
  // A final response must reach its transaction: a header that is not needed may be malformed.
  const repairs = new Set<Repair>();
  for (let culprit = optionalFault(response); culprit; culprit = optionalFault(response)) {
    leaveOut(response, culprit.header, repairs);
  }
  noteRepairs(response, head, repairs);
  return { ok: true, message: response };
}

const version = /^SIP\/\d+\.\d+$/i;

function assembleRequest(head: Head, body: Uint8Array): ParseOutcome {
  const line = head.startLine;
  const first = line.indexOf(" ");
  const method = line.slice(0, Math.max(first, 0));
  const last = line.trimEnd().lastIndexOf(" ");
  const spoken = line.slice(last + 1).trimEnd();
  if (!isToken(method) || !version.test(spoken)) return silent(400, "Not a SIP message");

  const uri = line.slice(first + 1, Math.max(last, first + 1));
  const request = new SipRequest(method, uri, head.headers, body);
  const repairs = new Set<Repair>();
  const problem = head.problem ?? problemOf(request, { line, spoken, repairs });
  if (!problem) {
    noteRepairs(request, head, repairs);
    return { ok: true, message: request };
  }
  const answerable = method !== "ACK" && faultOf(() => request.via) === undefined;
  return { ok: false, ...problem, request: answerable ? request : undefined };
}

function problemOf(
  request: SipRequest,
  {
    line,
    spoken,
    repairs,
  }: { readonly line: string; readonly spoken: string; readonly repairs: Set<Repair> },
): Problem | undefined {
  const { method, uri } = request;
  if (line.length !== method.length + uri.length + spoken.length + 2 || /\s/.test(uri)) {
    return { status: 400, reason: "Malformed request line" };
  }
  if (spoken.toUpperCase() !== "SIP/2.0") return { status: 505, reason: "Version Not Supported" };
  const fault = faultOf(() => {
    checkMandatory(request);
    if (request.cseq.method !== method) throw new SipSyntaxError("CSeq", "another method");
    const { target } = request;
    if (target.kind === "sip" && target.headers.size > 0) {
      throw new SipSyntaxError("Request-URI", "headers are not allowed");
    }
    for (let culprit = optionalFault(request); culprit; culprit = optionalFault(request)) {
      if (isNeeded(request, culprit.header)) throw culprit;
      leaveOut(request, culprit.header, repairs);
    }
  });
  return fault && { status: 400, reason: fault.message };
}

/** Methods whose Contact and Record-Route make a dialog; inside one the Contact says where the peer is now. */
const dialogForming = new Set(["INVITE", "SUBSCRIBE", "REFER", "NOTIFY"]);

/** Whether a request cannot be served without this header; everything else is ignored when malformed (RFC 3261 §8.2.2). */
function isNeeded({ method, headers, to }: SipRequest, header: string): boolean {
  if (header === "Contact") {
    // One readable value is enough, and inside a dialog the previous one remains valid.
    if (method === "REGISTER") return true;
    if (!dialogForming.has(method) || to.params.has("tag")) return false;
    return !headers.all("Contact").some((value) => faultOf(() => parseContact(value)) === undefined);
  }
  return header === "Record-Route" && dialogForming.has(method) && !to.params.has("tag");
}

/** Removes the unreadable values of that header: of Contact only the malformed ones, of others all. */
function leaveOut({ headers }: SipMessage, header: string, repairs: Set<Repair>): void {
  const malformed = (value: string) => faultOf(() => parseContact(value)) !== undefined;
  const some = header === "Contact" && headers.removeWhere(header, malformed);
  if (!some) headers.delete(header);
  repairs.add("header");
}

function noteRepairs(message: SipMessage, head: Head, repairs: Set<Repair>): void {
  if (head.emptyHeader) repairs.add("empty_header");
  if (head.ignoredLine) repairs.add("header");
  if (hasRepairedAddress(message)) repairs.add("address");
  if (isMistypedDescription(message)) repairs.add("body_type");
  if (repairs.size > 0) message.repairs = [...repairs];
}

function hasRepairedAddress(message: SipMessage): boolean {
  if (message.from.repaired || message.to.repaired) return true;
  if (message.contacts.some(isRepaired) || message.recordRoutes.some(isRepaired)) return true;
  if (message.headers.has("Record-Route") && message.headers.all("Record-Route").some(isBareRoute))
    return true;
  return message.kind === "request" && /^sips?:@/i.test(message.uri);
}

const isRepaired = ({ repaired }: NameAddr): boolean => repaired === true;

function checkMandatory(message: SipMessage): void {
  message.via;
  message.from;
  message.to;
  message.cseq;
  if (message.callId === "" || /\s/.test(message.callId)) throw new SipSyntaxError("Call-ID", "malformed");
}

/** The first fault in a header that is optional but that a getter reads. */
function optionalFault(message: SipMessage): SipSyntaxError | undefined {
  return faultOf(() => {
    message.maxForwards;
    message.contacts;
    message.routes;
    message.recordRoutes;
    message.expires;
    if (message.kind === "request" && message.method === "REFER") message.referredBy;
  });
}

/** The error of `check`; undefined when it does not throw. */
function faultOf(check: () => unknown): SipSyntaxError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof SipSyntaxError) return error;
    throw error;
  }
}

const silent = (status: Problem["status"], reason: string): ParseFailure => ({
  ok: false,
  status,
  reason,
  request: undefined,
});
