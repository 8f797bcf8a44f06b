import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import { agreeable, bridgeSdp, phoneSdp, text, World } from "./world.ts";

const supported = { headers: [["Supported", "100rel"]] } as const;
const required = { headers: [["Require", "100rel"]] } as const;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

/** PRACK for the last provisional response heard. */
function prack(invite: SipRequest, sdp?: string): void {
  const provisional = world.phone.last("INVITE");
  world.phone.to = provisional.headers.get("To")!;
  world.phone.request("PRACK", {
    headers: [["RAck", `${provisional.headers.get("RSeq")} ${invite.cseq.number} INVITE`]],
    ...(sdp !== undefined && { sdp }),
  });
}

describe("provisional responses to a caller who insists on PRACK", () => {
  it("are repeated until it comes, at growing distance", async () => {
    const invite = world.phone.invite(required);
    await world.travel();
    world.invitation.ring();
    await world.clock.run(4000);
    const [first = 0, ...others] = world.network.times("180 INVITE");
    expect(others.map((at) => at - first)).toEqual([500, 1500, 3500]);
    expect(world.phone.last("INVITE").headers.get("Require")).toBe("100rel");
    prack(invite);
    await world.clock.run(30_000);
    expect(world.phone.last("PRACK").status).toBe(200);
    expect(world.network.times("180 INVITE")).toHaveLength(4);
    world.invitation.reject({ status: 486, text: "Busy" });
  });

  it("are acknowledged by a PRACK that has the CSeq of another try of the INVITE, and its RSeq", async () => {
    const invite = world.phone.invite(required);
    await world.travel();
    world.invitation.ring();
    await world.travel();
    const ringing = world.phone.last("INVITE");
    const rseq = Number(ringing.headers.get("RSeq"));
    world.phone.to = ringing.headers.get("To")!;
    const other = invite.cseq.number + 7;
    world.phone.request("PRACK", { headers: [["RAck", `${rseq + 1} ${other} INVITE`]] });
    await world.travel();
    expect(world.phone.last("PRACK").status).toBe(481);
    world.phone.request("PRACK", { headers: [["RAck", `${rseq} ${other} INVITE`]] });
    await world.clock.run(10_000);
    expect(world.phone.last("PRACK").status).toBe(200);
    expect(world.network.times("180 INVITE")).toHaveLength(1);
    expect(world.endpoint.metrics.repairs["transaction"]).toBe(1);
    world.invitation.reject({ status: 486, text: "Busy" });
  });

  it("come one after the other, with growing numbers", async () => {
    const invite = world.phone.invite(required);
    await world.travel();
    world.invitation.ring();
    world.invitation.progress(bridgeSdp);
    await world.travel();
    expect(world.phone.heard).toEqual(["180 INVITE"]);
    const first = Number(world.phone.last("INVITE").headers.get("RSeq"));
    prack(invite);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(183);
    expect(Number(world.phone.last("INVITE").headers.get("RSeq"))).toBe(first + 1);
    world.invitation.reject({ status: 486, text: "Busy" });
  });

  it("that are never acknowledged end the call with 504", async () => {
    world.phone.invite(required);
    await world.travel();
    world.invitation.ring();
    await world.clock.run(32_100);
    expect(world.phone.last("INVITE").status).toBe(504);
    expect(world.invitation.cancelled.aborted).toBe(true);
  });

  it("do not take a PRACK for something else", async () => {
    const invite = world.phone.invite(required);
    await world.travel();
    world.invitation.ring();
    await world.travel();
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.request("PRACK", { headers: [["RAck", `1 ${invite.cseq.number} INVITE`]] });
    await world.travel();
    expect(world.phone.last("PRACK").status).toBe(481);
    prack(invite, phoneSdp);
    await world.travel();
    expect(world.phone.last("PRACK").status).toBe(488);
    world.invitation.reject({ status: 486, text: "Busy" });
  });
});

