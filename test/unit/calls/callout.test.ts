// A host calls somebody into the room by keys: what they type, what they alone hear meanwhile, and what becomes of it.
import { describe, expect, it } from "vitest";
import type { HostDialler } from "#bridge/calls";
import type { RoomProblem } from "#bridge/rooms";
import { fail, ok } from "#common";
import { settle } from "#test/support";
import { type Bridge, type BridgeOptions, bridge, type Caller, none, traces } from "./bridge.ts";

const way = { to: "sip:205@pbx", from: { uri: "sip:8000@pbx" } };
const ask = "vm-enter-num-to-call vm-then-pound";

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

interface Wishes extends BridgeOptions {
  readonly confirm?: boolean;
  readonly fields?: Parameters<Bridge["room"]>[0];
}

/** A room with a host and a guest, and a dialler that dials what begins with 2. */
async function meeting({ confirm = false, fields = {}, ...options }: Wishes = {}) {
  const house = bridge(options);
  const room = await house.room({ adminPin: "9999", roomPin: "1234", ...fields });
  const host = await house.call(room, { number: "101" });
  await press(host, "9999");
  const guest = await house.call(room, { number: "102" });
  await press(guest, "1234");
  const dialled: string[] = [];
  const trunk: { forHosts: boolean; problem?: RoomProblem["code"] } = { forHosts: true };
  const dialler: HostDialler = {
    get forHosts() {
      return trunk.forHosts;
    },
    callForHost(into, { number, invitedBy }) {
      const notAllowed = number.startsWith("2") ? undefined : "DIAL_OUT_NOT_ALLOWED";
      const code = trunk.problem ?? notAllowed;
      if (code) return fail({ code, message: "refused" });
      dialled.push(`${number} by ${invitedBy === host.leg.id ? "the host" : invitedBy}`);
      const call = house.calls.place({
        room: into.id,
        number,
        invitedBy,
        ways: [way],
        ringSeconds: 45,
        confirm,
      });
      return ok(call);
    },
  };
  house.calls.hostDialler = dialler;
  const leave = async () => {
    for (const { invitation } of [host, guest]) invitation.session.hangUp();
    await settle();
  };
  return { house, room, host, guest, trunk, dialled, leave };
}

/** Looped tones go on until they are stopped. */
const patient = (caller: Caller) => {
  caller.leg.autoplay = false;
};

