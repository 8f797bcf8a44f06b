// A meeting is recorded, and at an instant that a seed decides, its writer is killed with SIGKILL: the media worker, the
// daemon, or both at once. Returns what is left of the recording once Parley has mended it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { delay, systemClock } from "#common";
import { decodeAudio } from "./decode-audio.ts";
import { seededRandom } from "./network.ts";
import { ParleyProcess } from "./parley.ts";
import type { ApiRecording } from "./parley-api.ts";
import { eventually } from "./phone/index.ts";
import { fitTones } from "./tones.ts";

export type Victim = "worker" | "daemon" | "both";

export interface KillOutcome {
  readonly seed: number;
  readonly victim: Victim;
  readonly format: "mp3" | "wav";
  /** From the recording's first instant to the kill. */
  readonly recordedMs: number;
  /** What the file holds, as a player reads it. */
  readonly fileMs: number;
  /** Of 200 ms each: those in which the caller's tone is not at its level, the first second left out. */
  readonly damagedWindows: number;
  readonly recovered: boolean;
}

const tone = { frequency: 440, levelDbov: -20 };
const extension = "7999";
const shortestMs = 1500;
const longestMs = 5000;
const windowSeconds = 0.2;

export async function killDuringRecording(seed: number): Promise<KillOutcome> {
  const random = seededRandom(seed);
  const victim = (["worker", "daemon", "both"] as const)[Math.floor(random() * 3)]!;
  const format = random() < 0.5 ? "mp3" : "wav";
  const afterMs = shortestMs + random() * (longestMs - shortestMs);
  const dataDir = await mkdtemp(join(tmpdir(), "parley-kill-"));
  const env = { RECORDINGS_FORMAT: format };
  let parley = await ParleyProcess.start({ dataDir, env });
  try {
    const room = await parley.createRoom({ extension_number: extension });
    const phone = await parley.phone("alice");
    const call = await phone.call(extension);
    await call.answered();
    call.media.voice = [tone];
    await parley.attendance(room, 1);
    await parley.commandRoom(room, "start_recording");
    await delay(systemClock, afterMs);
    const { workers } = parley;
    if (victim !== "worker") parley.signal("SIGKILL");
    if (victim !== "daemon") for (const pid of workers) process.kill(pid, "SIGKILL");
    const killedAt = systemClock.now();
    if (victim !== "worker") {
      await parley.exited;
      await eventually(
        async () => (workers.some((pid) => parley.isRunning(pid)) ? undefined : true),
        () => "end of the media workers",
      );
      await parley.stop();
      parley = await ParleyProcess.start({ dataDir, env });
    }
    const recording = await mended(parley, room);
    const recordedMs = killedAt - Date.parse(recording.answered_at);
    const path = join(dataDir, "recordings", room, recording.file_name);
    return { seed, victim, format, recordedMs, recovered: recording.recovered, ...heardIn(path) };
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
