import { describe, expect, it } from "vitest";
import { createResponse, formatMessage } from "../../../../../bridge/sip/message/format.ts";
import { Headers, SipRequest, SipResponse } from "../../../../../bridge/sip/message/message.ts";
import { type ParseOutcome, parseMessage } from "../../../../../bridge/sip/message/parser.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const wire = (...lines: string[]) => bytes(lines.join("\r\n"));

const mandatory = [
  "Via: SIP/2.0/UDP pc33.example.com:5066;branch=z9hG4bK776;rport",
  "Max-Forwards: 70",
  'From: "Alice \\"A\\" Smith" <sip:alice@example.com>;tag=1928',
  "To: Bob <sip:bob@example.org>",
  "Call-ID: a84b4c76e66710@pc33.example.com",
  "CSeq: 314159 INVITE",
];
const invite = (...more: string[]) =>
  wire("INVITE sip:bob@example.org SIP/2.0", ...mandatory, ...more, "", "");

/** The invite with one of its headers replaced, or removed. */
const altered = (name: string, line?: string) =>
  wire(
    "INVITE sip:bob@example.org SIP/2.0",
    ...mandatory.flatMap((it) => (it.startsWith(`${name}:`) ? (line === undefined ? [] : [line]) : [it])),
    "",
    "",
  );

function request(data: Uint8Array): SipRequest {
  const outcome = parseMessage(data);
  if (!outcome.ok) throw new Error(outcome.reason);
  if (outcome.message.kind !== "request") throw new Error("a response");
  return outcome.message;
}

function failure(data: Uint8Array): Exclude<ParseOutcome, { ok: true }> {
  const outcome = parseMessage(data);
  if (outcome.ok) throw new Error("accepted");
  return outcome;
}

describe("parseMessage", () => {
  it("reads a request and its typed headers", () => {
    const message = request(invite("Contact: <sip:alice@pc33.example.com>;expires=60", "Expires: 30"));

    expect(message.method).toBe("INVITE");
    expect(message.uri).toBe("sip:bob@example.org");
    expect(message.target).toMatchObject({ kind: "sip", user: "bob", host: "example.org" });
    expect(message.via).toMatchObject({ transport: "UDP", host: "pc33.example.com", port: 5066 });
    expect(message.via.params.get("rport")).toBe("");
    expect(message.from.displayName).toBe('Alice "A" Smith');
    expect(message.from.params.get("tag")).toBe("1928");
    expect(message.to.displayName).toBe("Bob");
    expect(message.cseq).toEqual({ number: 314159, method: "INVITE" });
    expect(message.maxForwards).toBe(70);
    expect(message.contact?.params.get("expires")).toBe("60");
    expect(message.expires).toBe(30);
    expect(message.body).toHaveLength(0);
  });

  it("expands compact names, unfolds lines and splits lists, but not where a comma means something else", () => {
    const message = request(
      invite(
        "k: 100rel,",
        "\ttimer , replaces",
        'm: <sip:a,b@example.com;x=1,2>;q=0.1, "C, D" <sip:c@example.com>',
        "Subject: one, two",
        'Authorization: Digest username="a,b", realm="r"',
        "X-Own: a, b",
      ),
    );

    expect(message.headers.all("Supported")).toEqual(["100rel", "timer", "replaces"]);
    expect(message.contacts.map((it) => it.uri)).toEqual(["sip:a,b@example.com;x=1,2", "sip:c@example.com"]);
    expect(message.headers.get("subject")).toBe("one, two");
    expect(message.headers.all("Authorization")).toEqual(['Digest username="a,b", realm="r"']);
    expect(message.headers.all("x-own")).toEqual(["a, b"]);
  });

  it("takes bare line feeds and leading empty lines", () => {
    const text = new TextDecoder().decode(invite()).replaceAll("\r\n", "\n");

    expect(request(bytes(`\r\n\r\n${text}body`)).body).toEqual(Buffer.from("body"));
  });

  it("cuts the body at the Content-Length and refuses one that is larger than the datagram", () => {
    const head = new TextDecoder().decode(invite("Content-Length: 4"));

    expect(request(bytes(`${head}abcdEFGH`)).body).toEqual(Buffer.from("abcd"));
    expect(failure(bytes(`${head}abc`))).toMatchObject({
      status: 400,
      reason: "Content-Length larger than the message",
    });
  });

  it.each([
    ["Via", undefined],
    ["From", undefined],
    ["From", 'From: "Alice <sip:alice@example.com>'],
    ["To", undefined],
    ["To", "To: <sip:bob@example.org"],
    ["Call-ID", undefined],
    ["CSeq", undefined],
    ["CSeq", "CSeq: 4294967296 INVITE"],
    ["CSeq", "CSeq: 1 BYE"],
  ])("names %s when it is missing or wrong: %s", (name, line) => {
    const outcome = failure(altered(name, line));

    expect(outcome.status).toBe(400);
    expect(outcome.reason).toContain(name);
    expect(outcome.request === undefined).toBe(name === "Via");
  });

  it("refuses conflicting single headers and takes repeated ones", () => {
    expect(failure(invite("CSeq: 2 INVITE")).reason).toBe("Conflicting CSeq headers");
    expect(request(invite(mandatory[4]!)).headers.all("Call-ID")).toHaveLength(1);
  });

  it("answers another version with 505", () => {
    const text = new TextDecoder().decode(invite()).replace("SIP/2.0", "SIP/7.0");
    const outcome = failure(bytes(text));

    expect(outcome.status).toBe(505);
    expect(createResponse(outcome.request!, 505).cseq.method).toBe("INVITE");
  });

  it("is silent about ACKs, responses and what is no SIP", () => {
    const ack = new TextDecoder().decode(invite()).replace("INVITE sip", "ACK sip");

    expect(failure(bytes(ack))).toMatchObject({ status: 400, request: undefined });
    expect(failure(wire("SIP/2.0 99 No", ...mandatory, "", "")).request).toBeUndefined();
    expect(failure(wire("GET / HTTP/1.1", "Host: x", "", "")).request).toBeUndefined();
    expect(failure(new Uint8Array([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42])).request).toBeUndefined();
    expect(failure(bytes("\r\n\r\n")).request).toBeUndefined();
  });

  it("bounds lines, headers and the whole", () => {
    const many = Array.from({ length: 300 }, (_, index) => `X-${index}: v`);
    const list = `Via: ${Array.from({ length: 300 }, () => "SIP/2.0/UDP a").join(",")}`;

    expect(failure(invite(...many))).toMatchObject({ status: 513, reason: "Too many headers" });
    expect(failure(invite(list))).toMatchObject({ status: 513, reason: "Too many headers" });
    expect(failure(invite(`X: ${"a".repeat(17_000)}`))).toMatchObject({ status: 513 });
    expect(failure(invite(`X: a\r\n ${"a".repeat(17_000)}`))).toMatchObject({ status: 513 });
    expect(failure(invite("", "a".repeat(70_000)))).toMatchObject({ status: 513 });
  });

  it("reads a response and forgets an optional header that it cannot read", () => {
    const outcome = parseMessage(wire("SIP/2.0 486 Busy Here", ...mandatory, "Contact: nonsense", "", ""));

    expect(outcome.ok).toBe(true);
    const message = (outcome as { message: SipResponse }).message;
    expect([message.kind, message.status, message.reason]).toEqual(["response", 486, "Busy Here"]);
    expect(message.contact).toBeUndefined();
  });

  it("refuses a continuation of nothing", () => {
    const text = new TextDecoder().decode(invite()).replace("\r\nVia", "\r\n Via");

    expect(failure(bytes(text))).toMatchObject({ status: 400, reason: "Malformed header line" });
  });

  it("refuses a bare carriage return, which others may take for a line end", () => {
    expect(failure(invite("Subject: a\rX-Injected: b"))).toMatchObject({ reason: "Bare carriage return" });
  });

  it("reads header text that is not UTF-8 as Latin-1", () => {
    const data = altered("From", "From: Jos~ <sip:jose@example.com>;tag=1");
    data[data.indexOf(0x7e)] = 0xe9;

    expect(request(data).from.displayName).toBe("José");
  });
});

