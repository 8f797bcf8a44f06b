// parley version: of the program that this command belongs to; a running daemon may be older (parley status).

import { knownSchema } from "#services/store";
import packageJson from "../../package.json" with { type: "json" };
import { type Command, readArguments } from "./command.ts";
import { exitCodes } from "./exit.ts";

export const versionCommand: Command = {
  name: "version",
  usage: "",
  summary: "the version of Parley, of its database schema and of Node",
  async run({ args, output }) {
    readArguments(args, {});
    output.print(`Parley ${packageJson.version}, schema ${knownSchema}, Node ${process.version}`);
    return exitCodes.done;
  },
};
