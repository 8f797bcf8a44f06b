// The recording of a room alone, with a recorder that does what a test says.
import { describe, expect, it } from "vitest";
import { fail, type MeetingId, ok, type RecordingId, silentLogger } from "#common";
import type { Recorder, RecordingEnd, RecordingPlace } from "#conference/rooms";
import { FakeClock, FakeWorkers, settle } from "#test/support";
import {
  type RecordingChange,
  RoomRecording,
} from "../../../../../../bridge/conference/rooms/live/room-recording.ts";
import { recordOf } from "./fake-room.ts";

const tenMinutesMs = 10 * 60_000;

function recording() {
  const clock = new FakeClock();
  const changes: RecordingChange[] = [];
  const stopped: string[] = [];
  const resumed: string[] = [];
  const refused: string[] = [];
  const ends: ((how: RecordingEnd) => void)[] = [];
  const meeting = (name: string): RecordingPlace => ({
    ...{ room: recordOf(), meeting: name as MeetingId, participants: [] },
    worker: new FakeWorkers(1).workers[0]!,
  });
  const state: {
    place: RecordingPlace | undefined;
    /** Before the recorder answers. */
    whileStarting: () => void;
    problem: boolean;
    /** Whether the recorder can go on with what the previous process has begun. */
    resumable: boolean;
    /** What a stop comes to. */
    stop: RecordingEnd;
    idle: number;
  } = {
    place: meeting("first"),
    whileStarting: () => {},
    problem: false,
    resumable: true,
    stop: "ended",
    idle: 0,
  };
  const recorder: Recorder = {
    async start(_, over) {
      state.whileStarting();
      if (state.problem) return fail({ code: "CANNOT_RECORD", message: "the disk is full" });
      ends.push(over);
      return ok(`recording-${ends.length}` as RecordingId);
    },
    async resume(id, place, over) {
      resumed.push(`${id} ${place.meeting}`);
      if (!state.resumable) return false;
      ends.push(over);
      return true;
    },
    async stop(id, why) {
      stopped.push(`${id} ${why}`);
      return state.stop;
    },
  };
  const made: RoomRecording = new RoomRecording({
    enabled: () => true,
    ...{ clock, recorder, log: silentLogger },
    place: () => state.place,
    onChange: (change) => void changes.push(change),
    onRefused: ({ message }) => void refused.push(message),
    onDue: () => void made.arrived(false),
    onIdle: () => {
      state.idle += 1;
    },
  });
  return { clock, changes, refused, stopped, resumed, ends, meeting, state, made };
}

