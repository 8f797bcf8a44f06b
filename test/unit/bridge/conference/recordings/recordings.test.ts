// Recordings from the room's side and from the files': when one begins and ends, what is kept of it, and what is
// left when its writer dies.
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { MeetingId, RecordingId, RoomId } from "#common";
import { brokenOff, recordingId, settled, until, value, world } from "./world.ts";

describe("a recording by command", () => {
  it("begins once, is in the status, and is complete when it was stopped", async () => {
    const { rooms, room, enter, order, ends, status, list, story, workers } = world();
    const weekly = await room();
    expect(await rooms.recordings.start(weekly.id)).toMatchObject({ error: { code: "ROOM_EMPTY" } });
    await enter(weekly, "Ann");
    expect(await rooms.recordings.stop(weekly.id)).toMatchObject({ error: { code: "NOT_RECORDING" } });

    value(await rooms.recordings.start(weekly.id));
    expect(await status(weekly)).toBe(true);
    expect(await rooms.recordings.start(weekly.id)).toMatchObject({ error: { code: "ALREADY_RECORDING" } });
    expect(order()).toMatchObject({ room: weekly.id, format: "wav", rate: 16_000, separate: false });
    expect(workers.workers[0]!.played).toEqual(["tone:attention"]);
    const [running] = await list(weekly);
    expect(running).toMatchObject({ endedAt: null, sha256: null, duration: 0 });
    expect(await rooms.recordings.destroy({ room: weekly.id, recording: running!.id })).toMatchObject({
      error: { code: "RECORDING_RUNNING" },
    });

    const stopping = rooms.recordings.stop(weekly.id);
    await settled();
    await ends(12.5);
    value(await stopping);
    expect(await status(weekly)).toBe(false);
    const [kept] = await list(weekly);
    const bytes = readFileSync(`${order().path}.wav`);
    expect(kept).toMatchObject({
      duration: 12,
      fileSize: 44 + 400_000,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      recovered: false,
      fileUrl: `/api/recordings/${kept!.id}`,
    });
    expect(Date.parse(kept!.endedAt!) - Date.parse(kept!.answeredAt)).toBe(12_500);
    expect(story).toEqual(["started", "stopped requested"]);
  });

  it("is marked, and destroyed with its file", async () => {
    const { rooms, room, enter, order, ends, list, story, recordings } = world();
    const weekly = await room();
    const other = await room();
    await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    await ends(1);
    const { id } = (await list(weekly))[0]!;

    value(await rooms.recordings.setRead({ room: weekly.id, recording: id }, true));
    expect((await list(weekly))[0]).toMatchObject({ read: true });
    value(await rooms.recordings.setRead({ room: weekly.id, recording: id }, false));
    expect((await list(weekly))[0]).toMatchObject({ read: false });
    for (const refused of [
      await rooms.recordings.setRead({ room: other.id, recording: id }, true),
      await rooms.recordings.destroy({ room: other.id, recording: id }),
      await rooms.recordings.destroy({ room: weekly.id, recording: recordingId("none") }),
    ]) {
      expect(refused).toMatchObject({ error: { code: "RECORDING_NOT_FOUND" } });
    }
    expect(await recordings.file(id)).toMatchObject({ contentType: "audio/wav" });
    value(await rooms.recordings.destroy({ room: weekly.id, recording: id }));
    expect(() => statSync(`${order().path}.wav`)).toThrow();
    expect(await list(weekly)).toEqual([]);
    expect(await recordings.file(id)).toBeUndefined();
    expect(story.at(-1)).toBe("removed destroyed");
  });

  it("on a disk that is too slow says so at once, and at its end how much it has lost", async () => {
    const { recordings, rooms, room, enter, ends, order, story, workers } = world();
    const missing: number[] = [];
    recordings.events.on("recording.stopped", ({ missingMs }) => missing.push(missingMs));
    const weekly = await room();
    await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    workers.workers[0]!.notifications.emit("recording.gap", { recording: order().recording });
    expect(story).toEqual(["started", "gap"]);
    await ends(20, { missingMs: 3400 });
    expect(story.at(-1)).toBe("stopped meeting-ended");
    expect(missing).toEqual([3400]);
    workers.workers[0]!.notifications.emit("recording.gap", { recording: order().recording });
    expect(story).toHaveLength(3);
  });

  it("outlives its room, with the names that the room had, and can still be marked and destroyed", async () => {
    const { rooms, room, enter, ends, list, story } = world();
    const weekly = await room({ subject: "Weekly" });
    await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    rooms.events.on("room.deleted", () => story.push("room deleted"));
    const destroying = rooms.destroy(weekly.id);
    await settled();
    expect(story).toEqual(["started"]);
    await ends(1);
    value(await destroying);
    expect(story).toEqual(["started", "stopped meeting-ended", "room deleted"]);

    const [kept] = await list(weekly);
    expect(kept).toMatchObject({ roomId: weekly.id, roomSubject: "Weekly", roomExtensionNumber: "8000" });
    expect(await rooms.recordings.all({ skip: 0, top: 10 })).toMatchObject({
      count: 1,
      items: [{ id: kept!.id }],
    });
    value(await rooms.recordings.setRead({ recording: kept!.id }, true));
    expect(value(await rooms.recordings.get({ room: weekly.id, recording: kept!.id }))).toMatchObject({
      read: true,
    });
    value(await rooms.recordings.destroy({ recording: kept!.id }));
    expect(await rooms.recordings.list(weekly.id)).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
  });

  it("goes with its room when that is asked for, before the room does", async () => {
    const { rooms, room, enter, ends, order, repository, story } = world();
    const weekly = await room();
    const other = await room();
    for (const place of [other, weekly]) {
      await enter(place, "Ann");
      value(await rooms.recordings.start(place.id));
      await ends(1);
    }
    rooms.events.on("room.deleted", () => story.push("room deleted"));
    value(await rooms.destroy(weekly.id, undefined, "remove"));
    expect(story.slice(-2)).toEqual(["removed destroyed", "room deleted"]);
    expect(() => statSync(`${order().path}.wav`)).toThrow();
    expect([...repository.kept.values()].map((each) => each.room)).toEqual([other.id]);
  });

  it("keeps no room from being destroyed for longer than a few seconds", async () => {
    const { clock, rooms, room, enter } = world();
    const weekly = await room();
    await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    let destroyed = false;
    void rooms.destroy(weekly.id).then(() => {
      destroyed = true;
    });
    await settled();
    expect(destroyed).toBe(false);
    clock.advance(5000);
    await settled();
    expect(destroyed).toBe(true);
  });

  it("that is not complete when its room is gone is removed once it is, when that is asked for", async () => {
    const { clock, rooms, room, enter, ends, order, repository, story } = world();
    const weekly = await room();
    await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    const destroyed = rooms.destroy(weekly.id, undefined, "remove");
    await settled();
    clock.advance(5000);
    value(await destroyed);
    expect(repository.kept.size).toBe(1);
    await ends(1);
    await until(() => repository.kept.size === 0);
    expect(story.slice(-2)).toEqual(["stopped meeting-ended", "removed destroyed"]);
    expect(() => statSync(`${order().path}.wav`)).toThrow();
  });

  it("is waited for by the end of its room also when another one was begun after it", async () => {
    const { rooms, room, enter, ends, order, story, clock } = world();
    const weekly = await room();
    await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    const first = order().recording;
    const stopped = rooms.recordings.stop(weekly.id);
    await settled();
    clock.advance(2000);
    value(await stopped);
    value(await rooms.recordings.start(weekly.id));
    const second = order();
    rooms.events.on("room.deleted", () => story.push("room deleted"));
    const destroyed = rooms.destroy(weekly.id);
    await settled();
    await ends(1);
    expect(story).not.toContain("room deleted");
    await ends(1, { recording: first });
    value(await destroyed);
    expect(second.recording).not.toBe(first);
    expect(story.slice(-3)).toEqual(["stopped meeting-ended", "stopped requested", "room deleted"]);
  });

  it("leaves nothing behind when the worker refuses", async () => {
    const { rooms, room, enter, list, status, workers, story, repository } = world();
    const weekly = await room();
    await enter(weekly, "Ann");
    for (const worker of workers.workers) worker.refuse = "recording.start";
    expect(await rooms.recordings.start(weekly.id)).toMatchObject({ error: { code: "CANNOT_RECORD" } });
    expect([await list(weekly), await status(weekly), story, repository.kept.size]).toEqual([
      [],
      false,
      [],
      0,
    ]);
  });
});

