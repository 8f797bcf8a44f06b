// How a track's samples become bytes of a file. An encoding writes a file that can be played wherever it is cut
// off: frame after frame without a reservoir (MP3), or samples behind a header that is kept up to date (WAV).
import type { Output } from "./output.ts";

export const recordingFormats = ["mp3", "wav"] as const;
export type RecordingFormat = (typeof recordingFormats)[number];

export interface Encoding {
  /** What stands at the beginning of a file with so many bytes behind it; undefined: nothing. */
  head(bytes: number): Uint8Array | undefined;
  /** One frame of 20 ms. */
  encode(samples: Int16Array, out: Output): void;
  /** So many frames of 20 ms in which nothing sounds. */
  silence(frames: number, out: Output): void;
  /** Writes what is still held back. */
  finish(out: Output): void;
  /** Idempotent. */
  free(): void;
}
