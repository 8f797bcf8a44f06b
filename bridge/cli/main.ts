// The `parley` command: runs the subcommand and turns its errors into one sentence and an exit code.

import { errorMessage, StartError } from "#common";
import { backup } from "./backup.ts";
import { bans } from "./bans.ts";
import { calls } from "./calls.ts";
import { checkConfig } from "./check-config.ts";
import type { Command, CommandOutput } from "./command.ts";
import { doctor } from "./doctor.ts";
import { dump } from "./dump.ts";
import { CommandError, type ExitCode, exitCodes, UsageError } from "./exit.ts";
import { help } from "./help.ts";
import { type Installation, openInstallation } from "./installation.ts";
import { key } from "./key.ts";
import { restore } from "./restore.ts";
import { rooms } from "./rooms.ts";
import { state } from "./state.ts";
import { status } from "./status.ts";
import { trace } from "./trace.ts";
import { versionCommand } from "./version.ts";

const commands: readonly Command[] = [
  status,
  doctor,
  state,
  rooms,
  calls,
  bans,
  key,
  checkConfig,
  backup,
  restore,
  trace,
  dump,
  versionCommand,
];

const standardOutput: CommandOutput = {
  print: (text) => void process.stdout.write(`${text}\n`),
  write: (text) => void process.stdout.write(text),
  remark: (text) => void process.stderr.write(`${text}\n`),
};

async function main(argv: readonly string[], output: CommandOutput): Promise<ExitCode> {
  try {
    return await dispatch(argv, output);
  } catch (error) {
    const known = error instanceof UsageError || error instanceof CommandError || error instanceof StartError;
    if (!known) throw error;
    output.remark(`parley: ${errorMessage(error)}`);
    if (error instanceof UsageError) output.remark("parley help says what there is");
    return error instanceof CommandError ? error.exitCode : exitCodes.wrongInput;
  }
}

async function dispatch(argv: readonly string[], output: CommandOutput): Promise<ExitCode> {
  const { config, rest } = splitConfig(argv);
  const [name = "help", ...args] = rest;
  if (["help", "--help", "-h"].includes(name)) {
    output.print(help(commands));
    return exitCodes.done;
  }
  const command = commands.find((known) => known.name === name || `--${known.name}` === name);
  if (!command) throw new UsageError(`there is no command ${name}`);
  if (args.includes("--help")) {
    output.print(help([command]));
    return exitCodes.done;
  }
  let opened: Installation | undefined;
  const installation = () => {
    opened ??= openInstallation(config, process.env);
    return opened;
  };
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  process.once("SIGTERM", () => interrupt.abort());
  return command.run({ args, output, installation, configArguments: config, signal: interrupt.signal });
}

/** `--config FILE` may stand anywhere. */
function splitConfig(argv: readonly string[]): { config: string[]; rest: string[] } {
  const config: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index]!;
    if (argument === "--config") {
      config.push(...argv.slice(index, index + 2));
      index += 1;
    } else if (argument.startsWith("--config=")) config.push(argument);
    else rest.push(argument);
  }
  return { config, rest };
}

// A reader that has seen enough (`parley rooms | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.done);
  throw error;
});
process.exitCode = await main(process.argv.slice(2), standardOutput);
