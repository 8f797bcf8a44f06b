// How the bridge records.
import type { RetentionSettings } from "./retention.ts";
import type { RecordingFormat } from "./types.ts";

/** What the files of a recording are like, those of further parts too: they are joined. */
export interface FileSettings {
  /** Samples a second. */
  readonly rate: 8000 | 16_000 | 48_000;
  /** Of MP3. */
  readonly kbps: number;
  /** Beside the mix a track for each participant who speaks. */
  readonly separate: boolean;
  /** Of its pictures, if it has any; absent in the records of earlier versions. */
  readonly picture?: { readonly width: number; readonly height: number };
}

export interface RecordingSettings extends RetentionSettings, Omit<FileSettings, "picture"> {
  readonly format: RecordingFormat;
  /** With less than this left on the disk nothing is recorded. */
  readonly minFreeBytes: number;
}

export const fileSettingsOf = (
  { rate, kbps, separate }: Omit<FileSettings, "picture">,
  video?: FileSettings["picture"],
): FileSettings => ({
  ...{ rate, kbps, separate },
  ...(video && { picture: { width: video.width, height: video.height } }),
});
