// The process ends in the middle of calls, and the next one goes on with what was kept: who was inside is inside with everything
// that the room knew of them, nobody hears or is told anything; who was on the way in begins again; what has lost its leg or its room
// is hung up on.
import { beforeEach, describe, expect, it } from "vitest";
import type { ParticipantId, RecordingId } from "#common";
import type { ResumableCall } from "#conference/calls";
import type { ResumedRoom, Room, RoomsEvents } from "#conference/rooms";
import type { CallEntry, CallRecorder, CallSnapshot } from "#services/call-records";
import type { Session } from "#sip";
import {
  FakeLeg,
  FakeRecords,
  FakeRoomsRepository,
  FakeSession,
  type FakeWorker,
  FakeWorkers,
  noEntry,
  settle,
} from "#test/support";
import { type Bridge, none, startBridge, traces } from "./bridge.ts";

const stories = ["meeting.started", "meeting.ended", "participant.joined", "participant.left"] as const;

/** Entries that remember what was noted in them. */
function entryOf(snapshot: CallSnapshot): CallEntry {
  let { record } = snapshot;
  return {
    ...noEntry(),
    id: record.id,
    note(facts) {
      record = { ...record, ...facts };
    },
    snapshot: () => ({ ...snapshot, record }),
  };
}

const records: CallRecorder = {
  begin(start) {
    const snapshot = noEntry().snapshot();
    return entryOf({ ...snapshot, record: { ...snapshot.record, ...start, joinedAt: null, rooms: null } });
  },
  resume: entryOf,
};

let calls: FakeRecords<ResumableCall>;
let rooms: FakeRecords<ResumedRoom>;
let stored: FakeRoomsRepository;
let before: Bridge;

beforeEach(() => {
  calls = new FakeRecords();
  rooms = new FakeRecords();
  stored = new FakeRoomsRepository();
  before = startBridge({ repository: stored, records, stateRecords: calls, keptRooms: rooms });
});

interface After extends Bridge {
  readonly sessions: Map<string, FakeSession>;
  readonly legsBefore: Map<string, FakeLeg>;
  readonly story: string[];
  goOn(): Promise<void>;
}

/** The process ends without a word; `lost`: legs that are gone in the meantime; `deletes`: rooms that wait for it are deleted and closed. */
async function restart({
  lost = [] as readonly ParticipantId[],
  musicWhenAlone = false,
  deletes = false,
} = {}): Promise<After> {
  await settle();
  const workers = new FakeWorkers();
  const after = startBridge(
    { repository: stored, records, stateRecords: calls.next(), keptRooms: rooms.next(), musicWhenAlone },
    workers,
  );
  const story: string[] = [];
  for (const name of stories) after.rooms.events.on(name as keyof RoomsEvents, () => void story.push(name));
  const sessions = new Map<string, FakeSession>();
  const legsBefore = new Map<string, FakeLeg>();
  // The order of the daemon.
  await after.rooms.restore();
  await settle();
  const resumed = await after.calls.resume(
    {
      sip: {
        adopt(snapshot) {
          const { callId } = snapshot.dialog;
          const session = new FakeSession(undefined, callId);
          sessions.set(callId, session);
          return session as Session;
        },
      },
      leg(id) {
        if (lost.includes(id)) return undefined;
        const leg = new FakeLeg(id, workers.workers[0] as FakeWorker);
        leg.facts = before.legs.find((one) => one.id === id)?.facts ?? {};
        legsBefore.set(id, leg);
        return leg;
      },
    },
    after.rooms.insideBefore,
  );
  await after.rooms.resumeRecordings();
  if (deletes) after.rooms.startDeletions();
  await settle();
  return {
    ...after,
    ...{ sessions, legsBefore, story },
    async goOn() {
      resumed.goOn();
      await settle();
    },
  };
}

const info = async ({ rooms }: Bridge, { id }: Room) => {
  const found = await rooms.participants(id);
  return found.ok ? found.value : [];
};

