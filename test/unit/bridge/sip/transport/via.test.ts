// What the receiving side writes into a Via, and what it leaves as it came.
import { describe, expect, it } from "vitest";
import { Headers, SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { responseTarget, stampReceived } from "../../../../../bridge/sip/transport/via.ts";

const source = { address: "203.0.113.9", port: 40_000 };

function stamped(...vias: string[]): string[] {
  const headers = new Headers();
  for (const via of vias) headers.append("Via", via);
  const request = new SipRequest("OPTIONS", "sip:x", headers, new Uint8Array());
  stampReceived(request, source);
  return request.headers.all("Via");
}

describe("the topmost Via", () => {
  it.each([
    [
      "SIP/2.0/UDP 10.0.0.5:5060;rport;branch=z9hG4bKaGVsbG8=",
      "SIP/2.0/UDP 10.0.0.5:5060;rport=40000;branch=z9hG4bKaGVsbG8=;received=203.0.113.9",
    ],
    [
      'SIP / 2.0 / UDP 10.0.0.5 ; Branch = z9hG4bK{a|b@c$} ; RPORT ; q="a;rport;b"',
      'SIP / 2.0 / UDP 10.0.0.5 ; Branch = z9hG4bK{a|b@c$} ;rport=40000; q="a;rport;b";received=203.0.113.9',
    ],
    [
      "SIP/2.0/UDP [2001:db8::1]:5060;received=192.0.2.1;received=192.0.2.2;branch=z9hG4bKa",
      "SIP/2.0/UDP [2001:db8::1]:5060;received=203.0.113.9;branch=z9hG4bKa",
    ],
    ["SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bK=", "SIP/2.0/UDP 203.0.113.9:5060;branch=z9hG4bK="],
    [
      "SIP/2.0/UDP 203.0.113.9;rport=1;branch=z9hG4bKa",
      "SIP/2.0/UDP 203.0.113.9;rport=40000;branch=z9hG4bKa;received=203.0.113.9",
    ],
  ])("%s", (written, expected) => {
    expect(stamped(written, "SIP/2.0/UDP 192.0.2.77;rport")).toEqual([
      expected,
      "SIP/2.0/UDP 192.0.2.77;rport",
    ]);
  });
});

describe("the answer to a datagram", () => {
  it.each([
    ["192.168.1.20:5060;rport", "203.0.113.9", 40_000],
    ["192.168.1.20:5060", "203.0.113.9", 40_000],
    ["100.64.0.7", "203.0.113.9", 40_000],
    ["203.0.113.9:5062", "203.0.113.9", 5062],
    ["198.51.100.4:5062", "203.0.113.9", 5062],
    ["phone.example", "203.0.113.9", 5060],
    ["192.168.1.20:5062", "10.0.0.7", 5062],
  ])("with Via %s from %s goes to port %i", (sentBy, address, port) => {
    const headers = new Headers().append("Via", `SIP/2.0/UDP ${sentBy};branch=z9hG4bKa`);
    const { via } = new SipRequest("REGISTER", "sip:x", headers, new Uint8Array());
    expect(responseTarget(via, { address, port: 40_000 })).toEqual({ address, port });
  });
});
