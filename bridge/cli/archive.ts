// Reads backups: the manifest and the files of an archive.
import { extract, list, type ReadEntry } from "tar";
import { Value } from "typebox/value";
import { errorMessage } from "#common";
import {
  configName,
  databaseName,
  dataParts,
  type Manifest,
  manifestName,
  manifestSchema,
  recordingsName,
} from "#services/backups";
import { CommandError } from "./exit.ts";

const maxManifestBytes = 64 * 1024;
const maxConfigBytes = 4 * 2 ** 20;

export interface ArchiveHead {
  readonly manifest: Manifest;
  /** Of the configuration file; undefined when there is none. */
  readonly config: string | undefined;
}

/** Reads the manifest of a backup, without unpacking it. Throws CommandError. */
export async function readHead(file: string): Promise<ArchiveHead> {
  const texts = new Map<string, string>();
  const limits: Record<string, number> = { [manifestName]: maxManifestBytes, [configName]: maxConfigBytes };
  const onReadEntry = (entry: ReadEntry) => {
    const limit = limits[entry.path];
    if (limit === undefined || entry.size > limit) return entry.resume();
    const pieces: Buffer[] = [];
    entry.on("data", (piece: Buffer) => pieces.push(piece));
    entry.on("end", () => texts.set(entry.path, Buffer.concat(pieces).toString("utf8")));
  };
  await readable(file, () => list({ file, strict: true, onReadEntry }));
  const manifest = manifestOf(file, texts.get(manifestName));
  return { manifest, config: manifest.config ? texts.get(configName) : undefined };
}

/** Unpacks it into `folder`. Throws a CommandError when it holds anything but files and folders of ours. */
export async function unpack(file: string, folder: string): Promise<void> {
  const known = [manifestName, databaseName, configName, ...dataParts, recordingsName];
  let foreign: string | undefined;
  const isOurs = (path: string, type: string | undefined) => {
    const isFolder = type === "Directory";
    if (!isFolder && type !== "File" && type !== "OldFile") return false;
    const name = path.replace(/\/$/, "");
    const isInside = known.some((ours) => name === ours || name.startsWith(`${ours}/`));
    return isInside || (isFolder && known.some((ours) => ours.startsWith(`${name}/`)));
  };
  const filter = (path: string, entry: { readonly type?: string }) => {
    const taken = isOurs(path, entry.type);
    if (!taken) foreign ??= path;
    return taken;
  };
  await readable(file, () =>
    extract({
      ...{ file, cwd: folder, strict: true, preserveOwner: false, dmode: 0o700, fmode: 0o600 },
      filter: (path, entry) => filter(path, entry as { readonly type?: string }),
    }),
  );
  if (foreign !== undefined) throw new CommandError(`${file} is no backup: it holds ${foreign}`);
}

async function readable(file: string, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`cannot read the backup ${file}: ${errorMessage(error)}`);
  }
}

function manifestOf(file: string, text: string | undefined): Manifest {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text ?? "");
  } catch {
    throw new CommandError(`${file} is no backup of Parley: there is no ${manifestName} in it`);
  }
  if (Value.Check(manifestSchema, manifest)) return manifest;
  throw new CommandError(`${file} is no backup that this version of Parley can read`);
}
