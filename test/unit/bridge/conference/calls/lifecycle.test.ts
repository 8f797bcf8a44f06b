// However a call ends and whatever fails on its way, all its parts end once and nothing is left behind.
import { describe, expect, it } from "vitest";
import { ParleyError } from "#common";
import { FakeInvitation, settle } from "#test/support";
import { none, startBridge, traces } from "./bridge.ts";

const failure = (code: string) => () => {
  throw new ParleyError(code, code);
};

describe("when a step fails", () => {
  it.each([
    ["NO_COMMON_CODEC", 488, undefined],
    ["BAD_SDP", 400, undefined],
    ["INCOMPATIBLE_NETWORK", 488, undefined],
    ["INCOMPATIBLE_ADDRESS", 488, undefined],
    ["MULTICAST_ADDRESS", 488, undefined],
    ["NO_PORTS", 503, 10],
    ["WORKER_DOWN", 503, 5],
    ["WORKER_TIMEOUT", 503, 5],
    ["INTERNAL", 500, undefined],
  ])("a leg that cannot be made (%s) is %i", async (code, status, retryAfter) => {
    const bridge = startBridge();
    const room = await bridge.room();
    bridge.beforeLeg = failure(code);
    const { invitation } = await bridge.call(room);
    expect(invitation.rejection?.status).toBe(status);
    expect(invitation.rejection?.retryAfter).toBe(retryAfter);
    expect(traces(bridge)).toEqual(none);
  });

  it.each([
    ["INCOMPATIBLE_NETWORK", 300],
    ["INCOMPATIBLE_ADDRESS", 301],
    ["MULTICAST_ADDRESS", 330],
  ])(
    "what cannot be used of an offer (%s) is warned of by %i, so that a caller with another address tries again",
    async (code, warning) => {
      const bridge = startBridge();
      const room = await bridge.room();
      bridge.beforeLeg = failure(code);
      const { invitation } = await bridge.call(room);
      expect(invitation.rejection?.warning?.code).toBe(warning);
    },
  );

  it("no ready worker is 503 with Retry-After", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    bridge.workers.die(bridge.worker);
    const { invitation } = await bridge.call(room);
    expect(invitation.rejection).toEqual({
      status: 503,
      text: "No media worker is ready",
      code: "MEDIA_UNAVAILABLE",
      retryAfter: 5,
    });
    expect(traces(bridge)).toEqual(none);
  });

  it("a CANCEL while the leg is made closes the leg when it comes", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const gate = Promise.withResolvers<void>();
    bridge.beforeLeg = () => gate.promise;
    const { invitation } = await bridge.call(room);

    invitation.cancel();
    await settle();
    gate.resolve();
    await settle();

    expect(invitation.answers).toEqual(["180", "487 Request Terminated"]);
    expect(bridge.legs[0]?.closed).toBe(true);
    expect(traces(bridge)).toEqual(none);
  });

  it("a CANCEL while a leg fails to be made ends quietly", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const gate = Promise.withResolvers<void>();
    bridge.beforeLeg = () => gate.promise;
    const { invitation } = await bridge.call(room);

    invitation.cancel();
    gate.reject(new ParleyError("NO_PORTS", "none"));
    await settle();

    expect(invitation.answers).toEqual(["180", "487 Request Terminated"]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a CANCEL before the room is found leaves nothing", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const invitation = new FakeInvitation({ dialled: room.extensionNumber });
    bridge.calls.receive(invitation);
    invitation.cancel();
    await settle();
    expect(invitation.answers).toEqual(["487 Request Terminated"]);
    expect(bridge.legRequests).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a CANCEL during the early-media prompt stops it", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 1 });
    const inside = await bridge.call(room);
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const { invitation, leg } = await bridge.call(room);
    expect(invitation.answers).toEqual(["183 answer"]);

    invitation.cancel();
    await settle();

    expect(invitation.answers).toEqual(["183 answer", "487 Request Terminated"]);
    expect(leg.closed).toBe(true);
    inside.invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it.each(["NO_ACK", "NO_ANSWER"] as const)("an answer that comes to %s frees everything", async (code) => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation, leg } = await bridge.call(room, { acknowledges: false });
    expect(await bridge.present(room)).toEqual([]);

    invitation.fail(code);
    await settle();

    expect(leg.closed).toBe(true);
    expect(traces(bridge)).toEqual(none);
  });

  it("a late answer that does not fit ends the call", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    bridge.beforeLeg = (leg) => {
      leg.before = (command) => (command.startsWith("answer") ? failure("NO_COMMON_CODEC")() : undefined);
    };
    const { invitation } = await bridge.call(room, { offer: undefined, lateAnswer: "useless" });
    expect(invitation.session.byes).toEqual([{ status: 488, text: "No common codec" }]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a leg that cannot join the room ends the call with 503", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    bridge.beforeLeg = (leg) => {
      leg.before = (command) => (command === "join" ? failure("WORKER_TIMEOUT")() : undefined);
    };
    const { invitation } = await bridge.call(room);
    expect(invitation.session.byes).toEqual([
      { status: 503, text: "Media worker failed", code: "MEDIA_FAILED" },
    ]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a hang-up before the ACK was seen leaves no participant in the room", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation } = await bridge.call(room, { acknowledges: false });
    invitation.session.hangUp();
    invitation.ack();
    await settle();
    expect(await bridge.present(room)).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a hang-up during PIN entry ends the dialogue", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    const { invitation, leg } = await bridge.call(room);
    leg.press("12");
    invitation.session.hangUp();
    leg.press("34");
    await settle();
    expect(await bridge.present(room)).toEqual([]);
    expect(invitation.session.byes).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a hang-up during the question leaves no timer", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const { invitation } = await bridge.call(room);
    invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("a hang-up in the middle of a key code leaves no timer", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation, leg } = await bridge.call(room);
    leg.press("*");
    invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("a kick at the moment of arrival ends the call", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    bridge.rooms.events.once("participant.joined", ({ participant }) => {
      void bridge.rooms.kick(room.id, participant.id);
    });
    const { invitation } = await bridge.call(room);
    await bridge.clock.run(3000);
    expect(invitation.session.byes).toEqual([
      { status: 403, text: "Removed from the conference", code: "REMOVED" },
    ]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a hang-up while a PIN is weighed does not enter", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    const { invitation, leg } = await bridge.call(room);
    const gate = Promise.withResolvers<void>();
    leg.before = (command) => (command === "join" ? gate.promise : undefined);
    leg.press("1234");
    await settle();
    invitation.session.hangUp();
    gate.resolve();
    await settle();
    expect(await bridge.present(room)).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });
});

