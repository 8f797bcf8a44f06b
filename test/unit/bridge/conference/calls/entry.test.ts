// What callers experience on the way in: straight through, at the PIN, at a closed door.
import { describe, expect, it } from "vitest";
import { ParleyError } from "#common";
import type { Room } from "#conference/rooms";
import { settle } from "#test/support";
import { type Bridge, none, startBridge, traces } from "./bridge.ts";

describe("a caller", () => {
  it("is answered, put into the room and told that no other participant is here", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation, leg } = await bridge.call(room, { displayName: "Alice", number: "101" });

    expect(invitation.answers).toEqual(["180", "200 answer"]);
    expect(bridge.legRequests).toMatchObject([
      {
        ...{ offer: "offer", sipAddress: "192.0.2.99" },
        ...{ bindAddress: "192.0.2.1", advertisedAddress: "203.0.113.1" },
      },
    ]);
    expect(leg.log).toEqual(["join", "play conf-onlyperson"]);
    expect(await bridge.rooms.participants(room.id)).toMatchObject({
      value: [{ displayName: "Alice", number: "101", role: "participant", id: leg.id }],
    });

    const bob = await bridge.call(room, { number: "102" });
    expect(bob.leg.log).toEqual(["join"]);
    expect(bridge.worker.played).toEqual(["tone:join"]);
    expect(await bridge.present(room)).toEqual(["Alice", "102"]);

    invitation.session.hangUp();
    bob.invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("speaks what its trunk speaks", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    await bridge.call(room);
    bridge.codecs = ["PCMA", "G722"];
    await bridge.call(room, { offer: undefined, lateAnswer: "late answer" });

    expect(bridge.legRequests.map(({ codecs }) => codecs)).toEqual([undefined, ["PCMA", "G722"]]);
  });

  it("hears nothing of a room without prompts", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ enablePrompt: false });
    const alice = await bridge.call(room);
    const bob = await bridge.call(room);
    alice.leg.press("*6*2*9");
    await settle();

    expect([...alice.leg.heard, ...bob.leg.heard, ...bridge.worker.played]).toEqual([]);
    expect(alice.leg.muted).toBe(true);
  });

  it("who dials nothing we know gets 404 and costs no media", async () => {
    const bridge = startBridge();
    const { invitation } = await bridge.call("404404");
    expect(invitation.answers).toEqual(["404 No such conference"]);
    expect(bridge.legRequests).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });

  it("without an offer gets ours, and the answer of the ACK reaches the leg", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { invitation, leg } = await bridge.call(room, { offer: undefined, lateAnswer: "late answer" });

    expect(bridge.legRequests[0]?.offer).toBeNull();
    expect(invitation.answers).toEqual(["180", "200 our offer"]);
    expect(leg.log).toEqual(["answer late answer", "join", "play conf-onlyperson"]);
  });

  it("of a trunk meets challenges of its provider as calls to that trunk do, others meet none", async () => {
    const authenticate = () => [["Authorization", "Digest …"]] as const;
    const asked: string[] = [];
    const ours = (trunk: string) => {
      asked.push(trunk);
      return authenticate;
    };
    const over = async (trunk: string | undefined) => {
      const bridge = startBridge({ trunkOf: () => trunk, authenticate: ours });
      const { invitation } = await bridge.call(await bridge.room());
      return invitation.authenticate;
    };
    expect([await over("office"), await over(undefined)]).toEqual([authenticate, undefined]);
    expect(asked).toEqual(["office"]);
  });
});

