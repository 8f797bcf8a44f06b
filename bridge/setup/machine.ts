// This machine as a start finds it: for what refuses the start, for its warnings, and for what is shown to the person who
// starts Parley.
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { availableParallelism, hostname, networkInterfaces } from "node:os";
import { type Clock, errorCode, errorMessage } from "#common";
import { installedLanguages } from "#conference/speech";
import type { Config } from "#config";
import type { Folders } from "./folders.ts";
import type { Machine } from "./machine-facts.ts";

/** Linux alone has it. */
const limitsFile = "/proc/self/limits";

export interface MachineOptions {
  readonly config: Config;
  readonly folders: Pick<Folders, "data">;
  /** Of the newest event in the database, milliseconds since the epoch. */
  readonly lastEventAt?: number | undefined;
  readonly clock: Clock;
}

export function readMachine({ config, folders, lastEventAt, clock }: MachineOptions): Machine {
  return {
    now: clock.now(),
    hostname: hostname(),
    addresses: outwardAddresses(),
    openFiles: openFileLimit(existsSync(limitsFile) ? readFileSync(limitsFile, "utf8") : ""),
    languages: installedLanguages(config.prompts.path).size,
    promptsFault: faultOfPrompts(config.prompts.path),
    workers: config.media.workers || availableParallelism(),
    foreignOwner: foreignOwnerOf(folders.data),
    lastEventAt,
  };
}

/** Addresses of the interfaces that others may reach, IPv4 first. */
export function outwardAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
  return [
    ...all.filter((address) => !address.includes(":")),
    ...all.filter((address) => address.includes(":")),
  ];
}

/** Of /proc/PID/limits: the soft limit, which Node raises to the hard one when it starts. */
export function openFileLimit(limits: string): number | undefined {
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? undefined : Number(soft);
}

function faultOfPrompts(path: string): string | undefined {
  try {
    return readdirSync(path).length === 0 ? "is empty" : undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return "does not exist";
    if (code === "ENOTDIR") return "is no folder";
    return code === "EACCES" ? "may not be read by this user" : `cannot be read (${errorMessage(error)})`;
  }
}

/** Where we are root and may write what belongs to another; whether a folder can be written at all is asked elsewhere. */
function foreignOwnerOf(folder: string): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).uid || undefined;
  } catch {
    return undefined;
  }
}
