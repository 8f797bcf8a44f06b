// The end of an MP4: the program remux.ts, in a process of its own, puts its index in front. What cannot be copied, for want of
// space or for a fault of the program, stays as it was written, which plays as well.
import { execFile } from "node:child_process";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const program = join(import.meta.dirname, "remux.ts");
/** Some gigabytes on a slow disk. */
const limitMs = 15 * 60_000;
const maxAnswerBytes = 10_000;

/** Milliseconds that it plays; undefined when nothing in it can be played. */
export async function finishMp4(path: string): Promise<number | undefined> {
  const copy = `${path}.part`;
  try {
    const { durationMs, copied } = await remux(path, copy);
    if (copied) {
      await keep(copy);
      await rename(copy, path);
    }
    return durationMs > 0 ? durationMs : undefined;
  } finally {
    await rm(copy, { force: true });
  }
}

/** Appends another one to it; false when they do not fit, or there is no room for it: both stay as they are. */
export async function joinMp4(path: string, next: string): Promise<boolean> {
  const copy = `${path}.part`;
  try {
    const { copied } = await remux(path, next, copy);
    if (copied) {
      await keep(copy);
      await rename(copy, path);
    }
    return copied;
  } finally {
    await rm(copy, { force: true });
  }
}

/** Of the last path, out of the others. */
function remux(
  ...paths: readonly string[]
): Promise<{ readonly durationMs: number; readonly copied: boolean }> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, ...paths],
      { timeout: limitMs, killSignal: "SIGKILL", maxBuffer: maxAnswerBytes, env: {} },
      (error, stdout) => (error ? reject(error) : resolve(JSON.parse(stdout))),
    );
  });
}

/** Makes a new file survive a power cut, readable by our group. */
export async function keep(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.chmod(0o640);
    await file.sync();
  } finally {
    await file.close();
  }
}
