// parley backup: one file with everything that a new machine needs, also while the daemon runs. It has mode 0600 from
// its first byte, and an earlier file of that name is only replaced by a complete one.

import { existsSync, mkdirSync, statSync } from "node:fs";
import { chmod, mkdtemp, open, rename, rm, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { errorMessage, StartError, systemClock } from "#common";
import { copyDatabase, schemaOf } from "#services/store";
import packageJson from "../../package.json" with { type: "json" };
import {
  configName,
  databaseName,
  dataParts,
  type Manifest,
  manifestName,
  pack,
  recordingsName,
} from "./archive.ts";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { CommandError, exitCodes } from "./exit.ts";
import type { Installation } from "./installation.ts";

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
    const names = await stage(installation, staging, withRecordings);
    // Made by us first: what fills it takes the mode that is there.
    await (await open(partial, "w", 0o600)).close();
    await chmod(partial, 0o600);
    await pack(staging, names, partial);
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

/** Lays everything out as it will be in the archive; big things as links. */
async function stage(
  { configFile, folders, database }: Installation,
  staging: string,
  withRecordings: boolean,
): Promise<string[]> {
  const names = [manifestName, databaseName];
  mkdirSync(join(staging, dirname(databaseName)));
  const schema = schemaOf(database);
  copyDatabase(database, join(staging, databaseName));
  await chmod(join(staging, databaseName), 0o600);
  const link = async (target: string, name: string) => {
    if (!existsSync(target)) return;
    mkdirSync(dirname(join(staging, name)), { recursive: true });
    await symlink(target, join(staging, name));
    names.push(name);
  };
  for (const part of dataParts) await link(join(folders.data, part), part);
  if (configFile && configFile.text.trim() !== "") {
    mkdirSync(join(staging, dirname(configName)));
    await writeFile(join(staging, configName), configFile.text, { mode: 0o600 });
    names.push(configName);
  }
  if (withRecordings) await link(folders.recordings, recordingsName);
  const manifest: Manifest = {
    ...{ format: 1, parley: packageJson.version, schema },
    ...{ created_at: new Date(systemClock.now()).toISOString(), host: hostname() },
    ...{ config: names.includes(configName), recordings: names.includes(recordingsName) },
  };
  await writeFile(join(staging, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  return names;
}
