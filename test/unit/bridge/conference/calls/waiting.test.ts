// Rooms that have not begun: told when, waiting for the hour, waiting for the host; the warnings and the end of a
// booking; people known in advance, and what the room hears of those who come and go.
import { describe, expect, it } from "vitest";
import type { RoomOptions } from "#conference/rooms";
import { settle } from "#test/support";
import { type Caller, none, startBridge, traces } from "./bridge.ts";

const press = async ({ leg }: Caller, keys: string) => {
  leg.press(keys);
  await settle();
};
const hangUp = async ({ invitation }: Caller) => {
  invitation.session.hangUp();
  await settle();
};
const wait = (options: Partial<RoomOptions> = {}) => ({ options: { waitForHost: true, ...options } });
const minute = 60_000;
/** The fake clock's first day. */
const on = (time: string) => `2026-01-01T${time}:00.000Z`;

/** Prompts end when they are ended, music does not. */
function listening(caller: Caller): string[] | undefined {
  return caller.leg.playing && [...caller.leg.playing.items];
}

describe("a room that waits for its host", () => {
  it("holds arrivals with music and lets them in when the host comes", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999", roomPin: "1234", ...wait() });
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const guest = await bridge.call(room, { number: "102" });
    await press(guest, "1234");
    expect(guest.invitation.status).toBe(200);
    expect(listening(guest)).toEqual(["conf-waitforleader"]);
    guest.leg.playing?.end("finished");
    await settle();
    expect(listening(guest)).toEqual(["music"]);
    expect(guest.leg.playing?.options.loop).toBe(true);
    expect(await bridge.present(room)).toEqual([]);

    const host = await bridge.call(room, { number: "101" });
    await press(host, "9999");
    expect(await bridge.present(room)).toEqual(["101", "102"]);
    expect(listening(guest)).toEqual(["confbridge-conf-begin"]);
    guest.leg.playing?.end("finished");
    await settle();
    expect(listening(guest)).toBeUndefined();

    await hangUp(host);
    expect(await bridge.present(room)).toEqual(["102"]);
    await hangUp(guest);
    expect(traces(bridge)).toEqual(none);
  });

  it("begins when one of those who wait is a host: `*8` and the PIN", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999", ...wait() });
    const guest = await bridge.call(room, { number: "102" });
    const host = await bridge.call(room, { number: "101" });
    await press(host, "*8");
    await press(host, "9999");
    await settle();
    expect((await bridge.present(room)).sort()).toEqual(["101", "102"]);
    expect(guest.leg.heard).toEqual(["conf-waitforleader", "music", "confbridge-conf-begin"]);
  });

  it("keeps those who type no host's PIN after `*8`, asked for once and only where there is one", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999", ...wait() });
    const guest = await bridge.call(room, { number: "102" });
    await press(guest, "*8");
    await press(guest, "1111#");
    expect(guest.leg.heard.slice(2)).toEqual(["conf-getpin", "conf-invalidpin", "music"]);
    await press(guest, "*8");
    await bridge.clock.run(20_000);
    expect(guest.leg.heard.slice(5)).toEqual(["conf-getpin", "music"]);

    const open = await bridge.room(wait());
    const other = await bridge.call(open, { number: "103" });
    await press(other, "*8");
    expect(other.leg.heard.slice(2)).toEqual(["tone:error", "music"]);
    for (const { invitation } of [guest, other]) expect(invitation.session.ended).toBe(false);
    await bridge.rooms.update(open.id, { options: { waitForHost: false } });
    await settle();
    expect(await bridge.present(open)).toEqual(["103"]);
    await press(guest, "*8");
    await press(guest, "9999");
    expect(await bridge.present(room)).toEqual(["102"]);
  });

  it("keeps the place of a caller who types another PIN after `*8`, and who they are", async () => {
    const bridge = startBridge();
    const members = [{ name: "Ada", pin: "2718", role: "participant" }] as const;
    const room = await bridge.room({
      ...{ adminPin: "9999", roomPin: "1234", capacity: 1 },
      options: { waitForHost: true, members },
    });
    const ada = await bridge.call(room, { number: "102" });
    await press(ada, "2718");
    await press(ada, "*8");
    await press(ada, "1234#");
    expect((await bridge.call(room, { number: "103" })).leg.heard).toEqual(["conf-getpin"]);
    await bridge.rooms.update(room.id, { options: { waitForHost: false } });
    await settle();
    expect(await bridge.present(room)).toEqual(["Ada"]);
  });

  it("looks again after the question for the PIN: the host may have come meanwhile", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999", ...wait() });
    const guest = await bridge.call(room, { number: "102" });
    await press(guest, "*8");
    const host = await bridge.call(room, { number: "101" });
    await press(host, "*8");
    await press(host, "9999");
    await press(guest, "1111#");
    expect(await bridge.present(room)).toEqual(["101", "102"]);
  });

  it("begins when it waits no longer", async () => {
    const bridge = startBridge();
    const room = await bridge.room(wait());
    await bridge.call(room);
    expect(await bridge.present(room)).toHaveLength(0);
    await bridge.rooms.update(room.id, { options: { waitForHost: false } });
    await settle();
    expect(await bridge.present(room)).toHaveLength(1);
  });

  it("lets no caller wait for ever, and forgets those who hang up", async () => {
    const bridge = startBridge();
    const room = await bridge.room(wait());
    const patient = await bridge.call(room, { number: "102" });
    const other = await bridge.call(room, { number: "103" });
    await hangUp(other);
    await bridge.clock.run(120 * minute);
    expect(patient.invitation.session.byes).toEqual([
      { status: 480, text: "The conference did not begin", code: "ROOM_NOT_BEGUN" },
    ]);
    expect(traces(bridge)).toEqual(none);
  });

  it("and is ended while callers look again tells them so, and nothing else", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ adminPin: "9999", ...wait() });
    const guest = await bridge.call(room, { number: "102" });
    guest.leg.autoplay = false;
    await Promise.all([bridge.rooms.lock(room.id, true), bridge.rooms.end(room.id)]);
    await settle();
    expect(listening(guest)).toEqual(["confbridge-conf-end"]);
    guest.leg.playing?.end("finished");
    await settle();
    expect(guest.invitation.session.byes).toMatchObject([{ status: 200, code: "ENDED_BY_HOST" }]);
  });

  it("and is locked meanwhile sends them away", async () => {
    const bridge = startBridge();
    const room = await bridge.room(wait());
    const guest = await bridge.call(room);
    await bridge.rooms.lock(room.id, true);
    await settle();
    expect(guest.invitation.session.byes).toEqual([
      { status: 403, text: "Conference locked", code: "ROOM_LOCKED" },
    ]);
  });

  it("plays nothing when it is to be silent", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ enablePrompt: false, ...wait() });
    const guest = await bridge.call(room);
    expect(guest.leg.heard).toEqual([]);
    await bridge.rooms.destroy(room.id);
    await settle();
    expect(traces(bridge)).toEqual(none);
  });
});

