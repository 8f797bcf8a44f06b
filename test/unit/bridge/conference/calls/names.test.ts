// Callers who say their name on the way in: what they are asked, what the room hears of it, who is not asked, and that
// nothing is left of a name whatever becomes of its owner.
import { describe, expect, it } from "vitest";
import { settle } from "#test/support";
import { asked, bridgeWithNames, clean, hangUp, nothing, said, type } from "./named-callers.ts";

describe("a room that knows people by their names", () => {
  it("asks for it before the way in, and hears it when they come and go", async () => {
    const { named, call, worker, traces, kept } = bridgeWithNames();
    const room = await named();
    const alice = await call(room, { number: "101" });
    expect(alice.leg.log).toEqual([...asked, "join", "play conf-onlyperson"]);
    expect(worker.played, "no other participant was there to hear it").toEqual([]);

    const bob = await call(room, { number: "102" });
    expect(bob.leg.log).toEqual([...asked, "join"]);
    expect(worker.played).toEqual(["name2", "conf-hasjoin"]);
    await hangUp(alice);
    expect(worker.played.slice(2)).toEqual(["name1", "conf-hasleft", "conf-onlyperson"]);
    expect(kept).toEqual(new Set(["name1", "name2"]));
    await hangUp(bob);
    expect(traces()).toEqual(clean);
  });

  it.each([
    ["tones", ["tone:join", "tone:leave", "conf-onlyperson"]],
    ["none", []],
  ] as const)("hears %s where it wants those, and asks no caller", async (announce, heard) => {
    const { room, call, worker } = bridgeWithNames();
    const wanted = await room({ options: { announce } });
    const alice = await call(wanted, { number: "101" });
    const bob = await call(wanted, { number: "102" });
    await hangUp(bob);
    expect([...alice.leg.log, ...bob.leg.log]).not.toContain("capture");
    expect(worker.played).toEqual(heard);
  });

  it("asks no caller and hears nothing without prompts", async () => {
    const { named, call, worker } = bridgeWithNames();
    const room = await named({ enablePrompt: false });
    await call(room, { number: "101" });
    const bob = await call(room, { number: "102" });
    expect(bob.leg.log).toEqual(["join"]);
    await hangUp(bob);
    expect(worker.played).toEqual([]);
  });

  it.each(["nothing", "failed"] as const)(
    "hears tones of a participant when the capture is: %s",
    async (outcome) => {
      const room = bridgeWithNames();
      room.answerLater();
      const wanted = await room.named();
      const alice = await room.call(wanted, { number: "101" });
      alice.leg.said(said);
      await settle();
      const bob = await room.call(wanted, { number: "102" });
      bob.leg.said({ outcome, durationMs: 0 });
      await settle();
      await hangUp(bob);
      expect(room.worker.played).toEqual(["tone:join", "tone:leave", "conf-onlyperson"]);
      expect(room.kept).toEqual(new Set(["name1"]));
      await hangUp(alice);
      expect(room.traces()).toEqual(clean);
    },
  );

  it("asks after the PIN, and a # that ends the PIN does not cut the question", async () => {
    const { named, call, present, clock } = bridgeWithNames();
    const room = await named({ roomPin: "1234" });
    const alice = await call(room, { number: "101" });
    alice.leg.autoplay = false;
    await type(alice, "1234");
    expect(alice.leg.playing?.items).toEqual(["vm-rec-name"]);
    await type(alice, "#");
    expect(alice.leg.playing?.items, "asked again").toEqual(["vm-rec-name"]);
    await clock.advance(2000);
    await type(alice, "#");
    expect(alice.leg.playing?.items, "for callers who know the question").toEqual(["beep"]);
    expect(await present(room)).toEqual([]);
    alice.leg.autoplay = true;
    alice.leg.playing?.end("finished");
    await settle();
    expect(await present(room)).toEqual(["101"]);
    expect(alice.leg.heard.at(-1)).toBe("conf-placeintoconf conf-onlyperson");
  });

  it("takes what was said until the #", async () => {
    const room = bridgeWithNames();
    room.answerLater();
    const alice = await room.call(await room.named(), { number: "101" });
    expect(alice.leg.capturing).toMatchObject({ clip: "name1", maxMs: 5000 });
    await type(alice, "5#");
    expect(alice.leg.log).toContain("finish capture");
    expect(alice.leg.room).toBeDefined();
  });

  it("asks callers who wait for a host before they wait, without music, and not again", async () => {
    const room = bridgeWithNames();
    room.answerLater();
    const wanted = await room.named({ adminPin: "9999", options: { waitForHost: true } });
    const guest = await room.call(wanted, { number: "102" });
    expect(guest.leg.playing).toBeUndefined();
    guest.leg.said(said);
    await settle();
    expect(guest.leg.heard).toEqual(["vm-rec-name", "beep", "conf-waitforleader", "music"]);
    const host = await room.call(wanted, { number: "101" });
    host.leg.said(nothing);
    await settle();
    await type(host, "*8");
    await type(host, "9999");
    expect((await room.present(wanted)).sort()).toEqual(["101", "102"]);
    expect(guest.leg.log.filter((line) => line === "capture")).toHaveLength(1);
    expect(room.worker.played).toEqual(["name1", "conf-hasjoin"]);
  });
});

describe("a caller who is asked for a name", () => {
  it("and never answers comes in after a while", async () => {
    const { answerLater, named, call, clock, present, traces, worker, kept } = bridgeWithNames();
    answerLater();
    const room = await named();
    const alice = await call(room, { number: "101" });
    expect(await present(room)).toEqual([]);
    await clock.run(13_000);
    expect(await present(room)).toEqual(["101"]);
    // What comes too late is not kept.
    alice.leg.said(said);
    await settle();
    expect(kept.size).toBe(0);
    await hangUp(alice);
    expect(worker.played).toEqual([]);
    expect(traces()).toEqual(clean);
  });

  it.each(["before the answer", "with the answer"])("and hangs up %s leaves nothing behind", async (when) => {
    const { answerLater, named, call, traces } = bridgeWithNames();
    answerLater();
    const alice = await call(await named(), { number: "101" });
    if (when === "with the answer") alice.leg.said(said);
    await hangUp(alice);
    expect(traces()).toEqual(clean);
  });

  it("and finds the door locked meanwhile is sent away, and their name with them", async () => {
    const { answerLater, named, call, rooms, traces, kept } = bridgeWithNames();
    const room = await named();
    const alice = await call(room, { number: "101" });
    answerLater();
    const bob = await call(room, { number: "102" });
    await rooms.lock(room.id, true);
    bob.leg.said(said);
    await settle();
    expect(bob.invitation.session.byes).toEqual([
      { status: 403, text: "Conference locked", code: "ROOM_LOCKED" },
    ]);
    expect(kept).toEqual(new Set(["name1"]));
    await hangUp(alice);
    expect(traces()).toEqual(clean);
  });

  it("loses it with the media worker", async () => {
    const { answerLater, named, call, workers, worker, traces } = bridgeWithNames();
    await call(await named(), { number: "101" });
    answerLater();
    await call(await named(), { number: "102" });
    workers.die(worker);
    await settle();
    await settle();
    expect(traces()).toEqual(clean);
  });
});
