// Writes one backup. It has mode 0600 from its first byte, and an earlier file of that name is only replaced by a
// complete one. The copy of the database is looked through before it counts as one.
import { existsSync } from "node:fs";
import { chmod, mkdtemp, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { errorMessage, ParleyError } from "#common";
import { checkDatabase, copyDatabase, schemaOf } from "#services/store";
import {
  configName,
  databaseName,
  dataParts,
  type Manifest,
  manifestName,
  recordingsName,
} from "./manifest.ts";
import { type ArchiveParts, pack } from "./pack.ts";

/** Plain data: it is handed to another process. */
export interface BackupJob {
  /** Where the backup goes; its folder is there. */
  readonly file: string;
  readonly database: string;
  readonly data: string;
  /** Undefined: recordings are left out. */
  readonly recordings?: string | undefined;
  readonly withChat: boolean;
  /** The text of the configuration file; undefined where there is none. */
  readonly config?: string | undefined;
  /** Of Parley. */
  readonly version: string;
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** There may be calls, to which it gives way. */
  readonly background: boolean;
}

/** What writes beside the backup while it is made, in the same folder; left there by a process that was killed. */
export const stagingPrefix = ".parley-backup-";
export const partialSuffix = ".partial";

/** Returns the size of the backup in bytes. Throws a ParleyError that names the reason when it fails. */
export async function writeBackup(job: BackupJob): Promise<number> {
  const { file } = job;
  let staging: string | undefined;
  const partial = `${file}${partialSuffix}`;
  try {
    staging = await mkdtemp(join(dirname(file), stagingPrefix));
    const parts = await stage(job, staging);
    await (await open(partial, "w", 0o600)).close();
    await chmod(partial, 0o600);
    await pack(parts, partial);
    const written = await open(partial, "r+");
    await written.sync();
    await written.close();
    await rename(partial, file);
    return (await stat(file)).size;
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof ParleyError) throw error;
    const message = `the backup ${file} was not written: ${errorMessage(error)}`;
    throw new ParleyError("BACKUP_FAILED", message, { cause: error });
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

/** Makes in `staging` what is not a file yet, and says what belongs into the archive. */
async function stage(job: BackupJob, staging: string): Promise<ArchiveParts> {
  const { database, data, recordings, withChat, config, version, host, now } = job;
  const stagedPath = (name: string) => join(staging, basename(name));
  const schema = schemaOf(database);
  copyDatabase(database, stagedPath(databaseName));
  checkDatabase(stagedPath(databaseName), { anySchema: true });
  await chmod(stagedPath(databaseName), 0o600);
  const hasConfig = config !== undefined && config.trim() !== "";
  if (hasConfig) await writeFile(stagedPath(configName), config, { mode: 0o600 });
  const hasRecordings = recordings !== undefined && existsSync(recordings);
  const manifest: Manifest = {
    ...{ format: 1, parley: version, schema, created_at: new Date(now).toISOString(), host },
    ...{ config: hasConfig, recordings: hasRecordings, chat: withChat },
  };
  await writeFile(stagedPath(manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  const names = [manifestName, databaseName, ...(hasConfig ? [configName] : [])];
  const folders = dataParts.filter((name) => withChat || name !== "chat");
  return {
    files: names.map((name) => [name, stagedPath(name)]),
    live: [
      ...folders.map((name) => [name, join(data, name)] as const),
      ...(hasRecordings ? [[recordingsName, recordings] as const] : []),
    ],
  };
}
