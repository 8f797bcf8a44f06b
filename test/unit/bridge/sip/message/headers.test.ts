import { describe, expect, it } from "vitest";
import {
  accepts,
  formatChallenge,
  formatCredentials,
  formatNameAddr,
  formatRAck,
  formatReason,
  formatReplaces,
  formatVia,
  parseAuth,
  parseCSeq,
  parseEvent,
  parseNameAddr,
  parsePrivacy,
  parseRAck,
  parseReason,
  parseReplaces,
  parseRetryAfter,
  parseSessionExpires,
  parseSubscriptionState,
  parseVia,
  quote,
  unquote,
  withTag,
} from "../../../../../bridge/sip/message/headers.ts";
import { Headers } from "../../../../../bridge/sip/message/message.ts";
import { ifReadable } from "../../../../../bridge/sip/message/syntax-error.ts";

describe("Via", () => {
  it.each([
    ["SIP/2.0/UDP a.example.com", "SIP/2.0/UDP a.example.com"],
    [
      "SIP / 2.0 / tcp  a.example.com : 5080 ; branch = z9hG4bK1 ; rport",
      "SIP/2.0/TCP a.example.com:5080;branch=z9hG4bK1;rport",
    ],
    [
      "SIP/2.0/WSS df7.invalid;branch=1;received=[2001:db8::1]",
      "SIP/2.0/WSS df7.invalid;branch=1;received=2001:db8::1",
    ],
    ["SIP/2.0/TLS [2001:db8::1]:5061;branch=z9", "SIP/2.0/TLS [2001:db8::1]:5061;branch=z9"],
  ])("%s", (written, formatted) => {
    expect(formatVia(parseVia(written))).toBe(formatted);
  });

  it.each([
    "",
    "UDP a",
    "SIP/2.0/UDP",
    "SIP/2.0/UDP a b",
    "SIP/2.0/UDP a:0x1",
    "SIP/2.0/UDP a:70000",
    "SIP/2.0/UDP a;;",
    "SIP/2.0/UDP [::1",
    'SIP/2.0/UDP a;branch="z',
  ])("refuses %j", (value) => {
    expect(() => parseVia(value)).toThrow(/^Via: /);
  });

  it("refuses an address of colons in one pass over it", () => {
    expect(() => parseVia(`SIP/2.0/UDP [${":".repeat(400_000)}x]`)).toThrow("malformed IPv6 address");
    expect(parseVia("SIP/2.0/UDP [fe80::1%eth0]").host).toBe("fe80::1");
    expect(() => parseVia("SIP/2.0/UDP [fe80.1]")).toThrow("malformed IPv6 address");
  });
});

describe("name-addr", () => {
  it("keeps the parameters of the URI apart from those of the header", () => {
    expect(parseNameAddr("<sip:a@b;lr?x=y>;tag=1;Q=0.5")).toEqual({
      displayName: undefined,
      uri: "sip:a@b;lr?x=y",
      params: new Map([
        ["tag", "1"],
        ["q", "0.5"],
      ]),
    });
    expect(parseNameAddr("sip:a@b;tag=1")).toMatchObject({ uri: "sip:a@b", params: new Map([["tag", "1"]]) });
  });

  it("is written so that it reads the same again", () => {
    const address = {
      displayName: 'back\\slash "quote" <é>',
      uri: "sip:a@b",
      params: new Map([
        ["+sip.instance", '<urn:uuid:1>;"'],
        ["ob", ""],
      ]),
    };

    expect(parseNameAddr(formatNameAddr(address))).toEqual(address);
  });

  it.each([
    "",
    "<>",
    "a b c",
    "<sip:a",
    "sip:a@b?x=y",
    "sip:a,sip:b",
    '"a" sip b',
    '""a"b"" <sip:a>',
    "<sip:a b>",
    "<sip:a@b c>",
    '<sip:a"b@c>x',
    "<sip:a\u0000@b>",
    'x"y <sip:a>',
    "<sip:a> b",
    "*",
  ])("refuses %j", (value) => {
    expect(() => parseNameAddr(value, "To")).toThrow(/^To: /);
  });
});

describe("our tag", () => {
  it.each([
    ["<sip:a@b>", "<sip:a@b>;tag=x"],
    ["<sip:a@b> ; tag= ;c=d", "<sip:a@b>;c=d;tag=x"],
    ["<sip:a@b>;c=d;tag", "<sip:a@b>;c=d;tag=x"],
    ["<sip:a@b>;tags=1; ", "<sip:a@b>;tags=1;tag=x"],
  ])("stands behind %j", (to, tagged) => {
    expect(withTag(to, "x")).toBe(tagged);
  });

  it("stands behind what has many blanks, in one pass over it", () => {
    const to = `<sip:a@b>;c${" ".repeat(400_000)}=d`;
    expect(withTag(to, "x")).toBe(`${to};tag=x`);
  });
});

