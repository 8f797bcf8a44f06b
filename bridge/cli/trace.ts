// parley trace: SIP messages as they pass, until their number, the time or Ctrl-C.

import { type Command, type Invocation, readArguments } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { requireDaemon } from "./installation.ts";

const options = { peer: "peer", "call-id": "call_id", messages: "messages", seconds: "seconds" } as const;

export const trace: Command = {
  name: "trace",
  usage: "[--peer ADDRESS] [--call-id ID] [--messages N] [--seconds N]",
  summary: "SIP messages as they pass, without secrets",
  async run({ args, output, installation, signal }: Invocation) {
    const { values } = readArguments(args, { values: Object.keys(options) as (keyof typeof options)[] });
    const query = new URLSearchParams();
    for (const [option, parameter] of Object.entries(options)) {
      const value = values[option as keyof typeof options];
      if (value !== undefined) query.set(parameter, value);
    }
    const { client } = requireDaemon(installation());
    await client.follow(`/api/sip/trace?${query}`, (text) => output.write(text), signal);
    return exitCodes.done;
  },
};
