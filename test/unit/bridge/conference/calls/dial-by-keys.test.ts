// A host calls a number into the room by keys: what they type, and what they alone hear until the callee is there.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { none, traces } from "./bridge.ts";
import { ask, ears, meeting, patient, press } from "./dial-by-keys-meeting.ts";

describe("a host who dials", () => {
  it("hears the far telephone ring, and no other participant does, until the callee answers and is in the room", async () => {
    const { bridge, room, host, guest, dialled, leave } = await meeting();
    const [hostHears, guestHears] = [ears(host), ears(guest)];
    await press(host, "*#");
    expect(hostHears()).toEqual([ask]);
    await press(host, "205#");
    expect(dialled).toEqual(["205 by the host"]);
    expect(hostHears()).toEqual(["vm-dialout"]);

    patient(host);
    bridge.sip.last.ring();
    expect(host.leg.playing).toMatchObject({
      items: ["tone:ringback"],
      options: { loop: true },
    });
    bridge.sip.last.ring();
    expect(hostHears()).toEqual(["tone:ringback"]);
    expect(host.leg.room).toBe(room.id);

    bridge.sip.last.answer();
    await settle();
    expect(host.leg.playing).toBeUndefined();
    expect(await bridge.present(room)).toEqual(["101", "102", "205"]);
    expect([hostHears(), guestHears()]).toEqual([[], []]);
    expect(bridge.worker.played.at(-1)).toBe("tone:join");

    bridge.sip.last.session.hangUp();
    await leave();
    expect(traces(bridge)).toEqual(none);
  });

  it("who is being told to wait hears the ringing after the words, and after every other answer", async () => {
    const { bridge, host } = await meeting();
    await press(host, "*#205");
    patient(host);
    await press(host, "#");
    bridge.sip.last.ring();
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
    const { bridge, room, host: earlier, guest, leave } = await meeting({ musicWhenAlone: true });
    await leave();
    expect([earlier, guest].every(({ leg }) => leg.closed)).toBe(true);
    const host = await bridge.call(room, { number: "104" });
    await press(host, "9999");
    expect(host.leg.heard.at(-1)).toBe("music");
    await press(host, "*#");
    await press(host, "205#");
    patient(host);
    const hears = ears(host);
    bridge.sip.last.ring();
    expect(host.leg.playing?.items).toEqual(["tone:ringback"]);
    bridge.sip.last.refuse(603, "Decline");
    await settle();
    host.leg.playing?.end("finished");
    await settle();
    expect(hears()).toEqual(["tone:ringback", "music", "vm-nobodyavail", "music"]);
  });

  it("types a number, not commands: `*` begins it again, and a pause does not dial it", async () => {
    const { bridge, room, host, guest, dialled } = await meeting();
    const hears = ears(host);
    const told: string[] = [];
    bridge.rooms.events.on("participant.key", ({ digit }) => told.push(digit));
    await press(host, "*#");
    await press(host, "23*0*5");
    expect(await bridge.rooms.status(room.id)).toMatchObject({ value: { locked: false } });
    expect(guest.leg.muted).toBe(false);
    await press(host, "*20");
    await bridge.clock.run(9000);
    await press(host, "5");
    await bridge.clock.run(9999);
    expect(hears()).toEqual([ask]);
    await bridge.clock.run(1);
    expect(hears()).toEqual([ask]);
    expect(dialled).toEqual([]);
    await press(host, "207#");
    expect(dialled).toEqual(["207 by the host"]);
    expect(told).toEqual([]);
  });

  it("gives the question up with the same keys, or with `#` alone", async () => {
    const { bridge, host, dialled, leave } = await meeting();
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
    expect(traces(bridge)).toEqual(none);
  });

  it("is told that a number is wrong three times, and later each time from then on", async () => {
    const { bridge, host, dialled } = await meeting();
    const hears = ears(host);
    await press(host, "*#");
    for (let tries = 0; tries < 3; tries += 1) await press(host, "900#");
    const wrong = `privacy-incorrect ${ask}`;
    expect(hears()).toEqual([ask, wrong, wrong, "privacy-incorrect"]);
    await press(host, "*#");
    await press(host, "205#");
    expect(dialled).toEqual([]);
    await bridge.clock.run(1000);
    expect(dialled).toEqual(["205 by the host"]);
  });

  it.each([
    ["DIAL_OUT_LIMIT", "followme/sorry please-try-call-later"],
    ["TRUNK_DOWN", "followme/sorry please-try-call-later"],
    ["ALREADY_DIALLING", "tone:error"],
  ] as const)("is told when nothing can be dialled: %s", async (code, words) => {
    const { bridge, host, trunk, leave } = await meeting();
    trunk.problem = code;
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    expect(hears()).toEqual([ask, words]);
    await leave();
    expect(traces(bridge)).toEqual(none);
  });

  it("is told that the room is full before any number is called", async () => {
    const { host, dialled } = await meeting({ fields: { capacity: 2 } });
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    expect(hears()).toEqual([ask, "conf-full"]);
    expect(dialled).toEqual([]);
  });
});

describe("no host may dial", () => {
  it("who is no host, with the chair or without", async () => {
    const { bridge, room, guest } = await meeting();
    const hears = ears(guest);
    await press(guest, "*#");
    await bridge.rooms.giveChair(room.id, guest.leg.id as never);
    await press(guest, "*#");
    expect(hears()).toEqual(["tone:error", "tone:error"]);
  });

  it("whom the bridge has called, host or not", async () => {
    const { bridge, host } = await meeting();
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.answer();
    await settle();
    const called = bridge.legs.at(-1)!;
    called.press("*8");
    await settle();
    called.press("9999");
    await settle();
    called.press("*#");
    await settle();
    expect(called.heard.slice(1)).toEqual(["conf-getpin", "tone:up", "tone:error"]);
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