describe("a room that is recorded whenever participants are inside", () => {
  it("begins with the first, and ends with the meeting", async () => {
    const { room, enter, order, ends, status, story, list } = world();
    const weekly = await room({ enableRecording: true });
    const ann = await enter(weekly, "Ann");
    const ben = await enter(weekly, "Ben");
    await until(() => status(weekly));
    expect(await ann.participant.room.isRecorded()).toBe(true);

    ann.participant.leave("bye");
    expect(await status(weekly)).toBe(true);
    ben.participant.leave("bye");
    await settled();
    expect(await status(weekly)).toBe(false);
    await ends(3);
    expect(story).toEqual(["started", "stopped meeting-ended"]);

    const first = order().recording;
    await enter(weekly, "Ann");
    await until(() => status(weekly));
    expect(order().recording).not.toBe(first);
    expect(await list(weekly)).toHaveLength(2);
  });

  it("is not said to be recorded when it cannot be, which is told once, and is recorded as soon as it can", async () => {
    const { rooms, room, enter, status, workers, clock } = world();
    const refused: string[] = [];
    rooms.events.on("recording.refused", ({ problem }) => void refused.push(problem.code));
    const weekly = await room({ enableRecording: true });
    for (const worker of workers.workers) worker.refuse = "recording.start";
    const ann = await enter(weekly, "Ann");
    expect(await ann.participant.room.isRecorded()).toBe(false);
    const ben = await enter(weekly, "Ben");
    expect(await ben.participant.room.isRecorded()).toBe(false);
    expect(refused).toEqual(["CANNOT_RECORD"]);

    for (const worker of workers.workers) worker.refuse = undefined;
    clock.advance(30_000);
    await until(() => status(weekly));
    expect(await ann.participant.room.isRecorded()).toBe(true);
  });

  it("can be stopped, and does not begin again before the next meeting", async () => {
    const { rooms, room, enter, ends, status } = world();
    const weekly = await room({ enableRecording: true });
    await enter(weekly, "Ann");
    await until(() => status(weekly));
    await Promise.all([rooms.recordings.stop(weekly.id), settled().then(() => ends(1))]);
    await enter(weekly, "Ben");
    expect(await status(weekly)).toBe(false);
  });
});

