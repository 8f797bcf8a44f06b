// The store of clips: WAV files in the folder that play items of the kind `clip` are read from. Only our own user can read them,
// and no existing file is overwritten.
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { ParleyError } from "#common";
import { wavFile } from "../../files/index.ts";
import { isPromptName } from "../../playback/index.ts";

export interface ClipFiles {
  /** Rejects with the system's error, or with CANNOT_RECORD for an invalid name. */
  write(clip: string, pcm: Int16Array, rate: number): Promise<void>;
  /** No effect when the clip does not exist. */
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
