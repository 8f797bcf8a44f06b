// The paths of the files of recordings, and the operations on them. A path is made of ids and
// instants, never of client input; no path outside the folder is ever used.
//
//   <folder>/<room>/<2026-03-02T08-00-03Z>-<recording's first eight>.mp3            the mix
//   <folder>/<room>/<2026-03-02T08-00-03Z>-<recording's first eight>.<participant>.mp3
//   <folder>/<room>/<2026-03-02T08-00-03Z>-<recording's first eight>-part2.mp3      goes on after a worker process died
//   <folder>/<room>/<2026-03-02T08-00-03Z>-<recording's first eight>.jpg            the poster of an MP4
import { accessSync, constants } from "node:fs";
import { mkdir, open, readdir, rm, rmdir, stat, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  errorCode,
  errorMessage,
  makeFolder,
  type ParticipantId,
  type RecordingId,
  type RoomId,
  StartError,
} from "#common";
import type { StoredRecording } from "./types.ts";

const folderMode = 0o750;

export type StoredFile = Pick<StoredRecording, "path" | "format">;

/** A file that is to be joined to that of the mix or of the participant's track. */
export interface PartFile {
  readonly part: number;
  readonly path: string;
  readonly participant?: ParticipantId;
  /** The offset at which it was being appended; absent: joining has not begun. */
  readonly joinedAt?: number;
}

export class RecordingFiles {
  readonly #folder: string;

  /** An absolute path. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder; throws a StartError when it cannot be written. */
  static prepare(folder: string): RecordingFiles {
    try {
      makeFolder(folder, folderMode);
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      const message = `recordings.path: ${folder} cannot be written: ${errorMessage(error)}`;
      throw new StartError(message, { cause: error });
    }
    return new RecordingFiles(folder);
  }

  /** The path of a new recording, as stored; makes its folder. */
  async place(room: RoomId, recording: RecordingId, answeredAt: string): Promise<string> {
    const instant = answeredAt.replace(/\.\d+/, "").replaceAll(":", "-");
    const folder = part(room);
    await mkdir(join(this.#folder, folder), { mode: folderMode, recursive: true });
    return `${folder}/${instant}-${part(recording).slice(0, 8)}`;
  }

  /** Without the extension. */
  base(path: string): string {
    return join(this.#folder, ...path.split("/").map(part));
  }

  /** The mix, or the track of one participant. */
  file({ path, format }: StoredFile, participant?: ParticipantId): string {
    const base = this.base(path);
    return participant === undefined ? `${base}.${format}` : `${base}.${part(participant)}.${format}`;
  }

  /** Without the extension; parts are counted from 2 on. */
  partBase(path: string, part: number): string {
    return `${this.base(path)}-part${part}`;
  }

  /** The first part first. */
  async parts({ path, format }: StoredFile): Promise<PartFile[]> {
    const base = this.base(path);
    const prefix = `${basename(base)}-part`;
    const rest = /^(?<part>\d{1,4})(?:\.(?<id>[A-Za-z0-9_-]+))?\.(?<format>mp3|wav|mp4)(?:\.at(?<at>\d+))?$/;
    const parts = (await namesIn(dirname(base))).flatMap((name): PartFile[] => {
      const found = name.startsWith(prefix) ? rest.exec(name.slice(prefix.length))?.groups : undefined;
      if (found?.["format"] !== format) return [];
      const { part, id, at } = found;
      return [
        {
          ...{ part: Number(part), path: join(dirname(base), name) },
          ...(id !== undefined && { participant: id as ParticipantId }),
          ...(at !== undefined && { joinedAt: Number(at) }),
        },
      ];
    });
    return parts.sort((one, other) => one.part - other.part);
  }

  /** One picture of it; only MP4 has one. */
  poster({ path }: StoredFile): string {
    return `${this.base(path)}.jpg`;
  }

  /** Participants who have a track of their own. */
  async tracks(recording: StoredFile): Promise<ParticipantId[]> {
    const base = this.base(recording.path);
    const prefix = `${basename(base)}.`;
    const suffix = `.${recording.format}`;
    return (await namesIn(dirname(base)))
      .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
      .map((name) => name.slice(prefix.length, -suffix.length))
      .filter((id) => id !== "" && part(id) === id) as ParticipantId[];
  }

  /** When each of its files was last written, those of its tracks and parts too: milliseconds since 1970. */
  async writtenAt(recording: StoredFile): Promise<number[]> {
    const tracks = (await this.tracks(recording)).map((participant) => this.file(recording, participant));
    const parts = (await this.parts(recording)).map(({ path }) => path);
    const instants = await Promise.all([this.file(recording), ...tracks, ...parts].map(writtenAt));
    return instants.flatMap((instant) => instant ?? []);
  }

  /** Removes every file of it, and its folder if that is then empty. A missing file is no error. */
  async remove(recording: StoredFile): Promise<void> {
    const tracks = (await this.tracks(recording)).map((participant) => this.file(recording, participant));
    const parts = (await this.parts(recording)).map(({ path }) => path);
    const paths = [...tracks, ...parts, this.file(recording), this.poster(recording)];
    for (const path of paths) await rm(path, { force: true });
    await rmdir(dirname(this.base(recording.path))).catch(() => {});
  }

  /** Bytes that we may still write on this disk. */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#folder);
    return bavail * bsize;
  }

  /** Makes the file names in a recording's folder survive a power cut. */
  async keepNames({ path }: StoredFile): Promise<void> {
    const folder = await open(dirname(this.base(path)), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

/** Undefined when it is not there. */
const writtenAt = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** One part of a path, reduced to safe characters. */
const part = (name: string): string => name.replace(/[^A-Za-z0-9-]/g, "_");