describe("before the start", () => {
  const nine = { scheduledStartAt: on("09:00"), timezone: "Europe/Madrid" };

  it("a caller hears when it begins, by the room's clock, and is refused", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ ...nine, language: "es-ES" });
    const { invitation, leg } = await bridge.call(room);
    expect(invitation.answers).toEqual(["183 answer", "480 Conference has not begun"]);
    expect(invitation.rejection?.retryAfter).toBe(9 * 3600);
    expect(leg.heard).toEqual(["please-try-again digits/at digits/10 digits/a-m"]);
  });

  it("in the last quarter of an hour callers wait, and enter on the minute", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ ...nine, roomPin: "1234" });
    await bridge.clock.run((8 * 60 + 46) * minute);
    const guest = await bridge.call(room);
    await press(guest, "1234");
    expect(guest.leg.heard.at(-1)).toBe("music");
    await bridge.clock.run(14 * minute - 1);
    expect(await bridge.present(room)).toHaveLength(0);
    await bridge.clock.run(1);
    expect(await bridge.present(room)).toHaveLength(1);
    expect(guest.leg.heard.at(-1)).toBe("confbridge-conf-begin conf-onlyperson");
  });

  it("a host opens early only where that is allowed", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ ...nine, adminPin: "9999" });
    expect((await bridge.call(room)).invitation.status).toBe(480);

    await bridge.rooms.update(room.id, { options: { allowEarlyJoin: true } });
    const stranger = await bridge.call(room, { number: "102" });
    await press(stranger, "1111#");
    expect(await bridge.present(room)).toEqual([]);
    const host = await bridge.call(room, { number: "101" });
    await press(host, "9999");
    expect(await bridge.present(room)).toEqual(["101"]);
    await bridge.call(room, { number: "103" });
    expect(await bridge.present(room)).toEqual(["101", "103"]);
  });

  it("who waits for the hour enters with the host who may open early", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ ...nine, adminPin: "9999", options: { allowEarlyJoin: true } });
    await bridge.clock.run((8 * 60 + 50) * minute);
    await bridge.call(room, { number: "102" });
    const host = await bridge.call(room, { number: "101" });
    await press(host, "*8");
    await press(host, "9999");
    await settle();
    expect((await bridge.present(room)).sort()).toEqual(["101", "102"]);
  });
});

