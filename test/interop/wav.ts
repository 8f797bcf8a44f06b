// WAV files of 16-bit mono samples: the format in which baresip speaks and records.

const headerBytes = 44;

export function writeWav(samples: Int16Array, rate: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  const bytes = samples.byteLength;
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(headerBytes - 8 + bytes, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(bytes, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, bytes)]);
}

/** The file's own rate, samples a second. */
export const rateOfWav = (file: Buffer): number => file.readUInt32LE(24);

/** The samples of a file that may still grow: its length fields are not believed, its chunks are. */
export function readWav(file: Buffer): Int16Array {
  let offset = 12;
  while (offset + 8 <= file.length && file.toString("latin1", offset, offset + 4) !== "data") {
    offset += 8 + file.readUInt32LE(offset + 4);
  }
  const start = Math.min(file.length, offset + 8);
  const count = Math.floor((file.length - start) / 2);
  return Int16Array.from({ length: count }, (_, index) => file.readInt16LE(start + index * 2));
}
