// Our Contact where a request demands `sips:` (RFC 3261 §8.1.1.8, §12.1.1), and over TLS where none does.
import { describe, expect, it } from "vitest";
import { Headers, SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { addressOf } from "../../../../../bridge/sip/session/replies.ts";
import type { UserAgent } from "../../../../../bridge/sip/session/user-agent.ts";
import type { Protocol } from "../../../../../bridge/sip/transport/index.ts";

const ua = {
  transport: { advertised: () => ({ address: "192.0.2.1", port: 5061 }) },
} as unknown as UserAgent;

function contact(protocol: Protocol, uri: string, ...headers: [string, string][]): string {
  const list = new Headers();
  for (const [name, value] of headers) list.append(name, value);
  const at = { address: "192.0.2.9", port: 40_000 };
  const flow = { protocol, reliable: true, local: at, remote: at, id: "1" };
  return addressOf(ua, { flow, user: "8000", request: new SipRequest("INVITE", uri, list) });
}

const secure = "<sips:8000@192.0.2.1:5061>";
const usual = "<sip:8000@192.0.2.1:5061;transport=tls>";

describe("our Contact", () => {
  it("follows the Request-URI", () => {
    expect(contact("TLS", "sips:8000@192.0.2.1")).toBe(secure);
    expect(contact("TLS", "sip:8000@192.0.2.1;transport=tls")).toBe(usual);
  });

  it("follows the topmost route, and without one the peer's Contact", () => {
    const sips: [string, string] = ["Contact", "<sips:alice@192.0.2.9>"];
    expect(contact("TLS", "sip:8000@x", ["Record-Route", "<sips:proxy;lr>"])).toBe(secure);
    expect(contact("TLS", "sip:8000@x", ["Route", '"sips:" <sips:proxy;lr>'])).toBe(secure);
    expect(contact("TLS", "sip:8000@x", sips)).toBe(secure);
    expect(contact("TLS", "sip:8000@x", ["Record-Route", "<sip:proxy;lr>"], sips)).toBe(usual);
  });

  it("names WebSockets alike, with TLS and without (RFC 7118)", () => {
    expect(contact("WS", "sip:8000@x")).toBe("<sip:8000@192.0.2.1:5061;transport=ws>");
    expect(contact("WSS", "sip:8000@x")).toBe("<sip:8000@192.0.2.1:5061;transport=ws>");
    expect(contact("WSS", "sips:8000@x")).toBe("<sips:8000@192.0.2.1:5061;transport=ws>");
  });
});
