// The mute of a room alone: who it applies to, what is written before it takes effect, what participants hear.
import { describe, expect, it } from "vitest";
import { Emitter, silentLogger } from "#common";
import type { Role, RoomsEvents } from "#conference/rooms";
import { RoomMute } from "../../../../../../bridge/conference/rooms/live/room-mute.ts";
import { Roster } from "../../../../../../bridge/conference/rooms/live/roster.ts";
import { fakeRoom } from "./fake-room.ts";

function muteOf({ keep = async (_: boolean) => {} } = {}) {
  const { clock, record, prepared } = fakeRoom();
  const events = new Emitter<RoomsEvents>();
  const roster = new Roster({
    ...{ clock, events, log: silentLogger, record: () => record },
    run: async (job) => job(),
  });
  const story: string[] = [];
  const mute = new RoomMute({
    roster,
    keep: async (muted) => {
      await keep(muted);
      story.push(`kept ${muted}`);
    },
    onChange: (muted) => void story.push(`changed ${muted}`),
  });
  const join = (displayName: string, role: Role = "participant") => {
    const made = prepared(displayName, role);
    roster.register(made.participant);
    roster.add(made.participant);
    return made;
  };
  return { mute, story, join };
}

describe("the mute of a room", () => {
  it("spares the chairman and the one who mutes, and is written first", async () => {
    const { mute, story, join } = muteOf();
    const ada = join("Ada", "host");
    const bob = join("Bob");
    const cid = join("Cid");
    await mute.setRoomMuted(true, bob.participant);
    expect([ada, bob, cid].map(({ participant }) => participant.reasons)).toEqual([[], [], ["room"]]);
    expect(story).toEqual(["kept true", "changed true"]);
    await mute.setRoomMuted(true);
    expect(bob.participant.reasons).toEqual(["room"]);
    expect(story).toHaveLength(2);
    expect(await mute.toggleOthers(ada.participant)).toBe(false);
    expect([bob, cid].map(({ leg }) => leg.muted)).toEqual([false, false]);
  });

  it("does not take effect when it cannot be written", async () => {
    const { mute, join } = muteOf({
      keep: async () => {
        throw new Error("disk full");
      },
    });
    const ada = join("Ada");
    await expect(mute.setRoomMuted(true)).rejects.toThrow("disk full");
    expect([mute.muted, ada.participant.reasons]).toEqual([false, []]);
  });

  it("of one participant: the API adds `host`, and clears every reason and the hand", async () => {
    const { mute, join } = muteOf();
    const { participant, call } = join("Ada");
    participant.handRaised = true;
    expect(await mute.toggleSelf(participant)).toBe("muted");
    await mute.muteParticipant(participant.id, true);
    expect([participant.reasons, call.told]).toEqual([["self", "host"], []]);
    expect(await mute.toggleSelf(participant)).toBe("still muted");
    await mute.muteParticipant(participant.id, false);
    expect([participant.reasons, participant.handRaised, call.told]).toEqual([[], false, ["unmuted"]]);
    await mute.muteParticipant(participant.id, true);
    expect(call.told).toEqual(["unmuted", { kind: "muted by host" }]);
  });

  it("knows no participant who is not inside", async () => {
    const { mute } = muteOf();
    const { participant } = fakeRoom().prepared("Ada");
    expect(await mute.muteParticipant(participant.id, true)).toMatchObject({
      error: { code: "PARTICIPANT_NOT_FOUND" },
    });
    expect(await mute.toggleSelf(participant)).toBe("still muted");
  });

  it("follows the control of the room", async () => {
    const { mute, join } = muteOf();
    const ada = join("Ada", "host");
    const bob = join("Bob");
    await mute.followControl("MASTER");
    expect([ada.participant.reasons, bob.participant.reasons]).toEqual([[], ["floor"]]);
    await mute.followControl("FREE");
    expect(bob.participant.reasons).toEqual([]);
  });
});