describe("a host who dials", () => {
  it("hears the far telephone ring, and nobody else does, until somebody answers and is in the room", async () => {
    const { house, room, host, guest, dialled, leave } = await meeting();
    const [hostHears, guestHears] = [ears(host), ears(guest)];
    await press(host, "*#");
    expect(hostHears()).toEqual([ask]);
    await press(host, "205#");
    expect(dialled).toEqual(["205 by the host"]);
    expect(hostHears()).toEqual(["vm-dialout"]);

    patient(host);
    house.sip.last.ring();
    expect(host.leg.playing).toMatchObject({
      items: ["tone:ringback"],
      options: { loop: true },
    });
    house.sip.last.ring();
    expect(hostHears()).toEqual(["tone:ringback"]);
    expect(host.leg.room).toBe(room.id);

    house.sip.last.answer();
    await settle();
    expect(host.leg.playing).toBeUndefined();
    expect(await house.present(room)).toEqual(["101", "102", "205"]);
    expect([hostHears(), guestHears()]).toEqual([[], []]);
    expect(house.worker.played.at(-1)).toBe("tone:join");

    house.sip.last.session.hangUp();
    await leave();
    expect(traces(house)).toEqual(none);
  });

  it("who is being told to wait hears the ringing after the words, and after every other answer", async () => {
    const { house, host } = await meeting();
    await press(host, "*#205");
    patient(host);
    await press(host, "#");
    house.sip.last.ring();
    expect(host.leg.playing?.items).toEqual(["vm-dialout"]);
    host.leg.playing?.end("finished");
    await settle();
    expect(host.leg.playing?.items).toEqual(["tone:ringback"]);

    await press(host, "*6");
    expect(host.leg.muted).toBe(true);
    expect(host.leg.playing?.items).toEqual(["conf-muted"]);
    host.leg.playing?.end("finished");
    await settle();
    expect(host.leg.playing?.items).toEqual(["tone:ringback"]);
  });

  it("who is alone hears ringing in place of the music", async () => {
    const { house, room, host: earlier, guest, leave } = await meeting({ musicWhenAlone: true });
    await leave();
    expect([earlier, guest].every(({ leg }) => leg.closed)).toBe(true);
    const host = await house.call(room, { number: "104" });
    await press(host, "9999");
    expect(host.leg.heard.at(-1)).toBe("music");
    await press(host, "*#");
    await press(host, "205#");
    patient(host);
    const hears = ears(host);
    house.sip.last.ring();
    expect(host.leg.playing?.items).toEqual(["tone:ringback"]);
    house.sip.last.refuse(603, "Decline");
    await settle();
    host.leg.playing?.end("finished");
    await settle();
    expect(hears()).toEqual(["tone:ringback", "music", "vm-nobodyavail", "music"]);
  });

  it("types a number, not commands: `*` begins it anew, and a pause does not dial it", async () => {
    const { house, room, host, guest, dialled } = await meeting();
    const hears = ears(host);
    const told: string[] = [];
    house.rooms.events.on("participant.key", ({ digit }) => told.push(digit));
    await press(host, "*#");
    await press(host, "23*0*5");
    expect(await house.rooms.status(room.id)).toMatchObject({ value: { locked: false } });
    expect(guest.leg.muted).toBe(false);
    await press(host, "*20");
    await house.clock.run(9000);
    await press(host, "5");
    await house.clock.run(9999);
    expect(hears()).toEqual([ask]);
    await house.clock.run(1);
    expect(hears()).toEqual([ask]);
    expect(dialled).toEqual([]);
    await press(host, "207#");
    expect(dialled).toEqual(["207 by the host"]);
    expect(told).toEqual([]);
  });

  it("gives the question up with the same keys, or with `#` alone", async () => {
    const { house, host, dialled, leave } = await meeting();
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "#");
    await press(host, "*#");
    await press(host, "20*#");
    expect(hears()).toEqual([ask, "tone:down", ask, "tone:down"]);
    await press(host, "*6");
    expect(host.leg.muted).toBe(true);
    expect(dialled).toEqual([]);
    await leave();
    expect(traces(house)).toEqual(none);
  });

  it("is told that a number is wrong three times, and later each time from then on", async () => {
    const { house, host, dialled } = await meeting();
    const hears = ears(host);
    await press(host, "*#");
    for (let tries = 0; tries < 3; tries += 1) await press(host, "900#");
    const wrong = `privacy-incorrect ${ask}`;
    expect(hears()).toEqual([ask, wrong, wrong, "privacy-incorrect"]);
    await press(host, "*#");
    await press(host, "205#");
    expect(dialled).toEqual([]);
    await house.clock.run(1000);
    expect(dialled).toEqual(["205 by the host"]);
  });

  it.each([
    ["DIAL_OUT_LIMIT", "followme/sorry please-try-call-later"],
    ["TRUNK_DOWN", "followme/sorry please-try-call-later"],
    ["ALREADY_DIALLING", "tone:error"],
  ] as const)("is told when nothing can be dialled: %s", async (code, words) => {
    const { house, host, trunk, leave } = await meeting();
    trunk.problem = code;
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    expect(hears()).toEqual([ask, words]);
    await leave();
    expect(traces(house)).toEqual(none);
  });

  it("is told that the room is full before anybody is called", async () => {
    const { host, dialled } = await meeting({ fields: { capacity: 2 } });
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    expect(hears()).toEqual([ask, "conf-full"]);
    expect(dialled).toEqual([]);
  });
});

describe("when nobody comes", () => {
  it.each([
    [486, "tone:busy digits/2 digits/0 digits/5 vm-isonphone"],
    [600, "tone:busy digits/2 digits/0 digits/5 vm-isonphone"],
    [408, "vm-nobodyavail"],
    [480, "vm-nobodyavail"],
    [603, "vm-nobodyavail"],
    [404, "ss-noservice"],
    [484, "ss-noservice"],
    [403, "followme/sorry please-try-call-later"],
    [503, "followme/sorry please-try-call-later"],
  ])("%i is put in words for the host, who stays undisturbed", async (status, words) => {
    const { house, room, host, guest, leave } = await meeting();
    const [hears, guestHears] = [ears(host), ears(guest)];
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.ring();
    house.sip.last.refuse(status, "Reason");
    await settle();
    expect(hears()).toEqual([ask, "vm-dialout", "tone:ringback", words]);
    expect(guestHears()).toEqual([]);
    expect(await house.present(room)).toEqual(["101", "102"]);
    await press(host, "*#");
    expect(hears()).toEqual([ask]);
    await leave();
    expect(traces(house)).toEqual(none);
  });

  it("a voicemail that does not confirm is nobody, and rings no more", async () => {
    const { house, room, host } = await meeting({ confirm: true });
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.answer();
    await settle();
    expect(await house.present(room)).toEqual(["101", "102"]);
    await house.clock.run(60_000);
    expect(hears()).toEqual([ask, "vm-dialout", "vm-nobodyavail"]);
  });

  it("who answers and finds the room full since is told of, too", async () => {
    const { house, room, host } = await meeting({ fields: { capacity: 3 } });
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    const late = await house.call(room, { number: "103" });
    await press(late, "1234");
    house.sip.last.answer();
    await settle();
    expect(hears()).toEqual([ask, "vm-dialout", "conf-full"]);
    expect(house.sip.last.session.ended).toBe(true);
  });

  it("a room without words rings and has a tone for it", async () => {
    const { house, host } = await meeting({ fields: { enablePrompt: false } });
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.ring();
    house.sip.last.refuse(486, "Busy Here");
    await settle();
    expect(hears()).toEqual([ask, "tone:ringback", "tone:error"]);
  });

  it("events tell who had them called", async () => {
    const { house, host } = await meeting();
    const told: unknown[] = [];
    house.calls.events.on("failed", ({ invitedBy, number, status }) =>
      told.push({ invitedBy, number, status }),
    );
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.refuse(486, "Busy Here");
    await settle();
    expect(told).toEqual([{ invitedBy: host.leg.id, number: "205", status: 486 }]);
  });
});

