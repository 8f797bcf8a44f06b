// The key log.format as the logger takes it: `auto` is for people where standard output is a terminal.
import type { LogFormat } from "#common";
import type { Config } from "#config";

export function logFormatOf(
  format: Config["log"]["format"],
  isTerminal: boolean = process.stdout.isTTY === true,
): LogFormat {
  if (format !== "auto") return format;
  return isTerminal ? "text" : "json";
}