it("a listener to the rooms that fails does not keep a call from ending", async () => {
  const bridge = startBridge();
  const room = await bridge.room();
  bridge.rooms.events.on("participant.left", () => {
    throw new Error("a listener failed");
  });
  const { invitation } = await bridge.call(room);
  invitation.session.hangUp();
  await settle();
  expect(traces(bridge)).toMatchObject({ calls: 0, openLegs: 0 });
});

describe("when the worker dies", () => {
  const lost = { status: 503, text: "Media worker failed", code: "MEDIA_FAILED" };

  it("while the leg is made, the caller gets 503", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const gate = Promise.withResolvers<void>();
    bridge.beforeLeg = () => gate.promise;
    const { invitation } = await bridge.call(room);
    bridge.workers.die(bridge.worker);
    gate.reject(new ParleyError("WORKER_DOWN", "down"));
    await settle();
    expect(invitation.answers).toEqual(["180", "503 Media worker failed"]);
    expect(traces(bridge)).toEqual(none);
  });

  it("during the early-media prompt, the caller gets 503", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 1 });
    await bridge.call(room);
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const { invitation } = await bridge.call(room);
    bridge.workers.die(bridge.worker);
    await settle();
    expect(invitation.answers).toEqual(["183 answer", "503 Media worker failed"]);
    expect(traces(bridge)).toEqual(none);
  });

  it("before the ACK, the BYE follows the ACK", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation } = await bridge.call(room, { acknowledges: false });
    bridge.workers.die(bridge.worker);
    await settle();
    expect(invitation.session.byes).toEqual([]);

    invitation.ack();
    await settle();
    expect(invitation.session.byes).toEqual([lost]);
    expect(traces(bridge)).toEqual(none);
  });

  it("during PIN entry and inside, both get a BYE and the room takes new callers", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    const inside = await bridge.call(room);
    inside.leg.press("1234");
    await settle();
    const atThePin = await bridge.call(room);

    bridge.workers.die(bridge.worker);
    await settle();

    expect(inside.invitation.session.byes).toEqual([lost]);
    expect(atThePin.invitation.session.byes).toEqual([lost]);
    expect(traces(bridge)).toEqual(none);

    bridge.workers.respawn(bridge.worker);
    const next = await bridge.call(room);
    next.leg.press("1234");
    await settle();
    expect(await bridge.present(room)).toHaveLength(1);
  });
});

