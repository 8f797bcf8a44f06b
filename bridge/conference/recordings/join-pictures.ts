// Joins the parts of MP4: both are copied into a new file, which replaces the first one, and the part is removed. A track may be
// joined twice, since its part has a position in time; the mix may not.
//
//   part of the mix gets the name <part>.at<milliseconds of the first> → the copy of both takes the first one's place → is removed
import { rename, rm } from "node:fs/promises";
import { joinMp4 } from "./finish-mp4.ts";
import type { Joiner } from "./joiner.ts";
import { lengthOf } from "./measure.ts";

export const pictureJoiner: Joiner = {
  length,

  async joinTrack(first, part, { from, until }) {
    const own = part && (await length(part.path)) > 0 ? [from, part.path] : [];
    const before = (await length(first)) > 0 ? [first] : [];
    const pieces = [...before, ...own, until];
    if (own.length + before.length > 0 && !(await joinMp4(first, pieces))) throw misfit(first, pieces);
    if (part) await rm(part.path);
  },

  async joinMix(first, part, { from, until }) {
    if (from === until) return rm(part.path);
    if (from === 0) return rename(part.path, first);
    const path = part.joinedAt === undefined ? `${part.path}.at${Math.round(from)}` : part.path;
    if (path !== part.path) await rename(part.path, path);
    if (!(await joinMp4(first, [first, path]))) {
      await rename(path, part.path);
      throw misfit(first, [first, part.path]);
    }
    await rm(path);
  },

  async wasJoined(first, { path, joinedAt }) {
    return (await length(first)) > joinedAt + (await length(path)) / 2;
  },
};

async function length(path: string): Promise<number> {
  return (await lengthOf(path, "mp4"))?.durationMs ?? 0;
}

const misfit = (first: string, pieces: readonly (string | number)[]): Error =>
  new Error(`${pieces.join(" and ")} do not fit together, or there is no room for ${first}`);
