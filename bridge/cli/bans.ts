// parley bans: the sources whose SIP is not read for a while, and lifting a ban.

import { systemClock } from "#common";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { exitCodes, UsageError } from "./exit.ts";
import { requireDaemon } from "./installation.ts";
import { duration, table } from "./table.ts";

interface BanLine {
  readonly source: string;
  readonly user: string | null;
  readonly reason: string;
  readonly until: string;
  readonly times: number;
}

export const bans: Command = {
  name: "bans",
  usage: "[lift ADDRESS|all] [--json]",
  summary: "the sources whose SIP is not read for a while; lifts the ban of one or of all",
  async run({ args, output, installation }: Invocation) {
    const { flags, operands } = readArguments(args, { flags: ["json"], operands: ["[lift]", "[ADDRESS]"] });
    const [verb, address] = operands;
    if (verb !== undefined && (verb !== "lift" || address === undefined))
      throw new UsageError("bans takes nothing, or: lift ADDRESS, lift all");
    const { client } = requireDaemon(installation());
    if (address !== undefined) {
      await client.delete(address === "all" ? "/api/bans" : `/api/bans/${encodeURIComponent(address)}`);
      output.remark(address === "all" ? "all bans are lifted" : `${address} is read again`);
      return exitCodes.done;
    }
    const lines = await client.all<BanLine>("/api/bans");
    output.print(flags.json ? JSON.stringify(lines) : describe(lines));
    return exitCodes.done;
  },
};

function describe(lines: readonly BanLine[]): string {
  if (lines.length === 0) return "nothing is banned";
  const now = systemClock.now();
  return table([
    ["SOURCE", "USER", "REASON", "FOR", "TIMES"],
    ...lines.map(({ source, user, reason, until, times }) => [
      ...[source, user ?? "-", reason, duration((Date.parse(until) - now) / 1000), String(times)],
    ]),
  ]);
}
