// parley key new: replaces the stored admin key by a new one. A daemon that runs makes it itself, and ends everything that
// was opened with the earlier key.

import { StartError, silentLogger, systemClock } from "#common";
import { openStore } from "#services/store";
import packageJson from "../../package.json" with { type: "json" };
import { createBackups, lockFolder, prepareDatabase, prepareFolders } from "../setup/index.ts";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { findDaemon, type Installation } from "./installation.ts";
import { becomeOwnerOf } from "./owner.ts";

export const key: Command = {
  name: "key",
  usage: "new [--if-none] [--json]",
  summary: "another admin key, shown this once; the earlier one stops working",
  async run({ args, output, installation }: Invocation) {
    const { flags, operands } = readArguments(args, { flags: ["if-none", "json"], operands: ["new"] });
    if (operands[0] !== "new")
      throw new UsageError(`${operands[0]} is not known; there is only: parley key new`);
    const ifNone = flags["if-none"];
    const { config } = installation();
    if (config.api.admin_key !== "") {
      if (ifNone) return exitCodes.done;
      throw new StartError("api.admin_key is set in the configuration: change it there");
    }
    const made = await makeKey(installation(), ifNone);
    if (made !== undefined) {
      output.print(
        flags.json ? JSON.stringify({ key: made }) : `The API's admin key, shown this once: ${made}`,
      );
    }
    return exitCodes.done;
  },
};

/** This version may change the schema of the database: as at a start, there is a backup first. */
async function backUpBeforeUpgrade({ config, configFile, folders, database }: Installation): Promise<void> {
  const [clock, log] = [systemClock, silentLogger];
  const parts = { config, configText: configFile?.text, folders, database, clock, log };
  const backups = createBackups({ ...parts, version: packageJson.version });
  await prepareDatabase({ path: database, backupFolder: folders.backups }, backups, log);
}

async function makeKey(installation: Installation, ifNone: boolean): Promise<string | undefined> {
  const { config, folders, database } = installation;
  const daemon = findDaemon(installation);
  if (daemon) {
    // It has made one when it started.
    return ifNone ? undefined : (await daemon.client.post<{ readonly key: string }>("/api/admin_key")).key;
  }
  becomeOwnerOf(folders.data);
  prepareFolders(config);
  const lock = lockFolder({
    ...{ folder: folders.data, key: "data_dir", command: "parley key new", socket: null },
    ...{ startedAt: new Date(systemClock.now()), version: packageJson.version },
  });
  try {
    await backUpBeforeUpgrade(installation);
    const store = await openStore(database);
    try {
      return ifNone ? await store.adminKey.ensure() : await store.adminKey.renew();
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}
