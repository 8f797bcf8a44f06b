// Joins the parts of MP4: both are copied into one file, which takes the first one's place, and the part is removed.
import { rename, rm } from "node:fs/promises";
import { joinMp4 } from "./finish-mp4.ts";
import type { Joiner } from "./joiner.ts";
import { lengthOf } from "./measure.ts";

export const pictureJoiner: Joiner = {
  length,

  async joinTrack(first, part, { from, until }) {
    const own = part && (await length(part.path)) > 0 ? [from, part.path] : [];
    const before = (await length(first)) > 0 ? [first] : [];
    if (own.length + before.length > 0) await join(first, [...before, ...own, until]);
    if (part) await rm(part.path);
  },

  async joinMix(first, part, { from, until }) {
    if (from === until) return rm(part.path);
    if (from === 0) return rename(part.path, first);
    await join(first, [first, part.path]);
    await rm(part.path);
  },
};

async function length(path: string): Promise<number> {
  return (await lengthOf(path, "mp4"))?.durationMs ?? 0;
}

async function join(first: string, pieces: readonly (string | number)[]): Promise<void> {
  if (await joinMp4(first, pieces)) return;
  throw new Error(`${pieces.join(" and ")} do not fit together, or there is no room for ${first}`);
}
