// A recording whose worker process died goes on in further files, its parts. Once it is complete they are joined to the first
// one, the mix and each track. What was not recorded between two parts is left out. A crash at any instant costs nothing: the
// next start joins what is not joined yet.
//
//   mp3, wav   part gets the name <part>.at<bytes of the first> → is appended there → is removed
//   mp4        both are copied into one file, which takes the first one's place → part is removed
import { open, rename, rm, stat, truncate } from "node:fs/promises";
import { wavHeaderBytes } from "#media/files";
import type { PartFile, RecordingFiles, StoredFile } from "./files.ts";
import { joinMp4 } from "./finish-mp4.ts";
import { measure } from "./measure.ts";

const pieceBytes = 256 * 1024;

/** Rejects with the system's error; what is not joined then stays in its files. */
export async function joinParts(files: RecordingFiles, recording: StoredFile): Promise<void> {
  for (const part of await files.parts(recording)) {
    const first = files.file(recording, part.participant);
    if (recording.format === "mp4") await joinPictures(first, part.path);
    else await joinSound(first, part, recording.format);
  }
}

async function joinPictures(first: string, next: string): Promise<void> {
  if (!(await isThere(first))) await rename(next, first);
  else if (await joinMp4(first, next)) await rm(next);
}

async function joinSound(first: string, part: PartFile, format: "mp3" | "wav"): Promise<void> {
  let { path, joinedAt } = part;
  if (joinedAt === undefined) {
    if (!(await measure(path, format))) return rm(path);
    const before = (await isThere(first)) ? await measure(first, format) : undefined;
    if (!before) return rename(path, first);
    joinedAt = before.size;
    await rename(path, `${path}.at${joinedAt}`);
    path = `${path}.at${joinedAt}`;
  }
  await truncate(first, joinedAt);
  await append(first, path, format === "wav" ? wavHeaderBytes : 0);
  await rm(path);
}

/** What the other file has from `offset` on; on the disk afterwards. */
async function append(path: string, other: string, offset: number): Promise<void> {
  const [to, from] = [await open(path, "a"), await open(other, "r")];
  try {
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (let position = offset; ; ) {
      const { bytesRead } = await from.read(piece, 0, pieceBytes, position);
      if (bytesRead === 0) break;
      await to.appendFile(piece.subarray(0, bytesRead));
      position += bytesRead;
    }
    await to.sync();
  } finally {
    await Promise.all([to.close(), from.close()]);
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
