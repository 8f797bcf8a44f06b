// The folder of the automatic backups: how they are called, which are there, which have been kept long enough. A name
// says when the backup was made, of which schema its database is, and what for:
//
//   parley-20261130T023000Z-schema82-daily.tar.gz
//   parley-20261201T090000Z-schema82-upgrade.tar.gz     before the database was brought to a newer schema
import { readdirSync } from "node:fs";
import { join } from "node:path";

export type BackupKind = "daily" | "upgrade";

export interface BackupFile {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly schema: number;
  readonly kind: BackupKind;
}

const pattern = /^parley-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-schema(\d{1,9})-(daily|upgrade)\.tar\.gz$/;
const dayMs = 86_400_000;

/** `madeAt`: milliseconds since the epoch. */
export function backupName({ madeAt, schema, kind }: Omit<BackupFile, "name">): string {
  const time = new Date(madeAt).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `parley-${time}-schema${schema}-${kind}.tar.gz`;
}

/** Undefined for a file that is none of ours. */
export function parseBackupName(name: string): BackupFile | undefined {
  const match = pattern.exec(name);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, schema = 0] = match
    .slice(1, 8)
    .map(Number);
  const madeAt = Date.UTC(year, month - 1, day, hour, minute, second);
  return { name, madeAt, schema, kind: match[8] as BackupKind };
}

/** Newest first; none where the folder is not there or may not be read. */
export function backupsIn(folder: string): readonly BackupFile[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .map(parseBackupName)
    .filter((file) => file !== undefined)
    .sort((a, b) => b.madeAt - a.madeAt);
}

/** When the newest was made, of a kind if one is named, milliseconds since the epoch; undefined where there is none. */
export const lastBackupAt = (folder: string, now: number, kind?: BackupKind): number | undefined =>
  backupsIn(folder).find((file) => file.madeAt <= now && (kind === undefined || file.kind === kind))?.madeAt;

/** The path of the newest backup whose database this version can use; undefined where there is none. */
export function newestUsable(folder: string, knownSchema: number): string | undefined {
  const file = backupsIn(folder).find(({ schema }) => schema <= knownSchema);
  return file && join(folder, file.name);
}

/** Those that have been kept for `keepDays`. The newest of each kind stays, however old it is. */
export function expired(
  files: readonly BackupFile[],
  { now, keepDays }: { readonly now: number; readonly keepDays: number },
): readonly BackupFile[] {
  const newest = (["daily", "upgrade"] as const).map((kind) =>
    Math.max(...files.filter((file) => file.kind === kind).map(({ madeAt }) => madeAt)),
  );
  return files.filter((file) => !newest.includes(file.madeAt) && file.madeAt < now - keepDays * dayMs);
}
