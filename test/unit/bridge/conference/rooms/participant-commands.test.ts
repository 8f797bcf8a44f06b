// What keys do to a room: in its queue, and nothing once the room is gone.
import { describe, expect, it } from "vitest";
import type { RoomFields } from "#conference/rooms";
import { LiveRooms } from "../../../../../bridge/conference/rooms/live/rooms.ts";
import { participantCommands } from "../../../../../bridge/conference/rooms/participant-commands.ts";
import type { FakeCall } from "./live/fake-room.ts";
import { liveRoom } from "./live/live-room.ts";

function commands(fields: RoomFields = {}) {
  const bridge = liveRoom(fields);
  const state = { exists: true };
  const live = new LiveRooms(
    async () => (state.exists ? bridge.room.record : undefined),
    () => bridge.room,
  );
  const keys: string[] = [];
  bridge.events.on(
    "participant.key",
    ({ digit, participant }) => void keys.push(`${participant.displayName} ${digit}`),
  );
  const made = participantCommands({ live, events: bridge.events });
  /** The room is in memory. */
  const loaded = () => live.run(bridge.room.record.id, () => ({ ok: true, value: undefined }));
  return { ...bridge, live, state, keys, made, loaded };
}

const guess = () => {
  const outcome: string[] = [];
  return {
    outcome,
    turn: async () => "weigh" as const,
    right: () => void outcome.push("right"),
    takeBack: () => void outcome.push("taken back"),
  };
};

describe("the commands of a participant", () => {
  it("mute and unmute, lift the hand and lock", async () => {
    const { made, join, loaded, room } = commands();
    await loaded();
    const { participant } = await join("Ada");
    await loaded();
    expect([await made.toggleMute(participant), await made.toggleMute(participant)]).toEqual([
      "muted",
      "unmuted",
    ]);
    expect([made.toggleHand(participant), participant.handRaised, made.toggleHand(participant)]).toEqual([
      ...[true, true, false],
    ]);
    expect([await made.toggleLock(participant), room.status.locked]).toEqual([true, true]);
  });

  it("mute all others and spare the one who pressed the key", async () => {
    const { made, join } = commands();
    const [ada, bob] = [await join("Ada"), await join("Bob")];
    expect(await made.toggleMuteOthers(ada.participant)).toBe(true);
    expect([ada.leg.muted, bob.leg.muted]).toEqual([false, true]);
    expect(await made.toggleMuteOthers(ada.participant)).toBe(false);
    expect(bob.leg.muted).toBe(false);
  });

  it("make a host with a host's PIN, which is then no guess any more", async () => {
    const { made, join } = commands({ adminPin: "9999" });
    const { participant } = await join("Ada");
    const [wrong, right] = [guess(), guess()];
    expect(await made.becomeHost(participant, "1111", wrong)).toBe(false);
    expect(await made.becomeHost(participant, "9999", right)).toBe(true);
    expect([participant.role, wrong.outcome, right.outcome]).toEqual(["host", [], ["right"]]);
  });

  it("send all participants away, with the words for it", async () => {
    const { made, join, room } = commands();
    const [ada, bob] = [await join("Ada"), await join("Bob")];
    await made.endMeeting(ada.participant);
    expect([room.present, (bob.participant.call as FakeCall).dismissals]).toMatchObject([
      0,
      [{ status: 200, text: "Ended by the host", words: "over" }],
    ]);
  });

  it("tell of keys of those who are inside, and of no others", async () => {
    const { made, join, arrive, loaded, keys } = commands();
    const { participant } = await join("Ada");
    await loaded();
    made.keyPressed(participant, "5");
    made.keyPressed(arrive("Bob"), "6");
    participant.leave("hung up");
    made.keyPressed(participant, "7");
    expect(keys).toEqual(["Ada 5"]);
  });

  it("do nothing in a room that is gone", async () => {
    const { made, join, live, state, room } = commands();
    const { participant } = await join("Ada");
    state.exists = false;
    live.forget(room.record.id);
    expect(await made.toggleMute(participant)).toBe("still muted");
    expect(await made.toggleLock(participant)).toBe(false);
    expect(made.toggleHand(participant)).toBe(false);
    expect(await made.becomeHost(participant, "9999", guess())).toBe(false);
    await made.endMeeting(participant);
    expect([participant.inside, room.status.locked]).toEqual([true, false]);
  });
});
