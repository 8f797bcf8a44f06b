// A process ends while calls ring, in both directions; and what comes for the calls that another one has adopted.
import { afterEach, describe, expect, it } from "vitest";
import { FakeRecords } from "#test/support";
import type { DigestGuard, Principal } from "../../../../../bridge/sip/auth/index.ts";
import { createResponse, formatMessage } from "../../../../../bridge/sip/message/format.ts";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import type { CallAttempt, CallOptions } from "../../../../../bridge/sip/session/call-attempt.ts";
import type { UnansweredInvite } from "../../../../../bridge/sip/session/snapshot.ts";
import type { Protocol } from "../../../../../bridge/sip/transport/transport.ts";
import { agreeable, bridgeSdp, Phone, phoneAddress, phoneSdp, World } from "./world.ts";

type Options = NonNullable<ConstructorParameters<typeof World>[0]>;

let world: World;
let records: FakeRecords<UnansweredInvite>;
afterEach(async () => {
  expect(await world.close()).toBe(0);
  expect(world.endpoint.sessions).toBe(0);
});

async function open(options: Options = {}, protocol?: Protocol): Promise<void> {
  records = new FakeRecords();
  world = await World.open({ ...options, unanswered: records }, protocol);
}

async function restart(options: Options = {}, protocol?: Protocol): Promise<void> {
  await world.kill();
  await world.clock.run(1000);
  records = records.next();
  world = new World({ ...options, unanswered: records }, protocol, world);
  await world.endpoint.listen();
}

describe("a caller who waits for an answer", () => {
  it("gets it from the next process: nothing has to be repeated", async () => {
    await open();
    const invite = world.phone.invite();
    await world.clock.run(300);
    world.invitation.ring();
    await world.travel();
    expect(world.phone.heard).toEqual(["100 INVITE", "180 INVITE"]);
    await restart();
    await world.travel();
    expect(world.invitations).toHaveLength(1);
    expect(world.invitation.offer).toBe(phoneSdp);
    const accepted = world.invitation.accept(bridgeSdp);
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.travel();
    expect((await accepted).ended).toBe(false);
    expect(records.now.size).toBe(0);
  });

  it("can give up as before", async () => {
    await open();
    const invite = world.phone.invite();
    await world.travel();
    await restart();
    world.phone.cancel(invite);
    await world.travel();
    expect([world.phone.last("CANCEL").status, world.phone.last("INVITE").status]).toEqual([200, 487]);
    world.phone.ackRefusal(invite);
    await world.travel();
    expect(records.now.size).toBe(0);
  });

  it("is one call with the INVITE that comes again by itself", async () => {
    await open();
    const invite = world.phone.invite();
    await world.travel();
    await restart();
    world.phone.send(invite);
    await world.travel();
    expect(world.invitations).toHaveLength(1);
    world.invitation.reject({ status: 486, text: "Busy" });
    await world.travel();
    world.phone.ackRefusal(invite);
    expect(records.now.size).toBe(0);
  });

  it("is who has authenticated, without being asked again", async () => {
    const caller = { number: "1001", displayName: "Alice" };
    const principal: Principal = { id: "token:1001", caller, claims: '{"room":"8000"}' };
    const guard = (admitted: boolean): DigestGuard =>
      ({
        admits: () => admitted,
        principalOf: () => (admitted ? principal : undefined),
      }) as Partial<DigestGuard> as DigestGuard;
    await open({ digestGuard: guard(true) });
    world.phone.invite();
    await world.travel();
    await restart({ digestGuard: guard(false) });
    await world.travel();
    expect(world.invitation.principal).toEqual(principal);
    world.invitation.reject({ status: 486, text: "Busy" });
  });
});

