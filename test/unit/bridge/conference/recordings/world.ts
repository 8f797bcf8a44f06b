// Rooms that are recorded on workers that only remember, into a folder of their own: a test writes the files itself
// and tells how each recording ended.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import { fail, ok, type RecordingId, type Result, silentLogger } from "#common";
import {
  RecordingFiles,
  type RecordingSettings,
  type RecordingsEvents,
  RecordingsService,
} from "#conference/recordings";
import { createRooms, type ParticipantCall, type Room, type RoomFields } from "#conference/rooms";
import { wavHeader } from "#media/files";
import type { CommandParams, Notification } from "#media/protocol";
import {
  FakeClock,
  FakeLeg,
  FakeRecordingsRepository,
  FakeRoomsRepository,
  type FakeWorker,
  FakeWorkers,
  settle,
} from "#test/support";

export const settings: RecordingSettings = {
  format: "wav",
  rate: 16_000,
  kbps: 64,
  separate: false,
  retentionDays: 0,
  maxBytes: 0,
  minFreeBytes: 0,
};

export type Order = CommandParams<"recording.start">;

/** A WAV file of so many seconds, as it is on the disk when its writer dies: its header is a little behind. */
export function brokenOff(seconds: number, rate = 16_000): Buffer {
  const bytes = Math.floor(seconds * rate) * 2;
  return Buffer.concat([
    wavHeader(rate, Math.max(0, bytes - 6400)),
    Buffer.alloc(bytes, 7),
    Buffer.from([1]),
  ]);
}

export function world(given: Partial<RecordingSettings> = {}, folder?: string) {
  // Whole seconds, which the times of files keep exactly.
  const clock = new FakeClock(Math.floor(Date.now() / 1000) * 1000);
  const workers = new FakeWorkers(2);
  const repository = new FakeRecordingsRepository();
  const own = folder ?? mkdtempSync(join(tmpdir(), "parley-unit-recordings-"));
  onTestFinished(() => rmSync(own, { recursive: true, force: true }));
  const files = RecordingFiles.prepare(join(own, "kept"));
  const recordings = new RecordingsService({
    ...{ repository, files, workers, clock, log: silentLogger },
    settings: { ...settings, ...given },
  });
  const rooms = createRooms({
    ...{ repository: new FakeRoomsRepository(), workers, clock, logger: silentLogger, recordings },
    extensions: { first: 8000, last: 8009 },
  });
  const story: string[] = [];
  const names = ["started", "stopped", "failed", "gap", "recovered", "warning", "removed"] as const;
  for (const name of names) {
    recordings.events.on(`recording.${name}`, (event: RecordingsEvents[keyof RecordingsEvents]) => {
      story.push(`${name}${"reason" in event ? ` ${event.reason}` : ""}`);
    });
  }

  async function room(fields: RoomFields = {}): Promise<Room> {
    return value(await rooms.create({ enablePrompt: false, ...fields }));
  }

  async function enter(to: Room, displayName: string) {
    const call: ParticipantCall = {
      displayName,
      number: "100",
      source: "100@10.0.0.1",
      address: "10.0.0.1",
      trunk: undefined,
      dismiss: () => participant.leave("gone"),
    };
    const participant = value(await rooms.arrive(to.extensionNumber, call));
    const leg = new FakeLeg(participant.id, participant.worker as FakeWorker);
    participant.onMove = async (other) => {
      const { kind } = await other.join(leg);
      return kind === "entered" ? ok(undefined) : fail({ status: 480, text: kind });
    };
    leg.events.on("lost", () => participant.leave("lost"));
    await participant.join(leg);
    await settled();
    return { participant, leg, worker: participant.worker as FakeWorker };
  }

  /** What the worker was told to record, the last time. */
  const order = (): Order => {
    const orders = workers.workers.flatMap((worker) => worker.recordingOrders);
    return orders.at(-1)!;
  };

  /** The worker has written so much and tells the end. */
  async function ends(seconds: number, more: Partial<Notification<"recording.ended">> = {}): Promise<void> {
    const { recording, path } = order();
    if (!existsSync(`${path}.wav`)) writeFileSync(`${path}.wav`, brokenOff(seconds));
    const ended = {
      recording,
      reason: "finished",
      message: "",
      durationMs: seconds * 1000,
      missingMs: 0,
    } as const;
    workers.workers[0]!.notifications.emit("recording.ended", { ...ended, ...more });
    await until(() => repository.kept.get(recording)?.state !== "running");
    await settled();
  }

  const status = async (of: Room) => value(await rooms.status(of.id)).recording;
  const list = async (of: Room) => value(await rooms.recordings.list(of.id));
  return {
    clock,
    workers,
    repository,
    files,
    recordings,
    rooms,
    story,
    folder: own,
    room,
    enter,
    order,
    ends,
    status,
    list,
  };
}

/** Waits for what goes through real files. */
export const until = (holds: () => unknown): Promise<void> =>
  vi.waitFor(async () => expect(await holds()).toBeTruthy(), { interval: 2, timeout: 5000 });

export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

export const recordingId = (text: string): RecordingId => text as RecordingId;