describe("a room that is locked while callers wait for its start", () => {
  const nine = { scheduledStartAt: on("09:00") };
  const locked = [{ status: 403, text: "Conference locked", code: "ROOM_LOCKED" }];

  async function waitingIn(options: object, ...typed: (string | undefined)[]) {
    const bridge = startBridge();
    const room = await bridge.room({ ...nine, ...options });
    await bridge.clock.run((8 * 60 + 50) * minute);
    const callers: Caller[] = [];
    for (const [index, pin] of typed.entries()) {
      const caller = await bridge.call(room, { number: `10${index}` });
      if (pin !== undefined) await press(caller, pin);
      expect(caller.leg.heard.at(-1)).toBe("music");
      callers.push(caller);
    }
    await bridge.rooms.lock(room.id, true);
    await settle();
    return { bridge, room, callers };
  }

  it("sends them away as it refuses new ones, whether they gave a PIN or not", async () => {
    const open = await waitingIn({}, undefined);
    const closed = await waitingIn({ roomPin: "1234", adminPin: "9999" }, "1234");
    for (const { bridge, callers } of [open, closed]) {
      expect(callers[0]!.leg.heard.at(-1)).toBe("conf-locked");
      expect(callers[0]!.invitation.session.byes).toEqual(locked);
      expect(traces(bridge)).toEqual({ ...none, liveRooms: 1 });
    }
  });

  it("keeps its hosts, who enter at the start though it is still locked", async () => {
    const { bridge, room, callers } = await waitingIn({ roomPin: "1234", adminPin: "9999" }, "9999", "1234");
    expect(callers.map(({ invitation }) => invitation.session.byes)).toEqual([[], locked]);
    await bridge.clock.run(10 * minute);
    expect(await bridge.present(room)).toEqual(["100"]);
  });

  it("asks those of whom it wanted no PIN for that of a host, who waits on with it", async () => {
    const { bridge, room, callers } = await waitingIn({ adminPin: "9999" }, undefined);
    const [caller] = callers;
    expect(caller!.leg.heard.at(-1)).toBe("conf-getpin");
    await press(caller!, "9999");
    expect([caller!.leg.heard.at(-1), await bridge.present(room)]).toEqual(["music", []]);
    await bridge.clock.run(10 * minute);
    expect(await bridge.present(room)).toEqual(["100"]);
  });
});