describe("single values", () => {
  it("CSeq", () => {
    expect(parseCSeq(" 0009 \t INVITE")).toEqual({ number: 9, method: "INVITE" });
    for (const wrong of ["", "1", "INVITE", "-1 INVITE", "1.5 BYE", "1 A B", "4294967296 BYE"]) {
      expect(() => parseCSeq(wrong)).toThrow(/^CSeq: /);
    }
  });

  it("Reason", () => {
    const reason = { protocol: "SIP", cause: 403, text: 'Room "7" is locked' };

    expect(parseReason(formatReason(reason))).toEqual(reason);
    expect(parseReason("Q.850 ;cause=x")).toEqual({ protocol: "Q.850", cause: undefined, text: undefined });
    expect(formatReason({ protocol: "SIP", cause: undefined, text: "a\r\nb" })).toBe('SIP;text="a b"');
  });

  it("Session-Expires", () => {
    expect(parseSessionExpires("1800 ; refresher=UAC")).toEqual({ seconds: 1800, refresher: "uac" });
    expect(() => parseSessionExpires("soon")).toThrow(/^Session-Expires: /);
  });

  it("RAck", () => {
    expect(formatRAck(parseRAck("776656 1  INVITE"))).toBe("776656 1 INVITE");
    expect(() => parseRAck("1 INVITE")).toThrow(/^RAck: /);
    expect(() => parseRAck("1 2 INVITE x")).toThrow(/^RAck: /);
  });

  it("Replaces", () => {
    const text = "98732@example.com;to-tag=r33th4x0r;from-tag=ff87ff;early-only";

    expect(formatReplaces(parseReplaces(text))).toBe(text);
    expect(() => parseReplaces("98732@example.com;to-tag=1")).toThrow("Replaces: a tag is missing");
  });

  it("Event and Subscription-State", () => {
    expect(parseEvent("Conference;id=7")).toMatchObject({ package: "conference", id: "7" });
    expect(parseSubscriptionState("Terminated;reason=noresource;retry-after=5")).toEqual({
      state: "terminated",
      expires: undefined,
      reason: "noresource",
      retryAfter: 5,
    });
  });

  it("Accept", () => {
    expect(accepts([], "application/sdp")).toBe(true);
    expect(accepts([], "application/dtmf")).toBe(false);
    expect(accepts(["text/plain, application/*;q=0.2"], "application/sdp")).toBe(true);
    expect(accepts(["text/plain", "*/*;q=0.0"], "application/sdp")).toBe(false);
  });

  it("Retry-After", () => {
    expect(parseRetryAfter("120 (in a; meeting);duration=60")).toEqual({ seconds: 120, duration: 60 });
    expect(parseRetryAfter(" 5")).toEqual({ seconds: 5, duration: undefined });
    expect(() => parseRetryAfter("949302838503028349304023988")).toThrow(/^Retry-After: /);
  });

  it("Privacy", () => {
    expect(parsePrivacy("Id; user;critical")).toEqual(["id", "user", "critical"]);
    expect(parsePrivacy("user, id")).toEqual(["user", "id"]);
  });
});

describe("authentication", () => {
  const challenge =
    'Digest realm="a \\"b\\"", nonce="n,=;", algorithm=SHA-256, qop="auth,auth-int", stale=true';

  it("reads and writes a challenge, quoting what the standard quotes", () => {
    const auth = parseAuth(challenge, "WWW-Authenticate");

    expect(auth.params.get("realm")).toBe('a "b"');
    expect(auth.params.get("nonce")).toBe("n,=;");
    expect(formatChallenge(auth)).toBe(challenge);
  });

  it("writes qop and nc of credentials bare", () => {
    const params = new Map([
      ["username", "bob"],
      ["qop", "auth"],
      ["nc", "00000001"],
    ]);

    expect(formatCredentials({ scheme: "Digest", token: undefined, params })).toBe(
      'Digest username="bob", qop=auth, nc=00000001',
    );
  });

  it("reads a bearer token", () => {
    expect(parseAuth("Bearer abc.DEF-1==")).toMatchObject({ scheme: "Bearer", token: "abc.DEF-1==" });
  });

  it.each([
    "",
    "Digest a b",
    'Digest realm="x',
    'Digest realm="x" y',
    'Digest nonce="1", nonce="2"',
    "Digest =x",
  ])("refuses %j", (value) => {
    expect(() => parseAuth(value)).toThrow(/^Authorization: /);
  });
});

it("quotes and unquotes", () => {
  for (const text of ["", "plain", 'a"b\\c', "\\\\", "é"]) expect(unquote(quote(text))).toBe(text);
  expect(unquote('"open')).toBe('"open');
});

it("finds an option tag in whatever case and spacing, in headers of that name alone", () => {
  const headers = new Headers()
    .append("Supported", "100rel")
    .append("k", " Timer ")
    .append("Require", "path");
  expect(["100rel", "timer", "path"].map((option) => headers.hasOption("Supported", option))).toEqual([
    true,
    true,
    false,
  ]);
});

it("takes what does not follow the grammar for absent, and no other error", () => {
  expect(ifReadable(() => parseAuth("Digest =x"))).toBeUndefined();
  const broken = () => {
    throw new TypeError("a fault of ours");
  };
  expect(() => ifReadable(broken)).toThrow(TypeError);
});
