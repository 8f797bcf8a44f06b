// parley restore: replaces the present files by those of a backup, as a whole or not at all. Everything is unpacked and checked
// beside them first; then files change places, and the present ones are kept. A file in the data folder says that
// they are changing: with it the daemon does not start (see bridge/setup/folders.ts).

import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { errorCode, errorMessage, makeFolder, ParleyError, systemClock } from "#common";
import { configPath, loadConfig } from "#config";
import { configName, databaseName, dataParts, recordingsName } from "#services/backups";
import { checkDatabase, knownSchema } from "#services/store";
import packageJson from "../../package.json" with { type: "json" };
import { type Folders, folderPaths, lockFolder, restoreMark } from "../setup/index.ts";
import { type ArchiveHead, readHead, unpack } from "./archive.ts";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { CommandError, exitCodes } from "./exit.ts";
import { changeOwner, type Owner, ownerOf, serviceOwner } from "./owner.ts";
import { Swap } from "./swap.ts";

const stagingName = "restore.partial";

export const restore: Command = {
  name: "restore",
  usage: "FILE [--keep-config]",
  summary: "a backup in the place of what is there, which is kept; Parley must not run",
  async run({ args, output, configArguments }: Invocation) {
    const { operands, flags } = readArguments(args, { operands: ["FILE"], flags: ["keep-config"] });
    const file = resolve(operands[0]!);
    const head = await readHead(file);
    const { schema, parley, created_at, host } = head.manifest;
    if (schema > knownSchema) {
      throw new CommandError(
        `${file} was made by a newer version of Parley (${parley}, schema ${schema}; this version knows ${knownSchema})`,
      );
    }
    const target = targetOf(head, configArguments, flags["keep-config"]);
    const kept = await putBack(file, target);
    output.print(`restored ${file}, made ${created_at} on ${host}, into ${target.folders.data}`);
    if (kept !== undefined) output.print(`what was there before is in ${kept}`);
    if (!head.manifest.recordings)
      output.remark("the backup has no recordings: those on the disk stay as they are");
    if (!hasChat(head)) output.remark("the backup has no files of chats: those on the disk stay as they are");
    return exitCodes.done;
  },
};

/** Backups of earlier versions do not say, and have them. */
const hasChat = ({ manifest }: ArchiveHead): boolean => manifest.chat !== false;

interface Target {
  readonly folders: Folders;
  /** The configuration file to be put in its place. */
  readonly config: { readonly path: string; readonly text: string } | undefined;
  readonly owner: Owner;
  /** Folders of the data folder that stay as they are when the backup has none of them. */
  readonly staying: readonly string[];
}

/** The data goes where the configuration says that will be in force. Throws StartError. */
function targetOf(head: ArchiveHead, argv: readonly string[], keepConfig: boolean): Target {
  const { config: text } = head;
  const sources = { argv, env: process.env };
  const { path } = configPath(sources);
  const replaced = text === undefined || keepConfig ? undefined : { path: resolve(path), text };
  const readFile = (name: string) => (replaced && name === path ? replaced.text : readFileSync(name, "utf8"));
  const config = loadConfig({ ...sources, readFile });
  const folders = folderPaths(config);
  const isNew = !existsSync(folders.data) && isAbsolute(config.data_dir);
  const owner = (isNew ? serviceOwner() : undefined) ?? ownerOf(folders.data);
  // Without a certificate in the backup the present one stays.
  return { folders, config: replaced, owner, staying: hasChat(head) ? ["tls"] : ["tls", "chat"] };
}

