// parley calls: the calls that last, and the ladder of one.

import { systemClock } from "#common";
import { showLadder } from "./call-ladder.ts";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { findDaemon, requireDaemon } from "./installation.ts";
import { duration, table } from "./table.ts";

interface CallLine {
  readonly id: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly state: string;
  readonly started_at: string;
  readonly room_extension?: string;
  readonly codec?: string;
  readonly trunk?: string;
}

export const calls: Command = {
  name: "calls",
  usage: "[--json] | ladder CALL|PARTICIPANT|CALL-ID [--json|--pcap FILE]",
  summary:
    "the calls that last; the SIP messages of one of them, or of one that ended of late, as an arrow diagram",
  async run({ args, output, installation }: Invocation) {
    const { flags, values, operands } = readArguments(args, {
      ...{ flags: ["json"], values: ["pcap"], operands: ["[ladder]", "[CALL]"] },
    });
    const [what, name] = operands;
    if (what !== undefined) {
      if (what !== "ladder") throw new UsageError(`${what} is not known; there is: parley calls ladder CALL`);
      if (name === undefined) throw new UsageError("CALL is missing");
      if (flags.json && values.pcap !== undefined)
        throw new UsageError("--json and --pcap exclude each other");
      const { client } = requireDaemon(installation());
      await showLadder(client, { name, json: flags.json, pcap: values.pcap }, output);
      return exitCodes.done;
    }
    if (values.pcap !== undefined) throw new UsageError("--pcap is for parley calls ladder");
    const daemon = findDaemon(installation());
    const lines = daemon ? await daemon.client.all<CallLine>("/api/calls") : [];
    if (!daemon) output.remark("Parley does not run");
    output.print(flags.json ? JSON.stringify(lines) : describe(lines));
    return exitCodes.done;
  },
};

function describe(lines: readonly CallLine[]): string {
  if (lines.length === 0) return "there are no calls";
  const now = systemClock.now();
  return table([
    ["FROM", "TO", "DIRECTION", "STATE", "ROOM", "SINCE", "CODEC", "TRUNK", "ID"],
    ...lines.map((call) => [
      ...[call.from, call.to, call.direction, call.state, call.room_extension ?? "-"],
      duration((now - Date.parse(call.started_at)) / 1000),
      ...[call.codec ?? "-", call.trunk ?? "-", call.id],
    ]),
  ]);
}
