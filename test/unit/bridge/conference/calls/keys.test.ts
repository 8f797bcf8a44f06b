// What participants and hosts do with their keys, and what they and the room hear of it.
import { describe, expect, it } from "vitest";
import { fail, ok, type RoomId } from "#common";
import { defaultKeyPlan } from "#conference/calls";
import { settle } from "#test/support";
import { type Caller, none, startBridge, traces } from "./bridge.ts";

const press = async ({ leg }: Caller, keys: string) => {
  leg.press(keys);
  await settle();
};

/** What the caller alone has heard since the last time. */
function ears({ leg }: Caller): () => string[] {
  let from = leg.heard.length;
  return () => {
    const news = leg.heard.slice(from);
    from = leg.heard.length;
    return news;
  };
}

/** A room with a host, who has the chair, and a guest. */
async function meeting(fields = {}) {
  const bridge = startBridge();
  const room = await bridge.room({ adminPin: "9999", roomPin: "1234", ...fields });
  const host = await bridge.call(room, { number: "101" });
  await press(host, "9999");
  const guest = await bridge.call(room, { number: "102" });
  await press(guest, "1234");
  const standing = async () => {
    const all = await bridge.rooms.participants(room.id);
    return all.ok ? all.value.map(({ number, role, chairman }) => ({ number, role, chairman })) : [];
  };
  return { bridge, room, host, guest, standing };
}

describe("the keys of every participant", () => {
  it("`*3` raises the hand and lowers it again", async () => {
    const { bridge, room, guest } = await meeting();
    const hears = ears(guest);
    const changes: boolean[] = [];
    bridge.rooms.events.on("participant.changed", ({ participant }) => changes.push(participant.handRaised));

    await press(guest, "*3");
    expect(await bridge.rooms.participant(room.id, guest.leg.id as never)).toMatchObject({
      value: { handRaised: true },
    });
    await press(guest, "*3");

    expect(changes).toEqual([true, false]);
    expect(hears()).toEqual(["tone:up", "tone:down"]);
  });

  it("a participant who is given the floor needs no hand any more", async () => {
    const { bridge, room, guest } = await meeting({ control: "MASTER" });
    await press(guest, "*3");
    await bridge.rooms.muteParticipant(room.id, guest.leg.id as never, false);
    expect(await bridge.rooms.participant(room.id, guest.leg.id as never)).toMatchObject({
      value: { handRaised: false, muted: false },
    });
  });

  it("`*2` counts the others in the room's language", async () => {
    const { bridge, room, guest } = await meeting();
    for (let number = 103; number < 103 + 20; number += 1) {
      await bridge.rooms.update(room.id, { capacity: 50, roomPin: null });
      await bridge.call(room, { number: String(number) });
    }
    const hears = ears(guest);
    await press(guest, "*2");
    await bridge.rooms.update(room.id, { language: "fr-CA" });
    await press(guest, "*2");
    expect(hears()).toEqual([
      "conf-thereare digits/20 digits/1 conf-otherinparty",
      "conf-thereare digits/20 digits/et digits/1 conf-otherinparty",
    ]);
  });

  it("`*1` tells the keys that are worth telling, and a host's to a host", async () => {
    const { host, guest } = await meeting();
    const [hostHears, guestHears] = [ears(host), ears(guest)];
    await press(guest, "*1");
    await press(host, "*1");
    expect(guestHears()[0]).toMatch(/^confbridge-mute-in vm-press digits\/star digits\/6 silence/);
    expect(guestHears().join()).not.toContain("lock");
    expect(hostHears()[0]).toMatch(/confbridge-lock-in vm-press digits\/star digits\/0 silence$/);
  });

  it("what is no code gets an error tone, and a key cuts what is being said", async () => {
    const { guest } = await meeting();
    guest.leg.autoplay = false;
    await press(guest, "*1");
    expect(guest.leg.playing?.items).toContain("confbridge-mute-in");
    await press(guest, "*");
    expect(guest.leg.playing).toBeUndefined();
    await press(guest, "A");
    expect(guest.leg.playing?.items).toEqual(["tone:error"]);
  });
});

