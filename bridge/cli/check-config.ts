// parley check-config: whether a start with this configuration on this machine would be refused, and what it would warn of.
// Left out are ports and locks, because the daemon that has them may be running, and owners, because root may ask.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { StartError, systemClock } from "#common";
import { loadConfig } from "#config";
import { lastEventAt } from "#services/store";
import {
  checkConfiguredFiles,
  configWarnings,
  folderPaths,
  machineWarnings,
  readMachine,
  refusalOf,
} from "../setup/index.ts";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { exitCodes } from "./exit.ts";

export const checkConfig: Command = {
  name: "check-config",
  usage: "[FILE]",
  summary: "whether the configuration can be used; exit code 2 when it cannot",
  async run({ args, output, installation }: Invocation) {
    const [file] = readArguments(args, { operands: ["[FILE]"] }).operands;
    const { config, name } = file === undefined ? readInstalled(installation) : readNamed(file);
    const folders = folderPaths(config);
    const machine = readMachine({
      ...{ config, folders, clock: systemClock },
      lastEventAt: lastEventAt(join(folders.data, "parley.db")),
    });
    const refusal = refusalOf(config, { ...machine, foreignOwner: undefined });
    if (refusal) throw new StartError(refusal.sentence);
    await checkConfiguredFiles(config);
    for (const warning of [...configWarnings(config), ...machineWarnings(config, machine)])
      output.remark(`warning: ${warning}`);
    output.print(`${name}: can be used`);
    return exitCodes.done;
  },
};

function readInstalled(installation: Invocation["installation"]) {
  const { config, configFile } = installation();
  return { config, name: configFile?.path ?? "the configuration without a file" };
}

function readNamed(file: string) {
  const argv = ["--config", resolve(file)];
  const config = loadConfig({ argv, env: process.env, readFile: (path) => readFileSync(path, "utf8") });
  return { config, name: file };
}
