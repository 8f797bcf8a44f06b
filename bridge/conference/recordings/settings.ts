// How the bridge records.
import type { RetentionSettings } from "./retention.ts";
import type { RecordingFormat } from "./types.ts";

export interface RecordingSettings extends RetentionSettings {
  readonly format: RecordingFormat;
  /** Samples a second. */
  readonly rate: 8000 | 16_000 | 48_000;
  /** Of MP3. */
  readonly kbps: number;
  /** Beside the mix a track for each participant who speaks. */
  readonly separate: boolean;
  /** With less than this left on the disk nothing is recorded. */
  readonly minFreeBytes: number;
}
