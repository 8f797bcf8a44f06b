// Offers that come before the call is answered (RFC 3311, RFC 6337), and before its owner is ready.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fail, ok } from "#common";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { agreeable, bridgeSdp, phoneSdp, text, World } from "./world.ts";

const otherSdp = phoneSdp.replace("1 1", "1 2");
const newAnswer = bridgeSdp.replace("1 1", "1 2");

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  for (const invitation of world.invitations) invitation.reject({ status: 486, text: "Test over" });
  expect(await world.close()).toBe(0);
});

/** Rings with early media that is acknowledged: the first exchange is complete. */
async function settled(header = "Supported"): Promise<SipRequest> {
  const invite = world.phone.invite({ headers: [[header, "100rel"]] });
  await world.travel();
  world.invitation.progress(bridgeSdp);
  await world.travel();
  prack(invite);
  await world.travel();
  return invite;
}

function prack(invite: SipRequest, sdp?: string): void {
  const provisional = world.phone.last("INVITE");
  world.phone.to = provisional.headers.get("To")!;
  world.phone.request("PRACK", {
    headers: [["RAck", `${provisional.headers.get("RSeq")} ${invite.cseq.number} INVITE`]],
    ...(sdp !== undefined && { sdp }),
  });
}

it("a BYE before the answer ends the call, with an earlier number than the last request too", async () => {
  await settled();
  world.phone.request("BYE", { cseq: 1 });
  await world.travel();
  expect([world.phone.last("BYE").status, world.phone.last("INVITE").status]).toEqual([200, 487]);
});

describe("the caller's next offer", () => {
  it("in an UPDATE is answered by the owner; the 200 to the INVITE then carries none", async () => {
    const invite = await settled();
    world.invitation.onOffer = async (offer) =>
      offer === otherSdp ? ok(newAnswer) : fail({ status: 488, text: "No" });
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(200);
    expect(text(world.phone.last("UPDATE"))).toBe(newAnswer);
    expect(world.phone.last("UPDATE").contact?.uri).toBe("sip:700@10.0.0.1:5060");
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    expect(text(world.phone.last("INVITE"))).toBe("");
    world.phone.ack(invite);
    await world.travel();
    const session = await accepted;
    session.handlers = agreeable;
    world.phone.request("UPDATE", { sdp: phoneSdp, cseq: 9 });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(200);
  });

  it("is refused with a Warning that says what cannot be used", async () => {
    await settled();
    const warning = { code: 300, text: "Incompatible network protocol" };
    world.invitation.onOffer = async () => fail({ status: 488, text: "ATM", warning });
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    const { status, headers } = world.phone.last("UPDATE");
    expect([status, headers.get("Warning")]).toEqual([488, '300 parley "Incompatible network protocol"']);
  });

  it("waits for the owner, and the answer to the call waits for its answer", async () => {
    const invite = await settled();
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp);
    await world.clock.run(2000);
    expect(world.phone.responses("UPDATE")).toEqual([]);
    expect(world.phone.last("INVITE").status).toBe(183);
    world.invitation.onOffer = async () => ok(newAnswer);
    await world.travel();
    expect(text(world.phone.last("UPDATE"))).toBe(newAnswer);
    expect(world.phone.last("INVITE").status).toBe(200);
    world.phone.ack(invite);
    await world.travel();
    await accepted;
  });

  it("in a PRACK is answered in its 200", async () => {
    const invite = await settled("Require");
    world.invitation.onOffer = async () => ok(newAnswer);
    world.invitation.progress(bridgeSdp);
    await world.travel();
    expect(text(world.phone.last("INVITE"))).toBe("");
    prack(invite, otherSdp);
    await world.travel();
    expect(world.phone.last("PRACK").status).toBe(200);
    expect(text(world.phone.last("PRACK"))).toBe(newAnswer);
  });

  it("that the owner refuses changes nothing", async () => {
    const invite = await settled();
    world.invitation.onOffer = async () => fail({ status: 488, text: "No codec" });
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(488);
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    expect(text(world.phone.last("INVITE"))).toBe(bridgeSdp);
    world.phone.ack(invite);
    await world.travel();
    await accepted;
  });

  it("is refused with 500 without an owner and while another one is open, with 481 when the call is over", async () => {
    const invite = await settled();
    world.phone.request("UPDATE", { sdp: otherSdp });
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(500);
    await world.clock.run(10_100);
    expect(world.phone.last("UPDATE").status).toBe(500);
    expect(world.phone.last("UPDATE").headers.get("Reason")).toBe(
      'SIP;cause=500;text="The media did not decide in time"',
    );
    expect(world.phone.last("UPDATE").headers.has("Retry-After")).toBe(false);
    const slow = Promise.withResolvers<ReturnType<typeof ok<string>>>();
    world.invitation.onOffer = () => slow.promise;
    world.phone.request("UPDATE", { sdp: otherSdp });
    world.phone.cancel(invite);
    await world.travel();
    slow.resolve(ok(newAnswer));
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(481);
    expect(world.phone.last("INVITE").status).toBe(487);
  });

  it("is refused while the first has no answer yet", async () => {
    world.phone.invite({ headers: [["Supported", "100rel"]] });
    await world.travel();
    world.invitation.ring();
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(500);
  });

  it("without a description is a refresh", async () => {
    await settled();
    world.phone.request("UPDATE");
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(200);
  });
});

