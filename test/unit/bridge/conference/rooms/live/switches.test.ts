// Lock and mute: on the disk first, off with the meeting, and kept when it is the daemon that ends.
import { describe, expect, it } from "vitest";
import { Emitter, SerialQueue, silentLogger } from "#common";
import type { RoomSwitches, RoomsEvents } from "#conference/rooms";
import { settle } from "#test/support";
import { Roster } from "../../../../../../bridge/conference/rooms/live/roster.ts";
import { Switches } from "../../../../../../bridge/conference/rooms/live/switches.ts";
import { fakeRoom } from "./fake-room.ts";

function switches() {
  const { clock, record } = fakeRoom();
  const queue = new SerialQueue();
  const story: string[] = [];
  const state = { broken: false, stopping: false };
  const run = <T>(job: () => Promise<T> | T): Promise<T> => queue.run(async () => job());
  const keepSwitches = async (_: unknown, { locked, muted }: RoomSwitches) => {
    if (state.broken) throw new Error("the disk is full");
    story.push(`kept ${[locked && "locked", muted && "muted"].filter(Boolean).join(" ") || "nothing"}`);
  };
  const events = new Emitter<RoomsEvents>();
  const roster = new Roster({ clock, events, log: silentLogger, record: () => record, run });
  const made = new Switches({
    context: { keepSwitches, run, log: silentLogger, stopping: () => state.stopping },
    ...{ roster, record: () => record },
    onLock: () => void story.push(made.locked ? "locked" : "unlocked"),
    onMute: (muted) => void story.push(muted ? "muted" : "unmuted"),
  });
  return { made, story, state };
}

describe("lock and mute of a room", () => {
  it("are written, both together, before they take effect", async () => {
    const { made, story } = switches();
    expect(await made.toggleLock()).toBe(true);
    await made.setLocked(true);
    await made.mute.setRoomMuted(true);
    expect(await made.toggleLock()).toBe(false);
    expect(story).toEqual([
      ...["kept locked", "locked", "kept locked muted", "muted"],
      ...["kept muted", "unlocked"],
    ]);
    expect([made.locked, made.on]).toEqual([false, true]);
  });

  it("do not take effect when they cannot be written", async () => {
    const { made, story, state } = switches();
    state.broken = true;
    await expect(made.setLocked(true)).rejects.toThrow("the disk is full");
    await expect(made.mute.setRoomMuted(true)).rejects.toThrow("the disk is full");
    expect([made.on, story]).toEqual([false, []]);
  });

  it("are off at once when the meeting ends, and on the disk soon after", async () => {
    const { made, story } = switches();
    made.restore({ locked: true, muted: true });
    made.meetingEnded();
    expect([made.locked, made.mute.muted, story]).toEqual([false, false, []]);
    await settle();
    expect(story).toEqual(["kept nothing"]);
  });

  it("stay as they are when the daemon ends the meeting", async () => {
    const { made, story, state } = switches();
    made.restore({ locked: true, muted: false });
    state.stopping = true;
    made.meetingEnded();
    await settle();
    expect([made.locked, story]).toEqual([true, []]);
  });

  it("are not written at the end of a meeting that had neither, and are off although that fails", async () => {
    const { made, story, state } = switches();
    made.meetingEnded();
    await settle();
    expect(story).toEqual([]);
    made.restore({ locked: true, muted: true });
    state.broken = true;
    made.meetingEnded();
    await settle();
    expect(made.on).toBe(false);
  });
});
