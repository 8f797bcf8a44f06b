// The poster of a recording with pictures: a program in a process of its own takes one out of the MP4. A recording without pictures,
// or of nothing but black ones, has none.
import { stat } from "node:fs/promises";
import { askProgram } from "#common";
import { posterProgram } from "#media/files";
import { replaceFile } from "./replace-file.ts";

const limitMs = 60_000;

/** Its size in bytes; 0: there is none. Rejects when it cannot be made; nothing lies at `path` then. */
export async function makePoster(recording: string, path: string): Promise<number> {
  const made = await replaceFile(path, async (beside) => {
    const answer = await askProgram(posterProgram, [recording, beside], limitMs);
    return (answer as { readonly made?: boolean }).made === true;
  });
  return made ? (await stat(path)).size : 0;
}
