// parley backup: one file with everything that a new machine needs, also while the daemon runs.
import { hostname } from "node:os";
import { resolve } from "node:path";
import { errorMessage, ParleyError, systemClock } from "#common";
import { writeBackup } from "#services/backups";
import packageJson from "../../package.json" with { type: "json" };
import { type Command, type Invocation, readArguments } from "./command.ts";
import { CommandError, exitCodes } from "./exit.ts";

export const backup: Command = {
  name: "backup",
  usage: "FILE [--with-recordings]",
  summary: "database, certificate, welcomes and configuration in one file (.tar.gz) with mode 0600",
  async run({ args, output, installation }: Invocation) {
    const { operands, flags } = readArguments(args, { operands: ["FILE"], flags: ["with-recordings"] });
    const file = resolve(operands[0]!);
    const { configFile, folders, database } = installation();
    const job = {
      ...{ file, database, data: folders.data, withChat: true, config: configFile?.text },
      recordings: flags["with-recordings"] ? folders.recordings : undefined,
      ...{ version: packageJson.version, host: hostname(), now: systemClock.now(), background: true },
    };
    const bytes = await writeBackup(job).catch((error: unknown) => {
      throw error instanceof ParleyError ? new CommandError(errorMessage(error)) : error;
    });
    output.print(`${file}: ${bytes} bytes`);
    return exitCodes.done;
  },
};