describe("at the PIN", () => {
  const guarded = { roomPin: "1234", adminPin: "9999" };

  it("the room PIN enters, the admin PIN enters as host", async () => {
    const bridge = startBridge();
    const room = await bridge.room(guarded);
    const alice = await bridge.call(room, { displayName: "Alice" });
    expect(alice.leg.log).toEqual(["play conf-getpin"]);
    expect(await bridge.present(room)).toEqual([]);

    alice.leg.press("1234#");
    await settle();
    const bob = await bridge.call(room, { displayName: "Bob" });
    bob.leg.press("9999");
    await settle();

    expect(await bridge.rooms.participants(room.id)).toMatchObject({
      value: [
        { displayName: "Alice", role: "participant", chairman: false },
        { displayName: "Bob", role: "host", chairman: true },
      ],
    });
    expect(alice.leg.heard).toEqual(["conf-getpin", "conf-placeintoconf conf-onlyperson"]);
  });

  it("an early digit stops the prompt and counts", async () => {
    const bridge = startBridge();
    const room = await bridge.room(guarded);
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const { leg } = await bridge.call(room);
    expect(leg.playing?.items).toEqual(["conf-getpin"]);

    leg.press("12");
    expect(leg.playing).toBeUndefined();
    leg.press("34");
    await settle();

    expect(await bridge.present(room)).toHaveLength(1);
  });

  it("digits in SIP INFO count, and once when they come both ways", async () => {
    const bridge = startBridge();
    const room = await bridge.room(guarded);
    const { invitation, leg } = await bridge.call(room);
    for (const digit of "1234") {
      expect(invitation.session.handlers.onInfo("application/dtmf-relay", `Signal=${digit}`)).toBe(200);
      leg.press(digit);
    }
    await settle();
    expect(await bridge.present(room)).toHaveLength(1);
  });

  it("a question that hangs is asked again, and its late end does not cut the next one's time short", async () => {
    const bridge = startBridge();
    const room = await bridge.room(guarded);
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const { leg } = await bridge.call(room);
    await bridge.clock.run(40_000);
    expect(leg.heard).toEqual(["conf-getpin", "conf-getpin"]);
    await bridge.clock.run(30_000);
    expect(leg.heard).toHaveLength(2);
    await bridge.clock.run(10_000);
    expect(leg.heard).toHaveLength(3);
  });

  it("three wrong ones end the call with 403", async () => {
    const bridge = startBridge();
    const room = await bridge.room(guarded);
    const { invitation, leg } = await bridge.call(room);
    for (let count = 0; count < 3; count += 1) {
      leg.press("555#");
      await settle();
    }

    expect(leg.heard).toEqual([
      "conf-getpin",
      "conf-invalidpin conf-getpin",
      "conf-invalidpin conf-getpin",
      "conf-invalidpin vm-goodbye",
    ]);
    expect(invitation.session.byes).toEqual([{ status: 403, text: "Wrong PIN", code: "WRONG_PIN" }]);
    expect(traces(bridge)).toEqual(none);
  });

  it("silence ends the call after three questions", async () => {
    const bridge = startBridge();
    const room = await bridge.room(guarded);
    const { invitation, leg } = await bridge.call(room);
    await bridge.clock.run(30_000);

    expect(leg.heard).toEqual(["conf-getpin", "conf-getpin", "conf-getpin", "vm-goodbye"]);
    expect(invitation.session.byes).toEqual([{ status: 403, text: "Wrong PIN", code: "WRONG_PIN" }]);
    expect(traces(bridge)).toEqual(none);
  });

  describe("guessing", () => {
    const strangers = () => startBridge({ trunkOf: () => undefined });
    const guess = async (bridge: Bridge, room: Room, keys: string) => {
      const { leg, invitation } = await bridge.call(room, { number: "666" });
      leg.press(keys);
      await settle();
      return invitation;
    };
    const alarmsOf = ({ rooms }: Bridge) => {
      const alarms: unknown[] = [];
      rooms.events.on("pin.guessed", ({ room, source, delayMs }) => alarms.push([room, source, delayMs]));
      return alarms;
    };

    it("makes the next PIN of an address wait, a right one too, and tells the address", async () => {
      const bridge = strangers();
      const room = await bridge.room(guarded);
      const alarms = alarmsOf(bridge);
      for (let count = 0; count < 3; count += 1) await guess(bridge, room, "555#");
      await guess(bridge, room, "1234");
      expect(await bridge.present(room)).toEqual([]);
      expect(alarms).toEqual([[room.id, "192.0.2.99", 1000]]);
      await bridge.clock.run(1000);
      expect(await bridge.present(room)).toEqual(["666"]);
    });

    it("counts a PIN whose caller hangs up before its end, or takes it back with a star", async () => {
      const bridge = strangers();
      const room = await bridge.room(guarded);
      (await guess(bridge, room, "5550")).session.hangUp();
      await guess(bridge, room, "5551*5552*");
      await guess(bridge, room, "1234");
      expect(await bridge.present(room)).toEqual([]);
      await bridge.clock.run(1000);
      expect(await bridge.present(room)).toEqual(["666"]);
    });

    it("does not count digits that could be no PIN yet", async () => {
      const bridge = strangers();
      const room = await bridge.room(guarded);
      for (let count = 0; count < 5; count += 1) (await guess(bridge, room, "55")).session.hangUp();
      await guess(bridge, room, "1234");
      expect(await bridge.present(room)).toEqual(["666"]);
    });

    it("ends the call politely when the turn is too far away, without weighing", async () => {
      const bridge = strangers();
      const room = await bridge.room(guarded);
      for (let count = 0; count < 10; count += 1) {
        await bridge.clock.run(count < 3 ? 0 : 2 ** (count - 3) * 1000);
        (await guess(bridge, room, "555#")).session.hangUp();
      }
      const { session } = await guess(bridge, room, "1234");
      await bridge.clock.run(10_000);
      expect(session.byes).toEqual([{ status: 480, text: "Too many wrong PINs", code: "TOO_MANY_PINS" }]);
      expect(await bridge.present(room)).toEqual([]);
    });

    it("in the lobby and by the host's code counts the same mistakes", async () => {
      const bridge = startBridge({ trunkOf: () => undefined, lobby: { extension: "77", language: "en" } });
      const room = await bridge.room({ roomPin: null, adminPin: "4321" });
      const { leg } = await bridge.call("77", { number: "1" });
      leg.press("99999#");
      await settle();
      const inside = await bridge.call(room, { number: "2" });
      for (const pin of ["1111#", "2222#"]) {
        inside.leg.press(`*8${pin}`);
        await settle();
      }
      inside.leg.press("*84321");
      await settle();
      expect(await bridge.rooms.participants(room.id)).toMatchObject({ value: [{ role: "participant" }] });
      await bridge.clock.run(1000);
      expect(await bridge.rooms.participants(room.id)).toMatchObject({ value: [{ role: "host" }] });
    });
  });

  it("is asked even when the question cannot be played", async () => {
    const bridge = startBridge();
    const room = await bridge.room(guarded);
    bridge.beforeLeg = (leg) => {
      leg.play = () => Promise.reject(new ParleyError("WORKER_TIMEOUT", "no answer"));
    };
    const { leg } = await bridge.call(room);
    leg.press("1234");
    await settle();
    expect(await bridge.present(room)).toHaveLength(1);
  });

  it("a PIN that is right but too late is refused in words", async () => {
    const bridge = startBridge();
    const room = await bridge.room(guarded);
    const { invitation, leg } = await bridge.call(room);
    await bridge.rooms.lock(room.id, true);
    leg.press("1234");
    await settle();

    expect(leg.heard).toEqual(["conf-getpin", "conf-locked"]);
    expect(invitation.session.byes).toEqual([
      { status: 403, text: "Conference locked", code: "ROOM_LOCKED" },
    ]);
  });

  it("is asked without prompts too", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ ...guarded, enablePrompt: false });
    const { leg } = await bridge.call(room);
    leg.press("1234");
    await settle();
    expect(leg.heard).toEqual(["conf-getpin"]);
    expect(await bridge.present(room)).toHaveLength(1);
  });
});

