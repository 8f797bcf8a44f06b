// Meetings that are recorded, by the real processes: what is in the file afterwards is what was said, no matter who
// asked for it, and it can be fetched whole, in parts, and by a link.
import { createHash } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeAudio } from "../support/decode-audio.ts";
import type { ApiRecording } from "../support/parley-api.ts";
import { eventually } from "../support/phone/index.ts";
import { fitTones } from "../support/tones.ts";
import { join, newExtension, tones, useParley } from "./use-parley.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), "parley-recordings-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const everyTone = Object.values(tones).map((tone) => tone.frequency);

/** The level of each participant's tone in the middle of the file, in the order of `tones`. */
function levelsIn(path: string): { seconds: number; levels: readonly number[] } {
  const { rate, samples } = decodeAudio(path);
  const middle = Math.floor(samples.length / 2);
  const { levels } = fitTones(samples.subarray(middle - rate / 10, middle + rate / 10), everyTone, rate);
  return { seconds: samples.length / rate, levels };
}

describe("as MP3", () => {
  const parley = useParley();

  /** Two talk for a while and are recorded by command. */
  async function recorded(): Promise<{ room: string; recording: ApiRecording }> {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const [alice, bob] = await Promise.all([
      join(parley(), "alice", extension),
      join(parley(), "bob", extension),
    ]);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    await parley().commandRoom(room, "start_recording");
    expect((await parley().status(room)).recording).toBe(true);
    await eventually(
      async () => ((await parley().recordings(room))[0]!.duration >= 3 ? true : undefined),
      () => "three seconds of recording",
    );
    await parley().commandRoom(room, "stop_recording");
    expect((await parley().status(room)).recording).toBe(false);
    const [recording] = await parley().recordings(room);
    await parley().hangUpAll();
    return { room, recording: recording! };
  }

  async function fetched(path: string, headers: Record<string, string> = {}) {
    return parley().open(path, AbortSignal.timeout(20_000), headers);
  }

  it("holds both voices at the level they spoke with, and is what the list says", async () => {
    const { recording } = await recorded();
    const response = await fetched(recording.file_url);
    const bytes = Buffer.from(await response.arrayBuffer());
    const file = joinPath(folder, recording.file_name);
    await writeFile(file, bytes);

    expect(response.headers.get("content-type")).toBe("audio/mpeg");
    expect(response.headers.get("content-disposition")).toContain(recording.file_name);
    expect(bytes.length).toBe(recording.file_size);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(recording.sha256);
    const { seconds, levels } = levelsIn(file);
    expect(levels[0]).toBeCloseTo(tones.alice.levelDbov, -1);
    expect(levels[1]).toBeCloseTo(tones.bob.levelDbov, -1);
    expect(levels[2]).toBeLessThan(-50);
    expect(seconds).toBeGreaterThan(recording.duration - 0.5);
    expect(recording).toMatchObject({ read: false, recovered: false, tracks: [] });
  });

  it("can be fetched in parts, by a link, marked as read and destroyed", async () => {
    const { room, recording } = await recorded();
    const whole = Buffer.from(await (await fetched(recording.file_url)).arrayBuffer());
    const part = await fetched(recording.file_url, { range: "bytes=100-299" });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 100-299/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(100, 300))).toBe(true);

    const one = `/api/conference_rooms/${room}/recordings/${recording.id}`;
    const link = (await parley().request(`${one}/link`, { body: { expires_in: 60 } })).body as {
      url: string;
    };
    const open = await fetch(`${parley().url}${link.url}`);
    expect(Buffer.from(await open.arrayBuffer()).equals(whole)).toBe(true);
    const forged = await fetch(`${parley().url}${link.url.replace("expires=", "expires=9")}`);
    expect(forged.status).toBe(403);

    expect((await parley().request(`${one}/set_read`, { body: undefined })).status).toBe(200);
    expect((await parley().recordings(room))[0]).toMatchObject({ read: true });
    expect((await parley().request(`${one}/destroy`, { body: undefined })).status).toBe(204);
    expect(await parley().recordings(room)).toEqual([]);
    expect((await fetched(recording.file_url)).status).toBe(404);
  });

  it("begins with the first participant where the room says so, and ends with the meeting", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension, enable_recording: true });
    const again = await parley().request(`/api/conference_rooms/${room}/start_recording`, {
      body: undefined,
    });
    expect([again.status, (again.body as { code: string }).code]).toEqual([409, "ROOM_EMPTY"]);

    await join(parley(), "alice", extension);
    await eventually(
      async () => ((await parley().status(room)).recording ? true : undefined),
      () => "recording",
    );
    const twice = await parley().request(`/api/conference_rooms/${room}/start_recording`, {
      body: undefined,
    });
    expect([twice.status, (twice.body as { code: string }).code]).toEqual([409, "ALREADY_RECORDING"]);
    await parley().hangUpAll();

    const recording = await eventually(
      async () => (await parley().recordings(room)).find((each) => each.ended_at !== null),
      () => "recording that has ended",
    );
    expect(recording.recovered).toBe(false);
    expect((await parley().status(room)).recording).toBe(false);
  });
});

describe("as WAV with a track for each participant", () => {
  const parley = useParley({
    env: { RECORDINGS_FORMAT: "wav", RECORDINGS_TRACKS: "separate", RECORDINGS_SAMPLE_RATE: "16000" },
  });

  it("gives each their own voice alone, all on one timeline", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const alice = await join(parley(), "alice", extension);
    await parley().attendance(room, 1);
    await parley().commandRoom(room, "start_recording");
    const bob = await join(parley(), "bob", extension, { codecs: ["PCMA"] });
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
    await eventually(
      async () => ((await parley().recordings(room))[0]!.duration >= 4 ? true : undefined),
      () => "four seconds of recording",
    );
    await parley().commandRoom(room, "stop_recording");
    const [recording] = await parley().recordings(room);

    expect(recording!.tracks.map((track) => track.display_name).sort()).toEqual(["alice", "bob"]);
    const files = new Map<string, string>();
    for (const track of [{ ...recording!, display_name: "mix" }, ...recording!.tracks]) {
      const response = await parley().open(track.file_url, AbortSignal.timeout(20_000));
      expect(response.headers.get("content-type")).toBe("audio/wav");
      const file = joinPath(folder, track.file_name);
      await writeFile(file, Buffer.from(await response.arrayBuffer()));
      files.set(track.display_name, file);
      expect((await stat(file)).size).toBe(recording!.file_size);
    }
    const levels = (name: string) => levelsIn(files.get(name)!).levels;
    expect(levels("alice")[0]).toBeCloseTo(tones.alice.levelDbov, -1);
    expect(levels("alice")[1]).toBeLessThan(-50);
    expect(levels("bob")[1]).toBeCloseTo(tones.bob.levelDbov, -1);
    expect(levels("bob")[0]).toBeLessThan(-50);
    // The mix is their sum, sample by sample, where nothing else sounds: they keep one time.
    const [mix, left, right] = ["mix", "alice", "bob"].map((name) => decodeAudio(files.get(name)!).samples);
    const from = Math.floor(mix!.length * 0.6);
    for (let index = from; index < from + 8000; index += 1) {
      expect(Math.abs(mix![index]! - left![index]! - right![index]!)).toBeLessThanOrEqual(2);
    }
  });
});
