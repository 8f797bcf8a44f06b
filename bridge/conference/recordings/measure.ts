// Checks a finished file: repairs what a crash left behind (half a frame at the end, an incomplete
// header), puts the index of an MP4 in front, measures the playing time, and computes its SHA-256.
import { createHash } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { errorCode } from "#common";
import { readWavHeader, wavHeaderBytes, wholeFrames, withDataBytes } from "#media/files";
import { finishMp4 } from "./finish-mp4.ts";
import { Mp3Walk } from "./mp3-frames.ts";
import type { FileFigures, RecordingFormat } from "./types.ts";

export interface MeasuredFile extends FileFigures {
  readonly sha256: string;
  readonly durationMs: number;
  /** When it was last written, milliseconds since 1970. */
  readonly writtenAt: number;
}

const pieceBytes = 256 * 1024;

/** Undefined when nothing in it can be played. Rejects with the system's error. */
export async function measure(path: string, format: RecordingFormat): Promise<MeasuredFile | undefined> {
  const writtenAt = (await stat(path)).mtimeMs;
  const durationMs = await mend(path, format);
  if (durationMs === undefined) return undefined;
  const file = await open(path, "r+");
  try {
    await file.sync();
    const hash = createHash("sha256");
    let size = 0;
    for await (const piece of pieces(file)) {
      hash.update(piece);
      size += piece.length;
    }
    return { size, sha256: hash.digest("hex"), durationMs, writtenAt };
  } finally {
    await file.close();
  }
}

/** Repairs the file; returns its playing time and size. Undefined when nothing in it can be played, or it is missing. */
export async function lengthOf(
  path: string,
  format: RecordingFormat,
): Promise<{ readonly durationMs: number; readonly bytes: number } | undefined> {
  try {
    const durationMs = await mend(path, format);
    return durationMs === undefined ? undefined : { durationMs, bytes: (await stat(path)).size };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Milliseconds that it plays; undefined when nothing in it can be played. */
async function mend(path: string, format: RecordingFormat): Promise<number | undefined> {
  if (format === "mp4") return finishMp4(path);
  const file = await open(path, "r+");
  try {
    return await (format === "wav" ? mendWav(file) : mendMp3(file));
  } finally {
    await file.close();
  }
}

async function mendWav(file: FileHandle): Promise<number | undefined> {
  const { size } = await file.stat();
  const head = Buffer.alloc(wavHeaderBytes);
  const { bytesRead } = await file.read(head, 0, wavHeaderBytes, 0);
  const header = readWavHeader(head.subarray(0, bytesRead));
  if (!header.ok || header.value.bytesPerSecond === 0) return undefined;
  const dataBytes = wholeFrames(header.value, size);
  if (dataBytes === 0) return undefined;
  if (wavHeaderBytes + dataBytes !== size) await file.truncate(wavHeaderBytes + dataBytes);
  const corrected = withDataBytes(head, dataBytes);
  if (!corrected.equals(head)) await file.write(corrected, 0, wavHeaderBytes, 0);
  return (dataBytes * 1000) / header.value.bytesPerSecond;
}

async function mendMp3(file: FileHandle): Promise<number | undefined> {
  const walk = new Mp3Walk();
  let size = 0;
  for await (const piece of pieces(file)) {
    walk.take(piece);
    size += piece.length;
  }
  if (walk.wholeBytes === 0) return undefined;
  // Half a frame at the end is cut off; players skip anything else that is no frame.
  if (!walk.broken && walk.wholeBytes !== size) await file.truncate(walk.wholeBytes);
  return walk.durationMs;
}

/** The file from its beginning; each piece is valid until the next. */
async function* pieces(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(pieceBytes);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, pieceBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
