// Joins the parts of recordings in MP3 and WAV. All files of a recording are expected to have the same encoding and a constant
// bit rate, so that length in bytes corresponds to length in time; parts of WAV with another rate are refused.
//
//   part gets the name <part>.at<bytes of the first> → is appended there → is removed
import { type FileHandle, open, rename, rm, truncate } from "node:fs/promises";
import { readWavHeader, wavHeaderBytes } from "#media/files";
import type { PartFile } from "./files.ts";
import type { Joiner } from "./joiner.ts";
import { lengthOf } from "./measure.ts";
import { silentMp3Frame } from "./mp3-frames.ts";

type SoundFormat = "mp3" | "wav";

/** Bytes of sound: of the first file, and of the part. */
interface Lengths {
  readonly from: number;
  readonly own: number;
}

const pieceBytes = 256 * 1024;
const mode = 0o640;

export function soundJoiner(format: SoundFormat): Joiner {
  const headBytes = format === "wav" ? wavHeaderBytes : 0;

  /** The length of a file without its header. */
  async function length(path: string): Promise<number> {
    const there = await lengthOf(path, format);
    return there ? there.bytes - headBytes : 0;
  }

  async function join(first: string, part: PartFile, known?: Lengths): Promise<void> {
    let { path, joinedAt } = part;
    if (joinedAt === undefined) {
      const { from, own } = known ?? { from: await length(first), own: await length(path) };
      if (own === 0) return rm(path);
      if (from === 0) return rename(path, first);
      if (format === "wav" && (await rateOf(path)) !== (await rateOf(first))) {
        throw new Error(`${path} has another rate than ${first}`);
      }
      joinedAt = headBytes + from;
      await rename(path, `${path}.at${joinedAt}`);
      path = `${path}.at${joinedAt}`;
    }
    await truncate(first, joinedAt);
    await append(first, path, headBytes);
    await rm(path);
  }

  /** Cuts the file to `bytes`, or extends it with silence; writes it anew when nothing in it can be played. */
  async function fitTo(path: string, bytes: number, like: string): Promise<void> {
    const there = await length(path);
    const file = await open(path, there > 0 ? "r+" : "w", mode);
    try {
      if (format === "wav") await fitWav(file, bytes, there > 0 ? undefined : await beginningOf(like));
      else await fitMp3(file, { there, bytes }, await beginningOf(like));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  return {
    length,
    async joinTrack(first, part, { from, until, like }) {
      if (part) {
        // Cut or extended to the length of the mix before this part, so that the track stays in step with the mix.
        if (part.joinedAt === undefined && from > 0) await fitTo(first, from, like);
        await join(first, part);
      }
      if ((await length(first)) < until) await fitTo(first, until, like);
    },
    joinMix: (first, part, { from, until }) => join(first, part, { from, own: until - from }),
    async wasJoined(first, { joinedAt }) {
      await truncate(first, joinedAt);
      return false;
    },
  };
}

/** Extends with a hole in the file, which is read as silence. `head`: the header to write if it has none yet. */
async function fitWav(file: FileHandle, bytes: number, head: Buffer | undefined): Promise<void> {
  if (head) await file.write(head, 0, wavHeaderBytes, 0);
  await file.truncate(wavHeaderBytes + bytes);
}

async function fitMp3(
  file: FileHandle,
  { there, bytes }: { readonly there: number; readonly bytes: number },
  like: Buffer,
): Promise<void> {
  if (there > bytes) return file.truncate(bytes);
  const frame = silentMp3Frame(like.readUInt32BE(0));
  const piece = Buffer.concat(Array(Math.ceil(pieceBytes / frame.length)).fill(frame));
  let left = bytes - there - ((bytes - there) % frame.length);
  for (let position = there; left > 0; ) {
    const { bytesWritten } = await file.write(piece, 0, Math.min(left, piece.length), position);
    position += bytesWritten;
    left -= bytesWritten;
  }
}

const rateOf = async (path: string): Promise<number | undefined> => {
  const header = readWavHeader(await beginningOf(path));
  return header.ok ? header.value.rate : undefined;
};

/** The part of the file that holds a WAV header. */
async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(wavHeaderBytes);
    await file.read(head, 0, wavHeaderBytes, 0);
    return head;
  } finally {
    await file.close();
  }
}

/** Appends the other file from `offset` on, and flushes it to disk. */
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
