import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fail, ok } from "#common";
import { bridgeSdp, phoneSdp, text, World } from "./world.ts";

const heldSdp = `${phoneSdp}a=sendonly\r\n`;
const otherSdp = phoneSdp.replace("1 1", "1 2");

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  expect(await world.close()).toBe(0);
});

describe("a re-INVITE from the phone", () => {
  it("puts the call on hold: the offer goes to the owner, the answer comes back", async () => {
    const offers: string[] = [];
    await world.call(
      {},
      {
        onOffer: async (offer) => {
          offers.push(offer);
          return ok(`${bridgeSdp}a=recvonly\r\n`);
        },
      },
    );
    const hold = world.phone.invite({ sdp: heldSdp });
    await world.travel();
    expect(offers).toEqual([heldSdp]);
    expect(text(world.phone.last("INVITE"))).toContain("a=recvonly");
    expect(world.phone.last("INVITE").headers.get("Contact")).toBe("<sip:700@10.0.0.1:5060>");
    world.phone.ack(hold);
    await world.clock.run(5000);
    expect(world.network.times("200 INVITE")).toHaveLength(2);
  });

  it("moves the remote target when it is accepted, and only then", async () => {
    const { session } = await world.call(
      {},
      {
        onOffer: async (offer) =>
          offer === otherSdp ? ok(bridgeSdp) : fail({ status: 488, text: "No codec" }),
      },
    );
    const refused = world.phone.invite({ sdp: heldSdp, contact: "<sip:nowhere@10.0.0.2:5060>" });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(488);
    expect(world.phone.last("INVITE").headers.get("Reason")).toBe('SIP;cause=488;text="No codec"');
    world.phone.ackRefusal(refused);
    expect(session.ended).toBe(false);
    const probe = session.info("text/plain", "where are you");
    await world.travel();
    expect(world.phone.lastRequest("INFO").uri).toBe("sip:1001@10.0.0.2:5060");
    world.phone.reply(world.phone.lastRequest("INFO"), 200);

    const moved = world.phone.invite({ sdp: otherSdp, contact: "<sip:elsewhere@10.0.0.2:5060>" });
    await world.travel();
    world.phone.ack(moved);
    const again = session.info("text/plain", "and now");
    await world.travel();
    expect(world.phone.lastRequest("INFO").uri).toBe("sip:elsewhere@10.0.0.2:5060");
    world.phone.reply(world.phone.lastRequest("INFO"), 200);
    await world.travel();
    expect(await Promise.all([probe, again])).toEqual([200, 200]);
  });

  it("is refused with a Warning that says what cannot be used, as an UPDATE is", async () => {
    const warning = { code: 301, text: "Incompatible network address formats" };
    await world.call({}, { onOffer: async () => fail({ status: 488, text: "IPv6", warning }) });
    const refused = world.phone.invite({ sdp: otherSdp });
    world.phone.ackRefusal(refused);
    await world.travel();
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    for (const method of ["INVITE", "UPDATE"]) {
      const { status, headers } = world.phone.last(method);
      expect([status, headers.get("Warning")]).toEqual([
        488,
        '301 parley "Incompatible network address formats"',
      ]);
    }
  });

  it("without an offer gets ours, and answers in the ACK", async () => {
    const answers: string[] = [];
    await world.call({}, { onAnswer: async (answer) => void answers.push(answer) });
    const invite = world.phone.request("INVITE");
    await world.travel();
    expect(text(world.phone.last("INVITE"))).toBe(bridgeSdp);
    world.phone.ack(invite, { sdp: otherSdp });
    await world.travel();
    expect(answers).toEqual([otherSdp]);
  });

  it("without an offer and without an answer leaves the session as it was, and the next one can change it", async () => {
    const offers: string[] = [];
    const { ends } = await world.call(
      {},
      {
        onOffer: async (offer) => {
          offers.push(offer);
          return ok(bridgeSdp);
        },
      },
    );
    const refresh = world.phone.request("INVITE");
    await world.travel();
    world.phone.ack(refresh);
    await world.travel();
    expect([world.phone.requests("BYE"), ends]).toEqual([[], []]);
    expect(world.endpoint.metrics.repairs["unanswered_offer"]).toBe(1);

    const hold = world.phone.invite({ sdp: heldSdp });
    await world.travel();
    world.phone.ack(hold);
    await world.travel();
    expect(offers).toEqual([heldSdp]);
  });

  it("that gets no ACK ends the call", async () => {
    const { ends } = await world.call();
    world.phone.invite();
    await world.clock.run(33_000);
    expect(ends).toEqual([{ by: "failure", cause: { status: 408, text: "No ACK for a re-INVITE" } }]);
    expect(world.phone.requests("BYE").length).toBeGreaterThan(0);
  });

  it("is refused for now while another one is being decided", async () => {
    let decide: (answer: string) => void = () => {};
    await world.call(
      {},
      {
        onOffer: () => new Promise((resolve) => (decide = (answer) => resolve(ok(answer)))),
      },
    );
    const first = world.phone.invite({ sdp: heldSdp });
    await world.travel();
    world.phone.invite({ sdp: otherSdp });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(500);
    expect(world.phone.last("INVITE").headers.get("Retry-After")).toBe("5");
    decide(bridgeSdp);
    await world.travel();
    expect(world.phone.last("INVITE").cseq.number).toBe(first.cseq.number);
    expect(world.phone.last("INVITE").status).toBe(200);
    world.phone.ack(first);
    await world.travel();
  });

  it("that the media cannot decide on is refused after 10 s, and the call goes on", async () => {
    const { session } = await world.call({}, { onOffer: () => new Promise(() => {}) });
    world.phone.invite({ sdp: heldSdp });
    await world.clock.run(10_100);
    expect(world.phone.last("INVITE").status).toBe(500);
    expect(session.ended).toBe(false);
  });

  it("is refused when the media side throws, and the call goes on", async () => {
    const { session } = await world.call({}, { onOffer: () => Promise.reject(new Error("worker gone")) });
    world.phone.invite({ sdp: heldSdp });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(500);
    expect(session.ended).toBe(false);
  });

  it("that waits when the call ends is answered 487", async () => {
    const { session } = await world.call({}, { onOffer: () => new Promise(() => {}) });
    world.phone.invite({ sdp: heldSdp });
    await world.travel();
    world.phone.onRequest = (request) => world.phone.reply(request, 200);
    await Promise.all([session.end({ status: 200, text: "Over" }), world.travel()]);
    expect(world.phone.last("INVITE").status).toBe(487);
  });

  it("with an old number is refused", async () => {
    await world.call({ cseq: 100 });
    world.phone.invite({ cseq: 7 });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(500);
  });
});

