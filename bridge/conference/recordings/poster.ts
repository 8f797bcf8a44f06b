// The poster of a recording with pictures: a program in a process of its own takes one out of the MP4. A recording without pictures,
// or of nothing but black ones, has none.
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { posterProgram } from "#media/files";
import { replaceFile } from "./replace-file.ts";

const limitMs = 60_000;
const maxAnswerBytes = 10_000;

/** Its size in bytes; 0: there is none. Rejects when it cannot be made; nothing lies at `path` then. */
export async function makePoster(recording: string, path: string): Promise<number> {
  const made = await replaceFile(path, async (beside) => {
    const { stdout } = await promisify(execFile)(process.execPath, [posterProgram, recording, beside], {
      ...{ timeout: limitMs, killSignal: "SIGKILL", maxBuffer: maxAnswerBytes, env: {} },
    });
    return JSON.parse(stdout).made === true;
  });
  return made ? (await stat(path)).size : 0;
}
