// Runs one of Parley's programs in a separate process with a time limit, and returns its answer: one JSON value on its
// standard output.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const maxAnswerBytes = 10_000;

/**
 * Runs the program at this path with these arguments, without our environment, and resolves with its answer. Rejects when it cannot
 * be run, fails, answers with anything but JSON, or is not done within `limitMs` (then with Node's `killed` in the error).
 */
export async function askProgram(
  program: string,
  args: readonly string[],
  limitMs: number,
): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
    ...{ timeout: limitMs, killSignal: "SIGKILL", maxBuffer: maxAnswerBytes, env: {} },
  });
  return JSON.parse(stdout);
}
