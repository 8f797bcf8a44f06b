// parley doctor: what is wrong with this machine and with Parley on it, and what to do. A daemon that runs examines itself.

import { systemClock } from "#common";
import { examine, type Finding } from "../setup/index.ts";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import { findDaemon } from "./installation.ts";
import { table } from "./table.ts";

type ShownFinding = Omit<Finding, "remedy"> & { readonly remedy?: string | null };

/** A large database on a slow disk. */
const answerMs = 60_000;

export const doctor: Command = {
  name: "doctor",
  usage: "[--json]",
  summary:
    "what is wrong with this machine and with Parley on it, and what to do; exit code 1 when something is",
  async run({ args, output, installation }: Invocation): Promise<ExitCode> {
    const { flags } = readArguments(args, { flags: ["json"] });
    const { config, folders } = installation();
    const daemon = findDaemon(installation());
    const findings: readonly ShownFinding[] = daemon
      ? (await daemon.client.get<{ readonly checks: readonly ShownFinding[] }>("/api/doctor", answerMs))
          .checks
      : await examine({ config, folders, clock: systemClock, live: undefined });
    if (!daemon) output.remark("Parley does not run; this is the machine at rest");
    output.print(flags.json ? JSON.stringify(findings) : describe(findings));
    return findings.some(({ verdict }) => verdict === "fail") ? exitCodes.failed : exitCodes.done;
  },
};

const words: Readonly<Record<Finding["verdict"], string>> = {
  pass: "ok",
  warn: "warning",
  fail: "FAULT",
  skip: "-",
};

export function describe(findings: readonly ShownFinding[]): string {
  return table([
    ["CHECK", "RESULT", "WHAT"],
    ...findings.flatMap(({ check, verdict, detail, remedy }) => [
      [check, words[verdict], detail],
      ...(remedy == null ? [] : [["", "", `-> ${remedy}`]]),
    ]),
  ]);
}
