// The poster of a recording with video: a program in a process of its own takes a picture out of the MP4. A recording without
// video, or with black pictures alone, has none.
import { stat } from "node:fs/promises";
import { askProgram } from "#common";
import { posterProgram } from "#media/files";
import { replaceFile } from "./replace-file.ts";

const limitMs = 60_000;

/** Resolves with the size in bytes; 0: there is none. Rejects when it cannot be made; then there is no file at `path`. */
export async function makePoster(recording: string, path: string): Promise<number> {
  const made = await replaceFile(path, async (beside) => {
    const answer = await askProgram(posterProgram, [recording, beside], limitMs);
    return (answer as { readonly made?: boolean }).made === true;
  });
  return made ? (await stat(path)).size : 0;
}
