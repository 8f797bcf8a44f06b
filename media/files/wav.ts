// The header of a WAV file (RIFF WAVE): reads any file of one format chunk and one data chunk, writes 16-bit PCM.
// Works on bytes alone; opens no file.
//
//   "RIFF" size "WAVE" · "fmt " 16 … · any other chunks · "data" size · samples
import type { Result } from "#common";

/** Of the headers that are written here. */
export const wavHeaderBytes = 44;
export const pcmFormat = 1;
/** WAVE_FORMAT_EXTENSIBLE: the real format stands in the first two bytes of the sub-format. */
const extensibleFormat = 0xfffe;
const bytesPerSample = 2;
/** A size of 32 bits that says "to the end of the file": RIFF has no way to say more than 4 GiB. */
const unknownSize = 0xffff_ffff;
const maxChunks = 100;

export interface WavHeader {
  /** The format tag: 1 is PCM, 6 A-law, 7 µ-law. */
  readonly format: number;
  readonly channels: number;
  readonly rate: number;
  readonly bitsPerSample: number;
  readonly bytesPerFrame: number;
  readonly bytesPerSecond: number;
  /** Where the samples begin. */
  readonly dataOffset: number;
  /** As the file claims: less than there is, or 0 or 0xffffffff, while it is being written or was cut off. */
  readonly dataBytes: number;
}

/** `head` is the beginning of the file, long enough to reach the samples. The failure says what is wrong. */
export function readWavHeader(head: Buffer): Result<WavHeader, string> {
  if (
    head.length < 12 ||
    head.toString("latin1", 0, 4) !== "RIFF" ||
    head.toString("latin1", 8, 12) !== "WAVE"
  ) {
    return { ok: false, error: "not a WAV file" };
  }
  let format: Buffer | undefined;
  let at = 12;
  for (let chunk = 0; chunk < maxChunks && at + 8 <= head.length; chunk += 1) {
    const name = head.toString("latin1", at, at + 4);
    const bytes = head.readUInt32LE(at + 4);
    const body = at + 8;
    if (name === "fmt ") {
      format = head.subarray(body, body + bytes);
      if (format.length < 16) return { ok: false, error: "a short format chunk" };
    } else if (name === "data") {
      if (!format) return { ok: false, error: "samples before their format" };
      return { ok: true, value: { ...readFormat(format), dataOffset: body, dataBytes: bytes } };
    }
    at = body + bytes + (bytes % 2);
  }
  return { ok: false, error: "no samples found" };
}

function readFormat(chunk: Buffer): Omit<WavHeader, "dataOffset" | "dataBytes"> {
  const tag = chunk.readUInt16LE(0);
  return {
    format: tag === extensibleFormat && chunk.length >= 26 ? chunk.readUInt16LE(24) : tag,
    channels: chunk.readUInt16LE(2),
    rate: chunk.readUInt32LE(4),
    bytesPerSecond: chunk.readUInt32LE(8),
    bytesPerFrame: chunk.readUInt16LE(12),
    bitsPerSample: chunk.readUInt16LE(14),
  };
}

/** Bytes of whole frames in a file of this size, whatever its header claims; 0 when its frames have no size. */
export function wholeFrames({ dataOffset, bytesPerFrame }: WavHeader, fileBytes: number): number {
  if (bytesPerFrame === 0) return 0;
  return Math.max(0, Math.floor((fileBytes - dataOffset) / bytesPerFrame) * bytesPerFrame);
}

/** The header of `dataBytes` of 16-bit PCM. A size that no longer fits its 32 bits says "to the end". */
export function wavHeader(rate: number, dataBytes: number, channels = 1): Buffer {
  const bytesPerFrame = channels * bytesPerSample;
  const header = Buffer.alloc(wavHeaderBytes);
  header.write("RIFF", 0, "latin1");
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(pcmFormat, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * bytesPerFrame, 28);
  header.writeUInt16LE(bytesPerFrame, 32);
  header.writeUInt16LE(8 * bytesPerSample, 34);
  header.write("data", 36, "latin1");
  writeSizes(header, dataBytes);
  return header;
}

/** `header` is everything before the samples; the same for so many bytes of them. */
export function withDataBytes(header: Buffer, dataBytes: number): Buffer {
  const copy = Buffer.from(header);
  writeSizes(copy, dataBytes);
  return copy;
}

function writeSizes(header: Buffer, dataBytes: number): void {
  header.writeUInt32LE(Math.min(unknownSize, header.length - 8 + dataBytes), 4);
  header.writeUInt32LE(Math.min(unknownSize, dataBytes), header.length - 4);
}

/** A whole file. The machine is little-endian, as the file is. */
export function wavFile(samples: Int16Array, rate: number): Buffer {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return Buffer.concat([wavHeader(rate, bytes.length), bytes]);
}
