// This machine as a start finds it: read once, for the warnings and for what is shown to the person who starts Parley.
import { existsSync, readFileSync, statSync } from "node:fs";
import { availableParallelism, hostname, networkInterfaces } from "node:os";
import type { Clock } from "#common";
import { installedLanguages } from "#conference/speech";
import type { Config } from "#config";
import type { Folders } from "./folders.ts";
import type { Machine } from "./start-warnings.ts";

/** Linux alone has it. */
const limitsFile = "/proc/self/limits";

export interface MachineOptions {
  readonly config: Config;
  readonly folders: Pick<Folders, "data">;
  readonly lastEventAt: number | undefined;
  readonly clock: Clock;
}

export function readMachine({ config, folders, lastEventAt, clock }: MachineOptions): Machine {
  return {
    now: clock.now(),
    hostname: hostname(),
    addresses: outwardAddresses(),
    openFiles: openFileLimit(existsSync(limitsFile) ? readFileSync(limitsFile, "utf8") : ""),
    languages: installedLanguages(config.prompts.path).size,
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

/** The user id that the folder belongs to, where we are root and that is another. */
function foreignOwnerOf(folder: string): string | undefined {
  const { uid } = statSync(folder);
  return process.getuid?.() === 0 && uid !== 0 ? `user id ${uid}` : undefined;
}
