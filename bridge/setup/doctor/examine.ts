// Reads all facts, each within a bounded time, and has them judged.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Clock, errorMessage } from "#common";
import type { Config } from "#config";
import { type BackupStatus, lastBackupAt } from "#services/backups";
import { checkIntegrity, lastEventAt } from "#services/store";
import type { Folders } from "../folders.ts";
import { readMachine } from "../machine.ts";
import { countFonts, readCertificate, readDisks } from "./facts/files.ts";
import { readIceServers } from "./facts/ice-servers.ts";
import {
  readClockSynchronised,
  readDroppedDatagrams,
  readEphemeralPorts,
  readRealTimeLimit,
  readReceiveBufferLimit,
} from "./facts/kernel.ts";
import { readPorts } from "./facts/ports.ts";
import { judge } from "./judge.ts";
import type { Facts, Finding } from "./types.ts";

/** What the running daemon alone knows. */
export interface LiveFacts extends Pick<Facts, "observed" | "trunks" | "workers"> {
  readonly backups: Pick<BackupStatus, "lastFailure">;
}

export interface Examination {
  readonly config: Config;
  readonly folders: Folders;
  readonly clock: Clock;
  /** Undefined where no daemon runs with these folders. */
  readonly live: LiveFacts | undefined;
}

/** A large database on a slow disk. */
const integrityLimitMs = 20_000;

export async function examine(examination: Examination): Promise<readonly Finding[]> {
  return judge(examination.config, await readFacts(examination));
}

async function readFacts({ config, folders, clock, live }: Examination): Promise<Facts> {
  const path = join(folders.data, "parley.db");
  const machine = readMachine({ config, folders, clock, lastEventAt: lastEventAt(path) });
  const { data, recordings, backups } = folders;
  const [ports, iceServers, database, disks, clockSynchronised] = await Promise.all([
    readPorts(config, live !== undefined),
    readIceServers(config, clock),
    readDatabase(path),
    readDisks({ data_dir: data, recordings, backups }),
    readClockSynchronised(),
  ]);
  return {
    ...{ running: live !== undefined, machine, ports, iceServers, database, disks, clockSynchronised },
    ...{ observed: live?.observed ?? [], trunks: live?.trunks ?? [], workers: live?.workers ?? [] },
    ephemeralPorts: readEphemeralPorts(),
    certificate: readCertificate(config, data),
    backups: {
      folder: backups,
      lastGoodAt: lastBackupAt(backups, clock.now()),
      lastFailure: live?.backups.lastFailure,
      databaseSince: existsSync(path) ? statSync(path).birthtimeMs : undefined,
    },
    fonts: countFonts(),
    realTimeLimit: readRealTimeLimit(),
    receiveBufferLimit: readReceiveBufferLimit(),
    droppedDatagrams: readDroppedDatagrams(),
  };
}

async function readDatabase(path: string): Promise<Facts["database"]> {
  if (!existsSync(path)) return { outcome: "missing" };
  try {
    return await checkIntegrity(path, { depth: "full", limitMs: integrityLimitMs });
  } catch (error) {
    return { outcome: "failed", detail: errorMessage(error) };
  }
}
