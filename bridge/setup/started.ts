// What a start says: warnings of the machine and the configuration to the log, and, when everything is up, the first steps to a
// person at a terminal.
import { join } from "node:path";
import { type Clock, delay, type Logger } from "#common";
import type { RoomsService } from "#conference/rooms";
import type { Config } from "#config";
import { describeFirstSteps } from "./first-steps.ts";
import type { Folders } from "./folders.ts";
import { outwardAddresses, readMachine } from "./machine.ts";
import { configWarnings, machineWarnings } from "./start-warnings.ts";

export interface MachineParts {
  readonly config: Config;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The sentences, which are in the log then. */
export function warnOfMachine({ config, folders, clock, log }: MachineParts): readonly string[] {
  const machine = readMachine({ config, folders, clock });
  const warnings = [...configWarnings(config), ...machineWarnings(config, machine)];
  for (const warning of warnings) log.warn(warning);
  return warnings;
}

export interface StartedParts {
  readonly version: string;
  readonly config: Config;
  readonly folders: Folders;
  readonly rooms: Pick<RoomsService, "list">;
  readonly warnings: readonly string[];
  readonly keyIsNew: boolean;
  /** Ends the wait: the daemon is stopping. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

const shownRooms = 5;

/** Log lines are gathered for a tenth of a second: what belongs to the start stands above. */
const behindLogMs = 200;

export async function showFirstSteps(parts: StartedParts): Promise<void> {
  const { version, config, folders, rooms, warnings, keyIsNew, signal, clock } = parts;
  const { count, items } = await rooms.list({ skip: 0, top: shownRooms });
  const addresses = outwardAddresses();
  const certificate =
    config.api.tls.mode === "self-signed" ? join(folders.data, "tls", "cert.pem") : undefined;
  const shown = { rooms: items, roomCount: count, certificate, keyIsNew, warnings };
  const text = describeFirstSteps({ version, config, addresses, ...shown });
  await delay(clock, behindLogMs, signal);
  process.stdout.write(text);
}
