// The welcomes of rooms: at most one file each, in a folder named after the room. The name of a file is a hash of its
// content, so that a new one does not disturb the playback of the old one. The folder is read at the start.
//
//   CLIPS/welcome/ROOM/HASH.wav   is played as the clip   welcome/ROOM/HASH
// CLIPS/uploads/                holds files that are being converted
//
// An upload is converted outside of its room's folder, and files are put in place and removed one after the other:
// the result of an upload does not depend on what happens to the room in the meantime.
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import fileSystem from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, ParleyError, type Result, type RoomId, SerialQueue } from "#common";
import { audioKind } from "./audio-kind.ts";
import { secondsOf } from "./clip-format.ts";
import { convert } from "./converter.ts";

export interface Welcome {
  /** The clip to play. */
  readonly clip: string;
  readonly seconds: number;
  readonly bytes: number;
}

export const welcomeLimits = { bytes: 8 * 1024 * 1024, seconds: 60 } as const;

/** The dependencies of a change of a welcome. */
export interface Tools {
  readonly disk: Pick<
    typeof fileSystem,
    "mkdir" | "readdir" | "readFile" | "rename" | "rm" | "stat" | "writeFile"
  >;
  readonly convert: typeof convert;
}

/** Conversions are queued; more than this are refused with QUEUE_FULL. */
const maxWaiting = 4;
const folderName = "welcome";
const uploadsName = "uploads";

export class Welcomes {
  /** Limit of an upload. */
  readonly maxBytes = welcomeLimits.bytes;
  readonly #clips: string;
  readonly #disk: Tools["disk"];
  readonly #convert: Tools["convert"];
  readonly #found = new Map<RoomId, Welcome>();
  readonly #queue = new SerialQueue(maxWaiting);
  readonly #places = new SerialQueue();

  /** Makes the folder if there is none; throws the file system's errors. */
  static open(clipsPath: string, tools: Tools = { disk: fileSystem, convert }): Welcomes {
    const welcomes = new Welcomes(clipsPath, tools);
    mkdirSync(join(clipsPath, folderName), { recursive: true, mode: 0o700 });
    // Uploads that an earlier process did not finish.
    rmSync(join(clipsPath, uploadsName), { recursive: true, force: true });
    mkdirSync(join(clipsPath, uploadsName), { recursive: true, mode: 0o700 });
    for (const entry of readdirSync(join(clipsPath, folderName), { withFileTypes: true })) {
      if (entry.isDirectory()) welcomes.#find(entry.name as RoomId);
    }
    return welcomes;
  }

  private constructor(clipsPath: string, { disk, convert }: Tools) {
    this.#clips = clipsPath;
    this.#disk = disk;
    this.#convert = convert;
  }

  of(room: RoomId): Welcome | undefined {
    return this.#found.get(room);
  }

  /** The content of the file. */
  async read(room: RoomId): Promise<Buffer | undefined> {
    for (;;) {
      const welcome = this.#found.get(room);
      if (!welcome) return undefined;
      const file = await this.#disk.readFile(this.#pathOf(welcome.clip)).catch(() => undefined);
      // Another welcome may have replaced it in the meantime.
      if (file || this.#found.get(room) === welcome) return file;
    }
  }

  /** Replaces the welcome. The failure describes what the upload is instead. */
  async set(room: RoomId, upload: Uint8Array): Promise<Result<Welcome, string>> {
    const kind = audioKind(upload);
    if (typeof kind !== "string") return fail(kind.found);
    return this.#queue.run(async () => {
      const input = join(this.#clips, uploadsName, `${randomUUID()}.upload`);
      const output = `${input}.wav`;
      try {
        await this.#disk.writeFile(input, upload, { mode: 0o600 });
        const converted = await this.#convert({ input, kind, output, maxSeconds: welcomeLimits.seconds });
        if (!converted.ok) return converted;
        return ok(await this.#places.run(() => this.#adopt(room, output)));
      } finally {
        await Promise.all([input, output].map((file) => this.#disk.rm(file, { force: true })));
      }
    });
  }

  /** False when there was none. */
  remove(room: RoomId): Promise<boolean> {
    return this.#places.run(async () => {
      const was = this.#found.delete(room);
      await this.#disk.rm(join(this.#clips, folderName, room), { recursive: true, force: true });
      return was;
    });
  }

  /** At the start: removes the welcomes of rooms that are not in `rooms`, which were deleted while the process ended. */
  async keepOnly(rooms: readonly RoomId[]): Promise<void> {
    const kept = new Set<string>(rooms);
    const gone = (await this.#disk.readdir(join(this.#clips, folderName))).filter((name) => !kept.has(name));
    for (const name of gone) await this.remove(name as RoomId);
  }

  async #adopt(room: RoomId, file: string): Promise<Welcome> {
    const hash = createHash("sha256")
      .update(await this.#disk.readFile(file))
      .digest("hex")
      .slice(0, 16);
    const clip = `${folderName}/${room}/${hash}`;
    await this.#disk.mkdir(join(this.#clips, folderName, room), { recursive: true, mode: 0o700 });
    await this.#disk.rename(file, this.#pathOf(clip));
    const { size } = await this.#disk.stat(this.#pathOf(clip));
    const before = this.#found.get(room);
    const welcome = { clip, bytes: size, seconds: secondsOf(size) };
    this.#found.set(room, welcome);
    if (before && before.clip !== clip) await this.#disk.rm(this.#pathOf(before.clip), { force: true });
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
    if (!/^[A-Za-z0-9/_-]+$/.test(clip)) throw new ParleyError("INTERNAL", "not the name of a clip");
    return join(this.#clips, `${clip}.wav`);
  }
}