describe("the callee's next offer", () => {
  async function ringing(
    onOffer?: (offer: string, answered: string) => Promise<ReturnType<typeof ok<string>>>,
  ) {
    const attempt = world.endpoint.call({
      to: "sip:1001@10.0.0.2",
      from: { uri: "sip:700@10.0.0.1" },
      offer: bridgeSdp,
      ...(onOffer && { onOffer }),
    });
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    world.phone.onRequest = (request) => {
      if (request.method === "PRACK" || request.method === "BYE") world.phone.reply(request, 200);
    };
    world.phone.reply(invite, 183, {
      sdp: phoneSdp,
      headers: [
        ["Require", "100rel"],
        ["RSeq", "7"],
      ],
    });
    await world.travel();
    world.phone.callId = attempt.callId;
    world.phone.from = `${invite.headers.get("To")};tag=phone`;
    world.phone.to = invite.headers.get("From")!;
    return { attempt, invite };
  }

  it("is answered by the owner of the attempt", async () => {
    const offers: string[][] = [];
    const { attempt, invite } = await ringing(async (...offer) => {
      offers.push(offer);
      return ok(newAnswer);
    });
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    expect(offers).toEqual([[otherSdp, phoneSdp]]);
    expect(text(world.phone.last("UPDATE"))).toBe(newAnswer);
    world.phone.reply(invite, 200);
    await world.travel();
    const outcome = await attempt.outcome;
    expect(outcome.ok && outcome.value.answer).toBe(phoneSdp);
  });

  it("may be answered after the call has been", async () => {
    const slow = Promise.withResolvers<ReturnType<typeof ok<string>>>();
    const { attempt, invite } = await ringing(() => slow.promise);
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    world.phone.reply(invite, 200);
    await world.travel();
    slow.resolve(ok(newAnswer));
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(200);
    const outcome = await attempt.outcome;
    if (!outcome.ok) throw new Error("not answered");
    outcome.value.session.handlers = agreeable;
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(200);
  });

  it("is refused for now without a handler", async () => {
    const { attempt, invite } = await ringing();
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(500);
    expect(world.phone.last("UPDATE").headers.has("Retry-After")).toBe(true);
    world.phone.reply(invite, 486);
    await world.travel();
    await attempt.outcome;
  });
});

describe("an offer that is quicker than the owner of a new session", () => {
  it("waits for its handlers", async () => {
    const invite = world.phone.invite();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.travel();
    const session = await accepted;
    const next = world.phone.invite({ sdp: otherSdp });
    await world.clock.run(1000);
    expect(world.phone.last("INVITE").status).toBe(100);
    session.handlers = { ...agreeable, onOffer: async () => ok(newAnswer) };
    await world.travel();
    expect(text(world.phone.last("INVITE"))).toBe(newAnswer);
    world.phone.ack(next);
    await world.travel();
  });

  it("is refused after ten seconds, and a BYE does not wait", async () => {
    const invite = world.phone.invite();
    await world.travel();
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.travel();
    await accepted;
    const next = world.phone.invite({ sdp: otherSdp });
    await world.clock.run(10_100);
    expect(world.phone.last("INVITE").status).toBe(500);
    world.phone.ackRefusal(next);
    world.phone.invite({ sdp: otherSdp });
    world.phone.request("BYE");
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(world.phone.last("INVITE").status).toBe(487);
  });
});
