// A disk that is really full while a meeting is recorded: the recording ends with what there is and says why, the
// meeting goes on, and nothing is removed to make room before a warning went out.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import { decodeAudio } from "../support/decode-audio.ts";
import { ParleyProcess } from "../support/parley.ts";
import type { ApiRecording } from "../support/parley-api.ts";
import { eventually } from "../support/phone/index.ts";
import { SmallDisk } from "../support/small-disk.ts";
import { fitTones } from "../support/tones.ts";
import { join, newExtension, tones } from "./use-parley.ts";

interface RecordingEvent {
  readonly type: string;
  readonly time: string;
  readonly data: {
    readonly recording: string;
    readonly reason: string;
    readonly file_size: number;
    readonly removed_after: string;
  };
}

const pageBytes = 4096;
const noticeMs = 3_600_000;
/** A busy machine fills it slowly. */
const patience = { timeout: 300_000 };

let disk: SmallDisk;
let dataDir: string;
let parley: ParleyProcess | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), "parley-full-"));
});
afterEach(async () => {
  try {
    await parley?.stop();
  } finally {
    parley = undefined;
    await disk.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

async function start(env: Record<string, string>): Promise<ParleyProcess> {
  const started = await ParleyProcess.start({
    ...{ dataDir, through: disk.through },
    env: { RECORDINGS_PATH: disk.path, RECORDINGS_MIN_FREE_BYTES: "0", ...env },
  });
  parley = started;
  onTestFailed(() => void process.stderr.write(`${started.logs.slice(-40).join("\n")}\n${started.stderr}\n`));
  disk.confine(started);
  return started;
}

async function told(type: string): Promise<RecordingEvent | undefined> {
  const { body } = await parley!.request("/api/events?after=0&top=1000&types=recording.*");
  return (body as { items: readonly RecordingEvent[] }).items.find((event) => event.type === type);
}

/**
 * What FFmpeg finds in it: its length, and the levels of Alice's and Bob's tones: medians of five windows, as silence may
 * stand for what a busy machine kept from being mixed.
 */
async function heardIn(recording: ApiRecording) {
  const response = await parley!.open(recording.file_url, AbortSignal.timeout(20_000));
  const file = joinPath(dataDir, recording.file_name);
  const bytes = Buffer.from(await response.arrayBuffer());
  await writeFile(file, bytes);
  const { rate, samples } = decodeAudio(file);
  const windows = [0.3, 0.4, 0.5, 0.6, 0.7].map((part) => {
    const window = samples.subarray(Math.floor(samples.length * part)).subarray(0, rate / 5);
    return fitTones(window, [tones.alice.frequency, tones.bob.frequency], rate).levels;
  });
  const levels = [0, 1].map((tone) => windows.map((window) => window[tone]!).sort((a, b) => a - b)[2]!);
  // Silence that stands for what was not mixed is a hole in the file and takes no place on the disk.
  const pages = Array.from({ length: Math.ceil(bytes.length / pageBytes) }, (_, page) =>
    bytes.subarray(page * pageBytes, (page + 1) * pageBytes),
  );
  const onDisk = pages.filter((page) => page.some((byte) => byte !== 0)).length * pageBytes;
  return { bytes: bytes.length, onDisk, seconds: samples.length / rate, levels };
}

describe.each([
  { format: "wav", bytes: 640 * 1024, env: { RECORDINGS_SAMPLE_RATE: "48000" } },
  { format: "mp3", bytes: 128 * 1024, env: { RECORDINGS_BITRATE: "160" } },
])("a disk that fills while a meeting is recorded as $format", ({ format, bytes, env }) => {
  it("ends the recording with what there is and a reason, and nothing else", patience, async () => {
    disk = await SmallDisk.open(bytes);
    const running = await start({ RECORDINGS_FORMAT: format, ...env });
    const extension = newExtension();
    const room = await running.createRoom({ extension_number: extension });
    const alice = await join(running, "alice", extension);
    const bob = await join(running, "bob", extension);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    const [worker] = running.workers;
    await running.commandRoom(room, "start_recording");

    const failed = await eventually(
      () => told("recording.failed"),
      () => "end of the recording",
      { limitMs: 200_000 },
    );

    const [recording, ...others] = await running.recordings(room);
    expect(others).toEqual([]);
    expect(failed.data).toMatchObject({ recording: recording!.id, reason: "no-space" });
    expect(failed.data.file_size).toBe(recording!.file_size);
    expect(recording!.ended_at).not.toBeNull();
    expect((await running.status(room)).recording).toBe(false);
    const heard = await heardIn(recording!);
    expect(heard.bytes).toBe(recording!.file_size);
    expect(heard.bytes).toBeGreaterThan(bytes / 2);
    expect(heard.onDisk).toBeLessThanOrEqual(bytes);
    expect(heard.seconds).toBeGreaterThan(3);
    expect(Math.abs(heard.seconds - recording!.duration)).toBeLessThan(1.1);
    expect(heard.levels[0]).toBeCloseTo(tones.alice.levelDbov, -1);
    expect(heard.levels[1]).toBeCloseTo(tones.bob.levelDbov, -1);

    const carol = await join(running, "carol", extension);
    await Promise.all([
      ...[alice.hears("bob", "carol"), bob.hears("alice", "carol"), carol.hears("alice", "bob")],
    ]);
    await running.attendance(room, 3);
    expect(running.workers).toContain(worker);

    // The next start finds more than there may be: it warns, and what it warns of is still there.
    expect(await running.stop()).toEqual({ code: 0, signal: null });
    const again = await start({ RECORDINGS_MAX_BYTES: "1" });
    const warning = await eventually(
      () => told("recording.warning"),
      () => "warning",
    );
    expect(warning.data).toMatchObject({ recording: recording!.id, reason: "space" });
    expect(Date.parse(warning.data.removed_after) - Date.parse(warning.time)).toBeGreaterThan(
      noticeMs - 60_000,
    );
    expect(await told("recording.removed")).toBeUndefined();
    expect(await again.recordings(room)).toEqual([recording]);
    expect((await heardIn(recording!)).bytes).toBe(heard.bytes);
  });
});
