// Records of the live state that earlier versions have written (`test/corpus/states`): today's code takes each of them back in full
// and has lost no field. When this fails, an upgrade would lose calls, rooms, recordings, wrong PINs or bans.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { LegId, MeetingId, RecordingId, RoomId } from "#common";
import { silentLogger } from "#common";
import type { ResumableCall } from "#conference/calls";
import { RecordingFiles, RecordingsService, type RunningSnapshot } from "#conference/recordings";
import type { ResumedRoom } from "#conference/rooms";
import { openCallLog } from "#services/call-records";
import type { Session } from "#sip";
import {
  FakeCallRecordsRepository,
  FakeClock,
  FakeLeg,
  FakeRecordingsRepository,
  FakeRecords,
  FakeRoomsRepository,
  FakeSession,
  type FakeWorker,
  FakeWorkers,
  settle,
} from "#test/support";
import { PinGuard } from "../../../../../bridge/conference/rooms/policy/pin-guard.ts";
import { Bans } from "../../../../../bridge/sip/auth/bans.ts";
import { readSessionSnapshot, readUnansweredInvite } from "../../../../../bridge/sip/session/snapshot.ts";
import { previousWorkerStates } from "../../../../../media/client/snapshots.ts";
import { lackOf } from "../../../../support/states/shape.ts";
import { startBridge } from "../../conference/calls/bridge.ts";
import { recordOf } from "../../conference/rooms/live/fake-room.ts";
import { guessedFrom, type LiveRecords, makeLiveRecords, writtenAt } from "./record-states.ts";

const corpus = join(import.meta.dirname, "../../../../corpus/states");
const versions = readdirSync(corpus);
const read = (version: string): LiveRecords =>
  JSON.parse(readFileSync(join(corpus, version, "records.json"), "utf8")) as LiveRecords;

/** Of each kind, whatever their ids. */
const byKind = (records: LiveRecords) =>
  Object.fromEntries(Object.entries(records).map(([kind, values]) => [kind, Object.values(values)]));

let today: LiveRecords;
beforeAll(async () => {
  today = await makeLiveRecords();
});

it("there are records of each kind that the process writes", () => {
  const main = readFileSync(join(import.meta.dirname, "../../../../../bridge/main.ts"), "utf8");
  const media = readFileSync(join(import.meta.dirname, "../../../../../bridge/setup/media.ts"), "utf8");
  const kinds = [...`${main}${media}`.matchAll(/live\.(?:records|lasting)(?:<\w+>)?\("([^"]+)"\)/g)].map(
    ([, kind]) => kind,
  );
  expect(kinds.length).toBeGreaterThan(10);
  for (const version of versions) expect(Object.keys(read(version))).toEqual(expect.arrayContaining(kinds));
});

