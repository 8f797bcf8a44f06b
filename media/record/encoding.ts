// How a track's samples become bytes of a file. An encoding writes a file that can be played wherever it is cut
// off: frame after frame without a reservoir (MP3), samples behind a header that is kept up to date (WAV), or fragments
// (MP4, which FFmpeg puts into the file itself).
import type { RecordingOutput } from "./output.ts";

export const recordingFormats = ["mp3", "wav", "mp4"] as const;
export type RecordingFormat = (typeof recordingFormats)[number];

/** One coded picture of the room. */
export interface RecordedPicture {
  /** H.264 behind start codes of four bytes, the parameter sets first in a key frame. */
  readonly data: Uint8Array;
  readonly key: boolean;
  /** Milliseconds from the recording's first instant. */
  readonly atMs: number;
  readonly width: number;
  readonly height: number;
}

export interface Encoding {
  /** What stands at the beginning of a file with so many bytes behind it; undefined: nothing. */
  head(bytes: number): Uint8Array | undefined;
  /** One frame of 20 ms. */
  encode(samples: Int16Array, out: RecordingOutput): void;
  /** So many frames of 20 ms in which nothing sounds. */
  silence(frames: number, out: RecordingOutput): void;
  /** A picture of the room; formats of audio alone have no such method. */
  picture?(picture: RecordedPicture): void;
  /** Writes what is still held back. */
  finish(out: RecordingOutput): void;
  /** Idempotent. */
  free(): void;
}
