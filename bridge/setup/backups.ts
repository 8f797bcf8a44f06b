// The section `backup` in the words of the automatic backups. The configuration's text is that of the start, which is known
// to be good.
import { readFileSync } from "node:fs";
import type { Clock, Logger } from "#common";
import { type Config, configFile } from "#config";
import { AutomaticBackups } from "#services/backups";
import type { Folders } from "./folders.ts";

export interface BackupParts {
  readonly config: Config;
  readonly argv: readonly string[];
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
  argv,
  folders,
  database,
  version,
  clock,
  log,
}: BackupParts): AutomaticBackups {
  const sources = { argv, env: process.env, readFile: (path: string) => readFileSync(path, "utf8") };
  return new AutomaticBackups({
    settings: {
      ...{ folder: folders.backups, database, data: folders.data, version },
      config: configFile(sources)?.text,
      keepDays: config.backup.keep_days,
      hour: config.backup.hour,
    },
    clock,
    log,
  });
}
