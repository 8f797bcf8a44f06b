// What real devices write that does not follow the grammar, and what is read from it; each kind of repair is noted once a
// message. What decides whom to answer, or would let one header become two, is refused as before.
import { describe, expect, it } from "vitest";
import { parseNameAddr } from "../../../../../bridge/sip/message/headers.ts";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { parseMessage } from "../../../../../bridge/sip/message/parser.ts";

interface Message {
  readonly method?: string;
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly lines?: readonly string[];
  readonly body?: string;
}

function bytesOf({
  method = "INVITE",
  uri = "sip:8000@b",
  from,
  to,
  lines = [],
  body = "",
}: Message): Buffer {
  const head = [
    `${method} ${uri} SIP/2.0`,
    "Via: SIP/2.0/UDP 192.0.2.5;branch=z9hG4bK1",
    `From: ${from ?? "<sip:1@a>;tag=1"}`,
    `To: ${to ?? "<sip:8000@b>"}`,
    "Call-ID: 1",
    `CSeq: 1 ${method}`,
    ...lines,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function read(message: Message): SipRequest {
  const outcome = parseMessage(bytesOf(message));
  if (!outcome.ok) throw new Error(outcome.reason);
  if (outcome.message.kind !== "request") throw new Error("a response");
  return outcome.message;
}

function refusal(message: Message): string {
  const outcome = parseMessage(bytesOf(message));
  return outcome.ok ? "accepted" : `${outcome.status} ${outcome.reason}`;
}

const contact = "Contact: <sip:1@192.0.2.5>";

describe("a Contact", () => {
  const urn = "<urn:gsma:imei:35548888-144050-0>";

  it.each([
    // The quotes and brackets of a parameter are none of the address: correct, and no repair.
    [`sip:x@192.0.2.5:5060;+sip.instance="${urn}";audio`, "sip:x@192.0.2.5:5060", []],
    [`sip:p6@10.1.1.8:5094;+g.3gpp.accesstype="cellular";+sip.instance="${urn}"`, "sip:p6@10.1.1.8:5094", []],
    ['<sip:1@h>;x="a <b@c>"', "sip:1@h", []],
    // The same without the quotes that an instance needs.
    [`sip:x@192.0.2.5;+sip.instance=${urn};audio`, "sip:x@192.0.2.5", ["address"]],
    ["<sip:@192.0.2.9>", "sip:@192.0.2.9", ["address"]],
    ["sip:@192.0.2.9", "sip:@192.0.2.9", ["address"]],
    ["<sip:Front Desk@192.0.2.9>", "sip:Front%20Desk@192.0.2.9", ["address"]],
    ['"unknown" sip:1@h;expires=5', "sip:1@h", ["address"]],
    ['<sip:h:443;transport=wss;thinfo="VG8+PoI=">', 'sip:h:443;transport=wss;thinfo="VG8+PoI="', ["address"]],
    // A list that an unquoted comma has made of one address.
    ["Miller, Hans <sip:1@h>", "sip:1@h", ["header"]],
    // Parameters without a meaning.
    ['<sip:1@h>;+sip.instance="<urn:uuid:1>;expires=', "sip:1@h", ["address"]],
    ["<sip:1@h>;methods=INVITE BYE;expires=5", "sip:1@h", ["address"]],
    ["<sip:1@h>;;x", "sip:1@h", []],
    ["<1@192.0.2.5:5060>", "sip:1@192.0.2.5:5060", ["address"]],
    ["<sip:1@192.0.2.5:5060; transport = udp ;ob>", "sip:1@192.0.2.5:5060;transport=udp;ob", ["address"]],
    ['"The "boss" here" <sip:1@h>', "sip:1@h", ["address"]],
  ])("%s is %s", (written, uri, repairs) => {
    const request = read({ lines: [`Contact: ${written}`] });
    expect(request.contact?.uri).toBe(uri);
    expect(request.repairs).toEqual(repairs);
  });

  it.each([
    ["sip:a@b?Replaces=1", "400 Contact: malformed URI"],
    ["<sip:a@b", "400 Contact: unbalanced angle bracket"],
    ["<sip:a@b c>", "400 Contact: malformed URI"],
    ['<sip:a@b;x="c>', "400 Contact: malformed URI"],
    ["Hans, Miller", "400 Contact: malformed URI"],
    ['"a"b" <sip:1@h>', "400 Contact: malformed display name"],
  ])("%s of a call that begins is still refused", (written, expected) => {
    expect(refusal({ lines: [`Contact: ${written}`] })).toBe(expected);
  });

  it("keeps the parameters that follow the address", () => {
    const { params } = parseNameAddr(`sip:x@h:5060;+sip.instance="${urn}";audio`);
    expect([...params]).toEqual([
      ["+sip.instance", urn],
      ["audio", ""],
    ]);
  });

  it.each(["BYE", "ACK", "INFO", "CANCEL", "OPTIONS"])("that cannot be read never costs a %s", (method) => {
    const request = read({ method, to: "<sip:8000@b>;tag=2", lines: ["Contact: <<>>"] });
    expect(request.contact).toBeUndefined();
    expect(request.repairs).toEqual(["header"]);
  });

  it("that cannot be read leaves the target of a call as it was", () => {
    expect(read({ to: "<sip:8000@b>;tag=2", lines: ["Contact: <<>>"] }).contact).toBeUndefined();
    expect(refusal({ method: "REGISTER", lines: ["Contact: <<>>"] })).toBe("400 Contact: malformed URI");
  });
});

describe("From and To", () => {
  it.each([
    ['""unknown"" <sip:200@pbx>;tag=1', "unknown", "sip:200@pbx"],
    ['"" <sip:222@test.local>;epid=a22;tag=1', "", "sip:222@test.local"],
    ["<sip:John Doe@pbx>;tag=1", undefined, "sip:John%20Doe@pbx"],
    ["<sip:@pbx>;tag=1", undefined, "sip:@pbx"],
    ['"Bob" sip:bob@pbx;tag=1', "Bob", "sip:bob@pbx"],
    ['"Bob "the man" Miller" <sip:bob@pbx>;tag=1', "Bob the man Miller", "sip:bob@pbx"],
    ['"Miller\\" <sip:bob@pbx>;tag=1', "Miller", "sip:bob@pbx"],
    ['Bob "the man" <sip:bob@pbx>;tag=1', "Bob the man", "sip:bob@pbx"],
  ])("%s", (from, displayName, uri) => {
    const request = read({ from, lines: [contact] });
    expect(request.from).toMatchObject({ displayName, uri });
    expect(request.from.params.get("tag")).toBe("1");
    // The answer repeats it letter by letter.
    expect(request.headers.get("From")).toBe(from);
  });
});

describe("From and To of which only the tag is needed", () => {
  it.each([
    // Parameters that say nothing.
    ["<sip:1@h>;;tag=1", "sip:1@h", []],
    ["<sip:1@h>;tag=1;x(y)=3", "sip:1@h", ["address"]],
    ['<sip:1@h>;tag=1;x="b c', "sip:1@h", ["address"]],
    ["<sip:1@h>;x=b c;tag=1", "sip:1@h", ["address"]],
    ['"A" <sip:1@h> (comment);tag=1', "sip:1@h", ["address"]],
    ["<sip:1@h>tag=1", "sip:1@h", ["address"]],
    // Nobody.
    ['"Anonymous" <>;tag=1', "sip:anonymous@anonymous.invalid", ["address"]],
    ["<sip:>;tag=1", "sip:anonymous@anonymous.invalid", ["address"]],
    // Without a scheme, or with blanks between digits.
    ["<+49301234>;tag=1", "tel:+49301234", ["address"]],
    ["1234;tag=1", "tel:1234", ["address"]],
    ['"Bob" <bob@pbx.example>;tag=1', "sip:bob@pbx.example", ["address"]],
    ["<tel:+49 30 1234>;tag=1", "tel:+49301234", ["address"]],
  ])("%s", (from, uri, repairs) => {
    const request = read({ from, lines: [contact] });
    expect(request.from.uri).toBe(uri);
    expect(request.from.params.get("tag")).toBe("1");
    expect(request.headers.get("From")).toBe(from);
    expect(request.repairs).toEqual(repairs);
    const back = read({ method: "BYE", to: from });
    expect(back.to.params.get("tag")).toBe("1");
  });

  it.each([
    "<sip:1@h>;tag=1 2",
    '<sip:1@h>;x="b;tag=1',
    "<sip:1@h>;tag=1, <sip:2@h>",
    "<sip:1@h> <sip:2@h>;tag=1",
    "<sip:1@h;tag=1",
    "<here>;tag=1",
  ])("is refused where it is open what the tag or the address is: %s", (from) => {
    expect(refusal({ from, lines: [contact] })).toMatch(/^400 From: /);
  });
});

describe("a display name whose quotes leave it open which address is meant", () => {
  it.each(['"Bob <sip:1@h>;tag=1', 'Bob" <sip:1@h>;tag=1', '"Bob" x" <sip:1@h> <sip:2@h>;tag=1'])(
    "is refused: %s",
    (from) => {
      expect(refusal({ from, lines: [contact] })).toMatch(/^400 From: /);
    },
  );
});

describe("a header whose name is none", () => {
  it.each([
    "X-Asterisk HangupCause: Normal",
    "P-Charging Vector: icid=1",
    "X-(vendor): 1",
    "Ünsere-Anlage: 1",
    ": nothing",
  ])("is passed over: %s", (line) => {
    const request = read({ lines: [contact, line, "Subject: lunch"] });
    expect(request.headers.get("Subject")).toBe("lunch");
    expect(request.repairs).toEqual(["header"]);
  });

  it.each([
    "Content-Length 10: 1",
    "Via SIP/2.0/UDP h:5060",
    "Call-ID 1",
    "To <sip:1@h>",
    "l 5:",
    "Route x: y",
    "hello",
  ])("is refused where it may say whom to answer or where the message ends: %s", (line) => {
    expect(refusal({ lines: [contact, line] })).toBe("400 Malformed header line");
  });
});

describe("a Via", () => {
  it.each([
    ["SIP/2.0/UDP 192.0.2.5:;branch=z9hG4bK1", "192.0.2.5", undefined],
    ["SIP/2.0/UDP [fe80::1%eth0]:5062;branch=z9hG4bK1", "fe80::1", 5062],
    ["SIP/2.0/UDP 192.0.2.5:5062;;rport;branch=z9hG4bK1", "192.0.2.5", 5062],
    ["SIP/2.0/UDP 2001:db8::1;branch=z9hG4bK1", "2001:db8::1", undefined],
    ["SIP/2.0/UDP 192.0.2.5:5062;branch=z9hG4bK1 (Acme server)", "192.0.2.5", 5062],
  ])("%s", (via, host, port) => {
    const outcome = parseMessage(
      Buffer.from(String(bytesOf({ lines: [contact] })).replace(/Via: [^\r]*/, `Via: ${via}`)),
    );
    expect(outcome).toMatchObject({ ok: true, message: { via: { host, port } } });
  });
});

describe("headers that a request does not need", () => {
  it.each([
    ["Expires: Thu, 01 Dec 2030 16:00:00 GMT"],
    ["Expires: soon"],
    ["Expires: 99999999999"],
    ["Max-Forwards: 300"],
    ["Max-Forwards: many"],
    ["Route: here"],
  ])("are left out when malformed: %s", (line) => {
    const request = read({ lines: [contact, line] });
    expect(request.repairs).toEqual(["header"]);
    expect(request.expires).toBeUndefined();
    expect(request.maxForwards).toBeUndefined();
    expect(request.routes).toEqual([]);
  });

  it.each(["Require", "Supported", "Allow", "Accept", "Content-Encoding", "Proxy-Require", "Reason", "k"])(
    "are left out when there is nothing in them: %s",
    (name) => {
      const request = read({ lines: [contact, `${name}:`, `${name}: ,`] });
      expect(request.headers.all(name)).toEqual([]);
      expect(request.repairs).toEqual(["empty_header"]);
    },
  );

  it("do not include what makes a dialog or says whom to answer", () => {
    expect(refusal({ lines: [contact, "Record-Route: here"] })).toBe("400 Record-Route: malformed URI");
    expect(refusal({ lines: [contact, "CSeq: "] })).toContain("400");
    const outcome = parseMessage(Buffer.from(String(bytesOf({})).replace(/Via: [^\r]*/, "Via:")));
    expect(outcome).toMatchObject({ ok: false, request: undefined });
  });
});

it("notes a route without brackets and a Request-URI without its user", () => {
  const line = "Record-Route: sip:192.0.2.1:5062;transport=tcp;lr";
  expect(read({ lines: [contact, line] }).repairs).toEqual(["address"]);
  expect(read({ uri: "sip:@192.0.2.1", lines: [contact] }).repairs).toEqual(["address"]);
});

it("notes a description without a type", () => {
  expect(read({ lines: [contact], body: "v=0\r\n" }).repairs).toEqual(["body_type"]);
  expect(read({ lines: [contact], body: "hello" }).repairs).toEqual([]);
});

it.each([
  [["Content-Type: text/plain"], ["body_type"]],
  [["Content-Type: application/octet-stream"], ["body_type"]],
  [['Content-Type: "application/sdp"'], ["body_type"]],
  [["Content-Type: application/x-sdp;charset=utf-8"], ["body_type"]],
  [["Content-Type:"], ["body_type"]],
  [["Content-Type: text/sdp"], ["body_type"]],
  [["Content-Type: application\\sdp"], ["body_type"]],
  [["Content-Type: applicaton/sdp"], ["body_type"]],
  [["Content-Type: application/sdp, application/sdp"], ["body_type"]],
  [["Content-Type: multipart/mixed;boundary=x"], ["body_type"]],
  [["Content-Type: application/sdpng"], []],
  [["Content-Type: application/sdp", "Content-Encoding: none"], ["body_type"]],
  [["Content-Type: application/sdp", "Content-Encoding: UTF-8"], ["body_type"]],
  [["Content-Type: application/sdp", "Content-Encoding: identity"], []],
  [["Content-Type: application/sdp", "Content-Encoding: gzip"], []],
  [["Content-Type: application/isup"], []],
])("notes a description whose type or encoding says something else: %j", (lines, repairs) => {
  expect(read({ lines: [contact, ...lines], body: "v=0\r\n" }).repairs).toEqual(repairs);
});

it("notes nothing in what is correct", () => {
  const from = '"Alice" <sip:1@a;user=phone>;tag=1';
  const request = read({
    from,
    lines: [contact, "Record-Route: <sip:p;lr>", "Expires: 5", "Require: timer"],
  });
  expect(request.repairs).toEqual([]);
});

describe("a response", () => {
  const response = (line: string, from = "<sip:1@a>;tag=1") =>
    parseMessage(Buffer.from(String(bytesOf({ from })).replace(/^[^\r]*/, line)));

  it.each([
    ["SIP/2.0  200  OK", 200, "OK"],
    ["SIP/2.0 200", 200, ""],
    ["SIP/2.0 200 ", 200, ""],
    ["SIP/2.0 480 Gone [call released]", 480, "Gone [call released]"],
  ])("whose first line is spaced otherwise reaches its transaction: %s", (line, status, reason) => {
    expect(response(line)).toMatchObject({ ok: true, message: { status, reason } });
  });

  it("is not lost for a parameter of From", () => {
    expect(response("SIP/2.0 200 OK", "<sip:1@a>;tag=1;x(y)")).toMatchObject({ ok: true });
  });

  it.each(["SIP/2.0 20", "SIP/2.0 2000 OK", "SIP/2.0200 OK", "SIP/2.0 700 No"])("is none: %s", (line) => {
    expect(response(line)).toMatchObject({ ok: false, request: undefined });
  });
});
