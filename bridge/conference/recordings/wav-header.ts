// The header of the WAV files that recordings are: 44 bytes, PCM. Says what a file of this length should have
// there, for one that was cut off or grew after its header was last written.

export const wavHeadBytes = 44;
const longest = 0xffff_ffff;

export interface WavFacts {
  readonly bytesPerSecond: number;
  readonly bytesPerFrame: number;
}

/** Undefined when these are not the first bytes of such a file. */
export function readWavHead(head: Buffer): WavFacts | undefined {
  if (head.length < wavHeadBytes) return undefined;
  const marks = [
    head.toString("latin1", 0, 4),
    head.toString("latin1", 8, 16),
    head.toString("latin1", 36, 40),
  ];
  if (marks.join(" ") !== "RIFF WAVEfmt  data") return undefined;
  const bytesPerSecond = head.readUInt32LE(28);
  const bytesPerFrame = head.readUInt16LE(32);
  return bytesPerSecond > 0 && bytesPerFrame > 0 ? { bytesPerSecond, bytesPerFrame } : undefined;
}

/** The same header for so many bytes of sound. */
export function withLength(head: Buffer, dataBytes: number): Buffer {
  const mended = Buffer.from(head.subarray(0, wavHeadBytes));
  mended.writeUInt32LE(Math.min(longest, dataBytes + wavHeadBytes - 8), 4);
  mended.writeUInt32LE(Math.min(longest, dataBytes), 40);
  return mended;
}