describe("early media to a caller who can PRACK", () => {
  it("is the answer; the 200 waits for the PRACK and repeats it", async () => {
    const invite = world.phone.invite(supported);
    await world.travel();
    world.invitation.ring();
    await world.travel();
    expect(world.phone.last("INVITE").headers.has("RSeq")).toBe(false);
    world.invitation.progress(bridgeSdp);
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    expect(world.phone.heard).toEqual(["180 INVITE", "183 INVITE"]);
    prack(invite);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    expect(text(world.phone.last("INVITE"))).toBe(bridgeSdp);
    world.phone.ack(invite);
    await world.travel();
    const session = await accepted;
    expect(session.lateAnswer).toBeUndefined();
    session.handlers = agreeable;
    const next = world.phone.invite();
    await world.travel();
    expect(world.phone.last("INVITE").cseq.number).toBe(next.cseq.number);
    expect(world.phone.last("INVITE").status).toBe(200);
    world.phone.ack(next);
    await world.travel();
  });

  it("can be cancelled while the 200 waits", async () => {
    const invite = world.phone.invite(supported);
    await world.travel();
    world.invitation.progress(bridgeSdp);
    const accepted = world.invitation.accept(bridgeSdp).catch((error: { code: string }) => error.code);
    await world.travel();
    world.phone.cancel(invite);
    await world.travel();
    expect(await accepted).toBe("CANCELLED");
    expect(world.phone.last("INVITE").status).toBe(487);
  });

  it("can carry our offer when the caller made none: the PRACK answers it", async () => {
    const invite = world.phone.request("INVITE", supported);
    await world.travel();
    world.invitation.progress(bridgeSdp);
    await world.travel();
    prack(invite, phoneSdp);
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    expect(world.phone.last("INVITE").body).toHaveLength(0);
    world.phone.ack(invite);
    await world.travel();
    expect((await accepted).lateAnswer).toBe(phoneSdp);
  });

  it("ends when the PRACK leaves our offer unanswered", async () => {
    const invite = world.phone.request("INVITE", supported);
    await world.travel();
    world.invitation.progress(bridgeSdp);
    await world.travel();
    prack(invite);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(488);
  });
});

describe("a call of ours that is answered reliably", () => {
  it("acknowledges each response once and in order, and knows the answer before the 200", async () => {
    const attempt = world.endpoint.call({
      to: "sip:1001@10.0.0.2",
      from: { uri: "sip:700@bridge.example" },
      offer: bridgeSdp,
    });
    const progress: unknown[] = [];
    attempt.events.on("progress", (event) => progress.push(event));
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    expect(invite.headers.all("Supported")).toContain("100rel");
    world.phone.onRequest = (request) => {
      if (request.method === "PRACK" || request.method === "BYE") world.phone.reply(request, 200);
    };
    const reliable = (status: number, rseq: number, sdp = "") => {
      const response = createResponse(invite, status, { toTag: "phone", body: sdp });
      response.headers
        .append("Contact", "<sip:1001@10.0.0.2:5060>")
        .append("Require", "100rel")
        .append("RSeq", String(rseq));
      if (sdp !== "") response.headers.append("Content-Type", "application/sdp");
      world.phone.send(response);
    };
    reliable(183, 7, phoneSdp);
    reliable(183, 7, phoneSdp);
    reliable(180, 9);
    reliable(180, 8);
    await world.travel();
    expect(world.phone.requests("PRACK").map((request) => request.headers.get("RAck"))).toEqual([
      "7 1 INVITE",
      "8 1 INVITE",
    ]);
    expect(progress).toEqual([
      { status: 183, sdp: phoneSdp },
      { status: 180, sdp: undefined },
    ]);
    world.phone.reply(invite, 200);
    await world.travel();
    const outcome = await attempt.outcome;
    expect(outcome.ok && outcome.value.answer).toBe(phoneSdp);
    if (outcome.ok)
      await Promise.all([outcome.value.session.end({ status: 200, text: "Over" }), world.travel()]);
    expect(world.phone.lastRequest("BYE").cseq.number).toBe(4);
  });
});
