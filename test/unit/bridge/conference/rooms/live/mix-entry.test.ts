// A leg on its way into the mix: what it is told in which order, what is heard in the meantime, and who is on the roster then.
import { describe, expect, it } from "vitest";
import { Emitter, silentLogger } from "#common";
import type { RoomFields, RoomsEvents } from "#conference/rooms";
import { FakeLeg } from "#test/support";
import { MixEntry } from "../../../../../../bridge/conference/rooms/live/mix-entry.ts";
import { Roster } from "../../../../../../bridge/conference/rooms/live/roster.ts";
import { type FakeCall, fakeRoom } from "./fake-room.ts";

function entry(fields: RoomFields = {}) {
  const { clock, record, worker, participant, prepared } = fakeRoom(fields);
  const events = new Emitter<RoomsEvents>();
  const moved: string[] = [];
  events.on("participant.moved", ({ participant: who }) => void moved.push(who.displayName));
  const roster = new Roster({
    ...{ clock, events, log: silentLogger, record: () => record },
    run: async (job) => job(),
  });
  const state = { muted: false, opened: 0 };
  const made = new MixEntry({
    ...{ context: { clock, events, log: silentLogger }, roster, record: () => record },
    media: {
      open: async () => {
        state.opened += 1;
      },
    },
    roomMuted: () => state.muted,
    welcome: (who) => {
      roster.add(who);
      return { kind: "entered", role: who.role, alone: roster.size === 1 };
    },
  });
  function arriving(...given: Parameters<typeof participant>) {
    const who = participant(...given);
    roster.register(who);
    who.admit();
    return { who, leg: new FakeLeg(who.id, worker) };
  }
  return { record, worker, roster, state, moved, made, arriving, prepared };
}

const asParticipant = { role: "participant" } as const;

describe("a leg on its way into the mix", () => {
  it("is muted before it is heard, in a muted room", async () => {
    const { made, state, arriving, record } = entry();
    state.muted = true;
    const { who, leg } = arriving("Ada");
    expect(await made.enter(who, leg, asParticipant)).toMatchObject({ kind: "entered", alone: true });
    expect(leg.log).toEqual(["mute true", "join"]);
    expect([leg.room, who.reasons, who.state]).toEqual([record.id, ["room"], "joined"]);
  });

  it("is not told of a mute in a room that is not muted", async () => {
    const { made, state, arriving } = entry();
    const { who, leg } = arriving("Ada");
    await made.enter(who, leg, { role: "host", name: "Ada Lovelace" });
    expect(leg.log).toEqual(["join"]);
    expect([who.role, who.displayName, state.opened]).toEqual(["host", "Ada Lovelace", 1]);
  });

  it("puts no participant on the roster who left meanwhile", async () => {
    const { made, arriving, roster } = entry();
    const { who, leg } = arriving("Ada");
    leg.before = (command) => {
      if (command === "join") who.leave("hung up");
    };
    expect(await made.enter(who, leg, asParticipant)).toMatchObject({ kind: "refuse" });
    expect(roster.size).toBe(0);
  });

  it("takes over place, reasons, hand and cell in a transfer, and its predecessor leaves", async () => {
    const { made, arriving, roster } = entry();
    const ada = arriving("Ada");
    await made.enter(ada.who, ada.leg, { role: "host" });
    await roster.setReasons(ada.who, ["self"]);
    roster.setHand(ada.who, true);
    const bob = arriving("Bob", { kind: "transfer", from: ada.who });
    expect(await made.enter(bob.who, bob.leg, { role: "host" })).toMatchObject({ alone: true });
    expect(bob.leg.log).toEqual(["mute true", "join"]);
    expect([bob.who.reasons, bob.who.handRaised, bob.who.chairman]).toEqual([["self"], true, true]);
    expect([ada.who.state, roster.present]).toEqual(["left", [bob.who]]);
  });

  it("comes as any other one when its predecessor has left meanwhile", async () => {
    const { made, arriving, roster } = entry();
    const ada = arriving("Ada");
    await made.enter(ada.who, ada.leg, asParticipant);
    await roster.setReasons(ada.who, ["self"]);
    const bob = arriving("Bob", { kind: "transfer", from: ada.who });
    roster.remove(ada.who, "hung up");
    await made.enter(bob.who, bob.leg, asParticipant);
    expect([bob.who.reasons, bob.leg.log]).toEqual([[], ["join"]]);
  });

  it("is heard by neither room during a move, and brings the own mute along", async () => {
    const { made, arriving, moved } = entry();
    const { participant: from, leg } = fakeRoom().prepared("Ada");
    from.joined();
    await from.setReasons(["self", "room"]);
    from.beginMove();
    leg.log.length = 0;
    const { who } = arriving("Ada", { kind: "move", from, pass: asParticipant });
    await made.enter(who, leg, asParticipant);
    expect(leg.log).toEqual(["mute true", "join", "mute true"]);
    expect([who.reasons, who.state, from.state, moved]).toEqual([["self"], "joined", "left", ["Ada"]]);
  });

  it("stays in the other room when the participant was sent away there during the move", async () => {
    const { made, arriving, roster, moved } = entry();
    const { participant: from, leg } = fakeRoom().prepared("Ada");
    from.joined();
    from.beginMove();
    const { who } = arriving("Ada", { kind: "move", from, pass: asParticipant });
    leg.before = (command) => {
      if (command === "join") from.leave("kicked");
    };
    expect(await made.enter(who, leg, asParticipant)).toMatchObject({ kind: "refuse" });
    expect([roster.size, moved]).toEqual([0, []]);
  });

  it("comes back as muted as before, or the participant is sent away", async () => {
    const { made, arriving, record } = entry();
    const { who, leg } = arriving("Ada");
    await made.enter(who, leg, asParticipant);
    leg.room = undefined;
    leg.log.length = 0;
    await made.stay(who);
    expect([leg.room, leg.log]).toEqual([record.id, ["join", "mute false"]]);
    leg.before = () => {
      throw new Error("no answer");
    };
    await made.stay(who);
    expect([who.state, (who.call as FakeCall).dismissals]).toMatchObject(["left", [{ status: 503 }]]);
  });
});
