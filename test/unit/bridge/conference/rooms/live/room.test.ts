// A live room by itself: made from a record and a context, with calls that only remember.
import { describe, expect, it } from "vitest";
import type { ParticipantId } from "#common";
import { FakeClock, FakeLeg, settle } from "#test/support";
import { FakeCall } from "./fake-room.ts";
import { liveRoom } from "./live-room.ts";

describe("a live room", () => {
  it("has a meeting from the first participant to the last, and nothing keeps it afterwards", async () => {
    const { room, story, join } = liveRoom();
    expect([room.idle, room.meeting]).toEqual([true, undefined]);
    const ada = await join("Ada");
    const bob = await join("Bob");
    expect([room.present, room.status.status]).toEqual([2, "ON_CALL"]);
    ada.participant.leave("hung up");
    bob.participant.leave("hung up");
    await settle();
    expect(story).toEqual([
      ...["meeting.started", "participant.joined", "participant.joined"],
      ...["participant.left", "idle", "participant.left", "meeting.ended", "idle"],
    ]);
    expect([room.idle, room.meeting]).toEqual([true, undefined]);
  });

  it("lets one participant after the other join, and no more than there is room for", async () => {
    const { arrive, legOf } = liveRoom({ capacity: 1 });
    const [ada, bob] = [arrive("Ada"), arrive("Bob")];
    const results = await Promise.all([ada.join(legOf(ada)), bob.join(legOf(bob))]);
    expect(results).toMatchObject([{ kind: "entered" }, { kind: "refuse", refusal: { status: 486 } }]);
    expect([ada.state, bob.state]).toEqual(["joined", "refused"]);
  });

  it("does not put a participant on the roster who left while the leg joined", async () => {
    const { room, arrive, legOf } = liveRoom();
    const ada = arrive("Ada");
    const leg = legOf(ada);
    leg.before = (command) => {
      if (command === "join") ada.leave("hung up");
    };
    expect(await ada.join(leg)).toMatchObject({ kind: "refuse" });
    expect([ada.state, room.present, room.meeting]).toEqual(["left", 0, undefined]);
  });

  it("refuses when the worker does not obey", async () => {
    const { arrive, legOf } = liveRoom();
    const ada = arrive("Ada");
    const leg = legOf(ada);
    leg.before = () => {
      throw new Error("no answer");
    };
    expect(await ada.join(leg)).toMatchObject({ kind: "refuse", refusal: { status: 503 } });
  });

  it("locks after writing it, for new callers and not for those whom it calls", async () => {
    const { room, kept, arrive, legOf, join } = liveRoom();
    await join("Ada");
    expect(await room.switches.toggleLock()).toBe(true);
    expect(kept).toEqual([{ locked: true, muted: false }]);
    const bob = arrive("Bob");
    expect(await bob.join(legOf(bob))).toMatchObject({ kind: "refuse", refusal: { status: 403 } });
    const eve = arrive("Eve", { kind: "invited", pass: { role: "participant", invited: true } });
    expect(await eve.join(legOf(eve))).toMatchObject({ kind: "entered" });
  });

  it("makes a host by the PIN and opens for those who wait", async () => {
    const { room, arrive, legOf, join } = liveRoom({ adminPin: "9999", options: { waitForHost: true } });
    const ada = arrive("Ada");
    expect(await ada.join(legOf(ada))).toMatchObject({ kind: "wait" });
    const changed = ada.admissionChange();
    const host = arrive("Bob");
    const guess = room.beginPin(host, new AbortController().signal);
    await guess.turn();
    expect(await host.joinWithPin(legOf(host), "9999", guess)).toMatchObject({
      kind: "entered",
      role: "host",
    });
    await changed;
    expect(await ada.join(legOf(ada))).toMatchObject({ kind: "entered" });
    const eve = (await join("Eve")).participant;
    expect(await room.promote(eve, "1111")).toBe(false);
    expect(await room.promote(eve, "9999")).toBe(true);
    expect(eve.role).toBe("host");
  });

  it("gives the place of a participant to the one who takes over, unheard", async () => {
    const { room, join, legOf } = liveRoom({ capacity: 1 });
    const ada = await join("Ada");
    const taken = room.takeOver(ada.participant, new FakeCall("Eve"));
    if (!taken.ok) throw new Error("refused");
    expect(await taken.value.join(legOf(taken.value))).toMatchObject({ kind: "entered", alone: true });
    expect([ada.participant.state, room.participants.map(({ displayName }) => displayName)]).toEqual([
      "left",
      ["Eve"],
    ]);
    expect(room.takeOver(ada.participant, new FakeCall("Bob"))).toMatchObject({ error: { status: 404 } });
  });

  it("takes a participant of another room over in one step", async () => {
    const here = liveRoom();
    const there = liveRoom();
    const ada = await here.join("Ada");
    await here.room.mute.toggleSelf(ada.participant);
    ada.participant.beginMove();
    const expected = there.room.expect(ada.participant, "participant");
    if (!expected.ok) throw new Error("refused");
    expect([there.room.entryConditions.present, there.room.present]).toEqual([1, 0]);
    expect(await expected.value.join(ada.leg)).toMatchObject({ kind: "entered" });
    expect([ada.participant.state, expected.value.state]).toEqual(["left", "joined"]);
    expect([here.room.present, there.room.participants[0]?.muteReasons]).toEqual([0, ["self"]]);
  });

  it("puts a participant back whose move came to nothing, or sends them away", async () => {
    const { room, join } = liveRoom();
    const ada = await join("Ada");
    ada.participant.beginMove();
    ada.leg.room = undefined;
    await room.stay(ada.participant);
    ada.participant.endMove();
    expect([ada.participant.state, ada.leg.room]).toEqual(["joined", room.record.id]);
    ada.leg.before = () => {
      throw new Error("no answer");
    };
    await room.stay(ada.participant);
    expect((ada.participant.call as FakeCall).dismissals).toMatchObject([{ status: 503 }]);
  });

  it("goes to another worker with all its participants while no one is in the mix", async () => {
    const { room, workers, placement, arrive } = liveRoom();
    const [ada, bob] = [arrive("Ada"), arrive("Bob")];
    const [first, second] = workers.workers;
    expect(ada.relocate(new Set([first!]))).toBe(true);
    expect([ada.worker, bob.worker]).toEqual([second, second]);
    expect([placement.load(first!), placement.load(second!)]).toEqual([0, 2]);
    expect(ada.relocateTo(first!)).toBe(true);
    expect(await ada.join(new FakeLeg(ada.id, second!))).toMatchObject({ kind: "leg-elsewhere" });
    expect([ada.state, ada.relocateTo(second!)]).toEqual(["admitted", true]);
    expect(await ada.joinWith(new FakeLeg(ada.id, second!))).toMatchObject({ kind: "entered" });
    expect([bob.relocate(new Set([second!])), bob.relocateTo(first!)]).toEqual([false, false]);
    room.workerDown(second!);
    expect([ada.state, bob.state, placement.load(second!)]).toEqual(["left", "left", 0]);
  });

  it("keeps nothing of a participant of the previous process whose worker does not obey, or who goes meanwhile", async () => {
    const before = await liveRoom().join("Ada");
    for (const fault of ["open", "mute", "gone"] as const) {
      const { room, workers, placement, story } = liveRoom();
      const worker = workers.workers[0]!;
      const leg = new FakeLeg(before.participant.id, worker);
      if (fault === "open") worker.refuse = "room.open";
      leg.before = () => {
        if (fault === "mute") throw new Error("no answer");
        room.workerDown(worker);
      };
      const kept = { ...before.participant.kept, room: room.record.id };
      const resumed = room.resume(new FakeCall("Ada"), leg, { kept, name: undefined });
      if (fault === "gone") expect(await resumed).toBeUndefined();
      else await expect(resumed).rejects.toThrow();
      expect([room.roster.isEmpty, room.present, room.meeting, room.idle], fault).toEqual([
        ...[true, 0, undefined, true],
      ]);
      expect([placement.load(worker), story], fault).toEqual([0, ["idle"]]);
      expect(worker.commands, fault).toEqual(fault === "open" ? [] : ["room.open", "room.close"]);
    }
  });

  it("gives the warnings, and makes the end, that a schedule brought while no process looked", async () => {
    const resumed = async (endsInMs: number) => {
      const before = await liveRoom().join("Ada");
      const scheduledEndAt = new Date(new FakeClock().now() + endsInMs).toISOString();
      const { room, clock, workers } = liveRoom({ scheduledEndAt });
      const worker = workers.workers[0]!;
      const call = new FakeCall("Ada");
      const kept = { ...before.participant.kept, room: room.record.id };
      await room.resume(call, new FakeLeg(before.participant.id, worker), { kept, name: undefined });
      return { room, clock, worker, call };
    };

    const over = await resumed(-1000);
    over.clock.advance(60_000);
    expect(over.call.dismissals).toEqual([]);
    over.room.catchUpWithSchedule(over.clock.now());
    expect(over.call.dismissals).toMatchObject([{ code: "TIME_OVER" }]);
    expect(over.room.meeting).toBeUndefined();

    const warned = await resumed(59_000);
    warned.room.catchUpWithSchedule(warned.clock.now() - 500);
    expect(warned.worker.commands).not.toContain("room.play");
    warned.room.catchUpWithSchedule(warned.clock.now() - 2000);
    await Promise.resolve();
    expect(warned.worker.commands).toContain("room.play");
    expect(warned.call.dismissals).toEqual([]);
    warned.clock.advance(59_000);
    expect(warned.call.dismissals).toMatchObject([{ code: "TIME_OVER" }]);
  });

  it("kicks, sends all away, and the meeting ends with the last", async () => {
    const { room, join } = liveRoom();
    const ada = await join("Ada");
    const bob = await join("Bob");
    expect(await room.roster.kick(ada.participant.id)).toMatchObject({ ok: true });
    expect(ada.leg.log).toContain("leave");
    expect((ada.participant.call as FakeCall).dismissals).toMatchObject([{ status: 403, words: "kicked" }]);
    expect(await room.roster.kick("nobody" as ParticipantId)).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND" },
    });
    room.roster.dismissAll({ status: 200, text: "Ended", code: "ENDED_BY_HOST" });
    expect([bob.participant.state, room.meeting]).toEqual(["left", undefined]);
  });
});
