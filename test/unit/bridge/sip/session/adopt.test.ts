// A process ends without a word in the middle of calls, and another one goes on with them: the phone notices nothing.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ok } from "#common";
import { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import type { AdoptOptions } from "../../../../../bridge/sip/session/adopt.ts";
import type { SessionEnd } from "../../../../../bridge/sip/session/reason.ts";
import type { Session, SessionHandlers } from "../../../../../bridge/sip/session/session.ts";
import type { SessionSnapshot } from "../../../../../bridge/sip/session/snapshot.ts";
import type { Protocol } from "../../../../../bridge/sip/transport/transport.ts";
import { agreeable, bridgeSdp, Phone, phoneAddress, phoneSdp, text, World } from "./world.ts";

const over = { status: 200, text: "Over" };
const timed = { intervalSeconds: 1800, minSeconds: 90 };

let world: World;
/** What the owner has written down of the call: at its beginning, and whenever it is told of a change. */
let kept: string;
let ends: SessionEnd[];

beforeEach(() => {
  ends = [];
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
  expect(world.endpoint.sessions).toBe(0);
});

type Options = ConstructorParameters<typeof World>[0];

function keep(session: Session): void {
  const write = () => {
    kept = JSON.stringify(session.snapshot());
  };
  write();
  session.events.on("changed", write);
}

async function inbound(options: Options = {}, protocol?: Protocol): Promise<Session> {
  world = await World.open(options, protocol);
  const { session } = await world.call();
  keep(session);
  return session;
}

/** A call of ours, which a proxy has routed. */
async function outbound(options: Options = {}): Promise<Session> {
  world = await World.open(options);
  const attempt = world.endpoint.call({
    to: "sip:1001@10.0.0.2",
    from: { uri: "sip:700@bridge.example", displayName: "Conference" },
    offer: bridgeSdp,
  });
  await world.travel();
  const invite = world.phone.lastRequest("INVITE");
  world.phone.reply(invite, 200, {
    sdp: phoneSdp,
    headers: [
      ["Record-Route", "<sip:10.0.0.2;lr;near>"],
      ["Allow", "INVITE, ACK, BYE, UPDATE"],
    ],
  });
  await world.travel();
  const outcome = await attempt.outcome;
  if (!outcome.ok) throw new Error(outcome.error.text);
  const { session } = outcome.value;
  session.handlers = agreeable;
  keep(session);
  world.phone.callId = attempt.callId;
  world.phone.from = `${invite.headers.get("To")};tag=phone`;
  world.phone.to = invite.headers.get("From")!;
  return session;
}

interface Restart extends AdoptOptions {
  readonly options?: Options;
  readonly protocol?: Protocol;
  /** How long no process is there. */
  readonly downMs?: number;
  readonly handlers?: Partial<SessionHandlers>;
}

/** The process is killed; the next one goes on with what was written down. */
async function restart({
  options,
  protocol,
  downMs = 1000,
  handlers,
  ...adopt
}: Restart = {}): Promise<Session> {
  await world.kill();
  await world.clock.run(downMs);
  world = new World(options, protocol, world);
  const session = world.endpoint.adopt(JSON.parse(kept) as SessionSnapshot, adopt);
  session.handlers = { ...agreeable, ...handlers };
  session.events.on("ended", (end) => ends.push(end));
  keep(session);
  await world.endpoint.listen();
  world.phone.inbox.length = 0;
  return session;
}

/** The phone answers everything; how, a test may say. */
function answerAll(status: (request: SipRequest) => number = () => 200): void {
  world.phone.onRequest = (request) => {
    if (request.method === "ACK") return;
    const sdp = request.method === "INVITE" ? { sdp: phoneSdp } : {};
    world.phone.reply(request, status(request), sdp);
  };
}

describe.each([
  ["that has come in", inbound],
  ["of ours", outbound],
] as const)("a call %s", (_, begin) => {
  it("is hung up by the phone", async () => {
    await begin();
    await restart();
    world.phone.request("BYE", { headers: [["Reason", 'SIP;cause=200;text="Bye"']] });
    await world.travel();
    expect(world.phone.last("BYE").status).toBe(200);
    expect(ends).toEqual([{ by: "remote", cause: { status: 200, text: "Bye" } }]);
  });

  it("is hung up by us, with the same parties and route, and a CSeq that was never used", async () => {
    const before = await begin();
    answerAll();
    const asked = before.askIfAlive();
    await world.travel();
    await asked;
    const last = world.phone.lastRequest("OPTIONS");
    const session = await restart();
    const ending = session.end(over);
    await world.travel();
    await ending;
    const bye = world.phone.lastRequest("BYE");
    for (const name of ["From", "To", "Call-ID", "Route"]) {
      expect(bye.headers.all(name)).toEqual(last.headers.all(name));
    }
    expect(bye.uri).toBe(last.uri);
    expect(bye.cseq.number).toBeGreaterThan(last.cseq.number + 1);
  });

  it("is renegotiated by the phone, and what it says of itself outlives a second restart", async () => {
    await begin();
    const offers: string[] = [];
    const onOffer = async (offer: string) => {
      offers.push(offer);
      return ok(bridgeSdp);
    };
    await restart({ handlers: { onOffer } });
    const invite = world.phone.request("INVITE", { sdp: phoneSdp, contact: "<sip:moved@10.0.0.2:5060>" });
    await world.travel();
    expect([world.phone.last("INVITE").status, text(world.phone.last("INVITE"))]).toEqual([200, bridgeSdp]);
    world.phone.ack(invite);
    await world.travel();
    expect(offers).toEqual([phoneSdp]);
    const session = await restart();
    answerAll();
    const ending = session.end(over);
    await world.travel();
    await ending;
    expect(world.phone.lastRequest("BYE").uri).toBe("sip:moved@10.0.0.2:5060");
  });

  it("is renegotiated by us", async () => {
    await begin();
    const answers: string[] = [];
    const session = await restart({ handlers: { onAnswer: async (answer) => void answers.push(answer) } });
    answerAll();
    const renewed = session.reoffer();
    await world.travel();
    expect(await renewed).toEqual(ok(undefined));
    expect(answers).toEqual([phoneSdp]);
    expect(world.phone.heard).toEqual(["INVITE", "ACK"]);
  });

  it("refuses a request that is older than one which the previous process has seen", async () => {
    await begin();
    world.phone.request("OPTIONS", { cseq: 20 });
    await world.travel();
    await restart();
    world.phone.request("INFO", { cseq: 19 });
    await world.travel();
    expect(world.phone.last("INFO").status).toBe(500);
    expect(JSON.parse(kept).dialog.remoteCSeq).toBe(20);
  });
});

describe("requests of other kinds", () => {
  it("are handed on as before: INFO, OPTIONS, REFER", async () => {
    await inbound();
    const keys: string[] = [];
    const session = await restart({
      handlers: {
        onInfo: (_, body) => {
          keys.push(body);
          return 200;
        },
      },
    });
    world.endpoint.questions.onRefer = async (refer) => {
      expect(refer.session).toBe(session);
      return { ok: false, error: { status: 603, text: "No" } };
    };
    const { uri, headers } = world.phone.build("INFO", {
      headers: [["Content-Type", "application/dtmf-relay"]],
    });
    world.phone.send(new SipRequest("INFO", uri, headers, Buffer.from("Signal=5")));
    world.phone.request("OPTIONS");
    world.phone.request("REFER", { headers: [["Refer-To", "<sip:1002@10.0.0.2>"]] });
    await world.travel();
    expect(keys).toEqual(["Signal=5"]);
    expect([world.phone.last("INFO").status, world.phone.last("OPTIONS").status]).toEqual([200, 200]);
    expect(world.phone.last("REFER").status).toBe(603);
  });

  it("are sent as before: INFO, REFER, with credentials where they are wanted", async () => {
    await outbound();
    const session = await restart({ authenticate: () => [["Authorization", "Digest right"]] });
    answerAll((request) => (request.headers.has("Authorization") ? 202 : 401));
    const told = session.info("text/plain", "hello");
    const referred = session.refer("sip:1002@10.0.0.2");
    await world.travel();
    expect(await told).toBe(202);
    expect((await referred).ok).toBe(true);
  });

  it("take the place of it (RFC 3891)", async () => {
    await inbound();
    const tag = world.phone.last("INVITE").to.params.get("tag")!;
    const session = await restart();
    world.phone.to = "";
    world.phone.invite({
      callId: "call-2",
      from: "<sip:1002@10.0.0.2>;tag=bob",
      headers: [["Replaces", `call-1;to-tag=${tag};from-tag=alice`]],
    });
    await world.travel();
    expect(world.invitation.replaces).toBe(session);
    world.invitation.reject({ status: 486, text: "Busy" });
  });
});

describe("the session timer", () => {
  it("that we refresh falls due when it would have", async () => {
    await outbound({ sessionTimer: timed });
    await world.clock.run(600_000);
    await restart({ options: { sessionTimer: timed } });
    answerAll();
    await world.clock.run(298_000);
    expect(world.phone.heard).toEqual([]);
    await world.clock.run(2000);
    expect(world.phone.heard).toEqual(["UPDATE"]);
  });

  it("whose refresh fell due meanwhile is refreshed soon", async () => {
    await outbound({ sessionTimer: timed });
    await world.clock.run(899_000);
    await restart({ options: { sessionTimer: timed }, downMs: 60_000 });
    answerAll();
    await world.clock.run(2100);
    expect(world.phone.heard).toEqual(["UPDATE"]);
    await world.clock.run(1_700_000);
    expect(ends).toEqual([]);
  });

  const refreshes = {
    headers: [
      ["Session-Expires", "90;refresher=uac"],
      ["Supported", "timer"],
    ],
  } as const;

  it("that the phone refreshes leaves it the time to repeat what nobody has answered", async () => {
    world = await World.open({ sessionTimer: timed });
    keep((await world.call(refreshes)).session);
    await world.clock.run(58_000);
    await restart({ options: { sessionTimer: timed }, downMs: 5000 });
    await world.clock.run(30_000);
    world.phone.request("UPDATE", refreshes);
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(200);
    await world.clock.run(59_000);
    expect(ends).toEqual([]);
    answerAll();
    await world.clock.run(2000);
    expect(ends).toMatchObject([{ by: "failure", cause: { text: "Session timer expired" } }]);
  });

  it("does not believe a wall clock that has jumped", async () => {
    await outbound({ sessionTimer: timed });
    await world.kill();
    world.clock.setWall(world.clock.now() - 86_400_000);
    await restart({ options: { sessionTimer: timed } });
    answerAll();
    await world.clock.run(901_000);
    expect(world.phone.heard).toEqual(["UPDATE"]);
  });
});

describe("a connection", () => {
  it("that has gone with the process is replaced by one to where the Contact says", async () => {
    await inbound({}, "TCP");
    const session = await restart({ protocol: "TCP" });
    answerAll();
    expect(session.remoteAddress).toBe(phoneAddress);
    const renewed = session.reoffer();
    await world.travel();
    expect((await renewed).ok).toBe(true);
    const ending = session.end(over);
    await world.travel();
    await ending;
    expect(world.phone.heard).toEqual(["INVITE", "ACK", "BYE"]);
  });

  it("of a browser is its own to open again: until then nothing reaches it and nothing ends it", async () => {
    await inbound({ sessionTimer: timed }, "WSS");
    const session = await restart({ options: { sessionTimer: timed }, protocol: "WSS" });
    // Another connection of this process: it must not be taken for the one that has gone.
    const other = new Phone(world.network, "10.0.0.9", "WSS");
    await other.listen();
    other.request("OPTIONS", { callId: "other", to: "<sip:700@10.0.0.1>", cseq: 1 });
    await world.travel();
    expect(await session.askIfAlive()).toBe("unreachable");
    expect((await session.reoffer()).ok).toBe(false);
    expect([world.phone.heard, other.requests("OPTIONS"), ends]).toEqual([[], [], []]);

    const invite = world.phone.invite();
    await world.travel();
    world.phone.ack(invite);
    answerAll();
    const asked = session.askIfAlive();
    await world.travel();
    expect(await asked).toBe("alive");
    await other.close();
  });
});

describe("a 200 whose ACK has not come", () => {
  /** The INVITE has been answered, and the process is gone before anything of it has arrived. */
  async function answered(parts: { sdp?: string } = { sdp: phoneSdp }): Promise<SipRequest> {
    world = await World.open();
    world.network.lose = ({ from }) => from.startsWith("10.0.0.1:");
    const invite = world.phone.request("INVITE", parts);
    await world.travel();
    world.invitation.accept(bridgeSdp, keep).catch(() => {});
    await world.travel();
    world.network.lose = () => false;
    return invite;
  }

  it("is sent again until it has", async () => {
    const invite = await answered();
    await restart();
    await world.clock.run(1600);
    expect(world.phone.heard).toEqual(["200 INVITE", "200 INVITE"]);
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.travel();
    expect(JSON.parse(kept).unacknowledged).toEqual([]);
    answerAll();
    await world.clock.run(60_000);
    expect(world.phone.heard).toEqual(["200 INVITE", "200 INVITE"]);
    expect(ends).toEqual([]);
  });

  it("answers the INVITE that is repeated for want of it: there is one call, not two", async () => {
    const invite = await answered();
    const session = await restart();
    world.phone.send(invite);
    await world.travel();
    expect(world.phone.heard).toEqual(["200 INVITE"]);
    expect(text(world.phone.last("INVITE"))).toBe(bridgeSdp);
    expect(world.invitations).toEqual([]);
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite);
    await world.travel();
    // A late copy of it, by another path.
    world.phone.send(
      world.phone.build("INVITE", { sdp: phoneSdp, cseq: invite.cseq.number, to: "<sip:700@10.0.0.1>" }),
    );
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(482);
    expect([world.invitations, session.ended, world.endpoint.sessions]).toEqual([[], false, 1]);
  });

  it("whose ACK came while no process was there leaves the call to what the phone says of it", async () => {
    await answered();
    await restart();
    answerAll();
    await world.clock.run(40_000);
    expect(world.phone.requests("OPTIONS")).toHaveLength(1);
    expect(ends).toEqual([]);
  });

  it("brings the answer to our offer with it", async () => {
    const invite = await answered({});
    const answers: string[] = [];
    await restart({ handlers: { onAnswer: async (answer) => void answers.push(answer) } });
    await world.clock.run(600);
    world.phone.to = world.phone.last("INVITE").headers.get("To")!;
    world.phone.ack(invite, { sdp: phoneSdp });
    await world.travel();
    expect(answers).toEqual([phoneSdp]);
    const again = world.phone.invite();
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    world.phone.ack(again);
  });

  it("ends the call when nobody has answered our offer", async () => {
    await answered({});
    await restart();
    answerAll();
    await world.clock.run(33_000);
    expect(ends).toMatchObject([{ by: "failure", cause: { text: "No ACK" } }]);
  });
});

