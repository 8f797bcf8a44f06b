// The welcomes of rooms: at most one file each, in a folder named after the room. The name of a file is made of its
// content, so that whoever still plays an old one is not disturbed by a new one. What there is is read at the start.
//
//   CLIPS/welcome/ROOM/HASH.wav   is played as the clip   welcome/ROOM/HASH
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, ParleyError, type Result, type RoomId, SerialQueue } from "#common";
import { audioKind } from "./audio-kind.ts";
import { convert } from "./converter.ts";
import { secondsOf } from "./wav-file.ts";

export interface Welcome {
  /** What to play. */
  readonly clip: string;
  readonly seconds: number;
  readonly bytes: number;
}

export const welcomeLimits = { bytes: 8 * 1024 * 1024, seconds: 60 } as const;

/** Conversions wait for one another; more are refused with QUEUE_FULL. */
const maxWaiting = 4;
const folderName = "welcome";

export class Welcomes {
  /** Of an upload. */
  readonly maxBytes = welcomeLimits.bytes;
  readonly #clips: string;
  readonly #found = new Map<RoomId, Welcome>();
  readonly #queue = new SerialQueue(maxWaiting);

  /** Makes the folder when there is none; throws what the file system throws. */
  static open(clipsPath: string): Welcomes {
    const welcomes = new Welcomes(clipsPath);
    mkdirSync(join(clipsPath, folderName), { recursive: true, mode: 0o700 });
    for (const entry of readdirSync(join(clipsPath, folderName), { withFileTypes: true })) {
      if (entry.isDirectory()) welcomes.#find(entry.name as RoomId);
    }
    return welcomes;
  }

  private constructor(clipsPath: string) {
    this.#clips = clipsPath;
  }

  of(room: RoomId): Welcome | undefined {
    return this.#found.get(room);
  }

  /** The file itself. */
  async read(room: RoomId): Promise<Buffer | undefined> {
    const welcome = this.#found.get(room);
    return welcome && readFile(this.#pathOf(welcome.clip)).catch(() => undefined);
  }

  /** Takes the place of the one there was. A failure says what the upload is instead of a welcome. */
  async set(room: RoomId, upload: Uint8Array): Promise<Result<Welcome, string>> {
    const kind = audioKind(upload);
    if (typeof kind !== "string") return fail(kind.found);
    return this.#queue.run(async () => {
      const folder = join(this.#clips, folderName, room);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const input = join(folder, `${randomUUID()}.upload`);
      const output = `${input}.wav`;
      try {
        await writeFile(input, upload, { mode: 0o600 });
        const converted = await convert({ input, kind, output, maxSeconds: welcomeLimits.seconds });
        return converted.ok ? ok(await this.#adopt(room, output)) : converted;
      } finally {
        await Promise.all([rm(input, { force: true }), rm(output, { force: true })]);
      }
    });
  }

  /** False when there was none. */
  async remove(room: RoomId): Promise<boolean> {
    const was = this.#found.delete(room);
    await rm(join(this.#clips, folderName, room), { recursive: true, force: true });
    return was;
  }

  async #adopt(room: RoomId, file: string): Promise<Welcome> {
    const hash = createHash("sha256")
      .update(await readFile(file))
      .digest("hex")
      .slice(0, 16);
    const clip = `${folderName}/${room}/${hash}`;
    await rename(file, this.#pathOf(clip));
    const { size } = await stat(this.#pathOf(clip));
    const before = this.#found.get(room);
    const welcome = { clip, bytes: size, seconds: secondsOf(size) };
    this.#found.set(room, welcome);
    if (before && before.clip !== clip) await rm(this.#pathOf(before.clip), { force: true });
    return welcome;
  }

  #find(room: RoomId): void {
    const folder = join(this.#clips, folderName, room);
    const name = readdirSync(folder).find((file) => /^[0-9a-f]{16}\.wav$/.test(file));
    if (name === undefined) return;
    const { size } = statSync(join(folder, name));
    const clip = `${folderName}/${room}/${name.slice(0, -".wav".length)}`;
    this.#found.set(room, { clip, bytes: size, seconds: secondsOf(size) });
  }

  #pathOf(clip: string): string {
    if (!/^[a-z0-9/_-]+$/.test(clip)) throw new ParleyError("INTERNAL", "not the name of a clip");
    return join(this.#clips, `${clip}.wav`);
  }
}