describe("participants who were inside", () => {
  it("are inside, in the same order and as the same, and nothing is told or said", async () => {
    const room = await before.room({ subject: "Board" });
    for (const number of ["100", "101", "102"])
      await before.call(room, { number, displayName: `N${number}` });
    const [first, second, third] = await info(before, room);
    await before.rooms.giveChair(room.id, second!.id);
    await before.rooms.muteParticipant(room.id, third!.id, true);
    await before.rooms.raiseHand(room.id, third!.id, true);
    await before.rooms.setPosition(room.id, first!.id, 3);
    const meeting = before.rooms.meetings()[0]?.meeting;
    const was = await info(before, room);

    const after = await restart();
    await after.goOn();

    expect(await info(after, room)).toEqual(was);
    expect(after.rooms.meetings()[0]?.meeting).toBe(meeting);
    expect(after.story).toEqual([]);
    expect([...after.legsBefore.values()].map(({ heard, muted }) => [heard, muted])).toEqual([
      [[], false],
      [[], false],
      [[], true],
    ]);
    expect(after.calls.snapshot().talking).toBe(3);
  });

  it("can do everything, and leave as they came", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    await before.call(room, { number: "101" });
    const after = await restart();
    const [one, two] = await info(after, room);
    after.legsBefore.get(one!.id)?.press("*6");
    await settle();
    expect((await info(after, room))[0]?.muteReasons).toEqual(["self"]);

    after.sessions.get("100@fake")?.hangUp();
    await settle();
    expect((await info(after, room)).map(({ id }) => id)).toEqual([two!.id]);
    after.sessions.get("101@fake")?.hangUp();
    await settle();
    expect(after.story).toEqual(["participant.left", "participant.left", "meeting.ended"]);
    expect(traces(after)).toEqual(none);
    expect(calls.next().previous.size).toBe(2);
  });

  it("hear as loud as before, and a key goes on from there", async () => {
    const room = await before.room();
    const { leg } = await before.call(room);
    leg.press("*7*7");
    await settle();
    const after = await restart();
    const [resumed] = [...after.legsBefore.values()];
    resumed?.press("*4");
    await settle();
    expect(resumed?.log).toContain('volume {"listenDb":4}');
    expect((await info(after, room))[0]?.volume).toBe(4);
  });

  it("are kept without the PIN that they have typed", async () => {
    const members = [
      { name: "Ada", pin: "27182", role: "host" },
      { name: "Bob", pin: "31415", role: "participant" },
    ] as const;
    const pins = ["31415", "12345", "27182", "99999"];
    const options = { members, waitForHost: true };
    const room = await before.room({ adminPin: "99999", roomPin: "12345", options });
    const inside: number[] = [];
    for (const [index, pin] of pins.entries()) {
      const { leg } = await before.call(room, { number: `70${index}` });
      leg.press(pin);
      await settle();
      inside.push((await before.present(room)).length);
      const written = JSON.stringify([[...calls.now], [...rooms.now]]);
      expect(written).toContain("Bob");
      for (const typed of pins) expect(written).not.toContain(typed);
    }
    // The first two have waited for the third.
    expect(inside).toEqual([0, 0, 3, 4]);
  });

  it("are shown as talking while they talk on, without an event, until they are silent", async () => {
    const room = await before.room();
    const { leg } = await before.call(room, { number: "100" });
    await before.call(room, { number: "101" });
    leg.talk(true);
    const after = await restart();
    const changed: boolean[] = [];
    after.rooms.events.on("participant.changed", ({ participant }) => void changed.push(participant.talking));
    expect((await info(after, room)).map(({ talking }) => talking)).toEqual([true, false]);
    await after.goOn();
    expect(changed).toEqual([]);
    after.legsBefore.get(leg.id)?.talk(false);
    expect(changed).toEqual([false]);
    expect((await info(after, room)).map(({ talking }) => talking)).toEqual([false, false]);
  });

  it("are kept for the process after the next one, too", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    const was = await info(before, room);
    const second = await restart();
    before = second;
    // What the second has left is what it found, until something changes.
    const third = await restart();
    expect(await info(third, room)).toEqual(was);
  });

  it("are kept as they were, in their order and with the recording, until all of the room is resumed", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    await before.call(room, { number: "101" });
    await settle();
    const [id, kept] = [...rooms.now][0]!;
    rooms.put(id, { ...kept, recording: "r1" as RecordingId });
    const next = rooms.next();
    const after = startBridge({ repository: stored, records, stateRecords: calls.next(), keptRooms: next });
    const [first] = await info(before, room);
    const participant = [...calls.now.values()].find((one) => one.participant?.id === first!.id)!
      .participant!;
    const leg = new FakeLeg(first!.id, after.worker);
    const call = {
      displayName: "x",
      number: "100",
      source: "x",
      address: "x",
      trunk: undefined,
      dismiss() {},
    };
    await after.rooms.resume(participant, call, { leg, name: undefined });
    expect(next.now.get(id)).toEqual({ ...kept, recording: "r1" });
    await after.rooms.resumeRecordings();
    expect(next.now.get(id)).toMatchObject({ inside: [first!.id], recording: "r1" });
  });

  it("hear the music on when they are alone with it", async () => {
    const room = await before.room();
    await before.call(room);
    const after = await restart({ musicWhenAlone: true });
    await after.goOn();
    expect([...after.legsBefore.values()][0]?.heard).toEqual(["music"]);
  });

  it("hear none when they are not alone, whoever is found again first", async () => {
    const room = await before.room();
    for (const number of ["100", "101"]) await before.call(room, { number });
    const after = await restart({ musicWhenAlone: true });
    await after.goOn();
    expect([...after.legsBefore.values()].map(({ heard }) => heard)).toEqual([[], []]);
  });

  it("of a locked room do not have to be let in again, and others are not", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    await before.rooms.lock(room.id, true);
    const after = await restart();
    expect(await after.present(room)).toEqual(["100"]);
    expect((await after.call(room, { number: "101" })).invitation.status).toBe(403);
  });
});

