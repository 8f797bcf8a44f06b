// Recordings in parts, as workers that died have left them: what is one file for the mix and one for each track in the end, and
// whether the tracks keep the mix's time. MP4 is joined by a real process.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ParticipantId } from "#common";
import { RecordingFiles, type RecordingFormat } from "#conference/recordings";
import { lengthOf } from "../../../../../bridge/conference/recordings/measure.ts";
import { joinParts } from "../../../../../bridge/conference/recordings/parts.ts";
import type { Encoding } from "../../../../../media/record/encoding.ts";
import { Mp3Encoding } from "../../../../../media/record/mp3.ts";
import { Mp4Encoding } from "../../../../../media/record/mp4.ts";
import { RecordingOutput } from "../../../../../media/record/output.ts";
import { WavEncoding } from "../../../../../media/record/wav.ts";
import { decodeAudio } from "../../../../support/decode-audio.ts";
import { brokenOff } from "./world.ts";

const rate = 16_000;
const [ann, ben] = ["ann", "ben"] as ParticipantId[];
const sounding = new Int16Array(rate / 50).map((_, sample) => 8000 * Math.sin(sample / 3));

function shelf(format: RecordingFormat) {
  const folder = mkdtempSync(join(tmpdir(), "parley-unit-joining-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const files = RecordingFiles.prepare(folder);
  const recording = { path: "one", format };
  const path = (part: number, participant?: ParticipantId) =>
    files.file({ ...recording, path: part === 1 ? "one" : `one-part${part}` }, participant);
  /** Something sounds in it from its first instant to its last. */
  const write = (seconds: number, part: number, participant?: ParticipantId) =>
    writeSound(path(part, participant), format, seconds);
  /** And measures the mix and Ann's and Ben's tracks, which brings their headers up to date. */
  async function joinAll(): Promise<void> {
    await joinParts(files, recording);
    for (const one of [undefined, ann, ben]) await lengthOf(path(1, one), format);
  }
  return { path, write, join: joinAll };
}

function writeSound(path: string, format: RecordingFormat, seconds: number): void {
  const bytes: Buffer[] = [];
  const sink = { write: (piece: Uint8Array) => void bytes.push(Buffer.from(piece)), extend: () => {} };
  const out = new RecordingOutput({ ...sink, sync: async () => {}, close: () => {} });
  if (format === "mp4") writeFileSync(path, "");
  const encoding: Encoding =
    format === "wav"
      ? new WavEncoding(rate)
      : format === "mp3"
        ? new Mp3Encoding({ rate, kbps: 64 })
        : new Mp4Encoding({ path, rate, kbps: 64, pictures: false });
  for (let tick = 0; tick < seconds * 50; tick += 1) encoding.encode(sounding, out);
  encoding.finish(out);
  out.flush();
  const head = encoding.head(Buffer.concat(bytes).length);
  encoding.free();
  if (format !== "mp4") writeFileSync(path, Buffer.concat([head ?? Buffer.alloc(0), ...bytes]));
}

/** For each second of the file whether something is to be heard in its middle. */
function heard(path: string): string {
  const { samples, rate } = decodeAudio(path);
  const loudAt = (second: number) =>
    samples.subarray((second + 0.4) * rate, (second + 0.6) * rate).some((sample) => Math.abs(sample) > 3000);
  return Array.from({ length: Math.round(samples.length / rate) }, (_, second) =>
    loudAt(second) ? "x" : "-",
  ).join("");
}

describe.each(["wav", "mp3", "mp4"] as const)("tracks of %s, of a recording in three parts", (format) => {
  it("keep the time of the mix and are as long, whatever parts their participants spoke in", async () => {
    const { write, path, join } = shelf(format);
    for (const [part, seconds] of [[1, 4] as const, [2, 3] as const, [3, 2] as const]) write(seconds, part);
    write(4, 1, ann);
    write(2, 3, ann);
    write(3, 2, ben);
    await join();
    expect(heard(path(1))).toBe("xxxxxxxxx");
    expect(heard(path(1, ann))).toBe("xxxx---xx");
    expect(heard(path(1, ben))).toBe("----xxx--");
    expect([2, 3].some((part) => existsSync(path(part)) || existsSync(path(part, ann)))).toBe(false);
  });

  it("have no more and no less than the mix of what came before its worker died", async () => {
    const { write, path, join } = shelf(format);
    for (const [part, seconds] of [[1, 4] as const, [2, 3] as const]) write(seconds, part);
    write(3, 1, ann);
    write(3, 2, ann);
    write(6, 1, ben);
    write(3, 2, ben);
    await join();
    expect(heard(path(1, ann))).toBe("xxx-xxx");
    expect(heard(path(1, ben))).toBe("xxxxxxx");
  });

  it("begin with the second part where nothing of the first one can be played", async () => {
    const { write, path, join } = shelf(format);
    writeFileSync(path(1), "");
    writeFileSync(path(1, ann), "");
    write(3, 2);
    write(3, 2, ann);
    await join();
    expect([heard(path(1)), heard(path(1, ann))]).toEqual(["xxx", "xxx"]);
  });
});

it("a WAV of another rate stays where it is, and that is told", async () => {
  const { write, path, join } = shelf("wav");
  write(4, 1);
  writeFileSync(path(2), brokenOff(3, 48_000));
  await expect(join()).rejects.toThrow("another rate");
  expect([heard(path(1)), existsSync(path(2))]).toEqual(["xxxx", true]);
});

it("joining MP4 takes no part twice, at whatever step it was cut off", async () => {
  const parts = () => {
    const made = shelf("mp4");
    for (const [part, seconds] of [[1, 4] as const, [2, 3] as const]) made.write(seconds, part);
    made.write(4, 1, ann);
    made.write(2, 2, ann);
    return made;
  };
  const lengths = ({ path }: ReturnType<typeof parts>) => [heard(path(1)), heard(path(1, ann))];
  const whole = parts();
  await whole.join();
  expect(lengths(whole)).toEqual(["xxxxxxx", "xxxxxx-"]);

  // The track is complete, and its part is still there.
  const track = parts();
  copyFileSync(whole.path(1, ann), track.path(1, ann));
  await track.join();
  expect(lengths(track)).toEqual(["xxxxxxx", "xxxxxx-"]);

  for (const joined of [false, true]) {
    const mix = parts();
    copyFileSync(whole.path(1, ann), mix.path(1, ann));
    rmSync(mix.path(2, ann));
    const begun = `${mix.path(2)}.at4000`;
    renameSync(mix.path(2), begun);
    if (joined) copyFileSync(whole.path(1), mix.path(1));
    await mix.join();
    expect(lengths(mix)).toEqual(["xxxxxxx", "xxxxxx-"]);
    expect([existsSync(begun), existsSync(mix.path(2))]).toEqual([false, false]);
  }
});

describe.each(["wav", "mp3"] as const)("joining %s", (format) => {
  it("goes on where it was cut off, at whatever step that was", async () => {
    const whole = shelf(format);
    const parts = (to: typeof whole) => {
      for (const [part, seconds] of [[1, 4] as const, [2, 3] as const]) to.write(seconds, part);
      to.write(3, 2, ann);
    };
    parts(whole);
    await whole.join();
    const result = [undefined, ann].map((one) => readFileSync(whole.path(1, one)));

    const cut = shelf(format);
    parts(cut);
    const mixBytes = readFileSync(cut.path(1)).length;
    // Silence is being written before the first part of the track.
    copyFileSync(whole.path(1, ann), cut.path(1, ann));
    truncateSync(cut.path(1, ann), Math.floor(mixBytes / 2));
    await cut.join();
    expect([undefined, ann].map((one) => readFileSync(cut.path(1, one)))).toEqual(result);

    const later = shelf(format);
    parts(later);
    // The track is complete, and the mix half appended.
    copyFileSync(whole.path(1, ann), later.path(1, ann));
    rmSync(later.path(2, ann));
    copyFileSync(later.path(2), `${later.path(2)}.at${mixBytes}`);
    rmSync(later.path(2));
    writeFileSync(later.path(1), result[0]!.subarray(0, mixBytes + 1000));
    await later.join();
    expect([undefined, ann].map((one) => readFileSync(later.path(1, one)))).toEqual(result);
    expect(existsSync(`${later.path(2)}.at${mixBytes}`)).toBe(false);
  });
});
