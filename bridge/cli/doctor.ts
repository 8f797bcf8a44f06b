// parley doctor: shows faults of this machine and of Parley on it, and advice. A daemon that runs examines itself; with
// --trunk it places a test call.

import { systemClock } from "#common";
import { examine, type Finding } from "../setup/index.ts";
import { type Command, type Invocation, readArguments } from "./command.ts";
import { type ExitCode, exitCodes, UsageError } from "./exit.ts";
import { findDaemon, type Installation, requireDaemon } from "./installation.ts";
import { table } from "./table.ts";

interface ShownFinding extends Pick<Finding, "verdict" | "detail"> {
  readonly check: string;
  readonly remedy?: string | null;
}

interface Answer {
  readonly checks: readonly ShownFinding[];
}

/** A large database on a slow disk; a call that rings. */
const answerMs = { examination: 60_000, testCall: 120_000 } as const;

export const doctor: Command = {
  name: "doctor",
  usage: "[--json] [--trunk NAME --number N]",
  summary:
    "what is wrong with this machine and with Parley on it, or with a trunk by a test call, and what to do; exit code 1 when something is",
  async run({ args, output, installation }: Invocation): Promise<ExitCode> {
    const { flags, values } = readArguments(args, { flags: ["json"], values: ["trunk", "number"] });
    const { trunk, number } = values;
    if ((trunk === undefined) !== (number === undefined))
      throw new UsageError("--trunk and --number belong together");
    const examination = trunk === undefined ? await examineMachine(installation()) : undefined;
    const findings = examination?.findings ?? (await testCall(installation(), trunk!, number!));
    if (examination && !examination.running)
      output.remark("Parley does not run; this is the machine at rest");
    output.print(flags.json ? JSON.stringify(findings) : describe(findings));
    return findings.some(({ verdict }) => verdict === "fail") ? exitCodes.failed : exitCodes.done;
  },
};

async function examineMachine(
  installation: Installation,
): Promise<{ readonly running: boolean; readonly findings: readonly ShownFinding[] }> {
  const { config, folders } = installation;
  const daemon = findDaemon(installation);
  if (daemon) {
    const { checks } = await daemon.client.get<Answer>("/api/doctor", answerMs.examination);
    return { running: true, findings: checks };
  }
  return {
    running: false,
    findings: await examine({ config, folders, clock: systemClock, live: undefined }),
  };
}

async function testCall(
  installation: Installation,
  trunk: string,
  number: string,
): Promise<readonly ShownFinding[]> {
  const { client } = requireDaemon(installation);
  const path = `/api/trunks/${encodeURIComponent(trunk)}/test`;
  const { checks } = await client.post<Answer>(path, { body: { number }, answerMs: answerMs.testCall });
  return checks;
}

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
