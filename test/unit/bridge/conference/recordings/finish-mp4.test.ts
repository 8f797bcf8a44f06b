// The program that finishes an MP4 is a real process here; each test starts one.
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { measure } from "../../../../../bridge/conference/recordings/measure.ts";
import { Mp4Encoding } from "../../../../../media/record/mp4.ts";
import { TestCamera } from "../../../../support/pictures/index.ts";

const rate = 48_000;

/** A fragmented file of three seconds; `whole`: its writer has finished it. */
async function recorded({ whole }: { readonly whole: boolean }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "parley-mp4-"));
  const path = join(folder, "room.mp4");
  const camera = new TestCamera({ codec: "H264", width: 320, height: 180, colour: [80, 90, 240] });
  const encoding = new Mp4Encoding({ path, rate, kbps: 64, pictures: true });
  onTestFinished(async () => {
    camera.close();
    await rm(folder, { recursive: true });
  });
  for (let position = 0; position < 150; position += 1) {
    encoding.encode(new Int16Array(rate / 50).fill(1000));
    if (position % 4 === 0) {
      encoding.picture({ ...camera.next(), atMs: position * 20, width: 320, height: 180 });
    }
  }
  if (whole) encoding.finish();
  const written = await readFile(path);
  encoding.free();
  await writeFile(path, whole ? written : written.subarray(0, -50));
  return path;
}

/** The boxes of a file, in their order (ISO/IEC 14496-12 §4.2). */
async function boxesOf(path: string): Promise<string[]> {
  const file = await readFile(path);
  const boxes: string[] = [];
  for (let at = 0; at + 8 <= file.length; ) {
    boxes.push(file.toString("latin1", at + 4, at + 8));
    at += Math.max(8, file.readUInt32BE(at));
  }
  return boxes;
}

describe("an MP4 that is no longer written", () => {
  it("gets its index in front and is measured", async () => {
    const path = await recorded({ whole: true });
    expect(await boxesOf(path)).toContain("moof");
    const measured = await measure(path, "mp4");

    const boxes = await boxesOf(path);
    expect(boxes).not.toContain("moof");
    expect(boxes.indexOf("moov")).toBeLessThan(boxes.indexOf("mdat"));
    expect(Math.abs((measured?.durationMs ?? 0) - 3000)).toBeLessThan(50);
    expect(measured?.size).toBe((await stat(path)).size);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect(await readdir(join(path, ".."))).toEqual(["room.mp4"]);
  });

  it("is mended when its writer was killed", async () => {
    const path = await recorded({ whole: false });
    const measured = await measure(path, "mp4");

    expect(measured?.durationMs).toBeGreaterThan(1000);
    expect(measured?.durationMs).toBeLessThan(3050);
    expect(await boxesOf(path)).not.toContain("moof");
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["zeros", Buffer.alloc(10_000)],
  ])("of %s cannot be played, and nothing lies beside it", async (_, content) => {
    const folder = await mkdtemp(join(tmpdir(), "parley-mp4-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "room.mp4");
    await writeFile(path, content);

    expect(await measure(path, "mp4")).toBeUndefined();
    expect(await readdir(folder)).toEqual(["room.mp4"]);
  });
});
