// A program of ours in a process of its own, ended when its time is over, and what it answers: one JSON value on its
// standard output.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const maxAnswerBytes = 10_000;

/**
 * What the program at this path answers when it is run with these arguments, and without our environment. Rejects when it cannot be
 * run, does not end well, answers with anything but JSON, or is not done within `limitMs` (with `killed` in the error, as Node has it).
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
