// The samples of what other phones record: 16-bit mono WAV files that may still grow.
import { readWavHeader, wholeFrames } from "#media/files";

/** The file's own rate in samples a second, and all samples that it holds, whatever its header claims. */
export function readWav(file: Buffer): { readonly rate: number; readonly samples: Int16Array } {
  const header = readWavHeader(file);
  if (!header.ok) return { rate: 0, samples: new Int16Array(0) };
  const { rate, dataOffset } = header.value;
  const count = wholeFrames(header.value, file.length) / 2;
  return {
    rate,
    samples: Int16Array.from({ length: count }, (_, index) => file.readInt16LE(dataOffset + index * 2)),
  };
}