describe("inside", () => {
  it("`*6` mutes and unmutes, and says so to the presser alone", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { leg } = await bridge.call(room);
    leg.press("*6");
    await settle();
    expect(leg.muted).toBe(true);
    leg.press("*6");
    await settle();
    expect(leg.muted).toBe(false);

    const [participant] = await participantsOf(bridge, room.id);
    await bridge.rooms.muteParticipant(room.id, participant, true);
    leg.press("*6");
    await settle();

    expect(leg.muted).toBe(true);
    expect(leg.heard).toEqual([
      "conf-onlyperson",
      "conf-muted",
      "conf-unmuted",
      "tone:attention conf-muted",
      "tone:error conf-muted vm-press digits/star digits/3",
    ]);
  });

  it("`*2` tells how many are here, an unknown code gets a tone, a code begun too long ago is forgotten", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { leg } = await bridge.call(room);
    await bridge.call(room);
    leg.press("*2");
    await settle();
    leg.press("*9");
    await settle();
    leg.press("*");
    await bridge.clock.run(3000);
    leg.press("6");
    await settle();

    expect(leg.heard).toEqual(["conf-onlyperson", "conf-onlyone", "tone:error"]);
    expect(leg.muted).toBe(false);
  });

  it("a re-INVITE goes to the leg, and a refusal leaves the call up", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation, leg } = await bridge.call(room);
    const { handlers } = invitation.session;
    expect(await handlers.onOffer("hold", "192.0.2.99")).toEqual({ ok: true, value: "answer to hold" });
    expect(await handlers.onOfferWanted()).toBe("another offer");
    await handlers.onAnswer("late");
    leg.before = failure("NO_COMMON_CODEC");
    expect(await handlers.onOffer("video", "192.0.2.99")).toEqual({
      ok: false,
      error: { status: 488, text: "No common codec" },
    });
    expect(leg.log).toEqual([
      "join",
      "play conf-onlyperson",
      "reoffer hold",
      "offer without video",
      "answer late",
      "reoffer video",
    ]);
    expect(await bridge.present(room)).toHaveLength(1);
  });

  it("a participant who is kicked leaves the mix at once, hears why, then gets a BYE", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation, leg } = await bridge.call(room);
    leg.autoplay = false;
    const [participant] = await participantsOf(bridge, room.id);

    await bridge.rooms.kick(room.id, participant);

    expect(leg.room).toBeUndefined();
    expect(await bridge.present(room)).toEqual([]);
    expect(leg.playing?.items).toEqual(["conf-kicked"]);
    leg.press("*6");
    expect(invitation.session.byes).toEqual([]);

    await bridge.clock.run(3000);
    expect(invitation.session.byes).toEqual([
      { status: 403, text: "Removed from the conference", code: "REMOVED" },
    ]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a participant who hangs up during the words hears them once", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation, leg } = await bridge.call(room);
    leg.autoplay = false;
    const [participant] = await participantsOf(bridge, room.id);
    await bridge.rooms.kick(room.id, participant);

    invitation.session.hangUp();
    await settle();

    expect(invitation.session.byes).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });

  it("a destroyed room hangs up on all participants", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ roomPin: "1234" });
    const inside = await bridge.call(room);
    inside.leg.press("1234");
    await settle();
    const atThePin = await bridge.call(room);
    const unanswered = await bridge.call(room, { acknowledges: false });

    await bridge.rooms.destroy(room.id);
    unanswered.invitation.ack();
    await settle();

    const closed = [{ status: 410, text: "Conference closed", code: "ROOM_ENDED" }];
    for (const { invitation } of [inside, atThePin, unanswered]) {
      expect(invitation.session.byes).toEqual(closed);
    }
    expect(traces(bridge)).toEqual(none);
  });
});

describe("the end of all calls", () => {
  const shutdown = { status: 503, text: "Shutting down" };

  it("ends each where it is, and waits for their BYEs", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const inside = await bridge.call(room);
    const gate = Promise.withResolvers<void>();
    bridge.beforeLeg = () => gate.promise;
    const early = await bridge.call(room);
    const answered = Promise.withResolvers<void>();
    inside.invitation.session.byeAnswered = answered.promise;
    let done = false;
    const ending = bridge.calls.endAll(shutdown).then(() => {
      done = true;
    });
    await settle();

    expect(inside.invitation.session.byes).toEqual([shutdown]);
    expect(early.invitation.answers).toEqual(["180", "503 Shutting down"]);
    expect([done, bridge.calls.count]).toEqual([false, 1]);

    answered.resolve();
    gate.resolve();
    await ending;
    await bridge.calls.whenNone();
    expect(traces(bridge)).toEqual(none);
  });

  it("does not wait for ever", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation } = await bridge.call(room);
    invitation.session.byeAnswered = new Promise(() => {});
    let done = false;
    void bridge.calls.endAll(shutdown).then(() => {
      done = true;
    });
    await bridge.clock.run(5000);
    expect(done).toBe(true);
  });

  it("can be waited for", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation } = await bridge.call(room);
    expect(bridge.calls.snapshot()).toMatchObject({ talking: 1 });
    let over = false;
    void bridge.calls.whenNone().then(() => {
      over = true;
    });
    await settle();
    expect(over).toBe(false);
    invitation.session.hangUp();
    await settle();
    expect(over).toBe(true);
  });
});

async function participantsOf(
  bridge: ReturnType<typeof startBridge>,
  room: Parameters<typeof bridge.rooms.get>[0],
) {
  const result = await bridge.rooms.participants(room);
  if (!result.ok || !result.value[0]) throw new Error("the room is empty");
  return [result.value[0].id] as const;
}