describe("UPDATE from the phone", () => {
  it("carries an offer that is answered at once", async () => {
    const { session } = await world.call();
    world.phone.request("UPDATE", { sdp: heldSdp, contact: "<sip:elsewhere@10.0.0.2:5060>" });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(200);
    expect(text(world.phone.last("UPDATE"))).toBe(bridgeSdp);
    void session.info("text/plain", "ping");
    await world.travel();
    expect(world.phone.lastRequest("INFO").uri).toBe("sip:elsewhere@10.0.0.2:5060");
    world.phone.reply(world.phone.lastRequest("INFO"), 200);
    await world.travel();
  });

  it("without a body changes nothing of the media", async () => {
    await world.call({}, { onOffer: () => Promise.reject(new Error("must not be asked")) });
    world.phone.request("UPDATE");
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(200);
    expect(world.phone.last("UPDATE").body).toHaveLength(0);
  });

  it("is refused with 491 while our own offer is open, and with 500 while theirs is", async () => {
    const { session } = await world.call({}, { onOffer: () => new Promise(() => {}) });
    const ours = session.reoffer();
    await world.travel();
    world.phone.request("UPDATE", { sdp: heldSdp });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(491);
    world.phone.reply(world.phone.lastRequest("INVITE"), 488);
    await world.travel();
    expect(await ours).toMatchObject({ ok: false, error: { status: 488 } });

    world.phone.invite({ sdp: heldSdp });
    await world.travel();
    world.phone.request("UPDATE", { sdp: otherSdp });
    await world.travel();
    expect(world.phone.last("UPDATE").status).toBe(500);
  });
});

