// The section `backup` in the words of the automatic backups.
import type { Clock, Logger } from "#common";
import type { Config } from "#config";
import { AutomaticBackups } from "#services/backups";
import type { Folders } from "./folders.ts";

export interface BackupParts {
  readonly config: Config;
  /** The text of the configuration file that is in force; undefined: there is none. */
  readonly configText: string | undefined;
  readonly folders: Folders;
  /** The path of the file. */
  readonly database: string;
  /** Of Parley. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createBackups({
  config,
  configText,
  folders,
  database,
  version,
  clock,
  log,
}: BackupParts): AutomaticBackups {
  return new AutomaticBackups({
    settings: {
      ...{ folder: folders.backups, database, data: folders.data, version },
      config: configText,
      keepDays: config.backup.keep_days,
      hour: config.backup.hour,
    },
    clock,
    log,
  });
}
