import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Mp4Encoding } from "../../../../media/record/mp4.ts";
import { readMp4, TestCamera } from "../../../support/video/index.ts";

const rate = 48_000;

async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "parley-mp4-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "room.mp4");
  await writeFile(path, "");
  return path;
}

/** A second of silence, a beep of 200 ms, silence: 20 ms at `position`. */
function sound(position: number): Int16Array {
  const beeps = position >= 50 && position < 60;
  return Int16Array.from({ length: rate / 50 }, (_, sample) =>
    beeps ? 12_000 * Math.sin((2 * Math.PI * 1000 * sample) / rate) : 0,
  );
}

const red = [80, 90, 240] as const;
const white = [235, 128, 128] as const;

/** Writes `seconds` of it; the picture is white while the beep lasts, red otherwise. */
function write(path: string, seconds: number, pictures = true): Mp4Encoding {
  const encoding = new Mp4Encoding({ path, rate, kbps: 64, pictures: true });
  const cameras = { red: camera(red), white: camera(white) };
  const first = { red: true, white: true };
  for (let position = 0; position < seconds * 50; position += 1) {
    encoding.encode(sound(position));
    // 12.5 pictures a second.
    if (!pictures || position % 4 !== 0) continue;
    const which = position >= 50 && position < 60 ? "white" : "red";
    // Whoever takes over begins with a key frame.
    const other = which === "red" ? "white" : "red";
    const frame = cameras[which].next(first[which]);
    first[which] = false;
    first[other] = true;
    encoding.picture({ ...frame, atMs: position * 20, width: 320, height: 180 });
  }
  return encoding;
}

function camera(colour: readonly [number, number, number]): TestCamera {
  const made = new TestCamera({ codec: "H264", width: 320, height: 180, colour });
  onTestFinished(() => made.close());
  return made;
}

/** When there is something to hear and something white to see, and until when both last. */
function look(path: string) {
  const { tracks, pictures, heardMs, audioEndMs } = readMp4(path, [[0.5, 0.5]]);
  const seen = pictures.filter(({ colours: [middle] }) => (middle?.[0] ?? 0) > 200);
  return {
    tracks,
    heard: heardMs,
    seen: seen.map(({ atMs }) => Math.round(atMs)),
    ends: { audio: audioEndMs, video: pictures.at(-1)?.atMs ?? 0 },
  };
}

describe("an MP4 recording", () => {
  it("has both tracks, of the right length, and they are in time with each other", async () => {
    const path = await place();
    const encoding = write(path, 3);
    encoding.finish();
    encoding.free();
    const { heard, seen, ends } = look(path);

    expect(Math.abs((heard[0] ?? 0) - 1000)).toBeLessThan(10);
    expect(Math.abs((heard.at(-1) ?? 0) - 1200)).toBeLessThan(10);
    // The pictures of 1040 to 1180 ms: whole multiples of 80 ms.
    expect(seen).toEqual([1040, 1120]);
    expect(Math.abs(ends.audio - 3000)).toBeLessThan(30);
    expect(Math.round(ends.video)).toBe(2960);
  });

  it("plays where it was cut off, but for the last second", async () => {
    const path = await place();
    // Nothing is finished: the process is killed.
    const encoding = write(path, 5);
    const cut = await readFile(path);
    encoding.free();
    await writeFile(path, cut);
    await truncate(path, cut.length - 100);
    const { heard, ends } = look(path);

    expect(heard.length).toBeGreaterThan(0);
    expect(ends.audio).toBeGreaterThan(3000);
    expect(ends.video).toBeGreaterThan(3000);
  });

  it("without a picture is of audio alone, from its first instant on", async () => {
    const path = await place();
    const encoding = write(path, 7, false);
    encoding.finish();
    encoding.free();
    const { heard, tracks, ends } = look(path);

    expect(tracks).toEqual(["audio"]);
    expect(Math.abs((heard[0] ?? 0) - 1000)).toBeLessThan(10);
    expect(Math.abs(ends.audio - 7000)).toBeLessThan(30);
  });

  it.each([
    [true, 29, ["video", "audio"]],
    [true, 31, ["audio"]],
    [undefined, 29, ["audio"]],
  ])(
    "that goes on in a further file (%s) waits for a picture of second %i",
    async (further, seconds, tracks) => {
      const path = await place();
      const encoding = new Mp4Encoding({ path, rate, kbps: 64, pictures: true, further });
      onTestFinished(() => encoding.free());
      encoding.silence(seconds * 50);
      encoding.picture({ ...camera(red).next(true), atMs: seconds * 1000, width: 320, height: 180 });
      encoding.silence(50);
      encoding.finish();
      const found = look(path);
      expect(found.tracks).toEqual(tracks);
      expect(Math.abs(found.ends.audio - seconds * 1000 - 1000)).toBeLessThan(50);
    },
  );

  it("says so with the system's code when it cannot be written", () => {
    const encoding = new Mp4Encoding({ path: "/nowhere/at/all.mp4", rate, kbps: 64, pictures: true });
    onTestFinished(() => encoding.free());

    expect(() => encoding.finish()).toThrow("opening the file");
  });
});