describe("a meeting that is ended in some seconds", () => {
  it("is told so, ends then, and lets no caller in afterwards", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ scheduledStartAt: null });
    const { leg, invitation } = await bridge.call(room, { number: "101" });
    const ended = await bridge.rooms.endIn(room.id, 90);
    expect(ended).toMatchObject({ ok: true, value: { scheduledEndAt: "2026-01-01T00:01:30.000Z" } });
    await settle();
    expect(bridge.worker.played).toEqual(["tone:attention", "digits/1", "minute", "digits/30", "seconds"]);
    await bridge.clock.run(89_000);
    expect(invitation.session.ended).toBe(false);
    await bridge.clock.run(1000);
    expect(leg.heard.at(-1)).toBe("confbridge-conf-end");
    expect(invitation.session.byes).toEqual([
      { status: 200, text: "The booked time is over", code: "TIME_OVER" },
    ]);
    expect((await bridge.call(room)).invitation.answers).toEqual(["183 answer", "410 Conference has ended"]);
  });

  it("ends at once when no time is left, whatever was booked", async () => {
    const bridge = startBridge();
    const room = await bridge.room({
      ...{ scheduledStartAt: on("00:05"), scheduledEndAt: on("02:00"), adminPin: "9999" },
      options: { allowEarlyJoin: true },
    });
    const ended = await bridge.rooms.endIn(room.id, 0);
    expect(ended).toMatchObject({ value: { scheduledStartAt: null } });
    const running = await bridge.room();
    const { invitation } = await bridge.call(running);
    await bridge.rooms.endIn(running.id, 0);
    expect(invitation.session.ended).toBe(true);
    expect((await bridge.call(room)).invitation.answers).toEqual(["183 answer", "410 Conference has ended"]);
    expect(await bridge.rooms.endIn("none" as never, 0)).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
  });
});

describe("the end of a booking", () => {
  it("is told five minutes and one minute before, and is the end", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ scheduledEndAt: on("01:00"), language: "fr" });
    const alice = await bridge.call(room, { number: "101" });
    const bob = await bridge.call(room, { number: "102" });
    await bridge.clock.run(55 * minute);
    expect(bridge.worker.played.slice(1)).toEqual(["tone:attention", "digits/5", "minutes"]);
    await bridge.clock.run(4 * minute);
    expect(bridge.worker.played.slice(4)).toEqual(["tone:attention", "digits/1", "minute"]);
    await bridge.clock.run(minute);
    for (const { leg, invitation } of [alice, bob]) {
      expect(leg.heard.at(-1)).toBe("confbridge-conf-end");
      expect(invitation.session.byes).toEqual([
        { status: 200, text: "The booked time is over", code: "TIME_OVER" },
      ]);
    }
    expect(traces(bridge)).toEqual(none);

    const late = await bridge.call(room);
    expect(late.invitation.answers).toEqual(["183 answer", "410 Conference has ended"]);
  });

  it("can be put off while the meeting runs", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ scheduledEndAt: on("01:00") });
    const alice = await bridge.call(room);
    await bridge.clock.run(56 * minute);
    await bridge.rooms.update(room.id, { scheduledEndAt: on("02:00") });
    await bridge.clock.run(10 * minute);
    expect(alice.invitation.session.ended).toBe(false);
    await bridge.rooms.update(room.id, { scheduledEndAt: null });
    await bridge.clock.run(24 * 60 * minute);
    expect(alice.invitation.session.ended).toBe(false);
    expect(bridge.worker.played).toEqual(["tone:attention", "digits/5", "minutes"]);
  });
});

describe("a member's own PIN", () => {
  const members = [
    { name: "Ada", pin: "2718", role: "host" },
    { name: "Bob", pin: "3141", role: "participant" },
  ] as const;

  it("lets them in under their name and with their role", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ options: { members } });
    for (const { pin } of members) await press(await bridge.call(room, { displayName: "x" }), pin);
    expect(await bridge.rooms.participants(room.id)).toMatchObject({
      value: [
        { displayName: "Ada", role: "host", chairman: true },
        { displayName: "Bob", role: "participant" },
      ],
    });
    const stranger = await bridge.call(room);
    await press(stranger, "1111#");
    expect(stranger.leg.heard).toEqual(["conf-getpin", "conf-invalidpin conf-getpin"]);
  });

  it("of a host passes the lock, and must not be that of another member", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ options: { members } });
    await bridge.rooms.lock(room.id, true);
    await press(await bridge.call(room), "2718");
    expect(await bridge.present(room)).toEqual(["Ada"]);

    const twice = await bridge.rooms.update(room.id, { roomPin: "3141" });
    expect(twice).toMatchObject({ ok: false, error: { code: "INVALID_FIELD", field: "options" } });
    const wrong = await bridge.rooms.update(room.id, {
      options: { members: [members[0], { ...members[1], pin: "2718" }] },
    });
    expect(wrong).toMatchObject({ ok: false, error: { field: "options" } });
  });
});

