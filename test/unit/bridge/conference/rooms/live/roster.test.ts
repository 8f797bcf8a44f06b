// A roster alone: order, chair, hands, mute reasons and the events that say so.
import { describe, expect, it } from "vitest";
import { Emitter, silentLogger } from "#common";
import type { Role, RoomsEvents } from "#conference/rooms";
import { Roster } from "../../../../../../bridge/conference/rooms/live/roster.ts";
import { fakeRoom } from "./fake-room.ts";

function rosterOf() {
  const { clock, record, prepared } = fakeRoom();
  const events = new Emitter<RoomsEvents>();
  const seen: string[] = [];
  for (const name of ["participant.joined", "participant.left", "participant.changed"] as const) {
    events.on(name, ({ participant: { displayName, chairman, muteReasons } }) => {
      seen.push([name.slice(12), displayName, chairman ? "chairman" : "", ...muteReasons].join(" ").trim());
    });
  }
  const roster = new Roster({
    ...{ clock, events, log: silentLogger, record: () => record },
    run: async (job) => job(),
  });
  const join = (displayName: string, role: Role = "participant") => {
    const made = prepared(displayName, role);
    roster.register(made.participant);
    roster.add(made.participant);
    return made;
  };
  const leave = ({ participant }: ReturnType<typeof prepared>) => {
    participant.leave("hung up");
    roster.remove(participant, "hung up");
  };
  const present = () => roster.present.map(({ displayName }) => displayName);
  return { clock, roster, seen, prepared, join, leave, present };
}

describe("a roster", () => {
  it("counts those who are expected apart from those inside", () => {
    const { roster, prepared } = rosterOf();
    const { participant } = prepared("Ada");
    roster.register(participant);
    expect([roster.isEmpty, roster.placesHeld, roster.size, roster.get(participant.id)]).toEqual([
      false,
      1,
      0,
      undefined,
    ]);
    roster.add(participant);
    expect([roster.placesHeld, roster.size, roster.get(participant.id)]).toEqual([0, 1, participant]);
    expect(roster.remove(participant, "bye")).toBe(true);
    expect(roster.remove(participant, "bye")).toBe(false);
    expect(roster.isEmpty).toBe(true);
  });

  it("gives the chair to the first host, and to the next one when the chairman leaves", () => {
    const { join, leave, seen } = rosterOf();
    join("Ada");
    const bob = join("Bob", "host");
    join("Cid", "host");
    leave(bob);
    expect(seen).toEqual([
      ...["joined Ada", "joined Bob chairman", "joined Cid"],
      ...["left Bob chairman", "changed Cid chairman"],
    ]);
  });

  it("tells of the heir of a chairman who is a host no more", async () => {
    const { roster, join, seen } = rosterOf();
    const { participant: ada } = join("Ada", "host");
    join("Bob", "host");
    const before = roster.rolesAndPermissionsOf([ada]);
    ada.follow({ role: "participant", permissions: {} });
    seen.length = 0;
    await roster.followPermissions(before);
    expect(seen).toEqual(["changed Bob chairman", "changed Ada"]);
  });

  it("leaves a chairman who hands the chair over as they were heard, and mutes whoever was muted before", async () => {
    const { roster, join } = rosterOf();
    const { participant: ada } = join("Ada", "host");
    const { participant: bob } = join("Bob");
    const { participant: cid } = join("Cid");
    await roster.setAllReasons(({ chairman }) => (chairman ? [] : ["room", "floor"]));
    await roster.giveChair(bob.id);
    expect([ada, bob, cid].map(({ reasons }) => reasons)).toEqual([[], [], ["room", "floor"]]);
    await roster.giveChair(cid.id);
    expect([ada, bob, cid].map(({ reasons }) => reasons)).toEqual([[], [], []]);
  });

  it("frees the heir of the chair from what spares a chairman", async () => {
    const { roster, join, leave } = rosterOf();
    const ada = join("Ada", "host");
    const bob = join("Bob", "host");
    await roster.setReasons(bob.participant, ["host", "room"]);
    leave(ada);
    await Promise.resolve();
    expect(bob.participant.reasons).toEqual(["host"]);
  });

  it("puts a successor in the same place, with chair, cell and hand", () => {
    const { roster, prepared, join, present, seen } = rosterOf();
    const ada = join("Ada", "host").participant;
    join("Bob");
    roster.setHand(ada, true);
    roster.pin(ada, 2);
    const { participant: eve } = prepared("Eve", "host");
    roster.register(eve);
    seen.length = 0;
    roster.replace(ada, eve);
    expect(present()).toEqual(["Eve", "Bob"]);
    expect([eve.chairman, eve.videoCell, eve.handRaised, eve.state]).toEqual([true, 2, true, "joined"]);
    expect(seen).toEqual(["left Ada chairman", "joined Eve chairman"]);
    expect(roster.remove(ada, "Transferred")).toBe(false);
  });

  it("follows the legs of those inside and no others", () => {
    const { join, leave, seen } = rosterOf();
    const ada = join("Ada");
    ada.leg.events.emit("talking", { talking: true });
    expect(ada.participant.talking).toBe(true);
    leave(ada);
    ada.leg.events.emit("talking", { talking: false });
    expect(seen).toEqual(["joined Ada", "changed Ada", "left Ada"]);
  });

  it("tells the one who is there longest whether they are alone", () => {
    const { roster, join, leave } = rosterOf();
    const ada = join("Ada");
    const bob = join("Bob");
    roster.reportAlone();
    leave(bob);
    roster.reportAlone();
    expect([ada.call.alone, bob.call.alone]).toEqual([[false, true], []]);
  });

  it("knows another number of the same participant", () => {
    const { roster, join, leave } = rosterOf();
    const ada = join("Ada");
    expect(roster.identify(ada.participant, { displayName: "Ada L", number: "100" })).toBe(false);
    expect(roster.identify(ada.participant, { displayName: "Eve", number: "101" })).toBe(true);
    expect(ada.participant.info()).toMatchObject({ displayName: "Eve", number: "101" });
    leave(ada);
    expect(roster.identify(ada.participant, { displayName: "X", number: "102" })).toBe(false);
  });

  it("leaves the reasons of a leg whose worker does not obey", async () => {
    const { roster, join } = rosterOf();
    const ada = join("Ada");
    const bob = join("Bob");
    ada.leg.before = () => {
      throw new Error("no answer");
    };
    await roster.setAllReasons(() => ["room"]);
    expect([ada.participant.reasons, bob.participant.reasons]).toEqual([[], ["room"]]);
  });

  it("promotes to host, with the floor and the free chair", async () => {
    const { roster, join } = rosterOf();
    const { participant } = join("Ada");
    await roster.setReasons(participant, ["self", "floor"]);
    await roster.promote(participant);
    expect(participant.info()).toMatchObject({ role: "host", chairman: true, muteReasons: ["self"] });
  });
});
