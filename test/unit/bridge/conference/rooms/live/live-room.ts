// A live room without a bridge around it: with a queue of its own, fake media, and calls that only remember.
import { expect } from "vitest";
import { Emitter, noStateRecords, SerialQueue, silentLogger } from "#common";
import type { Recorder, RoomFields, RoomSwitches, RoomsEvents } from "#conference/rooms";
import { createVoice } from "#conference/speech";
import { FakeClock, FakeLeg, type FakeWorker, FakeWorkers } from "#test/support";
import { unlimitedNode } from "../../../../../../bridge/conference/rooms/live/node.ts";
import type { Arrival, Participant } from "../../../../../../bridge/conference/rooms/live/participant.ts";
import { Placement } from "../../../../../../bridge/conference/rooms/live/placement.ts";
import { LiveRoom } from "../../../../../../bridge/conference/rooms/live/room.ts";
import { plainPicture } from "../../../../../../bridge/conference/rooms/policy/picture-style.ts";
import { PinGuard } from "../../../../../../bridge/conference/rooms/policy/pin-guard.ts";
import { FakeCall, recordOf } from "./fake-room.ts";

const noRecorder = {
  start: async () => ({ ok: false, error: { code: "RECORDING_NOT_AVAILABLE", message: "none" } }),
  stop: async () => "ended",
} as unknown as Recorder;

export function liveRoom(fields: RoomFields = {}) {
  const clock = new FakeClock();
  const workers = new FakeWorkers(2);
  const placement = new Placement(workers.workers, unlimitedNode);
  const events = new Emitter<RoomsEvents>();
  const queue = new SerialQueue();
  const kept: RoomSwitches[] = [];
  const story: string[] = [];
  for (const name of [
    "meeting.started",
    "meeting.ended",
    "participant.joined",
    "participant.left",
  ] as const) {
    events.on(name, () => void story.push(name));
  }
  const room = new LiveRoom(recordOf(fields), {
    ...{ clock, events, placement, recorder: noRecorder, log: silentLogger, voice: createVoice() },
    pinGuard: new PinGuard({ clock }),
    ...{ video: true, picture: plainPicture, stateRecords: noStateRecords() },
    keepSwitches: async (_, switches) => void kept.push(switches),
    stopping: () => false,
    run: (job) => queue.run(async () => job()),
    onIdle: () => void story.push("idle"),
  });
  const arrive = (name: string, arrival: Arrival = { kind: "call" }): Participant => {
    const arrived = room.arrive(new FakeCall(name), arrival);
    if (!arrived.ok) throw new Error(arrived.error.text);
    return arrived.value;
  };
  const legOf = ({ id, worker }: Participant) => new FakeLeg(id, worker as FakeWorker);
  const join = async (name: string) => {
    const participant = arrive(name);
    const leg = legOf(participant);
    expect(await participant.join(leg)).toMatchObject({ kind: "entered" });
    return { participant, leg };
  };
  return { clock, workers, placement, room, events, kept, story, arrive, legOf, join };
}
