// How a subcommand of `parley` ends: its exit code, and the errors that carry one.

/** Told to the shell; docs/operate.md lists them. */
export const exitCodes = { done: 0, failed: 1, wrongInput: 2, notRunning: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command line is wrong. */
export class UsageError extends Error {}

/** The command could not be carried out. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
