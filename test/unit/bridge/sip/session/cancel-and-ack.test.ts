import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatMessage } from "../../../../../bridge/sip/message/format.ts";
import { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import type { Session } from "../../../../../bridge/sip/session/session.ts";
import { bridgeSdp, phoneSdp, World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

describe("CANCEL", () => {
  it.each(["at once", "while ringing", "during early media"])(
    "%s ends the invitation with 487",
    async (stage) => {
      const invite = world.phone.invite();
      await world.travel();
      if (stage === "while ringing") world.invitation.ring();
      if (stage === "during early media") world.invitation.progress(bridgeSdp);
      await world.travel();
      world.phone.cancel(invite, [["Reason", 'SIP;cause=200;text="Call completed elsewhere"']]);
      await world.travel();
      expect(world.phone.last("CANCEL").status).toBe(200);
      expect(world.phone.last("INVITE").status).toBe(487);
      expect(world.invitation.cancelled.aborted).toBe(true);
      expect(String(world.invitation.cancelled.reason)).toContain("Call completed elsewhere");
      await expect(world.invitation.accept(bridgeSdp)).rejects.toMatchObject({ code: "CANCELLED" });
      world.phone.ackRefusal(invite);
      await world.clock.run(6000);
      expect(world.endpoint.sessions).toBe(0);
    },
  );

  it("changes nothing once the call was answered", async () => {
    const invite = world.phone.invite();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp);
    world.phone.cancel(invite);
    await world.travel();
    expect(world.phone.last("CANCEL").status).toBe(200);
    expect(world.phone.last("INVITE").status).toBe(200);
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.travel();
    expect((await accepted).ended).toBe(false);
  });

  it("is not needed by a caller who ends the early dialog with BYE", async () => {
    world.phone.invite();
    await world.travel();
    world.invitation.ring();
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.request("BYE");
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(world.phone.last("INVITE").status).toBe(487);
    expect(world.invitation.cancelled.aborted).toBe(true);
  });

  it("is not needed when the invitation has an end of its own", async () => {
    world.phone.invite({ headers: [["Expires", "20"]] });
    await world.travel();
    await world.clock.run(20_000);
    expect(world.phone.last("INVITE").status).toBe(487);
    expect(world.invitation.cancelled.aborted).toBe(true);
  });

  it("does not disturb another INVITE on top of an unanswered one, which is refused for now", async () => {
    world.phone.invite();
    await world.travel();
    world.invitation.ring();
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.invite();
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(500);
    expect(world.phone.last("INVITE").headers.get("Retry-After")).toBe("5");
    expect(world.invitation.cancelled.aborted).toBe(false);
  });
});

describe("the 200", () => {
  it("is repeated from T1 to T2 until its ACK comes", async () => {
    let lost = 0;
    world.network.lose = ({ what }) => {
      if (what === "200 INVITE") lost += 1;
      return what === "200 INVITE" && lost <= 3;
    };
    const invite = world.phone.invite();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp);
    await world.clock.run(4000);
    const [first = 0, ...others] = world.network.times("200 INVITE");
    expect(others.map((at) => at - first)).toEqual([500, 1500, 3500]);
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.clock.run(10_000);
    expect(world.network.times("200 INVITE")).toHaveLength(4);
    expect((await accepted).ended).toBe(false);
  });

  it("survives a lost ACK: the phone repeats it for every 200", async () => {
    const invite = world.phone.invite();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.network.lose = ({ what }) => what === "ACK";
    world.phone.ack(invite);
    await world.clock.run(300);
    world.network.lose = () => false;
    await world.clock.run(300);
    world.phone.ack(invite);
    world.phone.ack(invite);
    await world.travel();
    expect((await accepted).ended).toBe(false);
    expect(world.phone.responses("INVITE")).toHaveLength(2);
  });

  it("that gets no ACK ends in a BYE after 32 s", async () => {
    world.phone.invite();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp).catch((error: { code: string }) => error.code);
    await world.clock.run(31_900);
    expect(world.phone.requests("BYE")).toHaveLength(0);
    await world.clock.run(200);
    expect(await accepted).toBe("NO_ACK");
    const bye = world.phone.lastRequest("BYE");
    expect(bye.headers.get("Reason")).toBe('SIP;cause=408;text="No ACK"');
    world.phone.reply(bye, 200);
    await world.travel();
    expect(world.endpoint.sessions).toBe(0);
  });

  it("and a BYE may cross: accepting then fails", async () => {
    world.phone.invite();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp).catch((error: { code: string }) => error.code);
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.request("BYE");
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(await accepted).toBe("CANCELLED");
    expect(world.endpoint.sessions).toBe(0);
  });
});

describe("a late offer", () => {
  const answerLate = async (sdp: string | undefined): Promise<Session> => {
    const invite = world.phone.request("INVITE");
    await world.travel();
    expect(world.invitation.offer).toBeUndefined();
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite, sdp === undefined ? {} : { sdp });
    const outcome = accepted.catch((error) => error);
    await world.travel();
    return outcome;
  };

  it("is answered in the ACK", async () => {
    expect((await answerLate(phoneSdp)).lateAnswer).toBe(phoneSdp);
  });

  it("ends when the ACK brings no answer", async () => {
    expect(await answerLate(undefined)).toMatchObject({ code: "NO_ANSWER" });
    expect(world.phone.lastRequest("BYE").headers.get("Reason")).toContain("cause=488");
  });
});

