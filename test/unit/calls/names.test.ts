// Callers who say their name on the way in: what they are asked, what the room hears of it, who is not asked, and that
// nothing is left of a name whatever becomes of its owner.
import { describe, expect, it } from "vitest";
import type { RoomFields } from "#bridge/rooms";
import { settle } from "#test/support";
import { type BridgeOptions, bridge, type Caller, none, traces } from "./bridge.ts";

/** Names that are kept somewhere, by number. */
function house(options: BridgeOptions = {}) {
  const kept = new Set<string>();
  let made = 0;
  const names = {
    next() {
      made += 1;
      const clip = `name${made}`;
      kept.add(clip);
      return { clip, discard: () => void kept.delete(clip) };
    },
  };
  const house = bridge({ names, ...options });
  house.beforeLeg = (leg) => {
    leg.autocapture = said;
  };
  return {
    ...house,
    kept,
    named: (fields: RoomFields = {}) =>
      house.room({ ...fields, options: { announce: "names", ...fields.options } }),
    /** The caller is asked and does not answer yet. */
    waitForNames: () => {
      house.beforeLeg = (leg) => {
        leg.autocapture = undefined;
      };
    },
    traces: () => ({ ...traces(house), kept: kept.size }),
  };
}

const said = { outcome: "captured", durationMs: 800 } as const;
const nothing = { outcome: "nothing", durationMs: 0 } as const;
const clean = { ...none, kept: 0 };
const asked = ["play vm-rec-name", "play beep", "capture"];
const hangUp = async ({ invitation }: Caller) => {
  invitation.session.hangUp();
  await settle();
};
const type = async ({ leg }: Caller, keys: string) => {
  leg.press(keys);
  await settle();
};

