// The poster of a recording with pictures: a program in a process of its own takes one out of the MP4. A recording without pictures,
// or of nothing but black ones, has none.
import { execFile } from "node:child_process";
import { rename, rm, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { posterProgram } from "#media/files";
import { keep } from "./finish-mp4.ts";

const limitMs = 60_000;
const maxAnswerBytes = 10_000;

/** Its size in bytes; 0: there is none. Rejects when it cannot be made; nothing lies at `path` then. */
export async function makePoster(recording: string, path: string): Promise<number> {
  const beside = `${path}.part`;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [posterProgram, recording, beside], {
      ...{ timeout: limitMs, killSignal: "SIGKILL", maxBuffer: maxAnswerBytes, env: {} },
    });
    if (!JSON.parse(stdout).made) return 0;
    await keep(beside);
    await rename(beside, path);
    return (await stat(path)).size;
  } finally {
    await rm(beside, { force: true });
  }
}