describe("`*8`", () => {
  it("and a host's PIN make a host, who gets the chair when it is empty", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999", control: "MASTER" });
    const alice = await bridge.call(room, { number: "101" });
    expect(alice.leg.muted).toBe(true);
    const hears = ears(alice);

    await press(alice, "*8");
    await press(alice, "9999");

    expect(hears()).toEqual(["conf-getpin", "tone:up"]);
    expect(alice.leg.muted).toBe(false);
    expect(await bridge.rooms.participants(room.id)).toMatchObject({
      value: [{ role: "host", chairman: true, muted: false }],
    });
    alice.invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("and a wrong one change nothing, count as a guess, and leave the keys as they were", async () => {
    const { guest, standing } = await meeting();
    const hears = ears(guest);
    await press(guest, "*8");
    await press(guest, "*65#");
    await press(guest, "*6");
    expect(hears()).toEqual(["conf-getpin", "conf-invalidpin", "conf-muted"]);
    expect((await standing())[1]).toMatchObject({ role: "participant" });
  });

  it.each([
    ["by INFO", "info", "info"],
    ["as events", "media", "media"],
    ["as events, and then by INFO", "media", "info"],
  ] as const)("behind a wrong one at once, %s", async (_name, first, second) => {
    const { bridge, guest, standing } = await meeting();
    const { onInfo } = guest.invitation.session.handlers;
    const type = async (way: "media" | "info", keys: string) => {
      for (const key of keys) {
        if (way === "info") onInfo("application/dtmf-relay", `Signal=${key}\r\n`);
        else guest.leg.press(key);
        // An event lasts, and is followed by a pause.
        if (way === "media") await bridge.clock.run(160);
      }
    };
    await type(first, "*89998#");
    await type(second, "*89999#");
    await settle();
    expect((await standing())[1]).toMatchObject({ role: "host" });
  });

  it("the room's own PIN makes no host", async () => {
    const { guest, standing } = await meeting();
    await press(guest, "*8");
    await press(guest, "1234#");
    expect((await standing())[1]).toMatchObject({ role: "participant" });
  });
});

describe("a host's keys", () => {
  it("mean an error to other participants", async () => {
    const { bridge, room, guest, host } = await meeting();
    const hears = ears(guest);
    for (const keys of ["*5", "*0", "*9", "##", "##"]) await press(guest, keys);
    expect(hears()).toEqual(Array(5).fill("tone:error"));
    expect(host.leg.muted).toBe(false);
    expect(await bridge.rooms.status(room.id)).toMatchObject({ value: { locked: false } });
    expect(await bridge.present(room)).toHaveLength(2);
  });

  it("`*5` mutes and unmutes the others, later arrivals too, and the room is told", async () => {
    const { bridge, room, guest, host } = await meeting();
    await press(host, "*5");
    expect([host.leg.muted, guest.leg.muted]).toEqual([false, true]);
    expect(await bridge.rooms.status(room.id)).toMatchObject({ value: { muted: true } });
    const late = await bridge.call(room, { number: "103" });
    await press(late, "1234");
    expect(late.leg.muted).toBe(true);

    await press(host, "*5");
    expect([host, guest, late].map(({ leg }) => leg.muted)).toEqual([false, false, false]);
    expect(bridge.worker.played).toEqual(["tone:join", "conf-now-muted", "tone:join", "conf-now-unmuted"]);
  });

  it("`*5` does not mute the host who presses it, chairman or not", async () => {
    const { bridge, room, guest, host } = await meeting();
    const second = await bridge.call(room, { number: "103" });
    await press(second, "9999");
    await press(second, "*5");
    expect([host, guest, second].map(({ leg }) => leg.muted)).toEqual([false, true, false]);
  });

  it("`*0` locks and unlocks", async () => {
    const { bridge, room, host } = await meeting();
    const hears = ears(host);
    await press(host, "*0");
    expect(await bridge.rooms.status(room.id)).toMatchObject({ value: { locked: true } });
    await press(host, "*0");
    expect(await bridge.rooms.status(room.id)).toMatchObject({ value: { locked: false } });
    expect(hears()).toEqual(["conf-lockednow", "conf-unlockednow"]);
  });

  it("`*9` records, and says so when it cannot", async () => {
    const { bridge, room, host } = await meeting();
    const hears = ears(host);
    bridge.rooms.recordings.start = async () => fail({ code: "CANNOT_RECORD", message: "the disk is full" });
    await press(host, "*9");
    expect(hears()).toEqual(["tone:error"]);

    const started: RoomId[] = [];
    bridge.rooms.recordings.start = async (id) => {
      started.push(id);
      return ok(undefined);
    };
    await press(host, "*9");
    expect(started).toEqual([room.id]);
    expect(hears()).toEqual([]);
  });

  it("`##` twice within three seconds ends the meeting for all, who hear why", async () => {
    const { bridge, host, guest } = await meeting();
    const [hostHears, guestHears] = [ears(host), ears(guest)];
    await press(host, "##");
    await bridge.clock.run(3001);
    await press(host, "##");
    expect(hostHears()).toEqual(["tone:attention", "tone:attention"]);
    expect(guest.invitation.session.ended).toBe(false);

    await bridge.clock.run(2000);
    await press(host, "##");
    await settle();

    expect(guestHears()).toEqual(["confbridge-conf-end"]);
    for (const { invitation } of [host, guest]) {
      expect(invitation.session.byes).toEqual([
        { status: 200, text: "Ended by the host", code: "ENDED_BY_HOST" },
      ]);
    }
    expect(traces(bridge)).toEqual(none);
  });

  it("are the chairman's too, who need not be a host", async () => {
    const { bridge, room, guest } = await meeting();
    await bridge.rooms.giveChair(room.id, guest.leg.id as never);
    await press(guest, "*0");
    expect(await bridge.rooms.status(room.id)).toMatchObject({ value: { locked: true } });
  });
});

describe("keys by configuration", () => {
  it("are what the configuration says", async () => {
    const bridge = startBridge({ keys: { ...defaultKeyPlan, mute: "*1", help: "" } });
    const room = await bridge.room();
    const alice = await bridge.call(room);
    await press(alice, "*6");
    expect(alice.leg.muted).toBe(false);
    await press(alice, "*1");
    expect(alice.leg.muted).toBe(true);
  });
});