describe("a call is given up", () => {
  it.each(["#", "*#"])("with %s while it rings, and the keys are commands again", async (keys) => {
    const { house, host, guest, leave } = await meeting();
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.ring();
    await press(host, keys);
    expect(house.sip.last.cancelled).toMatchObject({ status: 487 });
    expect(hears()).toEqual([ask, "vm-dialout", "tone:ringback", "tone:down"]);
    await press(host, "##");
    await press(host, "##");
    expect(guest.invitation.session.ended).toBe(true);
    await leave();
    expect(traces(house)).toEqual(none);
  });

  it("with a key after the answer as long as they are not inside, and not after that", async () => {
    const { house, room, host } = await meeting({ confirm: true });
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.answer();
    await settle();
    await press(host, "#");
    expect(house.sip.last.session.ended).toBe(true);

    await press(host, "*#");
    await press(host, "206#");
    house.sip.last.answer();
    await settle();
    house.legs.at(-1)!.press("1");
    await settle();
    await press(host, "#");
    expect(await house.present(room)).toEqual(["101", "102", "206"]);
    expect(house.sip.last.session.ended).toBe(false);
  });

  it("when the host hangs up while it rings", async () => {
    const { house, room, host, guest } = await meeting();
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.ring();
    host.invitation.session.hangUp();
    await settle();
    expect(house.sip.last.cancelled).toMatchObject({ status: 487 });
    expect(await house.present(room)).toEqual(["102"]);
    guest.invitation.session.hangUp();
    await settle();
    expect(traces(house)).toEqual(none);
  });

  it("but whoever has answered comes in although the host has gone", async () => {
    const { house, room, host } = await meeting({ confirm: true });
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.answer();
    await settle();
    host.invitation.session.hangUp();
    await settle();
    house.legs.at(-1)!.press("1");
    await settle();
    expect(await house.present(room)).toEqual(["102", "205"]);
  });

  it("when the host hangs up before the number is complete, and nothing is left", async () => {
    const { house, host, dialled, leave } = await meeting();
    await press(host, "*#");
    await press(host, "20");
    host.invitation.session.hangUp();
    await leave();
    expect(dialled).toEqual([]);
    expect(traces(house)).toEqual(none);
  });
});

describe("nobody may dial", () => {
  it("who is no host, with the chair or without", async () => {
    const { house, room, guest } = await meeting();
    const hears = ears(guest);
    await press(guest, "*#");
    await house.rooms.giveChair(room.id, guest.leg.id as never);
    await press(guest, "*#");
    expect(hears()).toEqual(["tone:error", "tone:error"]);
  });

  it("whom the bridge has called, host or not", async () => {
    const { house, host } = await meeting();
    await press(host, "*#");
    await press(host, "205#");
    house.sip.last.answer();
    await settle();
    const called = house.legs.at(-1)!;
    called.press("*8");
    await settle();
    called.press("9999");
    await settle();
    called.press("*#");
    await settle();
    expect(called.heard).toEqual(["conf-getpin", "tone:up", "tone:error"]);
    called.press("*1");
    await settle();
    expect(called.heard.at(-1)).not.toContain("vm-enter-num-to-call");
  });

  it("where no trunk is for hosts, and the help does not speak of it", async () => {
    const { host, guest, trunk } = await meeting();
    const [hears, guestHears] = [ears(host), ears(guest)];
    await press(host, "*1");
    await press(guest, "*1");
    trunk.forHosts = false;
    await press(host, "*1");
    await press(host, "*#");
    const [withIt, without, refused] = hears();
    expect(withIt).toMatch(/vm-press digits\/star digits\/pound vm-enter-num-to-call silence$/);
    expect(without).not.toContain("vm-enter-num-to-call");
    expect(guestHears().join()).not.toContain("vm-enter-num-to-call");
    expect(refused).toBe("tone:error");
  });
});
