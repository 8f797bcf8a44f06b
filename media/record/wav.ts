// WAV: 16-bit PCM, mono. The header is rewritten as the file grows, so that a player finds everything up to the
// last time; a length that no longer fits its 32 bits stands as "to the end of the file".
import type { Encoding } from "./encoding.ts";
import type { Output } from "./output.ts";

export const wavHeadBytes = 44;
const bytesPerSample = 2;
const longest = 0xffff_ffff;
const formatPcm = 1;

export function wavHead(rate: number, dataBytes: number): Uint8Array {
  const head = Buffer.alloc(wavHeadBytes);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(Math.min(longest, dataBytes + wavHeadBytes - 8), 4);
  head.write("WAVEfmt ", 8, "latin1");
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(formatPcm, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * bytesPerSample, 28);
  head.writeUInt16LE(bytesPerSample, 32);
  head.writeUInt16LE(8 * bytesPerSample, 34);
  head.write("data", 36, "latin1");
  head.writeUInt32LE(Math.min(longest, dataBytes), 40);
  return head;
}

/** The machine is little-endian, as the file is. */
export class WavEncoding implements Encoding {
  readonly #rate: number;

  constructor(rate: number) {
    this.#rate = rate;
  }

  head(bytes: number): Uint8Array {
    return wavHead(this.#rate, bytes);
  }

  encode(samples: Int16Array, out: Output): void {
    out.add(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  }

  silence(frames: number, out: Output): void {
    out.skip((frames * this.#rate * bytesPerSample) / 50);
  }

  finish(): void {}

  free(): void {}
}