describe("what the room hears", () => {
  it("of those who come and go is nothing when it wants nothing", async () => {
    const bridge = startBridge();
    const room = await bridge.room({ options: { announce: "none" } });
    await bridge.call(room);
    await hangUp(await bridge.call(room));
    expect(bridge.worker.played).toEqual([]);
  });

  it("a participant who is muted by a host hears so, and hears again when the floor is theirs", async () => {
    const bridge = startBridge();
    const room = await bridge.room();
    const { leg } = await bridge.call(room);
    await bridge.rooms.muteParticipant(room.id, leg.id as never, true);
    await bridge.rooms.muteParticipant(room.id, leg.id as never, false);
    expect(leg.heard).toEqual(["conf-onlyperson", "tone:attention conf-muted", "conf-unmuted"]);
  });

  it("a participant who is alone may have music, until another one comes", async () => {
    const bridge = startBridge({ musicWhenAlone: true });
    const room = await bridge.room();
    bridge.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    const alice = await bridge.call(room);
    expect(listening(alice)).toEqual(["conf-onlyperson"]);
    alice.leg.playing?.end("finished");
    await settle();
    expect(listening(alice)).toEqual(["music"]);
    await bridge.call(room);
    expect(listening(alice)).toBeUndefined();
  });

  it("a participant who is left alone hears so, and then music where that is wanted", async () => {
    for (const musicWhenAlone of [false, true]) {
      const bridge = startBridge({ musicWhenAlone });
      const room = await bridge.room();
      const alice = await bridge.call(room, { number: "101" });
      const bob = await bridge.call(room, { number: "102" });
      const carol = await bridge.call(room, { number: "103" });
      alice.leg.autoplay = false;
      const { played } = bridge.worker;
      await hangUp(bob);
      expect(played).not.toContain("conf-onlyperson");
      await hangUp(carol);
      expect(played.slice(-2)).toEqual(["tone:leave", "conf-onlyperson"]);
      expect(listening(alice)).toEqual(musicWhenAlone ? ["music"] : undefined);
      await bridge.call(room, { number: "104" });
      expect(listening(alice)).toBeUndefined();
    }
  });

  it("nor a participant who is left alone in a room without prompts, or on the way out", async () => {
    const bridge = startBridge({ musicWhenAlone: true });
    const silent = await bridge.room({ enablePrompt: false });
    const ended = await bridge.room();
    const alice = await bridge.call(silent, { number: "101" });
    await hangUp(await bridge.call(silent, { number: "102" }));
    expect([alice.leg.heard, bridge.worker.played]).toEqual([[], []]);
    await bridge.call(ended, { number: "103" });
    const dave = await bridge.call(ended, { number: "104" });
    dave.leg.log.splice(0);
    await bridge.rooms.end(ended.id);
    await settle();
    expect(dave.leg.heard).toEqual(["confbridge-conf-end"]);
    expect(bridge.worker.played).not.toContain("conf-onlyperson");
  });
});

describe("a room's own welcome", () => {
  const welcomeOf = () => "welcome/1/2";

  it("is heard by every participant who joins, before anything else", async () => {
    const bridge = startBridge({ welcomeOf });
    const room = await bridge.room({ roomPin: "1234" });
    const alice = await bridge.call(room, { number: "101" });
    await press(alice, "1234");
    const bob = await bridge.call(room, { number: "102" });
    await press(bob, "1234");
    expect(alice.leg.heard.slice(1)).toEqual(["welcome/1/2 conf-onlyperson"]);
    expect(bob.leg.heard.slice(1)).toEqual(["welcome/1/2"]);
  });

  it("is heard after the waiting, and never in a silent room", async () => {
    const bridge = startBridge({ welcomeOf });
    const room = await bridge.room(wait());
    const guest = await bridge.call(room);
    await bridge.rooms.update(room.id, { options: { waitForHost: false } });
    await settle();
    expect(guest.leg.heard.at(-1)).toBe("confbridge-conf-begin welcome/1/2 conf-onlyperson");

    const silent = await bridge.room({ enablePrompt: false });
    expect((await bridge.call(silent)).leg.heard).toEqual([]);
  });
});
