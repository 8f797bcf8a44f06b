// The one format in which the bridge keeps recordings of its own: WAV, 16-bit PCM, mono, 16 kHz.

export const clipRate = 16_000;
export const wavHeadBytes = 44;

export function wavFile(pcm: Int16Array, rate = clipRate): Buffer {
  const bytes = pcm.length * 2;
  const file = Buffer.alloc(wavHeadBytes + bytes);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + bytes, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(bytes, 40);
  Buffer.from(pcm.buffer, pcm.byteOffset, bytes).copy(file, wavHeadBytes);
  return file;
}

export const secondsOf = (fileBytes: number): number => Math.max(0, fileBytes - wavHeadBytes) / 2 / clipRate;
