// How the bridge records.
import type { RetentionSettings } from "./retention.ts";
import type { RecordingFormat } from "./types.ts";

/** The format of a recording's files and of its further parts, which are joined. */
export interface FileSettings {
  /** Samples a second. */
  readonly rate: 8000 | 16_000 | 48_000;
  /** Of MP3. */
  readonly kbps: number;
  /** Besides the mix, a track for each participant who speaks. */
  readonly separate: boolean;
  /** Of its pictures, if it has any; absent in the records of earlier versions. */
  readonly picture?: { readonly width: number; readonly height: number };
}

export interface RecordingSettings extends RetentionSettings, Omit<FileSettings, "picture"> {
  readonly format: RecordingFormat;
  /** With less free space than this nothing is recorded. */
  readonly minFreeBytes: number;
}

export const fileSettingsOf = (
  { rate, kbps, separate }: Omit<FileSettings, "picture">,
  video?: FileSettings["picture"],
): FileSettings => ({
  ...{ rate, kbps, separate },
  ...(video && { picture: { width: video.width, height: video.height } }),
});
