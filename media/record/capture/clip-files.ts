// Where clips are kept: WAV files in the folder that prompts are played from as `clip`. Readable by us alone, and
// never in the place of one that is there.
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { ParleyError } from "#common";
import { wavFile } from "../../files/index.ts";
import { isPromptName } from "../../playback/index.ts";

export interface ClipFiles {
  /** Rejects with what the system says, or CANNOT_RECORD for a name that is none. */
  write(clip: string, pcm: Int16Array, rate: number): Promise<void>;
  /** One that is not there is no error. */
  remove(clip: string): Promise<void>;
}

const mode = 0o600;

export function clipFilesIn(folder: string): ClipFiles {
  const pathOf = (clip: string): string => {
    if (!isPromptName(clip)) throw new ParleyError("CANNOT_RECORD", "not the name of a clip");
    return join(folder, `${clip}.wav`);
  };
  return {
    write: async (clip, pcm, rate) => {
      const path = pathOf(clip);
      const file = await open(path, "wx", mode);
      try {
        await file.writeFile(wavFile(pcm, rate));
      } catch (error) {
        await rm(path, { force: true }).catch(() => {});
        throw error;
      } finally {
        await file.close();
      }
    },
    remove: async (clip) => rm(pathOf(clip), { force: true }),
  };
}
