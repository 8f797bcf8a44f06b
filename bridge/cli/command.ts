// The interface of the subcommands of `parley`, and the context that they get.
import { parseArgs } from "node:util";
import { errorMessage } from "#common";
import { type ExitCode, UsageError } from "./exit.ts";
import type { Installation } from "./installation.ts";

export interface CommandOutput {
  /** Writes the result to standard output, with a line break. */
  print(text: string): void;
  /** As it is. */
  write(text: string): void;
  /** Remarks, on standard error. */
  remark(text: string): void;
}

export interface Invocation {
  /** Behind the name of the command, without `--config`. */
  readonly args: readonly string[];
  readonly output: CommandOutput;
  /** Reads the configuration. Throws StartError. */
  installation(): Installation;
  /** `--config FILE`, or nothing. */
  readonly configArguments: readonly string[];
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** The arguments behind the name, for the usage. */
  readonly usage: string;
  readonly summary: string;
  /** Throws UsageError, CommandError or StartError. */
  run(invocation: Invocation): Promise<ExitCode>;
}

interface Grammar<Flag extends string, Value extends string> {
  readonly flags?: readonly Flag[];
  /** Options that take a value. */
  readonly values?: readonly Value[];
  /** Names of the positional arguments; one in brackets may be left out. */
  readonly operands?: readonly string[];
}

interface Arguments<Flag extends string, Value extends string> {
  readonly flags: Readonly<Record<Flag, boolean>>;
  readonly values: Readonly<Record<Value, string | undefined>>;
  readonly operands: readonly string[];
}

/** Throws UsageError. */
export function readArguments<Flag extends string = never, Value extends string = never>(
  args: readonly string[],
  { flags = [], values = [], operands = [] }: Grammar<Flag, Value>,
): Arguments<Flag, Value> {
  const options = Object.fromEntries([
    ...flags.map((name) => [name, { type: "boolean" }] as const),
    ...values.map((name) => [name, { type: "string" }] as const),
  ]);
  const read = parseArguments(args, options);
  const needed = operands.filter((name) => !name.startsWith("["));
  if (read.positionals.length < needed.length) {
    throw new UsageError(`${needed[read.positionals.length]} is missing`);
  }
  if (read.positionals.length > operands.length) {
    throw new UsageError(`${read.positionals[operands.length]} is one argument too many`);
  }
  return {
    flags: Object.fromEntries(flags.map((name) => [name, read.values[name] === true])) as Record<
      Flag,
      boolean
    >,
    values: Object.fromEntries(values.map((name) => [name, read.values[name]])) as Record<
      Value,
      string | undefined
    >,
    operands: read.positionals,
  };
}

function parseArguments(args: readonly string[], options: Record<string, { type: "boolean" | "string" }>) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(
      errorMessage(error)
        .split("\n")[0]
        ?.replace(/\. .*$/, "") ?? "",
    );
  }
}