describe("people who are moved", () => {
  it("leave a recording that goes on, begin the next, and end the one of the room that is empty", async () => {
    const { rooms, room, enter, status, story, workers } = world();
    const weekly = await room();
    const board = await room({ enableRecording: true });
    const ann = await enter(weekly, "Ann");
    const ben = await enter(weekly, "Ben");
    value(await rooms.recordings.start(weekly.id));

    value(await rooms.moveParticipant(weekly.id, ann.participant.id, { roomId: board.id }));
    await until(() => status(board));
    expect(await status(weekly)).toBe(true);
    expect(workers.workers[0]!.recordingOrders.map((order) => order.room)).toEqual([weekly.id, board.id]);

    value(await rooms.moveParticipant(weekly.id, ben.participant.id, { roomId: board.id }));
    await settled();
    expect([await status(weekly), await status(board)]).toEqual([false, true]);
    expect(story).toEqual(["started", "started"]);
    expect(workers.workers[0]!.commands.filter((name) => name === "recording.stop")).toHaveLength(1);
  });
});

describe("tracks of their own", () => {
  it("carry the names of those who spoke, also of those who came later", async () => {
    const { rooms, recordings, room, enter, order, ends, list } = world({ separate: true });
    const weekly = await room();
    const ann = await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    const ben = await enter(weekly, "Ben");
    await recordings.named(weekly.id, ben.participant.id, "Ben");
    // Back from another room.
    await recordings.named(weekly.id, ben.participant.id, "Ben");
    await enter(weekly, "Cy");
    for (const { participant } of [ann, ben])
      writeFileSync(`${order().path}.${participant.id}.wav`, brokenOff(4));
    await ends(4);

    const [kept] = await list(weekly);
    expect(kept!.tracks.map(({ displayName, fileSize }) => [displayName, fileSize]).sort()).toEqual([
      ["Ann", 44 + 128_000],
      ["Ben", 44 + 128_000],
    ]);
    const track = await recordings.file(kept!.id, ben.participant.id);
    expect(track).toMatchObject({ name: expect.stringContaining(ben.participant.id) });
    expect(await recordings.file(kept!.id, "../../etc/passwd" as never)).toBeUndefined();
  });
});

