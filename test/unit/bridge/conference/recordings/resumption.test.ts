// Recordings over a restart of the control process: each process is a service of its own, on the same files, rows and records.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type MeetingId, type ParticipantId, type RecordingId, type RoomId, silentLogger } from "#common";
import {
  RecordingFiles,
  type RecordingSettings,
  RecordingsService,
  type RunningSnapshot,
} from "#conference/recordings";
import type { RecordingEnd } from "#conference/rooms";
import { FakeClock, FakeRecordingsRepository, FakeRecords, FakeWorkers } from "#test/support";
import { recordOf } from "../rooms/live/fake-room.ts";
import { brokenOff, settings, until, value } from "./world.ts";

const ann = { id: "ann" as ParticipantId, displayName: "Ann" };

function disk() {
  const folder = mkdtempSync(join(tmpdir(), "parley-unit-resumption-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new FakeClock(Math.floor(Date.now() / 1000) * 1000);
  return { clock, files: RecordingFiles.prepare(folder), repository: new FakeRecordingsRepository() };
}

/** `writes`: what its worker still records. */
function processOn(
  { clock, files, repository }: ReturnType<typeof disk>,
  kept: FakeRecords<RunningSnapshot>,
  writes: readonly RecordingId[] = [],
  given: Partial<RecordingSettings> = {},
) {
  const workers = new FakeWorkers(1);
  const worker = workers.workers[0]!;
  worker.recordings = new Set(writes);
  const recordings = new RecordingsService({
    ...{ repository, files, workers, clock, log: silentLogger, stateRecords: kept },
    settings: { ...settings, separate: true, ...given },
  });
  const story: string[] = [];
  for (const name of ["started", "stopped", "failed", "recovered", "removed"] as const) {
    recordings.events.on(`recording.${name}`, (event) => {
      story.push(`${name}${"reason" in event ? ` ${event.reason}` : ""}`);
    });
  }
  const overs: RecordingEnd[] = [];
  const over = (how: RecordingEnd) => void overs.push(how);
  const place = { room: recordOf(), meeting: "meeting" as MeetingId, participants: [], worker };
  const ends = (recording: RecordingId) =>
    worker.notifications.emit("recording.ended", {
      ...{ recording, reason: "finished", message: "", durationMs: 0, missingMs: 0 },
    });
  return { recordings, worker, workers, story, overs, over, place, ends };
}

async function recorded(of: ReturnType<typeof disk>, seconds = 5) {
  const records = new FakeRecords<RunningSnapshot>();
  const first = processOn(of, records);
  const id = value(
    await first.recordings.start({ ...first.place, participants: [ann as never] }, first.over),
  );
  const { path } = first.worker.recordingOrders[0]!;
  writeFileSync(`${path}.wav`, brokenOff(seconds));
  return { records, first, id, path };
}

it("the same file goes on, with the same row, and is complete when it is stopped", async () => {
  const on = disk();
  const { records, first, id } = await recorded(on);
  // Killed before the row has the name of a participant who has just come.
  on.repository.update = async () => true;
  void first.recordings.named(first.place.room.id, "ben" as ParticipantId, "Ben");
  on.repository.update = FakeRecordingsRepository.prototype.update;

  const next = processOn(on, records.next(), [id]);
  expect(await next.recordings.resume(id, next.place, next.over)).toBe(true);
  await next.recordings.recover();
  expect([next.worker.commands, next.story, next.recordings.running]).toEqual([[], [], 1]);
  expect((await on.repository.get(id))?.tracks.map(({ displayName }) => displayName)).toEqual(["Ann", "Ben"]);

  const stopped = next.recordings.stop(id, "requested");
  next.ends(id);
  expect(await stopped).toBe("ended");
  expect([next.story, next.overs]).toEqual([["stopped requested"], ["ended"]]);
  expect(await on.repository.get(id)).toMatchObject({ state: "finished", durationMs: 5000 });
});

it("what its worker ended meanwhile is told when workers settle, and begins nothing", async () => {
  const on = disk();
  const { records, id } = await recorded(on);
  const next = processOn(on, records.next());
  expect(await next.recordings.resume(id, next.place, next.over)).toBe(true);
  next.ends(id);
  await next.recordings.recover();
  await until(() => next.story.length > 0);
  expect([next.story, next.overs, next.worker.commands]).toEqual([["stopped meeting-ended"], ["ended"], []]);
});

it("goes on in a further part when its worker died as well, also after another restart", async () => {
  const on = disk();
  const { records, id, path } = await recorded(on);
  let left = records;
  for (const part of [2, 3]) {
    left = left.next();
    const next = processOn(on, left);
    await next.recordings.resume(id, next.place, next.over);
    await next.recordings.recover();
    expect(next.worker.recordingOrders.map((order) => order.path)).toEqual([`${path}-part${part}`]);
    writeFileSync(`${path}-part${part}.wav`, brokenOff(2));
  }
  const last = processOn(on, left.next(), [id]);
  await last.recordings.resume(id, last.place, last.over);
  const stopped = last.recordings.stop(id, "meeting-ended");
  last.ends(id);
  await stopped;
  await until(() => last.story.length > 0);
  expect(await on.repository.get(id)).toMatchObject({ state: "finished", durationMs: 9000 });
  expect(existsSync(`${path}-part3.wav`)).toBe(false);
});

it("goes on as it was begun, whatever is set meanwhile", async () => {
  const on = disk();
  const { records, id } = await recorded(on);
  const other = { rate: 48_000, kbps: 128, separate: false } as const;
  const next = processOn(on, records.next(), [id], other);
  await next.recordings.resume(id, next.place, next.over);
  await next.recordings.recover();
  next.workers.recover(next.worker);
  await next.recordings.named(next.place.room.id, "ben" as ParticipantId, "Ben");
  expect(next.worker.recordingOrders).toMatchObject([{ rate: 16_000, kbps: 64, separate: true }]);
  expect((await on.repository.get(id))?.tracks.map(({ displayName }) => displayName)).toEqual(["Ann", "Ben"]);
});

it("goes on with pictures of the size that it was begun with, whatever the room's is meanwhile", async () => {
  const on = disk();
  const records = new FakeRecords<RunningSnapshot>();
  const first = processOn(on, records);
  const room = recordOf({ mode: "VIDEO", width: 1281, height: 720 });
  const id = value(await first.recordings.start({ ...first.place, room }, first.over));
  const picture = { width: 1280, height: 720 };
  expect(first.worker.recordingOrders).toMatchObject([{ format: "mp4", picture }]);
  const next = processOn(on, records.next(), [id]);
  await next.recordings.resume(id, { ...next.place, room: { ...room, width: 640, height: 360 } }, next.over);
  next.workers.recover(next.worker);
  expect(next.worker.recordingOrders).toMatchObject([{ format: "mp4", further: true, picture }]);
});

it("goes on as it is set now where its record does not say how it was begun", async () => {
  const on = disk();
  const { records, id } = await recorded(on);
  const { fileSettings: _, ...earlier } = records.now.get(id)!;
  records.put(id, earlier);
  const next = processOn(on, records.next(), [id], { rate: 48_000 });
  await next.recordings.resume(id, next.place, next.over);
  next.workers.recover(next.worker);
  expect(next.worker.recordingOrders).toMatchObject([{ rate: 48_000, kbps: 64, separate: true }]);
});

it.each([true, false])("what was told to stop ends as it would have; its worker lives: %s", async (lives) => {
  const on = disk();
  const { records, first, id } = await recorded(on);
  void first.recordings.stop(id, "requested");
  await first.recordings.removeAll("other" as RoomId);
  const next = processOn(on, records.next(), lives ? [id] : []);
  if (lives) next.ends(id);
  await next.recordings.recover();
  await until(() => next.story.length > 0);
  expect(next.story).toEqual(["stopped requested"]);
});

it("what is to go with its room goes once it is complete", async () => {
  const on = disk();
  const { records, first, id, path } = await recorded(on);
  void first.recordings.stop(id, "meeting-ended");
  await first.recordings.removeAll(first.place.room.id);
  const next = processOn(on, records.next(), [id]);
  next.ends(id);
  await until(() => next.story.includes("removed destroyed"));
  expect([await on.repository.get(id), existsSync(`${path}.wav`)]).toEqual([undefined, false]);
});

it("what nobody goes on with is stopped and recovered, once", async () => {
  const on = disk();
  const { records, id } = await recorded(on);
  const left = records.next();
  const next = processOn(on, left, [id]);
  const recovering = next.recordings.recover();
  await on.clock.run(35_000);
  await recovering;
  expect([next.worker.commands, next.story, left.now.size]).toEqual([["recording.stop"], ["recovered"], 0]);
  expect(await on.repository.get(id)).toMatchObject({ state: "recovered", durationMs: 5000 });
  expect(await next.recordings.resume(id, next.place, next.over)).toBe(false);
});

it("a record that cannot be used costs its recording alone", async () => {
  const on = disk();
  const { records, id } = await recorded(on);
  records.put(id, { parts: "many" } as never);
  const next = processOn(on, records.next(), [id]);
  expect(await next.recordings.resume(id, next.place, next.over)).toBe(false);

  const unread = await recorded(disk());
  const other = processOn(on, unread.records.next(), [unread.id]);
  on.repository.get = async () => {
    throw new Error("the database does not answer");
  };
  expect(await other.recordings.resume(unread.id, other.place, other.over)).toBe(false);
});

it("a process that leaves waits for nothing and stops nothing", async () => {
  const on = disk();
  const { records, first, id } = await recorded(on);
  first.recordings.leave();
  first.ends(id);
  await first.recordings.close();
  expect([first.story, first.worker.commands, records.now.size]).toEqual([
    ["started"],
    ["recording.start"],
    1,
  ]);
});
