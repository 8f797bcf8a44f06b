// A host has called a number by keys, and the callee does not come, or the host gives the callee up.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { none, traces } from "./bridge.ts";
import { ask, ears, meeting, press } from "./dial-by-keys-meeting.ts";

describe("when the callee does not come", () => {
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
    const { bridge, room, host, guest, leave } = await meeting();
    const [hears, guestHears] = [ears(host), ears(guest)];
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.ring();
    bridge.sip.last.refuse(status, "Reason");
    await settle();
    expect(hears()).toEqual([ask, "vm-dialout", "tone:ringback", words]);
    expect(guestHears()).toEqual([]);
    expect(await bridge.present(room)).toEqual(["101", "102"]);
    await press(host, "*#");
    expect(hears()).toEqual([ask]);
    await leave();
    expect(traces(bridge)).toEqual(none);
  });

  it("a voicemail that does not confirm does not come in, and rings no more", async () => {
    const { bridge, room, host } = await meeting({ confirm: true });
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.answer();
    await settle();
    expect(await bridge.present(room)).toEqual(["101", "102"]);
    await bridge.clock.run(60_000);
    expect(hears()).toEqual([ask, "vm-dialout", "vm-nobodyavail"]);
  });

  it("who answers and finds the room full since is told of, too", async () => {
    const { bridge, room, host } = await meeting({ fields: { capacity: 3 } });
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    const late = await bridge.call(room, { number: "103" });
    await press(late, "1234");
    bridge.sip.last.answer();
    await settle();
    expect(hears()).toEqual([ask, "vm-dialout", "conf-full"]);
    expect(bridge.sip.last.session.ended).toBe(true);
  });

  it("a room without words rings and has a tone for it", async () => {
    const { bridge, host } = await meeting({ fields: { enablePrompt: false } });
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.ring();
    bridge.sip.last.refuse(486, "Busy Here");
    await settle();
    expect(hears()).toEqual([ask, "tone:ringback", "tone:error"]);
  });

  it("a host who is moved while they type dials for no room that they are not a host of", async () => {
    const { bridge, room, host } = await meeting();
    const other = await bridge.room();
    await press(host, "*#");
    await press(host, "20");
    const id = host.leg.id as never;
    expect((await bridge.rooms.moveParticipant(room.id, id, { roomId: other.id })).ok).toBe(true);
    const hears = ears(host);
    await press(host, "5#");
    expect(hears()).toContain("tone:error");
    expect(bridge.sip.attempts).toEqual([]);
  });

  it.each(["moved", "made a host of another room"] as const)(
    "a host who is %s while the number waits for its turn dials as what they are then",
    async (what) => {
      const { bridge, room, host, dialled } = await meeting();
      const other = await bridge.room({ adminPin: "9999" });
      const into: string[] = [];
      bridge.calls.events.on("dialled", (call) => void into.push(call.room ?? ""));
      await press(host, "*#");
      for (let tries = 0; tries < 3; tries += 1) await press(host, "900#");
      await press(host, "*#");
      await press(host, "205#");
      const target = what === "moved" ? { roomId: other.id } : { roomId: other.id, role: "host" as const };
      expect((await bridge.rooms.moveParticipant(room.id, host.leg.id as never, target)).ok).toBe(true);
      await bridge.clock.run(1000);
      expect(dialled).toHaveLength(into.length);
      expect(into).toEqual(what === "moved" ? [] : [other.id]);
    },
  );

  it("events tell who had them called", async () => {
    const { bridge, host } = await meeting();
    const told: unknown[] = [];
    bridge.calls.events.on("failed", ({ invitedBy, number, status }) =>
      told.push({ invitedBy, number, status }),
    );
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.refuse(486, "Busy Here");
    await settle();
    expect(told).toEqual([{ invitedBy: host.leg.id, number: "205", status: 486 }]);
  });
});

describe("a call is given up", () => {
  it.each(["#", "*#"])("with %s while it rings, and the keys are commands again", async (keys) => {
    const { bridge, host, guest, leave } = await meeting();
    const hears = ears(host);
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.ring();
    await press(host, keys);
    expect(bridge.sip.last.cancelled).toMatchObject({ status: 487 });
    expect(hears()).toEqual([ask, "vm-dialout", "tone:ringback", "tone:down"]);
    await press(host, "##");
    await press(host, "##");
    expect(guest.invitation.session.ended).toBe(true);
    await leave();
    expect(traces(bridge)).toEqual(none);
  });

  it("with a key after the answer as long as they are not inside, and not after that", async () => {
    const { bridge, room, host } = await meeting({ confirm: true });
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.answer();
    await settle();
    await press(host, "#");
    expect(bridge.sip.last.session.ended).toBe(true);

    await press(host, "*#");
    await press(host, "206#");
    bridge.sip.last.answer();
    await settle();
    bridge.legs.at(-1)!.press("1");
    await settle();
    await press(host, "#");
    expect(await bridge.present(room)).toEqual(["101", "102", "206"]);
    expect(bridge.sip.last.session.ended).toBe(false);
  });

  it("when the host hangs up while it rings", async () => {
    const { bridge, room, host, guest } = await meeting();
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.ring();
    host.invitation.session.hangUp();
    await settle();
    expect(bridge.sip.last.cancelled).toMatchObject({ status: 487 });
    expect(await bridge.present(room)).toEqual(["102"]);
    guest.invitation.session.hangUp();
    await settle();
    expect(traces(bridge)).toEqual(none);
  });

  it("but a callee who has answered comes in although the host has gone", async () => {
    const { bridge, room, host } = await meeting({ confirm: true });
    await press(host, "*#");
    await press(host, "205#");
    bridge.sip.last.answer();
    await settle();
    host.invitation.session.hangUp();
    await settle();
    bridge.legs.at(-1)!.press("1");
    await settle();
    expect(await bridge.present(room)).toEqual(["102", "205"]);
  });

  it("when the host hangs up before the number is complete, and nothing is left", async () => {
    const { bridge, host, dialled, leave } = await meeting();
    await press(host, "*#");
    await press(host, "20");
    host.invitation.session.hangUp();
    await leave();
    expect(dialled).toEqual([]);
    expect(traces(bridge)).toEqual(none);
  });
});
