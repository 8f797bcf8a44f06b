// One participant alone, in a room that only remembers: verdicts become states, a place is held and lost, and leaving
// happens once.
import { describe, expect, it } from "vitest";
import type { PinGuess, SpokenName } from "#conference/rooms";
import { FakeLeg } from "#test/support";
import { type FakeCall, fakeRoom } from "./fake-room.ts";

function guess(): PinGuess & { readonly outcome: string[] } {
  const outcome: string[] = [];
  return {
    outcome,
    turn: async () => "weigh",
    right: () => void outcome.push("right"),
    takeBack: () => void outcome.push("taken back"),
  };
}

const spokenName = (clip: string, discarded: string[]): SpokenName => ({
  clip,
  durationMs: 800,
  discard: () => void discarded.push(clip),
});

describe("a participant", () => {
  it("is let in without a PIN, holds a place from then on, and joins", async () => {
    const { participant, worker } = fakeRoom();
    const ada = participant("Ada");
    expect([ada.state, ada.holdsPlace]).toEqual(["calling", false]);
    expect(ada.admission().kind).toBe("enter");
    expect(ada.state).toBe("calling");

    expect(ada.admit().kind).toBe("enter");
    expect([ada.state, ada.holdsPlace]).toEqual(["admitted", true]);

    expect(await ada.join(new FakeLeg(ada.id, worker))).toMatchObject({ kind: "entered" });
    expect([ada.state, ada.inside, ada.holdsPlace]).toEqual(["joined", true, false]);
  });

  it("is asked for a PIN, stays at the prompt with a wrong one, and enters as host with the admin's", async () => {
    const { participant, worker } = fakeRoom({ roomPin: "1234", adminPin: "9999" });
    const ada = participant("Ada");
    const leg = new FakeLeg(ada.id, worker);
    expect(await ada.join(leg)).toEqual({ kind: "ask", pins: ["9999", "1234"] });
    expect(ada.state).toBe("prompted");

    const wrong = guess();
    expect(await ada.joinWithPin(leg, "1111", wrong)).toEqual({ kind: "wrong" });
    expect([ada.state, wrong.outcome]).toEqual(["prompted", []]);

    const right = guess();
    expect(await ada.joinWithPin(leg, "9999", right)).toMatchObject({ kind: "entered", role: "host" });
    expect([ada.state, ada.role, right.outcome]).toEqual(["joined", "host", ["right"]]);
  });

  it("takes back a wrong guess when the room has opened meanwhile", async () => {
    const { participant, worker, conditions } = fakeRoom({ roomPin: "1234" });
    const ada = participant("Ada");
    ada.admit();
    conditions.now = { ...conditions.now, roomPin: null };
    const typed = guess();
    expect(await ada.joinWithPin(new FakeLeg(ada.id, worker), "1111", typed)).toMatchObject({
      kind: "entered",
    });
    expect(typed.outcome).toEqual(["taken back"]);
  });

  it("waits for the host with a place that a full room does not take away", async () => {
    const { participant, worker, conditions } = fakeRoom({ capacity: 1, options: { waitForHost: true } });
    const ada = participant("Ada");
    const leg = new FakeLeg(ada.id, worker);
    expect(await ada.join(leg)).toMatchObject({ kind: "wait", reason: "host" });
    expect([ada.state, ada.holdsPlace]).toEqual(["waiting", true]);

    conditions.now = { ...conditions.now, present: 1, hostPresent: true };
    expect(await ada.join(leg)).toMatchObject({ kind: "entered" });
  });

  it("is refused by a full room and holds no place then", () => {
    const { participant, conditions } = fakeRoom({ capacity: 1 });
    conditions.now = { ...conditions.now, present: 1 };
    const ada = participant("Ada");
    expect(ada.admit()).toMatchObject({ kind: "refuse", refusal: { status: 486 } });
    expect([ada.state, ada.holdsPlace]).toEqual(["refused", false]);
  });

  it("hears that admission may have changed", async () => {
    const ada = fakeRoom().participant("Ada");
    const heard: number[] = [];
    void ada.admissionChange().then(() => heard.push(1));
    ada.admissionChanged();
    await Promise.resolve();
    expect(heard).toEqual([1]);
  });

  it("who takes over from another one is let in with their role, and holds no place of their own", async () => {
    const { participant, prepared, worker, conditions } = fakeRoom({ roomPin: "1234", capacity: 1 });
    const { participant: ada } = prepared("Ada", "host");
    ada.joined();
    conditions.now = { ...conditions.now, locked: true, present: 1 };
    const bob = participant("Bob", { kind: "transfer", from: ada });
    expect(bob.admit()).toEqual({ kind: "enter", pass: { role: "host" } });
    expect([bob.state, bob.holdsPlace]).toEqual(["replacing", false]);
    expect(await bob.join(new FakeLeg(bob.id, worker))).toMatchObject({ kind: "entered", role: "host" });
  });

  it("says their name when the room asks for names, and is not asked twice", async () => {
    const { participant, worker } = fakeRoom({ options: { announce: "names" } });
    const ada = participant("Ada");
    const leg = new FakeLeg(ada.id, worker);
    expect(await ada.join(leg)).toEqual({ kind: "introduce", pass: { role: "participant" } });
    expect([ada.state, ada.holdsPlace]).toEqual(["admitted", true]);
    const discarded: string[] = [];
    expect(await ada.joinAs(leg, spokenName("ada.wav", discarded))).toMatchObject({ kind: "entered" });
    expect([ada.name?.clip, discarded]).toEqual(["ada.wav", []]);
  });

  it("keeps no name that is said after leaving", async () => {
    const { participant, worker } = fakeRoom({ options: { announce: "names" } });
    const ada = participant("Ada");
    ada.leave("hung up");
    const discarded: string[] = [];
    await ada.joinAs(new FakeLeg(ada.id, worker), spokenName("ada.wav", discarded));
    expect(discarded).toEqual(["ada.wav"]);
  });

  it("leaves once, whichever side is first", () => {
    const { participant, departures } = fakeRoom();
    const ada = participant("Ada");
    ada.leave("hung up");
    ada.leave("again");
    ada.dismiss({ status: 403, text: "Removed", code: "REMOVED" });
    expect(departures).toEqual([{ name: "Ada", reason: "hung up", lent: undefined }]);
    expect((ada.call as FakeCall).dismissals).toEqual([]);
    expect([ada.relocate(new Set()), ada.relocateTo(ada.worker)]).toEqual([false, false]);
  });

  it("is sent away, and the call is told why", () => {
    const { participant, departures } = fakeRoom();
    const ada = participant("Ada");
    ada.dismiss({ status: 403, text: "Removed", code: "REMOVED" });
    expect(departures).toEqual([{ name: "Ada", reason: "Removed", lent: undefined }]);
    expect((ada.call as FakeCall).dismissals).toEqual([{ status: 403, text: "Removed", code: "REMOVED" }]);
  });

  it("moves: both rooms have them, then only the other one, with the name", async () => {
    const here = fakeRoom({ options: { announce: "names" } });
    const there = fakeRoom();
    const { participant: ada, leg } = here.prepared("Ada");
    ada.joined();
    ada.beginMove();
    const pass = { role: "participant", invited: true } as const;
    const expected = there.participant("Ada", { kind: "move", from: ada, pass });
    expect([ada.state, expected.state, expected.holdsPlace]).toEqual(["moving", "expected", true]);

    await ada.joinAs(leg, spokenName("ada.wav", []));
    expect(await expected.join(leg)).toMatchObject({ kind: "entered" });
    ada.leaveFor(expected);
    ada.endMove();
    expect([ada.state, expected.state]).toEqual(["left", "joined"]);
    expect(expected.name?.clip).toBe("ada.wav");
    expect(here.departures).toEqual([{ name: "Ada", reason: "Moved to another room", lent: "ada.wav" }]);
  });

  it("stays where a failed move finds them, and a room that only expects them ends no call", () => {
    const here = fakeRoom();
    const there = fakeRoom();
    const { participant: ada } = here.prepared("Ada");
    ada.joined();
    ada.beginMove();
    const expected = there.participant("Ada", { kind: "move", from: ada, pass: { role: "participant" } });
    expected.dismiss({ status: 410, text: "Conference closed", code: "ROOM_ENDED" });
    ada.endMove();
    expect([expected.state, ada.state]).toEqual(["left", "joined"]);
    expect((expected.call as FakeCall).dismissals).toEqual([]);
  });

  it("is shown as muted only when the leg is", async () => {
    const { prepared } = fakeRoom();
    const { participant: ada, leg } = prepared("Ada");
    expect(await ada.setReasons(["self"])).toBe(true);
    expect([leg.muted, ada.info().muted, ada.info().muteReasons]).toEqual([true, true, ["self"]]);
    leg.before = () => {
      throw new Error("no answer");
    };
    await expect(ada.setReasons([])).rejects.toThrow("no answer");
    expect(ada.info().muteReasons).toEqual(["self"]);
  });

  it("hears nothing from a room without prompts", () => {
    const quiet = fakeRoom({ enablePrompt: false }).prepared("Ada");
    quiet.participant.hears("unmuted");
    expect(quiet.call.told).toEqual([]);
    const speaking = fakeRoom().prepared("Ada");
    speaking.participant.hears("unmuted");
    expect(speaking.call.told).toEqual(["unmuted"]);
  });
});