describe("our re-INVITE", () => {
  it("waits for the ACK of theirs", async () => {
    const { session } = await world.call();
    const theirs = world.phone.invite({ sdp: heldSdp });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    const result = session.reoffer();
    await world.clock.run(5000);
    expect(world.phone.requests("INVITE")).toEqual([]);
    world.phone.ack(theirs);
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 200, { sdp: otherSdp });
    await world.travel();
    expect(await result).toEqual({ ok: true, value: undefined });
  });

  it("offers what the owner says, hands over the answer, and acknowledges every 200", async () => {
    const answers: string[] = [];
    const { session } = await world.call({}, { onAnswer: async (answer) => void answers.push(answer) });
    const result = session.reoffer();
    await world.travel();
    const invite = world.phone.lastRequest("INVITE");
    expect(text(invite)).toBe(bridgeSdp);
    expect(invite.headers.get("Contact")).toBe("<sip:700@10.0.0.1:5060>");
    const acks = world.phone.requests("ACK").length;
    world.phone.reply(invite, 200, { sdp: otherSdp });
    world.phone.reply(invite, 200, { sdp: otherSdp });
    await world.travel();
    expect(await result).toEqual({ ok: true, value: undefined });
    expect(answers).toEqual([otherSdp]);
    expect(world.phone.requests("ACK").length - acks).toBe(2);
    expect(world.phone.lastRequest("ACK").cseq.number).toBe(invite.cseq.number);
  });

  it("backs off after glare and tries again: 0 to 2 s for the side that was called", async () => {
    const { session } = await world.call();
    const result = session.reoffer();
    await world.travel();
    world.phone.invite({ sdp: heldSdp });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(491);
    world.phone.reply(world.phone.lastRequest("INVITE"), 491);
    await world.clock.run(900);
    expect(world.phone.requests("INVITE")).toHaveLength(1);
    await world.clock.run(200);
    expect(world.phone.requests("INVITE")).toHaveLength(2);
    world.phone.reply(world.phone.lastRequest("INVITE"), 200, { sdp: otherSdp });
    await world.travel();
    expect((await result).ok).toBe(true);
  });

  it("gives up after five times of glare, and the call goes on", async () => {
    const { session } = await world.call();
    world.phone.onRequest = (request) => {
      if (request.method === "INVITE") world.phone.reply(request, 491);
      if (request.method === "BYE") world.phone.reply(request, 200);
    };
    const result = session.reoffer();
    await world.clock.run(20_000);
    expect(await result).toMatchObject({ ok: false, error: { status: 491 } });
    expect(session.ended).toBe(false);
  });

  it.each([500, 503])(
    "comes again when a far end that is busy (%i) has said when, three times at most",
    async (status) => {
      const { session } = await world.call();
      const offering = session.reoffer();
      for (const again of [1, 2, 3, 4]) {
        await world.travel();
        expect(world.phone.requests("INVITE")).toHaveLength(again);
        world.phone.reply(world.phone.lastRequest("INVITE"), status, { headers: [["Retry-After", "2"]] });
        await world.travel();
        await world.clock.run(1900);
        expect(world.phone.requests("INVITE")).toHaveLength(again);
        await world.clock.run(100);
      }
      await expect(offering).resolves.toMatchObject({ ok: false, error: { status } });
      expect(world.phone.requests("INVITE")).toHaveLength(4);
      expect(session.ended).toBe(false);
    },
  );

  it("does not wait for a far end that names no time, or a long one", async () => {
    const { session } = await world.call();
    for (const headers of [[], [["Retry-After", "60"]]] as const) {
      const offering = session.reoffer();
      await world.travel();
      world.phone.reply(world.phone.lastRequest("INVITE"), 500, { headers });
      await world.travel();
      await expect(offering).resolves.toMatchObject({ ok: false, error: { status: 500 } });
    }
  });

  it("leaves the session as it was when it is refused", async () => {
    const { session } = await world.call();
    const result = session.reoffer();
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 488);
    await world.travel();
    expect(await result).toMatchObject({ ok: false, error: { status: 488 } });
    const hold = world.phone.invite({ sdp: heldSdp });
    await world.travel();
    expect(world.phone.last("INVITE").status).toBe(200);
    world.phone.ack(hold);
    await world.travel();
  });

  it("learns from 481 that the call is gone", async () => {
    const { session, ends } = await world.call();
    const result = session.reoffer();
    await world.travel();
    world.phone.reply(world.phone.lastRequest("INVITE"), 481);
    await world.travel();
    expect((await result).ok).toBe(false);
    expect(ends[0]).toMatchObject({ by: "failure", cause: { status: 481 } });
    expect(world.phone.requests("BYE")).toHaveLength(0);
    expect(world.endpoint.sessions).toBe(0);
  });

  it("that gets no answer ends the call with a BYE", async () => {
    const { session, ends } = await world.call();
    const result = session.reoffer();
    await world.clock.run(33_000);
    expect((await result).ok).toBe(false);
    expect(ends[0]).toMatchObject({ by: "failure", cause: { status: 408 } });
    expect(world.phone.requests("BYE").length).toBeGreaterThan(0);
  });
});

describe("other requests inside a call", () => {
  it("hands INFO to the owner and answers with its status", async () => {
    const keys: string[] = [];
    await world.call(
      {},
      {
        onInfo: (contentType, body) => {
          keys.push(`${contentType} ${body}`);
          return contentType === "application/dtmf-relay" ? 200 : 415;
        },
      },
    );
    const info = (type: string, body: string) => {
      const request = world.phone.build("INFO", { headers: [["Content-Type", type]] });
      world.phone.send(Object.assign(Object.create(request), { body: Buffer.from(body) }));
    };
    info("application/dtmf-relay", "Signal=5");
    await world.travel();
    expect(world.phone.last("INFO").status).toBe(200);
    info("text/html", "<p>");
    await world.travel();
    expect(world.phone.last("INFO").status).toBe(415);
    expect(keys).toEqual(["application/dtmf-relay Signal=5", "text/html <p>"]);
  });

  it("answers OPTIONS, and refuses what it has no use for", async () => {
    const { session } = await world.call();
    world.phone.request("OPTIONS");
    world.phone.request("PUBLISH");
    await world.travel();
    expect(world.phone.last("OPTIONS").status).toBe(200);
    expect(world.phone.last("PUBLISH").status).toBe(405);
    expect(session.ended).toBe(false);
  });

  it("tells a phone that has hung up already that there is no call", async () => {
    await world.call();
    world.phone.request("BYE");
    await world.travel();
    world.phone.request("INFO");
    world.phone.request("BYE");
    await world.travel();
    expect(world.phone.last("INFO").status).toBe(481);
    expect(world.phone.last("BYE").status).toBe(481);
  });
});
