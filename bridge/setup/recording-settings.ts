// The section `recordings` in the words of the domain.
import type { RecordingSettings } from "#conference/recordings";
import type { Config } from "#config";

export function recordingSettings({ recordings }: Config): RecordingSettings {
  return {
    format: recordings.format,
    rate: recordings.sample_rate,
    kbps: recordings.bitrate,
    separate: recordings.tracks === "separate",
    retentionDays: recordings.retention_days,
    maxBytes: recordings.max_bytes,
    minFreeBytes: recordings.min_free_bytes,
  };
}
