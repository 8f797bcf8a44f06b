import { describe, expect, it } from "vitest";
import { formatUri, parseSipUri, parseUri, sameUri } from "../../../../../bridge/sip/message/uri.ts";

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
    ["sip:alice@example.com@10.0.0.1:5062;x=y@z?Replaces=1@2", "alice@example.com", "10.0.0.1", 5062],
    ["sip:alice@example.com:secret@10.0.0.1", "alice@example.com", "10.0.0.1", undefined],
    ["sip:a@b@c@d", "a@b@c", "d", undefined],
    ["sip:a@b?Replaces=1@2", "a", "b", undefined],
    ["sip:a@b;x=@c", "a", "b", undefined],
  ])("reads a user that has an at sign of its own: %s", (text, user, host, port) => {
    expect(parseSipUri(text)).toMatchObject({ user, host, port });
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
    "sip:a@b@",
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

// The examples of RFC 3261 §19.1.4.
describe("equality", () => {
  it.each([
    ["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"],
    ["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"],
    ["sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"],
    [
      "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
      "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ],
    [
      "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
      "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
    ],
    ["tel:+1-201-555-0123", "tel:+12015550123"],
    ["urn:service:sos", "urn:service:sos"],
  ])("%s = %s", (a, b) => {
    expect(sameUri(parseUri(a), parseUri(b))).toBe(true);
    expect(sameUri(parseUri(b), parseUri(a))).toBe(true);
  });

  it.each([
    ["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"],
    ["sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"],
    ["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"],
    ["sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"],
    ["sip:bob@biloxi.com", "sips:bob@biloxi.com"],
    ["sip:bob@biloxi.com", "sip:bob:pw@biloxi.com"],
    ["tel:+1201", "tel:1201"],
    ["tel:1201;phone-context=a", "tel:1201"],
    ["tel:1201", "sip:1201@a"],
  ])("%s ≠ %s", (a, b) => {
    expect(sameUri(parseUri(a), parseUri(b))).toBe(false);
    expect(sameUri(parseUri(b), parseUri(a))).toBe(false);
  });
});
