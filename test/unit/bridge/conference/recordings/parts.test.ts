// The parts of the recordings, each by itself: what is handed out and destroyed, the last look at the files, and the watch on
// the disk.
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type MeetingId, type ParticipantId, type RecordingId, type RoomId, silentLogger } from "#common";
import type { StoredRecording } from "#conference/recordings";
import { FakeClock, FakeRecordingsRepository, settle } from "#test/support";
import { Completion } from "../../../../../bridge/conference/recordings/completion.ts";
import { RecordingFiles } from "../../../../../bridge/conference/recordings/files.ts";
import { Library } from "../../../../../bridge/conference/recordings/library.ts";
import { SpaceWatch } from "../../../../../bridge/conference/recordings/space-watch.ts";
import { brokenOff } from "./world.ts";

const ada = "ada" as ParticipantId;
const room = "room-1" as RoomId;

async function shelf() {
  const folder = mkdtempSync(join(tmpdir(), "parley-unit-recording-parts-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const repository = new FakeRecordingsRepository();
  const files = RecordingFiles.prepare(join(folder, "kept"));
  const clock = new FakeClock();
  async function kept(id: string, changes: Partial<StoredRecording> = {}): Promise<StoredRecording> {
    const answeredAt = new Date(clock.now()).toISOString();
    const recording: StoredRecording = {
      ...{ id: id as RecordingId, room, roomSubject: "Board", roomExtensionNumber: "8000" },
      ...{ meeting: "meeting" as MeetingId, state: "running", answeredAt, endedAt: null, durationMs: 0 },
      ...{ format: "wav", path: await files.place(room, id as RecordingId, answeredAt) },
      ...{
        tracks: [{ participant: ada, displayName: "Ada", size: 0, sha256: null }],
        posterBytes: 0,
        read: false,
      },
      ...{ warnedAt: null, warnedFor: null, size: 0, sha256: null, ...changes },
    };
    await repository.insert(recording);
    return recording;
  }
  return { repository, files, clock, kept };
}

describe("the library of recordings", () => {
  async function library() {
    const made = await shelf();
    const removed: string[] = [];
    const library = new Library(made);
    library.events.on(
      "recording.removed",
      ({ recording, reason }) => void removed.push(`${recording.id} ${reason}`),
    );
    return { ...made, library, removed };
  }

  it("knows a recording by its room, and by itself", async () => {
    const { library: made, kept } = await library();
    const { id } = await kept("one");
    expect(await made.get({ room, recording: id })).toMatchObject({ id, roomSubject: "Board" });
    expect(await made.get({ recording: id })).toMatchObject({ id });
    const elsewhere = { room: "room-2" as RoomId, recording: id };
    expect(await made.get(elsewhere)).toBeUndefined();
    expect([await made.setRead(elsewhere, true), await made.remove(elsewhere)]).toEqual([false, false]);
    expect(await made.setRead({ room, recording: id }, true)).toBe(true);
    expect(await made.list(room)).toMatchObject([{ id, read: true }]);
  });

  it("removes what has ended with its files, and nothing that is being written", async () => {
    const { library: made, kept, files, removed } = await library();
    const running = await kept("running");
    const ended = await kept("ended", { state: "finished" });
    for (const recording of [running, ended]) writeFileSync(files.file(recording), "audio");
    writeFileSync(files.file(ended, ada), "audio");
    writeFileSync(files.poster(ended), "picture");
    expect(await made.remove({ room, recording: running.id })).toBe("running");
    await made.removeAll(room);
    const all = [files.file(ended), files.file(ended, ada), files.poster(ended)];
    expect(all.map((path) => existsSync(path))).toEqual([false, false, false]);
    expect(existsSync(files.file(running))).toBe(true);
    expect(removed).toEqual(["ended destroyed"]);
  });

  it("hands out the mix and the tracks that there are, and nothing of what cannot be played", async () => {
    const { library: made, kept, files } = await library();
    const ended = await kept("ended", {
      state: "finished",
      sha256: "abc",
      endedAt: "2026-01-01T00:00:03.000Z",
    });
    expect(await made.file(ended.id)).toMatchObject({
      ...{ path: files.file(ended), contentType: "audio/wav", sha256: "abc" },
    });
    expect(await made.file(ended.id, ada)).toMatchObject({ path: files.file(ended, ada), sha256: null });
    expect(await made.file(ended.id, "../../etc/passwd" as ParticipantId)).toBeUndefined();
    expect([await made.poster(ended.id), (await made.list(room))[0]?.posterUrl]).toEqual([undefined, null]);
    const running = await kept("running", { sha256: "stale" });
    expect(await made.file(running.id)).toMatchObject({ sha256: null, endedAt: null });
    const broken = await kept("broken", { state: "broken" });
    expect(await made.file(broken.id)).toBeUndefined();
  });

  it("hands out the poster that there is, and says where it is", async () => {
    const { library: made, kept, files } = await library();
    const one = await kept("one", { state: "finished", format: "mp4", posterBytes: 7000 });
    const poster = { path: files.poster(one), contentType: "image/jpeg", sha256: null };
    expect(await made.poster(one.id)).toMatchObject(poster);
    expect((await made.get({ recording: one.id }))?.posterUrl).toBe("/api/recordings/one/poster.jpg");
  });
});

describe("the last look at a recording", () => {
  it("mends and measures the mix and each track, and keeps what it found", async () => {
    const { repository, files, kept } = await shelf();
    const recording = await kept("one");
    writeFileSync(files.file(recording), brokenOff(3));
    writeFileSync(files.file(recording, ada), brokenOff(2));
    writeFileSync(files.file(recording, "stranger" as ParticipantId), brokenOff(1));
    const done = await new Completion({ repository, files, log: silentLogger }).finish(
      recording,
      "recovered",
    );
    expect(done).toMatchObject({ state: "recovered", durationMs: 3000, sha256: expect.any(String) });
    expect(Date.parse(done.endedAt!) - Date.parse(done.answeredAt)).toBe(3000);
    expect(done.tracks).toMatchObject([
      { participant: ada, displayName: "Ada" },
      { participant: "stranger", displayName: "" },
    ]);
    expect(await repository.get(recording.id)).toEqual(done);
  });

  it("of one that goes on after a pause has its last instant, and what it plays as its duration", async () => {
    const { repository, files, kept } = await shelf();
    const recording = await kept("one");
    const begun = Date.parse(recording.answeredAt);
    const written = (path: string, seconds: number, until: number) => {
      writeFileSync(path, brokenOff(seconds));
      utimesSync(path, until / 1000, until / 1000);
    };
    written(files.file(recording), 3, begun + 3000);
    written(`${files.partBase(recording.path, 2)}.wav`, 2, begun + 9000);
    const done = await new Completion({ repository, files, log: silentLogger }).finish(recording, "finished");
    expect(done).toMatchObject({ state: "finished", durationMs: 5000 });
    expect(Date.parse(done.endedAt!) - begun).toBe(9000);
  });

  it("finds it broken when there is nothing to play, and never rejects", async () => {
    const { repository, files, kept } = await shelf();
    const recording = await kept("one");
    rmSync(dirname(files.file(recording)), { recursive: true });
    repository.update = async () => {
      throw new Error("the database is gone");
    };
    const done = await new Completion({ repository, files, log: silentLogger }).finish(recording, "finished");
    expect(done).toMatchObject({ state: "broken", durationMs: 0, size: 0, sha256: null, tracks: [] });
  });
});

describe("the watch on the disk", () => {
  function watch() {
    const clock = new FakeClock();
    const disk = { free: 1000, asked: 0, broken: false };
    const short: string[] = [];
    const files = {
      async freeBytes() {
        disk.asked += 1;
        if (disk.broken) throw new Error("no disk");
        return disk.free;
      },
    };
    const made = new SpaceWatch({ files, clock, log: silentLogger, minFreeBytes: 500 });
    made.onShort = (message) => void short.push(message);
    return { clock, disk, short, made };
  }

  it("says what is short before anything begins, and takes a disk that cannot be asked for one with room", async () => {
    const { made, disk } = watch();
    expect(await made.shortage()).toBeUndefined();
    disk.free = 499;
    expect(await made.shortage()).toMatch("499 bytes");
    disk.broken = true;
    expect(await made.shortage()).toBeUndefined();
  });

  it("looks every ten seconds while something is recorded, and not afterwards", async () => {
    const { made, disk, short, clock } = watch();
    made.watch();
    made.watch();
    await clock.run(20_000);
    expect([disk.asked, short]).toEqual([2, []]);
    disk.free = 0;
    await clock.run(10_000);
    expect(short).toHaveLength(1);
    made.rest();
    await clock.run(60_000);
    expect([disk.asked, clock.pending]).toEqual([3, 0]);
  });

  it("is not begun again after its end, and tells nothing that it learns later", async () => {
    const { made, disk, short, clock } = watch();
    made.watch();
    disk.free = 0;
    clock.advance(10_000);
    made.close();
    await settle();
    made.watch();
    expect([short, clock.pending]).toEqual([[], 0]);
  });
});