describe("what a snapshot says", () => {
  it("is refused when it is no call, without repeating what it was", async () => {
    const session = await inbound();
    const good = session.snapshot();
    const { dialog, flow } = good;
    const bad: unknown[] = [
      ...[undefined, null, 7, "call", [], {}],
      { ...good, dialog: { ...dialog, callId: "" } },
      { ...good, dialog: { ...dialog, callId: "a\r\nSecret: 1" } },
      { ...good, dialog: { ...dialog, callId: "x".repeat(20_000) } },
      { ...good, dialog: { ...dialog, local: '"Secret\r\nVia: 1" <sip:a@b>;tag=1' } },
      { ...good, dialog: { ...dialog, local: "<sip:secret@b>;tag=another" } },
      { ...good, dialog: { ...dialog, remote: "secret <" } },
      { ...good, dialog: { ...dialog, localCSeq: 2 ** 31 } },
      { ...good, dialog: { ...dialog, localCSeq: -1 } },
      { ...good, dialog: { ...dialog, remoteCSeq: 1.5 } },
      { ...good, dialog: { ...dialog, remoteTarget: "sip:a b" } },
      { ...good, dialog: { ...dialog, routeSet: Array(300).fill("<sip:secret@b;lr>") } },
      { ...good, flow: { ...flow, protocol: "SCTP" } },
      { ...good, flow: { ...flow, remote: { address: "secret.example", port: 5060 } } },
      { ...good, flow: { ...flow, remote: { ...flow.remote, port: 70_000 } } },
      { ...good, timer: { intervalSeconds: 0, refresher: "us", expiresAt: 0 } },
      { ...good, principal: { id: 7 } },
      { ...good, identity: { now: {}, asserted: true } },
      { ...good, unacknowledged: [{ cseq: 1, response: "secret", until: 1 }] },
      { ...good, unacknowledged: [{ cseq: 1, response: "BYE sip:a@b SIP/2.0\r\n\r\n", until: 1 }] },
    ];
    await world.kill();
    world = new World({}, "UDP", world);
    for (const snapshot of bad) {
      const adopt = () => world.endpoint.adopt(snapshot as SessionSnapshot);
      expect(adopt, JSON.stringify(snapshot)?.slice(0, 300)).toThrow(
        /^not a session snapshot: \S*$|no object/,
      );
      expect(adopt).not.toThrow(/secret/i);
    }
    expect(world.endpoint.sessions).toBe(0);
    await world.endpoint.listen();
  });

  it("is refused of a call that is there, and of one whose transport is not enabled any more", async () => {
    const session = await inbound();
    expect(() => world.endpoint.adopt(session.snapshot())).toThrow(/already/);
    await world.kill();
    world = new World({}, "TCP", world);
    expect(() => world.endpoint.adopt(JSON.parse(kept) as SessionSnapshot)).toThrow(/not enabled/);
    await world.endpoint.listen();
  });

  it("is the same in the process after", async () => {
    world = await World.open({ sessionTimer: timed });
    const { session } = await world.call({ headers: [["Allow", "UPDATE"]] });
    keep(session);
    const identified = world.phone.build("UPDATE", {
      headers: [["P-Asserted-Identity", '"Bob" <sip:1002@10.0.0.2>']],
    });
    world.phone.send(identified);
    await world.travel();
    expect(session.identified?.now.number).toBe("1002");
    expect(JSON.parse(kept)).toEqual(JSON.parse(JSON.stringify(session.snapshot())));
    const { dialog: before, ...rest } = JSON.parse(kept) as SessionSnapshot;
    const adopted = await restart({ options: { sessionTimer: timed } });
    const { dialog, ...restNow } = adopted.snapshot();
    expect(restNow).toEqual(rest);
    expect(dialog).toEqual({ ...before, localCSeq: before.localCSeq + 100 });
    expect(adopted.identified).toEqual(session.identified);
  });
});

it("tells of nothing once the call has ended", async () => {
  const session = await inbound();
  answerAll();
  let told = 0;
  session.events.on("changed", () => {
    told += 1;
  });
  const ending = session.end(over);
  await world.travel();
  await ending;
  expect(told).toBe(0);
});
