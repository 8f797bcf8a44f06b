// parley state: the state of each part of the running daemon, as JSON.

import { type Command, type Invocation, readArguments } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { requireDaemon } from "./installation.ts";

export const state: Command = {
  name: "state",
  usage: "",
  summary: "what each part of the running daemon holds, as JSON without secrets, for looking for faults",
  async run({ args, output, installation }: Invocation) {
    readArguments(args, {});
    const { client } = requireDaemon(installation());
    output.print(JSON.stringify(await client.get("/api/debug/state"), undefined, 2));
    return exitCodes.done;
  },
};
