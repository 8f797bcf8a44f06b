// The end of a start that cannot go on: one sentence on standard error. Exit code 2, which service managers take for
// "starting again is of no use", says that the operator must change something; 1 that the environment failed, and the next
// try may succeed. Anything else is a bug and is thrown on.
import { errorCode, errorMessage, ParleyError, StartError } from "#common";

export function explainStartError(error: unknown): void {
  if (isLocked(error)) {
    process.stderr.write("parley: the database in data_dir is held by another program: end that one\n");
    process.exitCode = 1;
    return;
  }
  const sentence = sentenceOf(error);
  if (sentence === undefined && !(error instanceof ParleyError)) throw error;
  process.stderr.write(`parley: ${sentence ?? errorMessage(error)}\n`);
  process.exitCode = sentence === undefined ? 1 : 2;
}

function sentenceOf(error: unknown): string | undefined {
  if (error instanceof StartError) return error.message;
  const code = errorCode(error) ?? "";
  if (code === "SQLITE_FULL" || code === "ENOSPC") return "data_dir: the disk is full; make room on it";
  // A damaged file may open well and fail at the first query that reaches the damage.
  if (code.startsWith("SQLITE_")) {
    return `the database in data_dir cannot be used: ${errorMessage(error)}; parley doctor says more, and parley restore FILE puts a backup back`;
  }
  return undefined;
}

/** It may let go by itself: the service tries again. */
const isLocked = (error: unknown): boolean => errorCode(error)?.startsWith("SQLITE_BUSY") ?? false;
