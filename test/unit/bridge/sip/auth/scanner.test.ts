import { describe, expect, it } from "vitest";
import { scannerMark } from "../../../../../bridge/sip/auth/scanner.ts";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { parseMessage } from "../../../../../bridge/sip/message/parser.ts";

interface Shape {
  readonly agent?: string;
  readonly from?: string;
  readonly to?: string;
  readonly uri?: string;
}

function request({ agent = "Phone 1.0", from = "<sip:a@h>", to = "<sip:b@h>", uri = "sip:b@h" }: Shape) {
  const lines = [
    ...[`OPTIONS ${uri} SIP/2.0`, "Via: SIP/2.0/UDP h;branch=z9hG4bK1", `From: ${from};tag=1`, `To: ${to}`],
    ...["Call-ID: 1", "CSeq: 1 OPTIONS", "Max-Forwards: 70", `User-Agent: ${agent}`, "", ""],
  ];
  const outcome = parseMessage(Buffer.from(lines.join("\r\n")));
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.message as SipRequest;
}

describe("a scanner", () => {
  it.each([
    ["its name", { agent: "friendly-scanner" }, "name"],
    ["its name among others, in any case", { agent: "Mozilla/5.0 Zgrab/0.x" }, "name"],
    ["its display name", { from: '"sipvicious" <sip:100@192.0.2.1>' }, "name"],
    ["whom it calls", { to: "<sip:100@1.1.1.1>" }, "host"],
    ["nmap's question", { from: "<sip:nm@nm>", to: "<sip:nm2@nm2>" }, "host"],
    ["SQL in the number", { uri: "sip:a'%20or%20''='@h" }, "injection"],
    ["what a log would look up", { uri: "sip:$%7Bjndi:ldap@h" }, "injection"],
  ] satisfies [string, Shape, string][])("gives itself away by %s", (_, shape, mark) => {
    expect(scannerMark(request(shape))).toBe(mark);
  });

  it.each([
    {},
    { agent: "PolycomVVX-VVX_411-UA/5.9" },
    { agent: "Asterisk PBX 20.5" },
    { agent: "Gulpener Phone" },
    { from: "\"Conan O'Brien\" <sip:o'brien@h>", uri: "sip:o'brien@h" },
    { to: "<sip:100@11.1.1.1>" },
    { uri: "sip:100%ZZ@h" },
  ] satisfies Shape[])("is none of these: %j", (shape) => {
    expect(scannerMark(request(shape))).toBeUndefined();
  });
});