describe("a caller whose ACK had not come", () => {
  it("is in one call, by the same 200, when its owner has written it down", async () => {
    await open();
    const invite = world.phone.invite();
    await world.travel();
    let kept = "";
    const accepted = world.invitation.accept(bridgeSdp, (session) => {
      kept = JSON.stringify(session.snapshot());
    });
    accepted.catch(() => {});
    await world.travel();
    const tag = world.phone.last("INVITE").to.params.get("tag");
    await world.kill();
    records = records.next();
    world = new World({ unanswered: records }, "UDP", world);
    const session = world.endpoint.adopt(JSON.parse(kept));
    await world.endpoint.listen();
    await world.travel();
    expect([world.phone.last("INVITE").status, world.phone.last("INVITE").to.params.get("tag")]).toEqual([
      200,
      tag,
    ]);
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.travel();
    expect([world.invitations, world.endpoint.sessions, session.ended]).toEqual([[], 1, false]);
    expect(records.now.size).toBe(0);
  });
});

describe("a callee who rings", () => {
  function place(options: Partial<CallOptions> = {}): CallAttempt {
    return world.endpoint.call({
      to: "sip:1001@10.0.0.2",
      from: { uri: "sip:700@bridge.example" },
      offer: bridgeSdp,
      ...options,
    });
  }

  /** Answers an INVITE of ours each time that it comes, as a transaction of the RFC does. */
  function answerInvites(status: number): void {
    world.phone.onRequest = (request) => {
      if (request.method === "INVITE")
        world.phone.reply(request, status, { sdp: status > 199 ? phoneSdp : "" });
      else if (request.method !== "ACK") world.phone.reply(request, 200);
    };
  }

  it("is cancelled under the branch of the INVITE, and its 487 acknowledged", async () => {
    await open();
    answerInvites(180);
    place();
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    await restart();
    await world.travel();
    const cancel = world.phone.lastRequest("CANCEL");
    expect(cancel.headers.get("Via")).toBe(invite.headers.get("Via"));
    expect(cancel.headers.get("Reason")).toContain("Restarted");
    world.phone.reply(invite, 487);
    await world.travel();
    expect(world.phone.heard).toEqual(["INVITE", "INVITE", "CANCEL", "ACK"]);
    await world.clock.run(40_000);
    expect(records.now.size).toBe(0);
  });

  it("that answers at that moment is acknowledged each time, and hung up once", async () => {
    await open();
    answerInvites(180);
    place({ authenticate: () => undefined });
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    await restart();
    world.phone.reply(invite, 200, { sdp: phoneSdp });
    world.phone.reply(invite, 200, { sdp: phoneSdp });
    await world.travel();
    expect(world.phone.requests("ACK")).toHaveLength(2);
    expect(world.phone.requests("BYE")).toHaveLength(1);
    expect(world.phone.lastRequest("BYE").headers.get("To")).toContain("tag=phone");
    await world.clock.run(40_000);
    expect(records.now.size).toBe(0);
  });

  it("that has answered in the last instant keeps the call, when its owner has written it down", async () => {
    await open();
    world.phone.onRequest = (request) => world.phone.reply(request, 200, { sdp: phoneSdp });
    const attempt = place();
    await world.travel();
    const outcome = await attempt.outcome;
    if (!outcome.ok) throw new Error("the call was not answered");
    const snapshot = outcome.value.session.snapshot();
    const invite = world.phone.lastRequest("INVITE");
    await world.kill();
    const left = new FakeRecords<UnansweredInvite>();
    left.put("placed", {
      direction: "placed",
      request: Buffer.from(formatMessage(invite)).toString("latin1"),
      ...{ flow: snapshot.flow, pinned: false },
    });
    world = new World({ unanswered: left.next() }, "UDP", world);
    world.endpoint.adopt(snapshot).handlers = agreeable;
    await world.endpoint.listen();
    world.phone.inbox.length = 0;
    world.phone.reply(invite, 200, { sdp: phoneSdp });
    await world.travel();
    expect(world.phone.heard).toEqual(["ACK"]);
  });

  it("is reached by a new connection", async () => {
    await open({}, "TCP");
    answerInvites(180);
    place({ to: "sip:1001@10.0.0.2;transport=tcp" });
    await world.travel();
    await restart({}, "TCP");
    await world.travel();
    expect(world.phone.heard).toEqual(["INVITE", "INVITE", "CANCEL"]);
    world.phone.reply(world.phone.lastRequest("INVITE"), 487);
    await world.clock.run(40_000);
  });

  it("that has answered or refused is not asked again", async () => {
    await open();
    answerInvites(486);
    const refused = place();
    await world.travel();
    expect((await refused.outcome).ok).toBe(false);
    answerInvites(200);
    const attempt = place();
    await world.travel();
    expect((await attempt.outcome).ok).toBe(true);
    expect(records.now.size).toBe(0);
    await restart();
    const { length } = world.phone.inbox;
    await world.clock.run(5000);
    expect(world.phone.inbox).toHaveLength(length);
  });
});

