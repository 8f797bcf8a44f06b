import { describe, expect, it } from "vitest";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import { Headers, SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { Dialog, dialogKeyOf } from "../../../../../bridge/sip/session/dialog.ts";

function request(method: string, lines: readonly (readonly [string, string])[] = [], cseq = 314): SipRequest {
  const headers = new Headers();
  headers
    .append("Via", "SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK-1")
    .append("From", '"Bob" <sip:bob@example.com>;tag=bob')
    .append("To", "<sip:700@example.com>")
    .append("Call-ID", "abc")
    .append("CSeq", `${cseq} ${method}`);
  for (const [name, value] of lines) headers.append(name, value);
  return new SipRequest(method, "sip:700@example.com", headers);
}

const contact = ["Contact", "<sip:bob@192.0.2.4:5062;line=7>"] as const;
const routes = [
  ["Record-Route", "<sip:p2.example.com;lr>"],
  ["Record-Route", "<sip:p1.example.com;lr>"],
] as const;

describe("the callee's dialog", () => {
  it("mirrors the request", () => {
    const dialog = Dialog.ofRequest(request("INVITE", [contact, ...routes]), "ours");
    expect(dialog.state).toBe("early");
    expect(dialog.remoteTarget).toBe("sip:bob@192.0.2.4:5062;line=7");
    expect(dialog.nextHop).toBe("sip:p2.example.com;lr");
    const bye = dialog.createRequest("BYE");
    expect([...bye.headers]).toEqual([
      ["Route", "<sip:p2.example.com;lr>"],
      ["Route", "<sip:p1.example.com;lr>"],
      ["Max-Forwards", "70"],
      ["From", "<sip:700@example.com>;tag=ours"],
      ["To", '"Bob" <sip:bob@example.com>;tag=bob'],
      ["Call-ID", "abc"],
      ["CSeq", "1 BYE"],
    ]);
    expect(bye.uri).toBe("sip:bob@192.0.2.4:5062;line=7");
    expect(dialog.createRequest("INFO").cseq.number).toBe(2);
  });

  it("is found by the requests of the peer", () => {
    const dialog = Dialog.ofRequest(request("INVITE", [contact]), "ours");
    const bye = request("BYE");
    expect(dialogKeyOf(bye)).toBeUndefined();
    bye.headers.set("To", "<sip:700@example.com>;tag=ours");
    expect(dialogKeyOf(bye)).toBe(dialog.key);
  });

  it("lives with peers that send no tag", () => {
    const invite = request("INVITE", [contact]);
    invite.headers.set("From", "sip:old@example.com");
    const dialog = Dialog.ofRequest(invite, "ours");
    expect(dialog.createRequest("BYE").headers.get("To")).toBe("sip:old@example.com");
  });

  it("sends through a strict router in its way", () => {
    const strict = [["Record-Route", "<sip:old.example.com>"], routes[1]] as const;
    const dialog = Dialog.ofRequest(request("INVITE", [contact, ...strict]), "ours");
    const bye = dialog.createRequest("BYE");
    expect(bye.uri).toBe("sip:old.example.com");
    expect(bye.headers.all("Route")).toEqual(["<sip:p1.example.com;lr>", "<sip:bob@192.0.2.4:5062;line=7>"]);
    expect(dialog.nextHop).toBe("sip:old.example.com");
  });

  it("knows an old request from a new one", () => {
    const dialog = Dialog.ofRequest(request("INVITE", [contact]), "ours");
    expect(dialog.acceptCSeq(request("BYE", [], 313))).toBe(false);
    expect(dialog.acceptCSeq(request("BYE", [], 400))).toBe(true);
    expect(dialog.acceptCSeq(request("BYE", [], 399))).toBe(false);
  });
});

describe("the caller's dialog", () => {
  const invite = request("INVITE", [["Contact", "<sip:bridge@192.0.2.1>"]]);

  it("reverses the route, and takes the final one from the 2xx", () => {
    const ringing = createResponse(invite, 180, { toTag: "theirs", headers: [...routes, contact] });
    const dialog = Dialog.ofResponse(invite, ringing);
    expect(dialog.state).toBe("early");
    expect(dialog.routeSet).toEqual(["<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>"]);
    const answer = createResponse(invite, 200, {
      toTag: "theirs",
      headers: [routes[0], ["Contact", "<sip:other@192.0.2.5>"]],
    });
    dialog.confirm(answer);
    expect(dialog.state).toBe("confirmed");
    expect(dialog.routeSet).toEqual(["<sip:p2.example.com;lr>"]);
    expect(dialog.remoteTarget).toBe("sip:other@192.0.2.5");
  });

  it("acknowledges with the number of its INVITE and goes on counting from there", () => {
    const dialog = Dialog.ofResponse(
      invite,
      createResponse(invite, 200, { toTag: "theirs", headers: [contact] }),
    );
    expect(dialog.state).toBe("confirmed");
    const ack = dialog.createAck(invite);
    expect(ack.headers.get("CSeq")).toBe("314 ACK");
    expect(ack.to.params.get("tag")).toBe("theirs");
    expect(ack.from.params.get("tag")).toBe("bob");
    expect(dialog.createRequest("BYE").headers.get("CSeq")).toBe("315 BYE");
  });

  it("has no old requests before the first", () => {
    const dialog = Dialog.ofResponse(
      invite,
      createResponse(invite, 200, { toTag: "theirs", headers: [contact] }),
    );
    expect(dialog.acceptCSeq(request("BYE", [], 0))).toBe(true);
    dialog.terminate();
    expect(dialog.state).toBe("terminated");
  });
});