describe("closing the endpoint", () => {
  it("refuses who waits, says BYE to who talks, and leaves nothing behind", async () => {
    const { ends } = await world.call();
    world.phone.to = "";
    world.phone.invite({ callId: "waiting" });
    await world.travel();
    world.phone.onRequest = (request) => world.phone.reply(request, 200);
    const closing = world.endpoint.close({ status: 503, text: "Restarting" });
    await world.travel();
    await closing;
    expect(world.phone.last("INVITE").status).toBe(503);
    expect(world.phone.lastRequest("BYE").headers.get("Reason")).toBe('SIP;cause=503;text="Restarting"');
    expect(world.invitation.cancelled.aborted).toBe(true);
    expect(ends).toHaveLength(1);
    expect(world.clock.pending).toBe(0);
  });

  it("does not wait for ever", async () => {
    const { ends } = await world.call();
    world.phone.to = "";
    world.phone.invite({ callId: "unacknowledged" });
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp).catch((error: { code: string }) => error.code);
    const closing = world.endpoint.close({ status: 503, text: "Restarting" });
    await world.clock.run(4100);
    await closing;
    expect(await accepted).toBe("CANCELLED");
    expect(ends).toHaveLength(1);
    expect(world.endpoint.sessions).toBe(0);
    expect(world.clock.pending).toBe(0);
  });
});

describe("an ACK or a CANCEL that names its INVITE wrongly", () => {
  /** With the Call-ID, From and CSeq of its INVITE. */
  function sibling(invite: SipRequest, method: string, headers: Readonly<Record<string, string>>): void {
    const copy = invite.headers.clone().set("CSeq", `${invite.cseq.number} ${method}`);
    for (const name of ["Contact", "Content-Type"]) copy.delete(name);
    for (const [name, value] of Object.entries(headers)) copy.set(name, value);
    world.phone.send(new SipRequest(method, invite.uri, copy));
  }
  const branchOf = (invite: SipRequest) => invite.via.params.get("branch");
  const otherVias = {
    "another branch": () => "SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK-fresh;rport",
    "the address that it has learnt": (invite: SipRequest) =>
      `SIP/2.0/UDP 203.0.113.9:1024;branch=${branchOf(invite)};rport`,
  };
  const vias = Object.entries(otherVias);
  const repaired = () => world.endpoint.metrics.repairs["transaction"];

  it.each(vias)("a CANCEL with %s ends the invitation", async (_, viaOf) => {
    const invite = world.phone.invite();
    await world.travel();
    world.invitation.ring();
    await world.travel();
    sibling(invite, "CANCEL", { Via: viaOf(invite) });
    await world.travel();
    expect(world.phone.last("CANCEL").status).toBe(200);
    expect(world.phone.last("INVITE").status).toBe(487);
    expect(world.invitation.cancelled.aborted).toBe(true);
    expect(repaired()).toBe(1);
  });

  it.each(vias)("the ACK of a refusal with %s ends its repetition", async (_, viaOf) => {
    const invite = world.phone.invite();
    await world.travel();
    world.invitation.reject({ status: 486, text: "Busy" });
    await world.travel();
    sibling(invite, "ACK", { Via: viaOf(invite), To: world.phone.last("INVITE").headers.get("To")! });
    await world.clock.run(10_000);
    expect(world.phone.responses("INVITE")).toHaveLength(1);
    expect(repaired()).toBe(1);
  });

  it.each(["with the Via of its INVITE", "with a Via of its own"])(
    "the ACK of a 2xx without To tag %s keeps the call",
    async (kind) => {
      const invite = world.phone.invite();
      await world.travel();
      const accepted = world.invitation.accept(bridgeSdp);
      await world.travel();
      sibling(invite, "ACK", kind.endsWith("INVITE") ? {} : { Via: otherVias["another branch"]() });
      await world.clock.run(40_000);
      expect((await accepted).ended).toBe(false);
      expect(world.phone.responses("INVITE")).toHaveLength(1);
    },
  );

  it("the ACK of a 2xx with another CSeq keeps the call", async () => {
    const invite = world.phone.invite();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite, { cseq: invite.cseq.number + 1 });
    await world.clock.run(40_000);
    expect((await accepted).ended).toBe(false);
    expect(repaired()).toBe(1);
  });

  it("from elsewhere, or of another call, changes nothing", async () => {
    const invite = world.phone.invite();
    await world.travel();
    const stranger = world.network.transport({
      ...{ addresses: ["10.0.0.66"], protocol: "UDP" as const },
      receive: () => {},
    });
    await stranger.listen();
    const flow = await stranger.connect({ address: "10.0.0.1", port: 5060, protocol: "UDP" });
    const copy = invite.headers.clone().set("CSeq", `${invite.cseq.number} CANCEL`);
    copy.set("Via", "SIP/2.0/UDP 10.0.0.66:5060;branch=z9hG4bK-stranger");
    void stranger.send(formatMessage(new SipRequest("CANCEL", invite.uri, copy)), flow);
    sibling(invite, "CANCEL", { Via: otherVias["another branch"](), "Call-ID": "another" });
    await world.travel();
    expect(world.phone.last("CANCEL").status).toBe(481);
    expect(world.invitation.cancelled.aborted).toBe(false);
    expect(repaired()).toBe(0);
    await stranger.close();
    world.phone.cancel(invite);
    await world.travel();
  });
});
