// Finishes an MP4: the program remux.ts, in a process of its own, puts its index in front. If that fails, for want of
// space or by a fault of the program, the file stays as it was written, which can also be played.
import { join } from "node:path";
import { askProgram } from "#common";
import { replaceFile } from "./replace-file.ts";

const program = join(import.meta.dirname, "remux.ts");
/** Some gigabytes on a slow disk. */
const limitMs = 15 * 60_000;

/** The playing time, milliseconds; undefined when nothing in it can be played. */
export async function finishMp4(path: string): Promise<number | undefined> {
  let plays = 0;
  await replaceFile(path, async (copy) => {
    const { durationMs, copied } = await remux(path, copy);
    plays = durationMs;
    return copied;
  });
  return plays > 0 ? plays : undefined;
}

/**
 * Rewrites `path` from these files, one after the other; it may be one of them. A number is a position in milliseconds: the audio
 * before it, which must be audio alone, is cut off there or extended to there with silence. False when the files do not fit, or
 * there is no space: all files stay as they are.
 */
export const joinMp4 = (path: string, pieces: readonly (string | number)[]): Promise<boolean> =>
  replaceFile(path, async (copy) => (await remux(...pieces.map(String), copy)).copied);

/** Writes the last path from the pieces before it. */
async function remux(...paths: readonly string[]): Promise<Remuxed> {
  return (await askProgram(program, paths, limitMs)) as Remuxed;
}

interface Remuxed {
  readonly durationMs: number;
  readonly copied: boolean;
}