describe("formatMessage", () => {
  it("counts the Content-Length and writes short lists on one line", () => {
    const headers = new Headers()
      .append("Via", "SIP/2.0/UDP a;branch=z9hG4bK1")
      .append("Via", "SIP/2.0/UDP b;branch=z9hG4bK2")
      .append("Allow", "INVITE")
      .append("Allow", "ACK")
      .append("Content-Length", "999");
    const message = new SipRequest("OPTIONS", "sip:x", headers, bytes("é"));

    expect(new TextDecoder().decode(formatMessage(message))).toBe(
      "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP b;branch=z9hG4bK2\r\n" +
        "Allow: INVITE, ACK\r\nContent-Length: 2\r\n\r\né",
    );
  });

  it("refuses to let a value break its line", () => {
    const headers = new Headers().append("Subject", "a\r\nVia: b");

    expect(() => formatMessage(new SipResponse(200, "OK", headers))).toThrow("Subject: line break");
  });
});

describe("createResponse", () => {
  it("copies what belongs to the transaction and adds a tag to To", () => {
    const second = "Via: SIP/2.0/TCP other;branch=z9hG4bK9";
    const response = createResponse(request(invite(second, "Timestamp: 54", "Subject: x")), 180, {
      toTag: "314",
      headers: [["Contact", "<sip:bridge@example.org>"]],
      body: "é",
    });

    expect([...response.headers].map(([name]) => name)).toEqual([
      ..."Via From To Call-ID CSeq Via Contact".split(" "),
    ]);
    expect(response.headers.get("To")).toBe("Bob <sip:bob@example.org>;tag=314");
    expect(response.reason).toBe("Ringing");
    expect(response.body).toHaveLength(2);
  });

  it("gives a 100 no tag but the Timestamp, and leaves a tag that is there", () => {
    const trying = createResponse(request(invite("Timestamp: 54")), 100);
    const inside = createResponse(request(altered("To", "To: <sip:bob@example.org>;tag=1")), 200);

    expect(trying.to.params.has("tag")).toBe(false);
    expect(trying.headers.get("Timestamp")).toBe("54");
    expect(inside.headers.get("To")).toBe("<sip:bob@example.org>;tag=1");
    expect(createResponse(request(invite()), 404).to.params.get("tag")).toMatch(/^[0-9a-f]{16}$/);
  });
});