describe("when something breaks", () => {
  it("a full disk ends the recording, and not the meeting", async () => {
    const { rooms, room, enter, ends, status, story } = world();
    const weekly = await room();
    await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    await ends(2, { reason: "no-space", message: "no space left on device" });
    expect(story).toEqual(["started", "failed no-space"]);
    expect(await status(weekly)).toBe(false);
    expect(value(await rooms.status(weekly.id)).status).toBe("ON_CALL");
  });

  it("with too little room nothing begins, and what runs is stopped", async () => {
    const { clock, files, rooms, room, enter, ends, story, workers } = world({ minFreeBytes: 1000 });
    const free = vi.spyOn(files, "freeBytes");
    const weekly = await room();
    await enter(weekly, "Ann");
    free.mockResolvedValue(999);
    expect(await rooms.recordings.start(weekly.id)).toMatchObject({ error: { code: "NO_SPACE_TO_RECORD" } });
    free.mockResolvedValue(1000);
    value(await rooms.recordings.start(weekly.id));
    clock.advance(10_000);
    await settled();
    free.mockResolvedValue(500);
    clock.advance(10_000);
    await settled();
    expect(workers.workers[0]!.commands.at(-1)).toBe("recording.stop");
    await ends(20);
    expect(story).toEqual(["started", "failed no-space"]);
  });

  it("a dead worker's recording is mended, and the room is recorded again when a participant joins", async () => {
    const { rooms, room, enter, order, workers, story, list, status } = world();
    const weekly = await room();
    const { worker } = await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    const first = order();
    writeFileSync(`${first.path}.wav`, brokenOff(5));
    workers.die(worker);
    await settled();
    await until(() => story.includes("recovered"));
    expect(await list(weekly)).toMatchObject([{ recovered: true, duration: 5, fileSize: 44 + 160_000 }]);
    const mended = readFileSync(`${first.path}.wav`);
    expect([mended.readUInt32LE(4), mended.readUInt32LE(40)]).toEqual([160_036, 160_000]);
    expect(await status(weekly)).toBe(false);

    workers.respawn(worker);
    await enter(weekly, "Ben");
    await until(() => status(weekly));
    expect(order().recording).not.toBe(first.recording);
  });

  it("a recording goes on in further parts while other processes go on for its worker, and is joined", async () => {
    const { rooms, room, enter, order, ends, workers, story, list, status, files } = world();
    const weekly = await room();
    const { worker } = await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    const first = order();
    writeFileSync(`${first.path}.wav`, brokenOff(5));
    for (const [part, seconds] of [[2, 3] as const, [3, 2] as const]) {
      workers.recover(worker);
      await until(() => order().path === `${first.path}-part${part}`);
      expect([order().recording, order().further]).toEqual([first.recording, true]);
      writeFileSync(`${order().path}.wav`, brokenOff(seconds));
    }
    expect([await status(weekly), story]).toEqual([true, ["started"]]);
    // As if it had been cut off while it was joined.
    const second = readFileSync(`${first.path}-part2.wav`);
    writeFileSync(`${first.path}-part2.wav.at160044`, second.subarray(0, -1));
    rmSync(`${first.path}-part2.wav`);
    appendFileSync(`${first.path}.wav`, Buffer.alloc(1000, 9));

    const stopping = rooms.recordings.stop(weekly.id);
    await settled();
    await ends(2);
    value(await stopping);

    expect(story).toEqual(["started", "stopped requested"]);
    expect(await list(weekly)).toMatchObject([{ recovered: false, duration: 10, fileSize: 44 + 320_000 }]);
    const joined = readFileSync(`${first.path}.wav`);
    expect(joined.subarray(44).every((byte) => byte === 7)).toBe(true);
    expect(joined.readUInt32LE(40)).toBe(320_000);
    expect(readdirSync(dirname(first.path))).toHaveLength(1);
    expect(await files.parts({ path: "none/at-all", format: "wav" })).toEqual([]);
  });

  it("one that cannot go on is mended, and one that was being stopped is over", async () => {
    const { rooms, room, enter, order, workers, story } = world();
    const weekly = await room();
    const { worker } = await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    writeFileSync(`${order().path}.wav`, brokenOff(5));
    worker.refuse = "recording.start";
    workers.recover(worker);
    await until(() => story.includes("recovered"));
    worker.refuse = undefined;

    value(await rooms.recordings.start(weekly.id));
    writeFileSync(`${order().path}.wav`, brokenOff(1));
    const stopped = rooms.recordings.stop(weekly.id);
    await settled();
    workers.recover(worker);
    value(await stopped);
    await until(() => story.includes("stopped requested"));
    expect(worker.recordingOrders).toHaveLength(2);
  });

  it("it is not recorded again when it stays empty for long", async () => {
    const { clock, rooms, room, enter, workers, status } = world();
    const weekly = await room();
    const { worker } = await enter(weekly, "Ann");
    value(await rooms.recordings.start(weekly.id));
    workers.die(worker);
    await settled();
    clock.advance(10 * 60_000);
    await enter(weekly, "Ben");
    expect(await status(weekly)).toBe(false);
    expect(rooms.snapshot().live).toBe(1);
  });

  it("what the daemon was recording when it died is found at the next start", async () => {
    const { clock, files, repository, recordings, story } = world();
    const kept = (id: string, path: string) => ({
      id: id as RecordingId,
      room: "room" as RoomId,
      roomSubject: "Weekly",
      roomExtensionNumber: "8000",
      meeting: "meeting" as MeetingId,
      state: "running" as const,
      answeredAt: new Date(clock.now() - 60_000).toISOString(),
      endedAt: null,
      durationMs: 0,
      format: "wav" as const,
      path,
      size: 0,
      sha256: null,
      tracks: [],
      posterBytes: 0,
      read: false,
      warnedAt: null,
      warnedFor: null,
    });
    await repository.insert(kept("a", "room/one"));
    await repository.insert(kept("b", "room/two"));
    mkdirSync(dirname(files.base("room/one")), { recursive: true });
    writeFileSync(`${files.base("room/one")}.wav`, brokenOff(7));

    clock.advance(5000);
    await recordings.recover();

    expect(repository.kept.get(recordingId("a"))).toMatchObject({ state: "recovered", durationMs: 7000 });
    expect(repository.kept.get(recordingId("b"))).toMatchObject({ state: "broken", durationMs: 0, size: 0 });
    expect(story).toEqual(["recovered", "failed write-failed"]);
  });
});