describe("the recording of a room", () => {
  it("runs once, and is over when it is stopped", async () => {
    const { made, changes, stopped } = recording();
    expect(await made.start()).toMatchObject({ ok: true });
    expect(await made.start()).toMatchObject({ error: { code: "ALREADY_RECORDING" } });
    expect([made.running, made.idle]).toEqual([true, false]);
    expect(await made.stop()).toMatchObject({ ok: true });
    expect(await made.stop()).toMatchObject({ error: { code: "NOT_RECORDING" } });
    expect([made.running, made.idle]).toEqual([false, true]);
    expect(changes).toEqual(["begun", "ended"]);
    expect(stopped).toEqual(["recording-1 requested"]);
  });

  it("does not begin in an empty room, nor when the recorder cannot", async () => {
    const { made, state, changes } = recording();
    state.problem = true;
    expect(await made.start()).toMatchObject({ error: { code: "CANNOT_RECORD" } });
    state.place = undefined;
    expect(await made.start()).toMatchObject({ error: { code: "ROOM_EMPTY" } });
    expect([made.idle, changes]).toEqual([true, []]);
  });

  it("has not begun when it ended before the recorder answered", async () => {
    const clock = new FakeClock();
    const { meeting, changes } = recording();
    const recorder: Recorder = {
      async start(_, over) {
        over("ended");
        return ok("recording-1" as RecordingId);
      },
      resume: async () => false,
      stop: async () => "ended",
    };
    const made = new RoomRecording({
      enabled: () => true,
      ...{ clock, recorder, log: silentLogger, place: () => meeting("first"), onIdle: () => {} },
      ...{ onRefused: () => {}, onDue: () => {} },
      onChange: (change) => void changes.push(change),
    });
    expect(await made.start()).toMatchObject({ error: { code: "CANNOT_RECORD" } });
    expect([made.running, changes]).toEqual([false, []]);
  });

  it("that should have begun with the first participant is tried again until it can", async () => {
    const { made, changes, refused, state, clock } = recording();
    state.problem = true;
    await made.arrived(true);
    expect([made.running, made.idle, changes, refused]).toEqual([false, false, [], ["the disk is full"]]);
    clock.advance(30_000);
    await settle();
    await made.arrived(false);
    expect([made.running, refused.length]).toEqual([false, 1]);
    state.problem = false;
    clock.advance(30_000);
    await settle();
    expect([made.running, changes, clock.pending]).toEqual([true, ["begun"], 0]);
  });

  it.each([
    ["the meeting ends", (made: RoomRecording) => made.meetingEnded()],
    ["it is stopped", (made: RoomRecording) => void made.stop()],
    ["the process ends", (made: RoomRecording) => made.close()],
  ])("is not tried again once %s", async (_, end) => {
    const { made, state, clock } = recording();
    state.problem = true;
    await made.arrived(true);
    end(made);
    expect([made.idle, clock.pending]).toEqual([true, 0]);
  });

  it("begins with the first participant where that is wanted, and with no later one", async () => {
    const { made, changes, ends } = recording();
    await made.arrived(false);
    expect(made.running).toBe(false);
    await made.arrived(true);
    await made.arrived(true);
    expect([changes, ends.length]).toEqual([["begun with the first"], 1]);
  });

  it("ends with the meeting, keeps the room in memory until then, and no longer", async () => {
    const { made, changes, stopped, state } = recording();
    await made.start();
    made.meetingEnded();
    made.meetingEnded();
    expect([made.running, made.idle, state.idle]).toEqual([false, false, 0]);
    await settle();
    expect([made.idle, state.idle]).toEqual([true, 1]);
    expect(stopped).toEqual(["recording-1 meeting-ended"]);
    expect(changes).toEqual(["begun", "ended"]);
  });

  it("that began while the meeting ended does not go on in the next one", async () => {
    const { made, state, meeting, stopped } = recording();
    state.whileStarting = () => {
      state.place = meeting("second");
    };
    expect(await made.start()).toMatchObject({ ok: true });
    await settle();
    expect(stopped).toEqual(["recording-1 meeting-ended"]);
    expect(made.idle).toBe(true);
  });

  it("that was interrupted goes on as another one with the next participant", async () => {
    const { made, ends, changes, clock } = recording();
    await made.start();
    ends[0]!("interrupted");
    expect([made.running, made.idle]).toEqual([false, false]);
    await made.arrived(false);
    expect([made.running, ends.length]).toEqual([true, 2]);
    expect(changes).toEqual(["begun", "ended", "begun"]);
    expect(clock.pending).toBe(0);
  });

  it("that was interrupted is over ten minutes later, or when it is stopped", async () => {
    const late = recording();
    await late.made.start();
    late.ends[0]!("interrupted");
    late.clock.advance(tenMinutesMs);
    expect([late.made.idle, late.state.idle]).toEqual([true, 1]);
    await late.made.arrived(false);
    expect(late.ends).toHaveLength(1);

    const stopped = recording();
    await stopped.made.start();
    stopped.ends[0]!("interrupted");
    expect(await stopped.made.stop()).toMatchObject({ error: { code: "NOT_RECORDING" } });
    expect([stopped.made.idle, stopped.clock.pending]).toEqual([true, 0]);
  });

  it("that was interrupted holds up nothing when the bridge ends", async () => {
    const { made, ends, clock } = recording();
    await made.start();
    ends[0]!("interrupted");
    expect(clock.pending).toBe(1);
    made.close();
    expect([made.idle, clock.pending]).toEqual([true, 0]);
  });

  it("whose worker died with the meeting waits for the next participant", async () => {
    const { made, state, ends } = recording();
    await made.start();
    state.stop = "interrupted";
    made.meetingEnded();
    await settle();
    expect(made.idle).toBe(false);
    await made.arrived(false);
    expect([made.running, ends.length]).toEqual([true, 2]);
  });

  it("is not ended by the end of the one before", async () => {
    const { made, ends } = recording();
    await made.start();
    await made.stop();
    await made.start();
    ends[0]!("ended");
    expect(made.running).toBe(true);
  });

  it("goes on after a restart without a word, and is over when it ends", async () => {
    const before = recording();
    expect(before.made.id).toBeNull();
    await before.made.start();
    expect(before.made.id).toBe("recording-1");

    const { made, changes, resumed, ends } = recording();
    await made.resume("recording-1" as RecordingId);
    expect([resumed, made.running, changes]).toEqual([["recording-1 first"], true, []]);
    expect(made.id).toBe("recording-1");
    ends[0]!("ended");
    expect([made.running, changes]).toEqual([false, ["ended"]]);
  });

  it("that cannot go on after a restart is followed by another one, which is heard; else its end is", async () => {
    const { made, state, changes } = recording();
    state.resumable = false;
    await made.resume("recording-0" as RecordingId);
    expect([made.id, changes]).toEqual(["recording-1", ["begun"]]);

    const none = recording();
    Object.assign(none.state, { resumable: false, problem: true });
    await none.made.resume("recording-0" as RecordingId);
    expect([none.made.running, none.changes]).toEqual([false, ["ended"]]);
  });
});
