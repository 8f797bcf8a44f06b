// parley backup: one file with everything that a new machine needs, also while the daemon runs. It has mode 0600 from
// its first byte, and an earlier file of that name is only replaced by a complete one.
import { existsSync, statSync } from "node:fs";
import { chmod, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { errorMessage, StartError, systemClock } from "#common";
import { copyDatabase, schemaOf } from "#services/store";
import packageJson from "../../package.json" with { type: "json" };
import {
  configName,
  databaseName,
  dataParts,
  type Manifest,
  manifestName,
  recordingsName,
} from "./archive.ts";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { CommandError, exitCodes } from "./exit.ts";
import type { Installation } from "./installation.ts";
import { type ArchiveParts, pack } from "./pack.ts";

export const backup: Command = {
  name: "backup",
  usage: "FILE [--with-recordings]",
  summary: "database, certificate, welcomes and configuration in one file (.tar.gz) with mode 0600",
  async run({ args, output, installation }: Invocation) {
    const { operands, flags } = readArguments(args, { operands: ["FILE"], flags: ["with-recordings"] });
    const file = resolve(operands[0]!);
    await writeBackup(installation(), file, flags["with-recordings"]);
    output.print(`${file}: ${statSync(file).size} bytes`);
    return exitCodes.done;
  },
};

async function writeBackup(installation: Installation, file: string, withRecordings: boolean): Promise<void> {
  let staging: string | undefined;
  const partial = `${file}.partial`;
  try {
    staging = await mkdtemp(join(dirname(file), ".parley-backup-"));
    const parts = await stage(installation, staging, withRecordings);
    await (await open(partial, "w", 0o600)).close();
    await chmod(partial, 0o600);
    await pack(parts, partial);
    const written = await open(partial, "r+");
    await written.sync();
    await written.close();
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof StartError) throw new CommandError(error.message);
    throw new CommandError(`the backup ${file} was not written: ${errorMessage(error)}`);
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

/** Makes in `staging` what is not a file yet, and says what belongs into the archive. */
async function stage(
  { configFile, folders, database }: Installation,
  staging: string,
  withRecordings: boolean,
): Promise<ArchiveParts> {
  const stagedPath = (name: string) => join(staging, basename(name));
  const schema = schemaOf(database);
  copyDatabase(database, stagedPath(databaseName));
  await chmod(stagedPath(databaseName), 0o600);
  const hasConfig = configFile !== undefined && configFile.text.trim() !== "";
  if (hasConfig) await writeFile(stagedPath(configName), configFile.text, { mode: 0o600 });
  const hasRecordings = withRecordings && existsSync(folders.recordings);
  const manifest: Manifest = {
    ...{ format: 1, parley: packageJson.version, schema },
    ...{ created_at: new Date(systemClock.now()).toISOString(), host: hostname() },
    ...{ config: hasConfig, recordings: hasRecordings },
  };
  await writeFile(stagedPath(manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  const names = [manifestName, databaseName, ...(hasConfig ? [configName] : [])];
  return {
    files: names.map((name) => [name, stagedPath(name)]),
    live: [
      ...dataParts.map((name) => [name, join(folders.data, name)] as const),
      ...(hasRecordings ? [[recordingsName, folders.recordings] as const] : []),
    ],
  };
}