describe("a room that is to go or to be closed when its meeting ends", () => {
  const whenMeetingEnds = { withMeeting: "when_meeting_ends", withRecordings: "force" } as const;

  it("waits for the meeting that goes on, and goes with its last participant", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    await before.rooms.retire(room.id, whenMeetingEnds);
    const after = await restart({ deletes: true });
    await after.goOn();
    expect(await after.present(room)).toEqual(["100"]);
    expect(after.story).toEqual([]);
    after.sessions.get("100@fake")?.hangUp();
    await settle();
    expect(await after.rooms.get(room.id)).toBeUndefined();
  });

  it("is not closed in the middle of it", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    await before.rooms.closeRoom(room.id);
    const after = await restart({ deletes: true });
    await after.goOn();
    expect((await after.rooms.get(room.id))?.closed).toBe(false);
    expect(await after.present(room)).toEqual(["100"]);
  });

  it("by its date waits likewise", async () => {
    const autoDeletionDate = new Date(before.clock.now() + 1000).toISOString();
    const room = await before.room({ access: { autoDeletionDate, autoDeletionPolicy: whenMeetingEnds } });
    await before.call(room, { number: "100" });
    const found = await stored.get(room.id);
    const due = new Date(before.clock.now()).toISOString();
    stored.rooms.set(room.id, { ...found!, access: { ...found!.access, autoDeletionDate: due } });
    const after = await restart({ deletes: true });
    await after.goOn();
    expect(await after.present(room)).toEqual(["100"]);
  });

  it("goes when nobody of its meeting is found again", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    await before.rooms.retire(room.id, whenMeetingEnds);
    const [one] = await info(before, room);
    const after = await restart({ lost: [one!.id], deletes: true });
    await after.goOn();
    expect(await after.rooms.get(room.id)).toBeUndefined();
  });
});

describe("callers who were on the way into a room", () => {
  it("are asked for the PIN again, once SIP listens", async () => {
    const room = await before.room({ roomPin: "4711" });
    await before.call(room, { number: "100" });
    const after = await restart();
    const [leg] = [...after.legsBefore.values()];
    expect(leg?.heard).toEqual([]);
    await after.goOn();
    expect(leg?.heard.join(" ")).toContain("conf-getpin");
    leg?.press("4711#");
    await settle();
    expect(await after.present(room)).toEqual(["100"]);
    expect(after.story).toEqual(["meeting.started", "participant.joined"]);
  });

  it("that were not answered are not kept", async () => {
    const room = await before.room();
    before.beforeLeg = () => new Promise<void>(() => {});
    await before.call(room);
    const after = await restart();
    await after.goOn();
    expect(after.calls.count).toBe(0);
  });

  it("whose 200 was sent and not acknowledged are kept", async () => {
    const room = await before.room();
    await before.call(room, { acknowledges: false });
    const after = await restart();
    await after.goOn();
    expect(after.calls.count).toBe(1);
  });
});

describe("what cannot go on is hung up on", () => {
  it("a participant who was hearing why the room sends them away, with the same cause and once SIP listens", async () => {
    const room = await before.room();
    before.beforeLeg = (leg) => {
      leg.autoplay = false;
    };
    for (const number of ["100", "101", "102"]) await before.call(room, { number });
    const [one, two] = await info(before, room);
    for (const { id } of [one!, two!]) await before.rooms.kick(room.id, id);
    expect(before.calls.snapshot()).toMatchObject({ leaving: 2, talking: 1 });

    const after = await restart({ lost: [two!.id] });
    expect(await after.present(room)).toEqual(["102"]);
    const sessions = ["100@fake", "101@fake"].map((id) => after.sessions.get(id));
    expect(sessions.map((session) => session?.byes)).toEqual([[], []]);
    await after.goOn();
    const bye = { status: 403, text: "Removed from the conference", code: "REMOVED" };
    expect(sessions.map((session) => session?.byes)).toEqual([[bye], [bye]]);
    expect(after.calls.snapshot()).toMatchObject({ leaving: 0, talking: 1 });
    expect(after.story).toEqual([]);
  });

  it("a call whose leg is gone, once SIP listens", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    await before.call(room, { number: "101" });
    const [one] = await info(before, room);
    const after = await restart({ lost: [one!.id] });
    const session = after.sessions.get("100@fake");
    expect(session?.byes).toEqual([]);
    await after.goOn();
    expect(session?.byes).toMatchObject([{ status: 503, text: "Media worker failed", code: "MEDIA_FAILED" }]);
    expect(await after.present(room)).toEqual(["101"]);
  });

  it("a call whose room has been deleted", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    stored.rooms.delete(room.id);
    const after = await restart();
    await after.goOn();
    expect(after.sessions.get("100@fake")?.byes.map(({ status }) => status)).toEqual([404]);
    expect(traces(after)).toEqual(none);
  });

  it("not a call whose record cannot be read: nothing can be said in it", async () => {
    const room = await before.room();
    await before.call(room, { number: "100" });
    await settle();
    const next = calls.next();
    const after = startBridge({ repository: stored, records, stateRecords: next });
    const resumed = await after.calls.resume(
      {
        sip: {
          adopt() {
            throw new Error("no dialog");
          },
        },
        leg: () => undefined,
      },
      [],
    );
    resumed.goOn();
    await settle();
    expect(after.calls.count).toBe(0);
    expect(next.now.size).toBe(0);
  });
});