/** Returns the folder with the files from before; undefined when there were none. Throws CommandError, StartError. */
async function putBack(file: string, target: Target): Promise<string | undefined> {
  const { folders, owner } = target;
  const { data } = folders;
  makeFolder(data, 0o750, (made) => changeOwner(made, owner));
  const lock = lockFolder({
    ...{ folder: data, key: "data_dir", command: "parley restore", socket: null },
    ...{ startedAt: new Date(systemClock.now()), version: packageJson.version },
  });
  const staging = join(data, stagingName);
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { mode: 0o700 });
    await unpack(file, staging);
    checkDatabase(join(staging, databaseName));
    prepare(staging, owner);
    synchronise(staging);
    return exchange(staging, target);
  } catch (error) {
    if (error instanceof CommandError || error instanceof ParleyError) throw error;
    const reason = errorCode(error) === "ENOSPC" ? "the disk is full" : errorMessage(error);
    throw new CommandError(`nothing was restored: ${reason}`);
  } finally {
    rmSync(staging, { recursive: true, force: true });
    lock.release();
  }
}

/** A folder with all that is in it, or a file, is on the disk: a power cut afterwards loses nothing of it. */
function synchronise(path: string): void {
  const entries = statSync(path).isDirectory() ? readdirSync(path) : [];
  for (const entry of entries) synchronise(join(path, entry));
  synchroniseOne(path);
}

/** A file, or the names in a folder. */
function synchroniseOne(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Owners and modes as the daemon makes them. */
function prepare(staging: string, owner: Owner): void {
  changeOwner(staging, owner);
  for (const entry of readdirSync(staging, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  }
}

function exchange(staging: string, { folders, config, owner, staying }: Target): string | undefined {
  const { data, recordings } = folders;
  const kept = join(
    data,
    `before-restore-${new Date(systemClock.now()).toISOString().replaceAll(/[:.]/g, "-")}`,
  );
  const mark = join(data, restoreMark);
  const swap = new Swap(kept, owner);
  copyRecordings(join(staging, recordingsName), recordings, owner);
  writeFileSync(mark, "", { mode: 0o600 });
  synchroniseOne(data);
  try {
    for (const journal of ["parley.db-wal", "parley.db-shm"])
      swap.put(undefined, join(data, journal), journal);
    swap.put(join(staging, databaseName), join(data, "parley.db"), "parley.db");
    for (const part of dataParts) {
      if (staying.includes(part) && !existsSync(join(staging, part))) continue;
      makeFolder(dirname(join(data, part)), 0o700, (made) => changeOwner(made, owner));
      swap.put(join(staging, part), join(data, part), part);
    }
    if (config) replaceConfig(config, join(staging, configName), { swap, owner });
  } catch (error) {
    swap.undo();
    rmSync(mark, { force: true });
    throw error;
  }
  for (const folder of new Set([data, ...dataParts.map((part) => dirname(join(data, part)))])) {
    if (existsSync(folder)) synchroniseOne(folder);
  }
  rmSync(mark, { force: true });
  return swap.hasKept ? kept : undefined;
}

/** Recordings never replace one another: a file of that name is the same recording. */
function copyRecordings(from: string, to: string, owner: Owner): void {
  if (!existsSync(from)) return;
  makeFolder(to, 0o750, (made) => changeOwner(made, owner));
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length + 1));
    if (entry.isDirectory()) makeFolder(target, 0o750, (made) => changeOwner(made, owner));
    else if (!existsSync(target)) {
      makeFolder(dirname(target), 0o750, (made) => changeOwner(made, owner));
      copyFileSync(source, `${target}.partial`);
      chmodSync(`${target}.partial`, 0o640);
      changeOwner(`${target}.partial`, owner);
      renameSync(`${target}.partial`, target);
    }
  }
}

interface Exchange {
  readonly swap: Swap;
  readonly owner: Owner;
}

/** Beside the file first, which may be on another disk. Root's, and readable by the group of the service. */
function replaceConfig(
  { path, text }: { readonly path: string; readonly text: string },
  staged: string,
  { swap, owner }: Exchange,
): void {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  const next = `${path}.restored`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  copyFileSync(staged, next);
  chmodSync(next, 0o640);
  changeOwner(next, { uid: process.getuid?.() ?? owner.uid, gid: owner.gid });
  swap.put(next, path, "parley.yaml");
}
