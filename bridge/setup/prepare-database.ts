// Prepares the database before it is opened: checks its integrity, within a bounded time, and makes a backup when this version
// will change its schema. If it cannot be used, the error says what to do.
import { existsSync, statSync } from "node:fs";
import { errorMessage, type Logger, StartError } from "#common";
import { type AutomaticBackups, newestUsable } from "#services/backups";
import {
  checkIntegrity,
  DatabaseError,
  type DatabaseFault,
  damagedError,
  knownSchema,
} from "#services/store";

export interface DatabasePlace {
  /** The file; it need not be there. */
  readonly path: string;
  /** The folder of the bridge's own backups. */
  readonly backupFolder: string;
}

/** Of a start: the services of a machine that boots wait for it. */
const integrityLimitMs = 10_000;

/** Throws a ParleyError that says what to do. */
export async function prepareDatabase(
  place: DatabasePlace,
  backups: Pick<AutomaticBackups, "beforeUpgrade">,
  log: Logger,
): Promise<void> {
  const { path } = place;
  if (!existsSync(path) || statSync(path).size === 0) return;
  await addRemedy(place, async () => {
    const found = await checkIntegrity(path, { depth: "quick", limitMs: integrityLimitMs });
    if (found.outcome === "damaged") throw damagedError(path, found.detail);
    if (found.outcome === "unfinished") {
      log.warn(
        { path, seconds: integrityLimitMs / 1000 },
        "the database is too large to be looked through at a start",
      );
    }
  });
  await backups.beforeUpgrade().catch((error: unknown) => {
    throw new StartError(
      `the database ${path} is of an earlier version, and no backup could be made before it is changed: ` +
        `${errorMessage(error)}; mend that, or do without: backup.keep_days: 0`,
      { cause: error },
    );
  });
}

/** Puts behind what `use` throws what to do about it. */
export async function addRemedy<T>({ path, backupFolder }: DatabasePlace, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const remedy = remedyOf(error.fault, { path, backup: newestUsable(backupFolder, knownSchema) });
    if (remedy === undefined) throw error;
    throw new StartError(`${error.message}; ${remedy}`, { cause: error });
  }
}

/** What the operator does about it; undefined where the fault says it itself. */
export function remedyOf(
  fault: DatabaseFault,
  { path, backup }: { readonly path: string; readonly backup: string | undefined },
): string | undefined {
  const restore =
    backup === undefined
      ? "put a backup back: parley restore FILE"
      : `put the last backup back: parley restore ${backup}`;
  const remedies: Readonly<Record<DatabaseFault, string | undefined>> = {
    damaged: `${restore} (parley doctor says more)`,
    newer: `install that version again, or ${restore}`,
    forbidden: `give it to the user that Parley runs as: chown --reference=${path.slice(0, path.lastIndexOf("/")) || "/"} ${path}`,
    "read-only": "make it writable: its owner and mode, and the mount (parley doctor says more)",
    full: "make room on it",
    failing: `look at the disk (dmesg); then ${restore}`,
    other: undefined,
  };
  return remedies[fault];
}
