// The end of an MP4: the program remux.ts, in a process of its own, puts its index in front. What cannot be copied, for want of
// space or for a fault of the program, stays as it was written, which plays as well.
import { join } from "node:path";
import { askProgram } from "#common";
import { replaceFile } from "./replace-file.ts";

const program = join(import.meta.dirname, "remux.ts");
/** Some gigabytes on a slow disk. */
const limitMs = 15 * 60_000;

/** Milliseconds that it plays; undefined when nothing in it can be played. */
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
 * Writes it again of these files, one after the other; itself may be one of them. A number is a millisecond: what comes before it,
 * of audio alone, is cut off there or brought to there with silence. False when they do not fit, or there is no room for it: all
 * stay as they are.
 */
export const joinMp4 = (path: string, pieces: readonly (string | number)[]): Promise<boolean> =>
  replaceFile(path, async (copy) => (await remux(...pieces.map(String), copy)).copied);

/** Of the last path, out of what stands before it. */
async function remux(...paths: readonly string[]): Promise<Remuxed> {
  return (await askProgram(program, paths, limitMs)) as Remuxed;
}

interface Remuxed {
  readonly durationMs: number;
  readonly copied: boolean;
}