describe("at a closed door", () => {
  it("the refusal is heard as early media before it is final", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    await bridge.rooms.lock(room.id, true);
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const { invitation, leg } = await bridge.call(room);
    expect(invitation.answers).toEqual(["183 answer"]);
    expect(leg.heard).toEqual(["conf-locked"]);

    leg.playing?.end("finished");
    await settle();

    expect(invitation.answers).toEqual(["183 answer", "403 Conference locked"]);
    expect(traces(bridge)).toMatchObject({ ...none, liveRooms: 1 });
  });

  it("a full room is 486", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ capacity: 1 });
    await bridge.call(room);
    const { invitation, leg } = await bridge.call(room);
    expect(invitation.answers).toEqual(["183 answer", "486 Conference full"]);
    expect(leg.heard).toEqual(["conf-full"]);
    expect(leg.closed).toBe(true);
  });

  it("a prompt that never ends does not hold the refusal back for ever", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    await bridge.rooms.lock(room.id, true);
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const { invitation } = await bridge.call(room);
    await bridge.clock.run(15_000);
    expect(invitation.status).toBe(403);
  });

  it("it is refused at once without an offer to play on, and without prompts", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    await bridge.rooms.lock(room.id, true);
    const late = await bridge.call(room, { offer: undefined });
    expect(late.invitation.answers).toEqual(["403 Conference locked"]);

    await bridge.rooms.update(room.id, { enablePrompt: false });
    const silent = await bridge.call(room);
    expect(silent.invitation.answers).toEqual(["403 Conference locked"]);
    expect(bridge.legRequests).toEqual([]);
  });

  it("a host passes the lock with the admin PIN", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999" });
    await bridge.rooms.lock(room.id, true);
    const { leg } = await bridge.call(room);
    leg.press("9999");
    await settle();
    expect(await bridge.present(room)).toHaveLength(1);
  });
});
