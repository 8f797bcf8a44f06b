// parley calls: the calls that last.

import { systemClock } from "#common";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { exitCodes } from "./exit.ts";
import { findDaemon } from "./installation.ts";
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
  usage: "[--json]",
  summary: "the calls that last",
  async run({ args, output, installation }: Invocation) {
    const { flags } = readArguments(args, { flags: ["json"] });
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