describe.each(versions)("the records of version %s", (version) => {
  const before = read(version);
  const records = <Value>(kind: string) =>
    new FakeRecords<Value>(
      new Map(Object.entries(before[kind]!).map(([id, value]) => [id, JSON.stringify(value)])),
    );
  const calls = Object.values(before["call"]!) as ResumableCall[];

  it("have no field that today's code does not write", () => {
    expect(lackOf(byKind(before), byKind(today))).toBeUndefined();
  });

  it("of calls and rooms bring back who was inside as what, who waits and who is sent away", async () => {
    const repository = new FakeRoomsRepository();
    const [callRecords, roomRecords] = [records<ResumableCall>("call"), records<ResumedRoom>("room")];
    const clock = new FakeClock(writtenAt);
    const log = await openCallLog({
      ...{ repository: new FakeCallRecordsRepository(), clock, log: silentLogger, keepDays: 0 },
    });
    const workers = new FakeWorkers();
    const bridge = startBridge(
      { clock, repository, records: log, stateRecords: callRecords, keptRooms: roomRecords },
      workers,
    );
    for (const { participant, state } of calls) {
      const id = participant!.room as RoomId;
      if (repository.rooms.has(id)) continue;
      const made = await bridge.room(
        state === "waiting" ? { options: { waitForHost: true } } : { adminPin: "9999", roomPin: "1234" },
      );
      repository.rooms.delete(made.id);
      repository.rooms.set(id, { ...made, id });
    }
    await bridge.rooms.restore();
    const sessions: string[] = [];
    const resumed = await bridge.calls.resume(
      {
        sip: {
          adopt(snapshot) {
            sessions.push(snapshot.dialog.callId);
            return new FakeSession(undefined, snapshot.dialog.callId) as Session;
          },
        },
        leg: (id: LegId) => new FakeLeg(id, workers.workers[0] as FakeWorker),
      },
      bridge.rooms.insideBefore,
    );
    await bridge.rooms.resumeRecordings();
    await settle();
    expect(sessions.sort()).toEqual(calls.map(({ session }) => session.dialog.callId).sort());

    const inside = calls.flatMap(({ participant, leaving }) =>
      participant?.inside && !leaving ? [participant] : [],
    );
    expect(inside.length).toBeGreaterThan(2);
    const found = await bridge.rooms.participants(inside[0]!.room);
    const now = new Map((found.ok ? found.value : []).map((one) => [one.id, one]));
    expect(now.size).toBe(inside.length);
    for (const { id, inside: was } of inside) {
      const one = now.get(id)!;
      expect([
        one.displayName,
        one.role,
        one.muteReasons,
        one.handRaised,
        one.chairman,
        one.pinnedTo,
      ]).toEqual([
        was!.identity.displayName,
        was!.role,
        was!.reasons,
        was!.handRaised,
        was!.chairman,
        was!.videoCell ?? null,
      ]);
    }
    const meeting = Object.values(before["room"]!)[0] as ResumedRoom;
    expect(bridge.rooms.meetings().map(({ meeting: id }) => id)).toContain(meeting.meeting);
    // What is written from now on has all of it, too.
    expect(lackOf(calls, [...callRecords.now.values()])).toBeUndefined();
    resumed.goOn();
    await settle();
    expect(bridge.calls.snapshot()).toMatchObject({ talking: inside.length, leaving: 0, waiting: 1 });
  });

  it("of sessions and of INVITEs without an answer are read in full", () => {
    const sessions = [...Object.values(before["session"]!), ...calls.map(({ session }) => session)];
    for (const session of sessions) expect(readSessionSnapshot(session)).toEqual(session);
    for (const invite of Object.values(before["invite"]!))
      expect(readUnansweredInvite(invite)).toEqual(invite);
  });

  it("of media give each worker, room and leg with all that it was brought to", () => {
    const kept = {
      workers: records<never>("worker"),
      rooms: records<never>("mix"),
      legs: records<never>("leg"),
      checkpoints: records<never>("checkpoint"),
    };
    const { processes, rooms, legs } = previousWorkerStates(kept, { workers: 1, log: silentLogger }).get(0)!;
    expect(processes).toEqual(Object.values(before["worker"]!));
    const owned = (values: Readonly<Record<string, unknown>>) =>
      Object.values(values).map((value) => {
        const { worker: _, ...rest } = value as { worker: number };
        return rest;
      });
    expect([...rooms.values()]).toEqual(owned(before["mix"]!));
    const checkpoints = Object.values(before["checkpoint"]!) as object[];
    expect([...legs.values()]).toEqual(
      owned(before["leg"]!).map((leg, at) => ({ ...leg, ...checkpoints[at] })),
    );
  });

  it("of recordings go on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "parley-old-records-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const workers = new FakeWorkers(1);
    const worker = workers.workers[0]!;
    const kept = records<RunningSnapshot>("recording");
    const [id, snapshot] = [...kept.previous][0]!;
    worker.recordings = new Set([id as RecordingId]);
    const repository = new FakeRecordingsRepository();
    await repository.insert(snapshot.recording);
    const service = new RecordingsService({
      ...{ repository, files: RecordingFiles.prepare(folder), workers, stateRecords: kept },
      ...{ clock: new FakeClock(writtenAt), log: silentLogger },
      settings: {
        ...({ format: "wav", rate: 8000, kbps: 32, separate: false } as const),
        ...{ retentionDays: 0, maxBytes: 0, minFreeBytes: 0 },
      },
    });
    const place = { room: recordOf(), meeting: "meeting" as MeetingId, participants: [], worker };
    expect(await service.resume(id as RecordingId, place, () => {})).toBe(true);
    expect(service.running).toBe(1);
    expect(kept.now.get(id)).toEqual(snapshot);
    await service.leave();
  });

  it("of wrong PINs count on, and of right ones are known", () => {
    const clock = new FakeClock(writtenAt + 3500);
    const kept = {
      mistakes: records<never>("pin-mistakes"),
      known: records<never>("pin-known"),
      rightNumbers: records<never>("pin-numbers"),
    };
    const guard = new PinGuard({ clock, records: kept });
    expect(guard.delayMs({ ...guessedFrom, number: "100" })).toBe(1500);
    expect(kept.mistakes.now.size + kept.known.now.size + kept.rightNumbers.now.size).toBe(7);
    // Ten mistakes are free there: its numbers have shown that it is shared.
    const shared = { ...guessedFrom, address: "203.0.113.8" };
    const here = new AbortController().signal;
    for (let count = 0; count < 9; count += 1) guard.begin({ ...shared, number: `x${count}` }, here);
    expect(guard.delayMs({ ...shared, number: "another" })).toBe(0);
    guard.close();
  });

  it("of bans last as long as they would have", () => {
    const clock = new FakeClock(writtenAt + 1000);
    const kept = {
      sources: records<never>("ban-source"),
      users: records<never>("ban-user"),
      trusted: records<never>("ban-trusted"),
    };
    const bans = new Bans({ clock, log: silentLogger, onBanned: () => {}, records: kept });
    expect(bans.list()).toMatchObject([
      { source: "203.0.113.5", user: undefined, offence: "scanner", until: writtenAt + 60_000, times: 1 },
      { source: "203.0.113.6", user: "1001", offence: "credentials", until: writtenAt + 60_000, times: 1 },
    ]);
    expect(bans.isTrusted("203.0.113.6")).toBe(true);
  });
});
