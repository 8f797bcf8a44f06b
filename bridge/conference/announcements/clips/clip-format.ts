// The one format in which the bridge keeps recordings of its own: WAV, 16-bit PCM, mono, 16 kHz.
import { wavHeaderBytes } from "#media/files";

export const clipRate = 16_000;

export const secondsOf = (fileBytes: number): number =>
  Math.max(0, fileBytes - wavHeaderBytes) / 2 / clipRate;
