// Uploaded welcomes: what is taken, what it becomes, what is refused with what was found in it, and that nothing is
// left behind.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result, RoomId } from "#common";
import { type Welcome, Welcomes } from "#conference/clips";
import { wavFile } from "#media/files";
import { audioKind } from "../../../../../../bridge/conference/announcements/clips/audio-kind.ts";
import { isPromptName } from "../../../../../../media/playback/pack.ts";
import { fitTones, sines } from "../../../../../support/tones.ts";

const room = "3f0e" as RoomId;
const tone = (seconds: number, rate: number, frequency = 440) =>
  wavFile(sines([{ frequency, levelDbov: -20 }], seconds * rate, 0, rate), rate);
const value = (result: Result<Welcome, string>): Welcome => {
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-clips-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a welcome", { timeout: 60_000 }, () => {
  it("is converted, found again after a restart, replaced and removed", async () => {
    const welcomes = Welcomes.open(folder);
    const first = value(await welcomes.set(room, tone(2, 44_100)));
    expect(first.seconds).toBeCloseTo(2, 1);
    const file = (await welcomes.read(room))!;
    const pcm = new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + file.length));
    expect(fitTones(pcm.subarray(8000, 16_000), [440], 16_000).levels[0]).toBeCloseTo(-20, 0);

    expect(Welcomes.open(folder).of(room)).toEqual(first);

    const second = value(await welcomes.set(room, tone(1, 8000, 880)));
    expect(second.clip).not.toBe(first.clip);
    expect(readdirSync(join(folder, "welcome", room))).toEqual([`${second.clip.split("/").at(-1)}.wav`]);

    expect(await welcomes.remove(room)).toBe(true);
    expect(await welcomes.remove(room)).toBe(false);
    expect(existsSync(join(folder, "welcome", room))).toBe(false);
    expect(await welcomes.read(room)).toBeUndefined();
  });

  it("is kept for rooms of every API, capitals in their ids or not", async () => {
    const welcomes = Welcomes.open(folder);
    const meetRoom = "Weekly_review-0aZ9bY8cX7dW6eV" as RoomId;
    const { clip } = value(await welcomes.set(meetRoom, tone(1, 8000)));
    expect(isPromptName(clip)).toBe(true);
    expect(await welcomes.read(meetRoom)).toBeDefined();
  });

  it("is judged by what it is, whatever is removed or uploaded at the same moment", async () => {
    const welcomes = Welcomes.open(folder);
    const outcomes = await Promise.all([
      welcomes.set(room, tone(1, 16_000)),
      welcomes.remove(room),
      welcomes.set(room, tone(1, 16_000, 880)),
      welcomes.remove(room),
    ]);
    expect(outcomes[0]).toMatchObject({ ok: true });
    expect(outcomes[2]).toMatchObject({ ok: true });
    const removing = welcomes.remove(room);
    const [read] = await Promise.all([welcomes.read(room), removing]);
    expect(read === undefined || read.length > 0).toBe(true);
    expect(readdirSync(join(folder, "uploads"))).toEqual([]);
    expect(existsSync(join(folder, "welcome", room))).toBe(false);
  });

  it("goes at the next start when its room has gone", async () => {
    const welcomes = Welcomes.open(folder);
    const kept = value(await welcomes.set(room, tone(1, 8000)));
    value(await welcomes.set("0000" as RoomId, tone(1, 8000)));
    const restarted = Welcomes.open(folder);
    await restarted.keepOnly([room, "never had one" as RoomId]);
    expect(restarted.of(room)).toEqual(kept);
    expect(restarted.of("0000" as RoomId)).toBeUndefined();
    expect(readdirSync(join(folder, "welcome"))).toEqual([room]);
  });

  it("that cannot be played is refused with what it is, and the one there was stays", async () => {
    const welcomes = Welcomes.open(folder);
    const kept = value(await welcomes.set(room, tone(1, 16_000)));
    for (const [upload, found] of [
      [Buffer.alloc(0), "an empty file"],
      [Buffer.from("#EXTM3U\n/etc/passwd\n"), "text"],
      [Buffer.from("OggS and so on"), "Ogg"],
      [tone(61, 16_000), "more than 60 seconds of audio"],
      [tone(1, 16_000).subarray(0, 44), "a wav file without audio"],
    ] as const) {
      expect(await welcomes.set(room, upload)).toEqual({ ok: false, error: found });
    }
    const noise = Buffer.concat([Buffer.from("ID3"), Buffer.alloc(2000, 0x55)]);
    expect((await welcomes.set(room, noise)).ok).toBe(false);
    expect(welcomes.of(room)).toEqual(kept);
    expect(readdirSync(join(folder, "welcome", room))).toHaveLength(1);
  });

  it("waits its turn, and too many at once are refused", async () => {
    const welcomes = Welcomes.open(folder);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => welcomes.set(room, tone(1, 8000))),
    );
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason.code] : [],
    );
    expect(refused).toEqual(["QUEUE_FULL", "QUEUE_FULL"]);
  });
});

it.each([
  ["RIFF\x00\x00\x00\x00WAVEfmt ", "wav"],
  ["ID3\x03\x00", "mp3"],
  ["\xff\xfb\x90\x64", "mp3"],
  ["\xff\xf1\x50\x80", { found: "AAC" }],
  ["\x89PNG\r\n", { found: "a PNG picture" }],
  ["\x00\x00\x00\x20ftypM4A ", { found: "MP4 or M4A" }],
  ["\x00\x01\x02\x03", { found: "no audio that is known" }],
])("%j is told by its first bytes", (bytes, kind) => {
  expect(audioKind(Buffer.from(bytes, "latin1"))).toEqual(kind);
});