describe("at the next start, a recording that its media worker still closes", () => {
  const begun = async () => {
    const { clock, files, repository, recordings, story } = world();
    const path = "room/one";
    await repository.insert({
      id: recordingId("a"),
      room: "room" as RoomId,
      roomSubject: "Weekly",
      roomExtensionNumber: "8000",
      meeting: "meeting" as MeetingId,
      state: "running",
      answeredAt: new Date(clock.now() - 60_000).toISOString(),
      endedAt: null,
      durationMs: 0,
      format: "wav",
      path,
      size: 0,
      sha256: null,
      tracks: [],
      posterBytes: 0,
      read: false,
      warnedAt: null,
      warnedFor: null,
    });
    const file = `${files.base(path)}.wav`;
    mkdirSync(dirname(file), { recursive: true });
    /** The worker writes the file now: in one step, for it is looked at on another thread. */
    const write = (seconds: number, to = file) => {
      const next = `${file}.next`;
      writeFileSync(next, brokenOff(seconds));
      utimesSync(next, clock.now() / 1000, clock.now() / 1000);
      renameSync(next, to);
    };
    const idle = clock.pending;
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= 500) {
        await until(() => clock.pending > idle);
        clock.advance(500);
      }
    };
    return { recordings, repository, story, file, write, pass };
  };

  it("goes at once when it is to be removed with its room", async () => {
    const { recordings, repository, story, file, write, pass } = await begun();
    write(3);
    const recovered = recordings.recover();
    await pass(1000);
    await recordings.removeAll("room" as RoomId);
    expect([story, existsSync(file), repository.kept.size]).toEqual([["removed destroyed"], false, 0]);
    await pass(500);
    await recovered;
    expect(story).toEqual(["removed destroyed"]);
  });

  it("is touched only once it has been at rest for two seconds", async () => {
    const { recordings, story, write, pass } = await begun();
    write(3);
    const recovered = recordings.recover();
    await pass(1500);
    write(4);
    await pass(1500);
    await settled();
    expect(story).toEqual([]);
    await pass(500);
    await recovered;
    expect(story).toEqual(["recovered"]);
  });

  it.each(["-part2.wav", "-part2.ann.wav", ".ann.wav"])("in %s as well", async (other) => {
    const { recordings, story, file, write, pass } = await begun();
    const path = file.replace(/\.wav$/, other);
    write(3);
    write(1, path);
    const recovered = recordings.recover();
    await pass(1500);
    write(2, path);
    await pass(1500);
    await settled();
    expect(story).toEqual([]);
    await pass(500);
    await recovered;
    expect(story).toEqual(["recovered"]);
  });

  it("is waited for half a minute at most", async () => {
    const { recordings, story, write, pass } = await begun();
    write(3);
    const recovered = recordings.recover();
    for (let waited = 0; waited < 30_000; waited += 1000) {
      await pass(1000);
      write(3);
    }
    await recovered;
    expect(story).toEqual(["recovered"]);
  });
});

it("the end of the daemon waits for the last files, and not for ever", async () => {
  const { clock, rooms, recordings, room, enter, ends, story } = world();
  const weekly = await room();
  const { participant } = await enter(weekly, "Ann");
  value(await rooms.recordings.start(weekly.id));
  participant.leave("shutdown");
  let closed = false;
  const closing = recordings.close().then(() => {
    closed = true;
  });
  await settled();
  expect(closed).toBe(false);
  await ends(1);
  await closing;
  expect(story).toEqual(["started", "stopped meeting-ended"]);

  const late = world();
  const again = await late.room();
  await late.enter(again, "Ann");
  value(await late.rooms.recordings.start(again.id));
  const ending = late.recordings.close();
  late.clock.advance(5000);
  await ending;
  expect(clock.pending).toBe(0);
});
