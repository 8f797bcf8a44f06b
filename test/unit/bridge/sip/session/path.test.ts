// Where a request inside a dialog goes when the peer's Contact cannot be right.
import { describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import { Headers, SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { Dialog } from "../../../../../bridge/sip/session/dialog.ts";
import { flowFor } from "../../../../../bridge/sip/session/path.ts";
import type { UserAgent } from "../../../../../bridge/sip/session/user-agent.ts";
import type { Flow } from "../../../../../bridge/sip/transport/index.ts";

const flowTo = (address: string): Flow => ({
  protocol: "UDP",
  local: { address: "192.0.2.2", port: 5060 },
  remote: { address, port: 5060 },
  reliable: false,
  id: "udp",
});

function dialogWith(contact: string, ...routes: string[]): Dialog {
  const headers = new Headers()
    .append("Via", "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKa")
    .append("From", "<sip:bridge@192.0.2.2>;tag=ours")
    .append("To", "<sip:100@pbx.example>")
    .append("Call-ID", "a")
    .append("CSeq", "1 INVITE");
  const invite = new SipRequest("INVITE", "sip:100@pbx.example", headers, new Uint8Array());
  const response = createResponse(invite, 200, { toTag: "theirs" });
  response.headers.append("Contact", `<${contact}>`);
  for (const route of routes) response.headers.append("Record-Route", `<${route}>`);
  return Dialog.ofResponse(invite, response);
}

/** The address that a request takes whose last one went to `remote`. */
async function wayTo(dialog: Dialog, remote: string): Promise<string> {
  const router = {
    resolve: ({ host }: { host: string }) => Promise.resolve({ address: host, port: 5060, protocol: "UDP" }),
    connect: ({ address }: { address: string }) => Promise.resolve(flowTo(address)),
  };
  const ua = { router, log: silentLogger } as unknown as UserAgent;
  return (await flowFor(ua, dialog, { flow: flowTo(remote), pinned: false })).remote.address;
}

describe("a request in a dialog", () => {
  it("goes back to a public address whose Contact is that of a private network", async () => {
    expect(await wayTo(dialogWith("sip:100@10.0.0.5:5060"), "203.0.113.7")).toBe("203.0.113.7");
    expect(await wayTo(dialogWith("sip:100@[fd00::5]"), "2001:db8::7")).toBe("2001:db8::7");
  });

  it.each([
    ["a private address of a private one", "sip:100@10.0.0.5", "10.0.0.9", "10.0.0.5"],
    ["a public address", "sip:100@198.51.100.5", "203.0.113.7", "198.51.100.5"],
    ["a name", "sip:100@phone.example", "203.0.113.7", "phone.example"],
  ])("goes to a Contact that is %s", async (_, contact, remote, expected) => {
    expect(await wayTo(dialogWith(contact), remote)).toBe(expected);
  });

  it("goes where a proxy has recorded its route, private or not", async () => {
    const dialog = dialogWith("sip:100@10.0.0.5", "sip:10.0.0.9;lr");
    expect(await wayTo(dialog, "203.0.113.7")).toBe("10.0.0.9");
  });
});