describe("a record that cannot be used", () => {
  it.each([
    ["no object", 7],
    ["no INVITE", { direction: "placed", request: "BYE sip:a@b SIP/2.0\r\n\r\n" }],
    ["no message", { direction: "received", request: "secret" }],
    ["no address", { direction: "placed", flow: { protocol: "UDP", local: {}, remote: {} } }],
  ])("is forgotten: %s", async (_, value) => {
    await open();
    const address = { address: "10.0.0.2", port: 5060 };
    const flow = { protocol: "UDP", local: address, remote: address };
    const record = typeof value === "object" ? { request: "x", flow, pinned: false, ...value } : value;
    records.put("one", record as UnansweredInvite);
    await restart();
    await world.clock.run(1000);
    expect(records.now.size).toBe(0);
    expect([world.phone.heard, world.invitations]).toEqual([[], []]);
  });
});

describe("a 2xx to an INVITE that this process has not sent", () => {
  /** A call of ours, which the next process has adopted. */
  async function adopted(): Promise<SipRequest> {
    await open();
    world.phone.onRequest = (request) => world.phone.reply(request, 200, { sdp: phoneSdp });
    const attempt = world.endpoint.call({
      to: "sip:1001@10.0.0.2",
      from: { uri: "sip:700@bridge.example" },
      offer: bridgeSdp,
    });
    await world.travel();
    const outcome = await attempt.outcome;
    if (!outcome.ok) throw new Error("the call was not answered");
    const { session } = outcome.value;
    session.handlers = agreeable;
    const snapshot = session.snapshot();
    const reoffer = session.reoffer();
    reoffer.catch(() => {});
    await world.travel();
    await world.kill();
    world = new World({}, "UDP", world);
    world.endpoint.adopt(snapshot).handlers = agreeable;
    await world.endpoint.listen();
    return world.phone.requests("INVITE")[0]!;
  }

  it("is acknowledged in an adopted call, as often as it comes, without a word of ours beside that", async () => {
    const invite = await adopted();
    world.phone.inbox.length = 0;
    world.phone.reply(invite, 200, { sdp: phoneSdp });
    world.phone.reply(invite, 200, { sdp: phoneSdp });
    await world.travel();
    expect(world.phone.heard).toEqual(["ACK", "ACK"]);
    expect(world.phone.lastRequest("ACK").cseq.number).toBe(invite.cseq.number);
  });

  it("leads to a new offer when it was one: what has been agreed on is not known", async () => {
    await adopted();
    const reinvite = world.phone.lastRequest("INVITE");
    world.phone.inbox.length = 0;
    world.phone.reply(reinvite, 200, { sdp: phoneSdp });
    world.phone.reply(reinvite, 200, { sdp: phoneSdp });
    await world.travel();
    expect(world.phone.heard.sort()).toEqual(["ACK", "ACK", "ACK", "INVITE"]);
    expect(world.phone.lastRequest("INVITE").cseq.number).toBeGreaterThan(reinvite.cseq.number + 1);
  });

  it("is ignored where it is invented", async () => {
    const invite = await adopted();
    const phone = new Phone(world.network, "10.0.0.9");
    await phone.listen();
    world.phone.inbox.length = 0;
    for (const toTag of ["other", "another"]) {
      const response = createResponse(invite, 200, { toTag });
      response.headers.append("Contact", `<sip:victim@${phoneAddress}:5060>`);
      phone.send(response);
    }
    const future = createResponse(invite, 200, { toTag: "phone" });
    future.headers.set("CSeq", "100000 INVITE");
    phone.send(future);
    await world.travel();
    expect([world.phone.heard, phone.heard]).toEqual([[], []]);
    await phone.close();
  });
});
