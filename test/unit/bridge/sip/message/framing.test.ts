import { describe, expect, it } from "vitest";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import { type Framed, StreamFramer } from "../../../../../bridge/sip/message/framing.ts";
import { defaultLimits } from "../../../../../bridge/sip/message/parser.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

function options(callId: string, body = "", more: string[] = [`Content-Length: ${body.length}`]): string {
  return [
    "OPTIONS sip:bridge@example.org SIP/2.0",
    "Via: SIP/2.0/TCP a.example.com;branch=z9hG4bK1",
    "From: <sip:a@example.com>;tag=1",
    "To: <sip:bridge@example.org>",
    `Call-ID: ${callId}`,
    "CSeq: 1 OPTIONS",
    ...more,
    "",
    body,
  ].join("\r\n");
}

/** Kinds, with the Call-ID and the body of messages. */
const told = (framed: Framed[]) =>
  framed.map((it) =>
    it.kind === "message"
      ? `${it.message.callId} ${text(it.message.body)}`.trim()
      : it.kind === "rejected" || it.kind === "broken"
        ? `${it.kind} ${it.failure.status} ${it.failure.reason}`
        : it.kind,
  );

describe("StreamFramer", () => {
  it("waits for the rest of a message, however small the pieces", () => {
    const framer = new StreamFramer();
    const wire = bytes(options("one", "hello"));
    const found = [...wire].flatMap((byte) => framer.push(new Uint8Array([byte])));

    expect(told(found)).toEqual(["one hello"]);
    expect(framer.pending).toBe(0);
  });

  it("finds several messages in one chunk and keeps the unfinished one", () => {
    const framer = new StreamFramer();
    const three = options("one", "abc") + options("two") + options("three", "xyz");

    expect(told(framer.push(bytes(three.slice(0, -2))))).toEqual(["one abc", "two"]);
    expect(framer.pending).toBeGreaterThan(0);
    expect(told(framer.push(bytes(three.slice(-2))))).toEqual(["three xyz"]);
  });

  it("tells a ping from a stray empty line, also when it comes in pieces", () => {
    const framer = new StreamFramer();

    expect(told(framer.push(bytes("\r\n")))).toEqual([]);
    expect(told(framer.push(bytes("\r")))).toEqual([]);
    expect(told(framer.push(bytes("\n")))).toEqual(["ping"]);
    expect(told(framer.push(bytes(`\r\n${options("one")}\r\n`)))).toEqual(["one"]);
    expect(told(framer.push(bytes("\r\n")))).toEqual(["ping"]);
    expect(told(framer.push(bytes("\r\n".repeat(2000))))).toEqual(["ping"]);
  });

  it("takes the first empty line after our own ping for the pong", () => {
    const framer = new StreamFramer();
    framer.pingSent();

    expect(told(framer.push(bytes("\r\n")))).toEqual(["pong"]);
    expect(told(framer.push(bytes("\r\n\r\n")))).toEqual(["ping"]);
  });

  it("goes on after a message that is wrong in itself", () => {
    const wrong = options("one", "abc").replace("1 OPTIONS", "1 INVITE");

    expect(told(new StreamFramer().push(bytes(wrong + options("two"))))).toEqual([
      "rejected 400 CSeq: another method",
      "two",
    ]);
  });

  it("gives up when the start of the next message is unknown", () => {
    const framer = new StreamFramer();
    const [broken] = framer.push(bytes(options("one", "", []) + options("two")));

    expect(broken).toMatchObject({ kind: "broken", failure: { reason: "Missing Content-Length" } });
    const { request } = (broken as Extract<Framed, { kind: "broken" }>).failure;
    expect(createResponse(request!, 400).callId).toBe("one");
    expect(framer.push(bytes(options("three")))).toEqual([]);
    expect(framer.pending).toBe(0);
  });

  it.each([
    ["Conflicting Content-Length headers", ["Content-Length: 1", "l: 2"]],
    ["Malformed Content-Length", ["Content-Length: +1"]],
    ["Malformed header line", ["Content-Length: 0", "Content-Length 5"]],
    ["Malformed header line", ["Content-Length: 0", "L@: 5"]],
    ["Conflicting Max-Forwards headers", ["Max-Forwards: 1", "Max-Forwards: 2", "Content-Length: 1", "l: 2"]],
    ["Bare carriage return", ["Content-Length: 0", "X: a\rContent-Length: 5"]],
  ])("does not guess: %s", (reason, more) => {
    expect(told(new StreamFramer().push(bytes(options("one", "", more))))).toEqual([`broken 400 ${reason}`]);
  });

  it.each([
    ["Conflicting Max-Forwards headers", ["Content-Length: 0", "Max-Forwards: 1", "Max-Forwards: 2"]],
    ["Conflicting Content-Type headers", ["Content-Type: a/b", "Content-Length: 0", "Content-Type: c/d"]],
    ["Malformed header line", ["Content-Length: 0", "Nonsense"]],
    ["Malformed header line", ["Content-Length: 0", "From@: x"]],
  ])("goes on behind a message that is wrong but whose end is known: %s", (reason, more) => {
    expect(told(new StreamFramer().push(bytes(options("one", "", more) + options("two"))))).toEqual([
      `rejected 400 ${reason}`,
      "two",
    ]);
  });

  it("does not listen to other protocols", () => {
    const http = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";

    expect(told(new StreamFramer().push(bytes(http)))).toEqual(["broken 400 Not a SIP message"]);
  });

  it("is bounded: 413 for a large body before it comes, 513 for a head without end", () => {
    const large = options("one", "", ["Content-Length: 70000"]);
    expect(told(new StreamFramer().push(bytes(large)))).toEqual(["broken 413 Body too large"]);

    const framer = new StreamFramer();
    const found = framer.push(bytes("OPTIONS sip:bridge@example.org SIP/2.0\r\n"));
    let pushed = 0;
    for (; found.length === 0 && pushed < 1_000_000; pushed += 1000) {
      found.push(...framer.push(bytes(`X-A: ${"a".repeat(993)}\r\n`)));
    }
    expect(told(found)).toEqual(["broken 513 Header section too large"]);
    expect(pushed).toBeLessThan(defaultLimits.messageBytes + 2000);
  });
});
