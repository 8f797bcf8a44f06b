// Which callers are not asked for their name: those who come back, those who take over a place, those who may be a machine; and what the room hears
// when many come at once.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { bridgeWithNames, clean, hangUp } from "./named-callers.ts";

describe("a caller whose name is known", () => {
  it("and comes back to the same meeting is not asked again", async () => {
    const { named, call, worker, kept, clock, traces } = bridgeWithNames();
    const room = await named();
    const alice = await call(room, { number: "101" });
    await hangUp(await call(room, { number: "102" }));
    await clock.advance(60_000);
    worker.played.length = 0;
    const again = await call(room, { number: "102" });
    expect(again.leg.log).toEqual(["join"]);
    expect(worker.played).toEqual(["name2", "conf-hasjoin"]);
    const other = await call(room, { number: "102" });
    expect(other.leg.log, "another caller from the same number").toContain("capture");
    await hangUp(again);
    await hangUp(other);
    await hangUp(alice);
    expect(kept.size).toBe(0);
    const anew = await call(room, { number: "102" });
    expect(anew.leg.log, "another meeting").toContain("capture");
    await hangUp(anew);
    expect(traces()).toEqual(clean);
  });

  it("but not from where is asked each time, and so is a caller who comes back late", async () => {
    const { named, call, kept, clock } = bridgeWithNames();
    const room = await named();
    await call(room, { number: "101" });
    await hangUp(await call(room, { number: "anonymous" }));
    expect(kept).toEqual(new Set(["name1"]));
    expect((await call(room, { number: "anonymous" })).leg.log).toContain("capture");
    await hangUp(await call(room, { number: "103" }));
    await clock.advance(6 * 60_000);
    expect((await call(room, { number: "103" })).leg.log).toContain("capture");
    expect(kept.has("name4"), "the old one").toBe(false);
  });
});

describe("a caller who takes over a place", () => {
  it("is not asked, and goes by the name that the room knows", async () => {
    const { named, call, worker, present, kept, traces } = bridgeWithNames();
    const room = await named();
    const alice = await call(room, { number: "101" });
    const secretary = await call(room, { number: "200" });
    worker.played.length = 0;
    const boss = await call(room, { number: "100", replaces: secretary.invitation.session });
    expect(boss.leg.log).toEqual(["join"]);
    expect(await present(room)).toEqual(["101", "100"]);
    expect(worker.played).toEqual([]);
    await hangUp(boss);
    expect(worker.played).toEqual(["name2", "conf-hasleft", "conf-onlyperson"]);
    await hangUp(alice);
    expect(kept.size).toBe(0);
    expect(traces()).toEqual(clean);
  });
});

describe("a callee of the room", () => {
  const way = { to: "sip:030700@pbx", from: { uri: "sip:8000@pbx" } };

  it.each([
    ["is asked once they have confirmed", true, ["name2", "conf-hasjoin"]],
    ["may be a voicemail, which has no name", false, ["tone:join"]],
  ] as const)("%s", async (_, confirm, heard) => {
    const { named, call, calls, sip, legs, worker, traces } = bridgeWithNames();
    const room = await named();
    const alice = await call(room, { number: "101" });
    calls.place({ room: room.id, number: "030700", targets: [way], ringSeconds: 45, confirm });
    await settle();
    sip.last.answer();
    await settle();
    if (confirm) legs.at(-1)!.press("1");
    await settle();
    expect(legs.at(-1)!.log.includes("capture")).toBe(confirm);
    expect(worker.played).toEqual(heard);
    await hangUp(alice);
    sip.last.session.hangUp();
    await settle();
    expect(traces()).toEqual(clean);
  });
});

describe("many who come at once", () => {
  it("are told by a few names, then by tones, and then not at all", async () => {
    const { named, call, worker, clock } = bridgeWithNames();
    const room = await named({ capacity: 100 });
    for (let number = 101; number <= 130; number += 1) await call(room, { number: String(number) });
    const names = worker.played.filter((item) => item === "conf-hasjoin").length;
    const tones = worker.played.filter((item) => item === "tone:join").length;
    expect([names, tones]).toEqual([3, 3]);
    expect(worker.commands.filter((command) => command === "room.play")).toHaveLength(6);

    worker.played.length = 0;
    await clock.advance(60_000);
    await call(room, { number: "200" });
    expect(worker.played).toEqual(["name31", "conf-hasjoin"]);
  });

  it("over a long time take a quarter of it at most", async () => {
    const { named, call, worker, clock } = bridgeWithNames();
    const room = await named({ capacity: 200 });
    for (let number = 101; number <= 220; number += 1) {
      await call(room, { number: String(number) });
      await clock.advance(3000);
    }
    const names = worker.played.filter((item) => item === "conf-hasjoin").length;
    const tones = worker.played.filter((item) => item === "tone:join").length;
    // 360 seconds, of which each name takes 2.8.
    expect(names * 2.8).toBeLessThan(12 + 360 / 4 + 2.8);
    expect(names).toBeGreaterThan(20);
    expect(names + tones).toBe(119);
  });
});

describe("a participant who is moved to another room", () => {
  it("is named in both, and not asked again; the name stays with them", async () => {
    const { named, call, rooms, worker, traces, kept } = bridgeWithNames();
    const [here, there] = [await named(), await named()];
    const alice = await call(here, { number: "101" });
    const bob = await call(here, { number: "102" });
    const eve = await call(there, { number: "103" });
    worker.played.splice(0);
    const log = alice.leg.log.length;

    const id = alice.leg.id as never;
    expect((await rooms.moveParticipant(here.id, id, { roomId: there.id })).ok).toBe(true);
    await settle();

    expect(worker.played).toEqual(["name1", "conf-hasleft", "name1", "conf-hasjoin", "conf-onlyperson"]);
    expect(alice.leg.log.slice(log)).not.toContain("capture");
    await hangUp(bob);
    expect(kept, "the meeting they left is over").toEqual(new Set(["name1", "name3"]));
    worker.played.splice(0);
    await hangUp(alice);
    expect(worker.played).toEqual(["name1", "conf-hasleft", "conf-onlyperson"]);
    await hangUp(eve);
    expect(traces()).toEqual(clean);
  });
});
