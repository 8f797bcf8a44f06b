// parley help: every command with its summary, or one of them.
import type { Command } from "./command.ts";

export function help(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, usage, summary }) => [
    `  parley ${name} ${usage}`.trimEnd(),
    `      ${summary}`,
  ]);
  return [
    "Usage: parley COMMAND [--config FILE]",
    "",
    ...lines,
    "",
    "The configuration is --config FILE, PARLEY_CONFIG, /etc/parley/parley.yaml, else the defaults.",
    "Exit codes: 0 done, 1 it failed, 2 wrong command line or configuration, 3 Parley does not run.",
  ].join("\n");
}
