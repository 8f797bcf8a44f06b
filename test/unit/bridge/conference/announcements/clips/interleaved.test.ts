// An upload of a welcome, a removal and the end of the room, interleaved at every step: before each operation on the disk
// that an upload makes, and before its conversion, the upload is held while the other one goes as far as it can. Whatever
// the order, nothing fails that is right, and what is on the disk is what is answered.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import fileSystem from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ok, type RoomId } from "#common";
import { Welcomes } from "#conference/clips";
import { wavFile } from "#media/files";
import type { Tools } from "../../../../../../bridge/conference/announcements/clips/welcomes.ts";
import { Fixture, key } from "../../../../api/support/fixture.ts";

let steps: string[] = [];
/** Awaited before each step. */
let before: (step: number) => Promise<void> | undefined = () => undefined;
let atWork = 0;
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  steps.push(name);
  await before(steps.length - 1);
  atWork += 1;
  try {
    return await work();
  } finally {
    atWork -= 1;
  }
}

/** Until what has begun has either come to its end or waits for the one that is held. */
async function stillness(): Promise<void> {
  for (let idle = 0; idle < 3; idle = atWork === 0 ? idle + 1 : 0) await setImmediate();
}

/** A disk and a converter whose steps can be held. */
const disk = new Proxy(fileSystem, {
  get(real, name: keyof Tools["disk"]) {
    const operation = real[name] as (...given: unknown[]) => Promise<unknown>;
    return (...given: unknown[]) => step(name, () => operation(...given));
  },
});
const watched: Tools = {
  disk,
  convert: async ({ output }) => {
    await step("convert", async () => {});
    await disk.writeFile(output, wavFile(new Int16Array(16_000), 16_000));
    return ok(1);
  },
};
const openWelcomes = () => Welcomes.open(folder, watched);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-steps-"));
  steps = [];
});
afterEach(() => {
  before = () => undefined;
  rmSync(folder, { recursive: true });
});

const upload = wavFile(new Int16Array(8000), 8000);
const room = "3f0e" as RoomId;
/** Steps of an upload alone: input, conversion, output, content, folder, place, size, and both leftovers. */
const alone = ["writeFile", "convert", "writeFile", "readFile", "mkdir", "rename", "stat", "rm", "rm"];

/** What is answered, known and on the disk must be one. */
async function expectWhole(welcomes: Welcomes): Promise<void> {
  expect(readdirSync(join(folder, "uploads"))).toEqual([]);
  const known = welcomes.of(room);
  const files = existsSync(join(folder, "welcome", room)) ? readdirSync(join(folder, "welcome", room)) : [];
  expect(files).toEqual(known ? [`${known.clip.split("/").at(-1)}.wav`] : []);
  expect((await welcomes.read(room)) !== undefined).toBe(known !== undefined);
  expect(Welcomes.open(folder).of(room)).toEqual(known);
}

it("an upload takes these steps", async () => {
  await openWelcomes().set(room, upload);
  expect(steps).toEqual(alone);
});

it.each(alone.map((name, index) => [index, name] as const))(
  "a removal, and another upload, before step %i (%s)",
  async (index) => {
    const welcomes = openWelcomes();
    const others: Promise<unknown>[] = [];
    before = async (reached) => {
      if (reached !== index) return;
      others.push(welcomes.remove(room), welcomes.set(room, upload), welcomes.read(room));
      await stillness();
    };
    expect(await welcomes.set(room, upload)).toMatchObject({ ok: true });
    const [, second] = await Promise.all(others);
    expect(second).toMatchObject({ ok: true });
    await expectWhole(welcomes);
    expect(welcomes.of(room)).toBeDefined();
    expect(await welcomes.remove(room)).toBe(true);
    await expectWhole(welcomes);
  },
);

it.each(alone.map((name, index) => [index, name] as const))(
  "the room is destroyed before step %i (%s)",
  async (index) => {
    const welcomes = openWelcomes();
    const api = await Fixture.create({ welcomes });
    const id = (await api.room()) as RoomId;
    let destroyed: Promise<unknown> | undefined;
    before = async (reached) => {
      if (reached !== index) return;
      await api.post(`/api/conference_rooms/${id}/destroy`);
      destroyed = welcomes.remove(id);
      await stillness();
    };
    const put = await api.request({
      ...{ method: "PUT", url: `/api/conference_rooms/${id}/welcome`, payload: upload },
      headers: { "x-api-key": key, "content-type": "audio/wav" },
    });
    await destroyed;
    expect([200, 404]).toContain(put.statusCode);
    if (put.statusCode === 404) expect(put.json().code).toBe("ROOM_NOT_FOUND");
    expect(welcomes.of(id)).toBeUndefined();
    expect(existsSync(join(folder, "welcome", id))).toBe(false);
    await api.app.close();
  },
);
