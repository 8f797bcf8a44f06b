// A meeting is recorded, as audio or with its picture, and at an instant that a seed decides, its writer is killed with SIGKILL: the
// media worker, or it and the daemon, so that the next start finds nothing but files and database. Returns what is left of the recording once Parley has mended it; after the death of
// the worker alone it has gone on, and is stopped.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delay, systemClock } from "#common";
import { decodeAudio } from "./decode-audio.ts";
import { seededRandom } from "./network.ts";
import { ParleyProcess } from "./parley.ts";
import type { ApiRecording } from "./parley-api.ts";
import { eventually } from "./phone/index.ts";
import { fitTones } from "./tones.ts";
import { type ColourName, decodeJpeg, fromYuv, nameOfColour, readMp4, VideoLine } from "./video/index.ts";

export type Victim = "worker" | "both";

/** mp4: a room with a picture. */
export type KilledFormat = "mp3" | "wav" | "mp4";

export interface KillOutcome {
  readonly seed: number;
  readonly victim: Victim;
  readonly format: KilledFormat;
  /** From when it was told to run to the kill. */
  readonly recordedMs: number;
  /** What the file holds, as a player reads it. */
  readonly fileMs: number;
  /** Of 200 ms each: those in which the caller's tone is not at its level, the first second left out. */
  readonly damagedWindows: number;
  readonly recovered: boolean;
  /** Of MP4. */
  readonly pictures?: {
    /** From the file's beginning to the last one. */
    readonly untilMs: number;
    /** Those in whose middle the caller's colour is. */
    readonly right: number;
    readonly all: number;
    /** What is in the middle of the poster. */
    readonly poster: ColourName | undefined;
  };
}

const tone = { frequency: 440, levelDbov: -20 };
const extension = "7999";
const colour = "magenta";
const picture = {
  mode: "VIDEO",
  layout: "LAYOUT1",
  width: 320,
  height: 180,
  framerate: 10,
  bitrate: 300,
} as const;
const minMs = 1500;
const maxMs = 5000;
const windowSeconds = 0.2;

/** `fixed`: what the seed does not decide. */
export async function killDuringRecording(
  seed: number,
  fixed: { readonly victim?: Victim; readonly format?: KilledFormat } = {},
): Promise<KillOutcome> {
  const random = seededRandom(seed);
  const victim = fixed.victim ?? (["worker", "both"] as const)[Math.floor(random() * 2)]!;
  const format = fixed.format ?? (["mp3", "wav", "mp4"] as const)[Math.floor(random() * 3)]!;
  const afterMs = minMs + random() * (maxMs - minMs);
  const dataDir = await mkdtemp(join(tmpdir(), "parley-kill-"));
  const isVideo = format === "mp4";
  const env = isVideo ? {} : { RECORDINGS_FORMAT: format };
  let parley = await ParleyProcess.start({ dataDir, env });
  try {
    const room = await parley.createRoom({ extension_number: extension, ...(isVideo && picture) });
    const phone = await parley.phone("alice");
    const video = isVideo ? [await VideoLine.open({ colour })] : [];
    const call = await phone.call(extension, { video });
    await call.answered();
    call.media.voice = [tone];
    await parley.attendance(room, 1);
    for (const line of video) await line.shows([[0.5, 0.5, colour]], 60_000);
    await parley.startRecording(room);
    const runsSince = systemClock.now();
    await delay(systemClock, afterMs);
    const killedAt = systemClock.now();
    if (victim === "worker") for (const pid of parley.workers) process.kill(pid, "SIGKILL");
    else {
      await parley.lose();
      await parley.stop();
      parley = await ParleyProcess.start({ dataDir, env });
    }
    const folder = join(dataDir, "recordings", room);
    if (victim === "worker") {
      await eventually(
        async () => ((await readdir(folder)).some((name) => name.includes("-part2")) ? true : undefined),
        () => "further part of the recording",
        { limitMs: 45_000 },
      );
      await parley.commandRoom(room, "stop_recording");
    }
    const recording = await mended(parley, room);
    const recordedMs = killedAt - runsSince;
    const path = join(folder, recording.file_name);
    const pictures = isVideo && {
      pictures: { ...seenIn(path), poster: await posterOf(parley, recording) },
    };
    return {
      seed,
      victim,
      format,
      recordedMs,
      recovered: recording.recovered,
      ...heardIn(path),
      ...pictures,
    };
  } finally {
    await parley.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function mended(parley: ParleyProcess, room: string): Promise<ApiRecording> {
  return eventually(
    async () => (await parley.recordings(room)).find((recording) => recording.ended_at !== null),
    () => "mended recording",
    { limitMs: 30_000 },
  );
}

function seenIn(path: string): Omit<NonNullable<KillOutcome["pictures"]>, "poster"> {
  const { pictures } = readMp4(path, [[0.5, 0.5]]);
  const right = pictures.filter(({ colours }) => nameOfColour(fromYuv(colours[0]!)) === colour);
  return { untilMs: pictures.at(-1)?.atMs ?? 0, right: right.length, all: pictures.length };
}

async function posterOf(
  parley: ParleyProcess,
  { poster_url }: ApiRecording,
): Promise<ColourName | undefined> {
  if (poster_url === null) return undefined;
  const response = await parley.open(poster_url, AbortSignal.timeout(20_000));
  return decodeJpeg(new Uint8Array(await response.arrayBuffer())).nameAt(0.5, 0.5);
}

function heardIn(path: string): Pick<KillOutcome, "fileMs" | "damagedWindows"> {
  const { rate, samples } = decodeAudio(path);
  const width = rate * windowSeconds;
  let damagedWindows = 0;
  for (let at = rate; at + width <= samples.length; at += width) {
    const [level = -127] = fitTones(samples.subarray(at, at + width), [tone.frequency], rate).levels;
    if (Math.abs(level - tone.levelDbov) > 3) damagedWindows += 1;
  }
  return { fileMs: (samples.length * 1000) / rate, damagedWindows };
}