describe("a room that knows people by their names", () => {
  it("asks for it before the way in, and hears it when they come and go", async () => {
    const { named, call, worker, traces, kept } = house();
    const room = await named();
    const alice = await call(room, { number: "101" });
    expect(alice.leg.log).toEqual([...asked, "join", "play conf-onlyperson"]);
    expect(worker.played, "nobody was there to hear it").toEqual([]);

    const bob = await call(room, { number: "102" });
    expect(bob.leg.log).toEqual([...asked, "join"]);
    expect(worker.played).toEqual(["name2", "conf-hasjoin"]);
    await hangUp(alice);
    expect(worker.played.slice(2)).toEqual(["name1", "conf-hasleft"]);
    expect(kept).toEqual(new Set(["name1", "name2"]));
    await hangUp(bob);
    expect(traces()).toEqual(clean);
  });

  it.each([
    ["tones", ["tone:join", "tone:leave"]],
    ["none", []],
  ] as const)("hears %s where it wants those, and asks nobody", async (announce, heard) => {
    const { room, call, worker } = house();
    const wanted = await room({ options: { announce } });
    const alice = await call(wanted, { number: "101" });
    const bob = await call(wanted, { number: "102" });
    await hangUp(bob);
    expect([...alice.leg.log, ...bob.leg.log]).not.toContain("capture");
    expect(worker.played).toEqual(heard);
  });

  it("asks nobody and hears nothing without prompts", async () => {
    const { named, call, worker } = house();
    const room = await named({ enablePrompt: false });
    await call(room, { number: "101" });
    const bob = await call(room, { number: "102" });
    expect(bob.leg.log).toEqual(["join"]);
    await hangUp(bob);
    expect(worker.played).toEqual([]);
  });

  it.each(["nothing", "failed"] as const)(
    "hears tones of somebody when the capture is: %s",
    async (outcome) => {
      const room = house();
      room.waitForNames();
      const wanted = await room.named();
      const alice = await room.call(wanted, { number: "101" });
      alice.leg.said(said);
      await settle();
      const bob = await room.call(wanted, { number: "102" });
      bob.leg.said({ outcome, durationMs: 0 });
      await settle();
      await hangUp(bob);
      expect(room.worker.played).toEqual(["tone:join", "tone:leave"]);
      expect(room.kept).toEqual(new Set(["name1"]));
      await hangUp(alice);
      expect(room.traces()).toEqual(clean);
    },
  );

  it("asks after the PIN, and a # that ends the PIN does not cut the question", async () => {
    const { named, call, present, beforeLeg: _, ...rest } = house();
    const room = await named({ roomPin: "1234" });
    const alice = await call(room, { number: "101" });
    alice.leg.autoplay = false;
    alice.leg.playing?.end("finished");
    await type(alice, "1234");
    expect(alice.leg.playing?.items).toEqual(["vm-rec-name"]);
    await type(alice, "#");
    expect(alice.leg.playing?.items, "asked again").toEqual(["vm-rec-name"]);
    await rest.clock.advance(2000);
    await type(alice, "#");
    expect(alice.leg.playing?.items, "whoever knows the question").toEqual(["beep"]);
    expect(await present(room)).toEqual([]);
    alice.leg.autoplay = true;
    alice.leg.playing?.end("finished");
    await settle();
    expect(await present(room)).toEqual(["101"]);
    expect(alice.leg.heard.at(-1)).toBe("conf-placeintoconf conf-onlyperson");
  });

  it("takes what was said until the #", async () => {
    const room = house();
    room.waitForNames();
    const alice = await room.call(await room.named(), { number: "101" });
    expect(alice.leg.capturing).toMatchObject({ clip: "name1", maxMs: 5000 });
    await type(alice, "5#");
    expect(alice.leg.log).toContain("finish capture");
    expect(alice.leg.room).toBeDefined();
  });

  it("asks whoever waits for a host before they wait, without music, and not again", async () => {
    const room = house();
    room.waitForNames();
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

describe("whoever is asked for a name", () => {
  it("and never answers comes in after a while", async () => {
    const { waitForNames, named, call, clock, present, traces, worker, kept } = house();
    waitForNames();
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
    const { waitForNames, named, call, traces } = house();
    waitForNames();
    const alice = await call(await named(), { number: "101" });
    if (when === "with the answer") alice.leg.said(said);
    await hangUp(alice);
    expect(traces()).toEqual(clean);
  });

  it("and finds the door locked meanwhile is sent away, and their name with them", async () => {
    const { waitForNames, named, call, rooms, traces, kept } = house();
    const room = await named();
    const alice = await call(room, { number: "101" });
    waitForNames();
    const bob = await call(room, { number: "102" });
    await rooms.lock(room.id, true);
    bob.leg.said(said);
    await settle();
    expect(bob.invitation.session.byes).toEqual([{ status: 403, text: "Conference locked" }]);
    expect(kept).toEqual(new Set(["name1"]));
    await hangUp(alice);
    expect(traces()).toEqual(clean);
  });

  it("loses it with the media worker", async () => {
    const { waitForNames, named, call, workers, worker, traces } = house();
    await call(await named(), { number: "101" });
    waitForNames();
    await call(await named(), { number: "102" });
    workers.die(worker);
    await settle();
    await settle();
    expect(traces()).toEqual(clean);
  });
});

describe("whoever is known", () => {
  it("and comes back to the same meeting is not asked again", async () => {
    const { named, call, worker, kept, clock, traces } = house();
    const room = await named();
    const alice = await call(room, { number: "101" });
    await hangUp(await call(room, { number: "102" }));
    await clock.advance(60_000);
    worker.played.length = 0;
    const again = await call(room, { number: "102" });
    expect(again.leg.log).toEqual(["join"]);
    expect(worker.played).toEqual(["name2", "conf-hasjoin"]);
    const other = await call(room, { number: "102" });
    expect(other.leg.log, "somebody else from the same number").toContain("capture");
    await hangUp(again);
    await hangUp(other);
    await hangUp(alice);
    expect(kept.size).toBe(0);
    const anew = await call(room, { number: "102" });
    expect(anew.leg.log, "another meeting").toContain("capture");
    await hangUp(anew);
    expect(traces()).toEqual(clean);
  });

  it("but not from where is asked each time, and so is whoever comes back late", async () => {
    const { named, call, kept, clock } = house();
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

describe("many who come at once", () => {
  it("are told by a few names, then by tones, and then not at all", async () => {
    const { named, call, worker, clock } = house();
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
    const { named, call, worker, clock } = house();
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
