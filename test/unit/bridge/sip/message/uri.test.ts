import { describe, expect, it } from "vitest";
import { formatUri, parseSipUri, parseUri } from "../../../../../bridge/sip/message/uri.ts";

describe("parseUri", () => {
  it("takes a SIP URI apart", () => {
    expect(
      parseUri(
        "SIPS:al%69ce:se%3acret@[2001:db8::1]:5061;transport=tls;LR;x=%41?subject=a%20b&Route=%3Csip:x%3E",
      ),
    ).toEqual({
      kind: "sip",
      scheme: "sips",
      user: "alice",
      password: "se:cret",
      host: "2001:db8::1",
      port: 5061,
      params: new Map([
        ["transport", "tls"],
        ["lr", ""],
        ["x", "A"],
      ]),
      headers: new Map([
        ["subject", "a b"],
        ["route", "<sip:x>"],
      ]),
    });
  });

  it("reads tel URIs without their visual separators, and keeps schemes it does not know", () => {
    expect(parseUri("tel:+1-(201)-555.0123;phone-context=example.com")).toEqual({
      kind: "tel",
      scheme: "tel",
      number: "+12015550123",
      params: new Map([["phone-context", "example.com"]]),
    });
    expect(parseUri("urn:service:sos")).toEqual({ kind: "other", scheme: "urn", rest: "service:sos" });
  });

  it("reads escapes that are not UTF-8 as Latin-1 and lone percent signs as themselves", () => {
    expect(parseSipUri("sip:jos%E9@a").user).toBe("josé");
    expect(parseSipUri("sip:100%@a").user).toBe("100%");
  });

  it.each([
    "",
    "bob",
    "sip:",
    "sip::secret@a",
    "sip:@",
    'sip:a"b"@c',
    'sip:a@b;c="d',
    "sip:a@",
    "sip:a@b@c",
    "sip:a b@c",
    "<sip:a@b>",
    "sip:2001:db8::10",
    "sip:[2001:db8::10",
    "sip:a@b:99999",
    "sip:a@b:x",
    "tel:",
    "tel:abcx",
    "1ab:c",
    "x:",
  ])("refuses %j", (text) => {
    expect(() => parseUri(text)).toThrow(/^Request-URI: /);
  });
});

it.each([
  ["sip:%61li%63e@a.example", "sip:alice@a.example"],
  ["sip:%40%2f%3f%3b:p%40@a", "sip:%40/%3F%3B:p%40@a"],
  ["sip:@a", "sip:a"],
  ["sip:b@a:", "sip:b@a"],
  ["sip:caf%C3%A9@a;p=%22;lr?h=%26", "sip:caf%C3%A9@a;p=%22;lr?h=%26"],
  ["sip:[::1]:5080", "sip:[::1]:5080"],
  ["tel:+1-201;ext=5", "tel:+1201;ext=5"],
  ["HTTP://x", "http://x"],
])("%s is written as %s", (written, formatted) => {
  expect(formatUri(parseUri(written))).toBe(formatted);
});
